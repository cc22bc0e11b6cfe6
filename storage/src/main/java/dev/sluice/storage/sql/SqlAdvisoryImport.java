package dev.sluice.storage.sql;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.Advisory.Affected;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.advisory.AdvisoryStore.Import;
import dev.sluice.kernel.advisory.Exploitation.Epss;
import dev.sluice.kernel.advisory.Exploitation.Kev;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.storage.StorageException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An import as one long transaction; readers keep what they have until it is committed. */
final class SqlAdvisoryImport implements Import {
    private final Connections connections;
    private final Revision revision;
    private final Session session;
    private boolean over;
    private boolean closed;

    SqlAdvisoryImport(Connections connections, Revision revision) {
        this.connections = connections;
        this.revision = revision;
        this.session = connections.begin("advisories");
    }

    @Override
    public @Nullable Advisory find(String id) {
        return doing("advisory " + id, () -> {
            PreparedStatement select = session.prepared("SELECT body FROM advisory WHERE id = ?");
            select.setString(1, Values.key(id));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? StoredJson.read(row.getString("body"), Advisory.class) : null;
            }
        });
    }

    @Override
    public Effect put(Advisory advisory) {
        return doing("advisory " + advisory.id(), () -> {
            String id = Values.key(advisory.id());
            advisory.affected().forEach(a -> Values.key(a.packageName().name()));
            String body = StoredJson.write(advisory);
            long modified = Values.nanos(advisory.modified());
            PreparedStatement select = session.prepared("SELECT modified, body FROM advisory WHERE id = ?");
            select.setString(1, id);
            Effect effect = Effect.NEW;
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    if (row.getLong("modified") > modified
                            || row.getString("body").equals(body)) {
                        return Effect.SAME;
                    }
                    effect = Effect.CHANGED;
                }
            }
            if (effect == Effect.CHANGED) {
                delete("DELETE FROM advisory_package WHERE advisory_id = ?", id);
                delete("DELETE FROM advisory_alias WHERE advisory_id = ?", id);
            }
            PreparedStatement upsert =
                    session.prepared("INSERT INTO advisory (id, modified, body) VALUES (?, ?, ?) ON CONFLICT (id)"
                            + " DO UPDATE SET modified = excluded.modified, body = excluded.body");
            upsert.setString(1, id);
            upsert.setLong(2, modified);
            upsert.setString(3, body);
            upsert.executeUpdate();
            index(id, advisory);
            return effect;
        });
    }

    @Override
    public Effect put(String cve, Epss epss) {
        return doing("score of " + cve, () -> {
            PreparedStatement select =
                    session.prepared("SELECT epss_score, epss_percentile FROM exploitation WHERE cve = ?");
            select.setString(1, SqlAdvisoryStore.alias(cve));
            Effect effect = Effect.NEW;
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    double score = row.getDouble("epss_score");
                    if (!row.wasNull()) {
                        if (score == epss.score() && row.getDouble("epss_percentile") == epss.percentile()) {
                            return Effect.SAME;
                        }
                        effect = Effect.CHANGED;
                    }
                }
            }
            PreparedStatement upsert =
                    session.prepared("INSERT INTO exploitation (cve, epss_score, epss_percentile) VALUES (?, ?, ?)"
                            + " ON CONFLICT (cve) DO UPDATE SET epss_score = excluded.epss_score,"
                            + " epss_percentile = excluded.epss_percentile");
            upsert.setString(1, SqlAdvisoryStore.alias(cve));
            upsert.setDouble(2, epss.score());
            upsert.setDouble(3, epss.percentile());
            upsert.executeUpdate();
            return effect;
        });
    }

    @Override
    public Effect put(String cve, Kev kev) {
        return doing("catalogue entry of " + cve, () -> {
            PreparedStatement select =
                    session.prepared("SELECT kev_added, kev_due, kev_ransomware FROM exploitation WHERE cve = ?");
            select.setString(1, SqlAdvisoryStore.alias(cve));
            @Nullable LocalDate dueDate = kev.dueDate();
            @Nullable String due = dueDate == null ? null : dueDate.toString();
            Effect effect = Effect.NEW;
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    @Nullable String added = Values.textOrNull(row, "kev_added");
                    if (added != null) {
                        if (added.equals(kev.dateAdded().toString())
                                && java.util.Objects.equals(Values.textOrNull(row, "kev_due"), due)
                                && (row.getInt("kev_ransomware") != 0) == kev.ransomware()) {
                            return Effect.SAME;
                        }
                        effect = Effect.CHANGED;
                    }
                }
            }
            PreparedStatement upsert = session.prepared("INSERT INTO exploitation"
                    + " (cve, kev_added, kev_due, kev_ransomware) VALUES (?, ?, ?, ?)"
                    + " ON CONFLICT (cve) DO UPDATE SET kev_added = excluded.kev_added,"
                    + " kev_due = excluded.kev_due, kev_ransomware = excluded.kev_ransomware");
            upsert.setString(1, SqlAdvisoryStore.alias(cve));
            upsert.setString(2, kev.dateAdded().toString());
            upsert.setString(3, due);
            upsert.setInt(4, kev.ransomware() ? 1 : 0);
            upsert.executeUpdate();
            return effect;
        });
    }

    @Override
    public void remove(Kind kind, String id) {
        doing(kind + " " + id, () -> {
            switch (kind) {
                case ADVISORY -> {
                    delete("DELETE FROM advisory_package WHERE advisory_id = ?", id);
                    delete("DELETE FROM advisory_alias WHERE advisory_id = ?", id);
                    delete("DELETE FROM advisory WHERE id = ?", id);
                }
                case EPSS ->
                    delete(
                            "UPDATE exploitation SET epss_score = NULL, epss_percentile = NULL WHERE cve = ?",
                            SqlAdvisoryStore.alias(id));
                case KEV ->
                    delete(
                            "UPDATE exploitation SET kev_added = NULL, kev_due = NULL, kev_ransomware = NULL"
                                    + " WHERE cve = ?",
                            SqlAdvisoryStore.alias(id));
            }
            if (kind != Kind.ADVISORY) {
                delete(
                        "DELETE FROM exploitation WHERE cve = ? AND epss_score IS NULL AND kev_added IS NULL",
                        SqlAdvisoryStore.alias(id));
            }
            return Effect.CHANGED;
        });
    }

    @Override
    public void feed(FeedState state) {
        doing("state of feed " + state.name(), () -> {
            PreparedStatement upsert =
                    session.prepared("INSERT INTO feed (name, records, imported_at, newest, updated_at, lack)"
                            + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET records = excluded.records,"
                            + " imported_at = excluded.imported_at, newest = excluded.newest,"
                            + " updated_at = excluded.updated_at, lack = excluded.lack");
            upsert.setString(1, Values.key(state.name()));
            upsert.setLong(2, state.records());
            upsert.setLong(3, Values.nanos(state.importedAt()));
            Values.setInstant(upsert, 4, state.newest());
            Values.setInstant(upsert, 5, state.updatedAt());
            upsert.setString(6, Values.cleanedOrNull(state.lack()));
            upsert.executeUpdate();
            return Effect.CHANGED;
        });
    }

    @Override
    public long commit() {
        return doing("whole", () -> {
            long number = revision.bump(session);
            session.commit();
            over = true;
            return number;
        });
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!over) {
                session.rollback();
            }
        } catch (SQLException e) {
            throw new StorageException("cannot undo an import: " + e.getMessage(), e);
        } finally {
            over = true;
            connections.end(session);
        }
    }

    private void index(String id, Advisory advisory) throws SQLException {
        Set<String> names = new LinkedHashSet<>();
        names.add(SqlAdvisoryStore.alias(id));
        advisory.aliases().forEach(a -> names.add(SqlAdvisoryStore.alias(a)));
        PreparedStatement alias = session.prepared("INSERT INTO advisory_alias (alias, advisory_id) VALUES (?, ?)");
        for (String name : names) {
            alias.setString(1, name);
            alias.setString(2, id);
            alias.executeUpdate();
        }
        Set<PackageName> packages = new LinkedHashSet<>();
        for (Affected affected : advisory.affected()) {
            packages.add(affected.packageName());
        }
        PreparedStatement entry =
                session.prepared("INSERT INTO advisory_package (format, package_name, advisory_id) VALUES (?, ?, ?)");
        for (PackageName name : packages) {
            entry.setString(1, name.format());
            entry.setString(2, name.name());
            entry.setString(3, id);
            entry.executeUpdate();
        }
    }

    private void delete(String sql, String id) throws SQLException {
        PreparedStatement statement = session.prepared(sql);
        statement.setString(1, id);
        statement.executeUpdate();
    }

    @FunctionalInterface
    private interface Step<T extends @Nullable Object> {
        T run() throws SQLException;
    }

    private <T extends @Nullable Object> T doing(String what, Step<T> step) {
        if (over) {
            throw new IllegalStateException("the import is over");
        }
        if (connections.isClosing()) {
            throw new StorageException("the import is given up: the database is being closed", null);
        }
        try {
            return step.run();
        } catch (SQLException e) {
            throw new StorageException("cannot import the " + what + ": " + e.getMessage(), e);
        }
    }
}

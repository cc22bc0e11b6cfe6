package dev.sluice.storage.sql;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.advisory.Exploitation.Epss;
import dev.sluice.kernel.advisory.Exploitation.Kev;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.kernel.artifact.PackageName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Advisories in SQL: a JSON record each, found by package and by alias. None are kept in memory:
 * {@link dev.sluice.kernel.advisory.AdvisoryIndex} does that.
 */
final class SqlAdvisoryStore implements AdvisoryStore {
    private final Connections connections;
    private final Revision revision;
    private final SqlSyncStore syncs;

    SqlAdvisoryStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.revision = revisions.named("advisories");
        this.syncs = new SqlSyncStore(connections);
    }

    @Override
    public long revision() {
        return revision.get();
    }

    @Override
    public List<Advisory> about(PackageName name) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT a.body FROM advisory_package p"
                    + " JOIN advisory a ON a.id = p.advisory_id"
                    + " WHERE p.format = ? AND p.package_name = ? ORDER BY a.id");
            statement.setString(1, name.format());
            statement.setString(2, Values.cleaned(name.name()));
            return advisories(statement);
        });
    }

    @Override
    public List<Advisory> find(String identifierOrAlias) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT a.body FROM advisory_alias l"
                    + " JOIN advisory a ON a.id = l.advisory_id WHERE l.alias = ? ORDER BY a.id");
            statement.setString(1, alias(identifierOrAlias));
            return advisories(statement);
        });
    }

    @Override
    public Map<String, Exploitation> exploitation(Collection<String> cves) {
        return connections.read(session -> {
            Map<String, Exploitation> result = new LinkedHashMap<>();
            for (String cve : cves) {
                Exploitation known = exploitation(session, cve);
                if (known != null) {
                    result.put(cve, known);
                }
            }
            return result;
        });
    }

    @Override
    public List<FeedState> feeds() {
        return connections.read(session -> {
            List<FeedState> result = new ArrayList<>();
            try (ResultSet row = session.prepared(
                            "SELECT name, records, imported_at, newest, updated_at, lack FROM feed ORDER BY name")
                    .executeQuery()) {
                while (row.next()) {
                    Instant imported = Values.instant(row.getLong("imported_at"));
                    @Nullable
                    Instant updated = Values.instantOrNull(row, "updated_at"); // null: from before there were syncs
                    result.add(new FeedState(
                            row.getString("name"),
                            row.getLong("records"),
                            imported,
                            updated == null ? imported : updated,
                            Values.instantOrNull(row, "newest"),
                            Values.textOrNull(row, "lack")));
                }
            }
            return result;
        });
    }

    @Override
    public SyncStore syncs() {
        return syncs;
    }

    @Override
    public Import begin() {
        return new SqlAdvisoryImport(connections, revision);
    }

    /** How identifiers are spelt as keys. */
    static String alias(String identifier) {
        return Values.cleaned(identifier.toUpperCase(Locale.ROOT));
    }

    private static List<Advisory> advisories(PreparedStatement statement) throws SQLException {
        List<Advisory> advisories = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                advisories.add(StoredJson.read(rows.getString(1), Advisory.class));
            }
        }
        return List.copyOf(advisories);
    }

    private static @Nullable Exploitation exploitation(Session session, String cve) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT epss_score, epss_percentile, kev_added, kev_due,"
                + " kev_ransomware FROM exploitation WHERE cve = ?");
        statement.setString(1, alias(cve));
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            double score = row.getDouble("epss_score");
            @Nullable Epss epss = row.wasNull() ? null : new Epss(score, row.getDouble("epss_percentile"));
            @Nullable String added = Values.textOrNull(row, "kev_added");
            @Nullable String due = Values.textOrNull(row, "kev_due");
            @Nullable
            Kev kev = added == null
                    ? null
                    : new Kev(
                            LocalDate.parse(added),
                            due == null ? null : LocalDate.parse(due),
                            row.getInt("kev_ransomware") != 0);
            return new Exploitation(cve, epss, kev);
        }
    }
}

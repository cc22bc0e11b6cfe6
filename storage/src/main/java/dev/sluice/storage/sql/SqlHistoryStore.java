package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.node.Stamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Histories in SQL. None are kept in memory: the gate does that, as part of the indexes it remembers. */
final class SqlHistoryStore implements HistoryStore {
    private final Connections connections;
    private final PackageChanges lessons;
    private final Stamps stamps = new Stamps();

    SqlHistoryStore(Connections connections, Revisions revisions) {
        this.connections = connections;
        this.lessons = revisions.ofPackages("history", stamps::changed, stamps::changedAll);
    }

    @Override
    public long stamp(PackageName name) {
        return stamps.of(name);
    }

    @Override
    public Map<String, VersionHistory> of(PackageName name) {
        if (!Values.isKey(name.name())) {
            return Map.of();
        }
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT version, first_seen, learnt FROM version_history"
                    + " WHERE format = ? AND package_name = ?");
            statement.setString(1, name.format());
            statement.setString(2, name.name());
            Map<String, VersionHistory> histories = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Instant firstSeen = Values.instant(rows.getLong("first_seen"));
                    @Nullable String learnt = Values.textOrNull(rows, "learnt");
                    histories.put(
                            rows.getString("version"),
                            learnt == null
                                    ? VersionHistory.seen(firstSeen)
                                    : StoredJson.read(learnt, Learnt.class).history(firstSeen));
                }
            }
            return Map.copyOf(histories);
        });
    }

    @Override
    public void seen(PackageName name, Collection<String> versions, Instant now) {
        Map<String, VersionHistory> known = of(name);
        List<String> unseen =
                versions.stream().filter(v -> !known.containsKey(v)).distinct().toList();
        if (unseen.isEmpty()) {
            return;
        }
        connections.run(session -> {
            PreparedStatement statement = session.prepared(
                    "INSERT INTO version_history (format, package_name, version, first_seen) VALUES (?, ?, ?, ?)"
                            + " ON CONFLICT (format, package_name, version) DO NOTHING");
            for (String version : unseen) {
                statement.setString(1, Values.key(name.format()));
                statement.setString(2, Values.key(name.name()));
                statement.setString(3, Values.key(version));
                statement.setLong(4, Values.nanos(now));
                statement.executeUpdate();
            }
        });
    }

    @Override
    public void learn(Coordinates coordinates, VersionHistory history) {
        connections.run(session -> {
            PreparedStatement statement =
                    session.prepared("INSERT INTO version_history (format, package_name, version, first_seen, learnt)"
                            + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (format, package_name, version)"
                            + " DO UPDATE SET learnt = excluded.learnt");
            statement.setString(1, Values.key(coordinates.format()));
            statement.setString(2, Values.key(coordinates.name()));
            statement.setString(3, Values.key(coordinates.version()));
            statement.setLong(4, Values.nanos(history.firstSeen()));
            statement.setString(5, StoredJson.write(Learnt.of(history)));
            statement.executeUpdate();
            lessons.note(session, coordinates.packageName());
        });
    }

    /** The part of a history that was read from files, as it is stored. */
    private record Learnt(
            Signal<Instant> published,
            Signal<String> license,
            Signal<Boolean> installScripts,
            Signal<String> requiresRuntime) {
        static Learnt of(VersionHistory history) {
            return new Learnt(
                    history.published(), history.license(), history.installScripts(), history.requiresRuntime());
        }

        VersionHistory history(Instant firstSeen) {
            return new VersionHistory(firstSeen, published, license, installScripts, requiresRuntime);
        }
    }
}

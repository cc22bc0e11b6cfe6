package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.PackageName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The numbers of one database that tell what in memory is outdated. Thread-safe. */
final class Revisions {
    private final Connections connections;
    private final Map<String, Revision> revisions = new ConcurrentHashMap<>();
    private final Map<String, PackageChanges> changes = new ConcurrentHashMap<>();

    Revisions(Connections connections) {
        this.connections = connections;
    }

    /** The number with that name, as it was last committed. */
    Revision named(String name) {
        return revisions.computeIfAbsent(name, key -> new Revision(key, committed(key)));
    }

    /**
     * Which packages change.
     *
     * @param name of what changes about them
     * @param onChange told of each, after the commit
     * @param onTooMany told instead when other nodes changed more than are worth naming
     */
    PackageChanges ofPackages(String name, Consumer<PackageName> onChange, Runnable onTooMany) {
        return changes.computeIfAbsent(
                name, key -> new PackageChanges(key, committed(key), connections.isShared(), onChange, onTooMany));
    }

    /** Learns what other processes have committed. */
    void learn(Session session) throws SQLException {
        Map<String, Long> committed = new HashMap<>();
        PreparedStatement statement = session.prepared("SELECT name, number FROM revision");
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                committed.put(rows.getString(1), rows.getLong(2));
            }
        }
        for (Map.Entry<String, PackageChanges> each : changes.entrySet()) {
            each.getValue().learn(session, committed.getOrDefault(each.getKey(), 0L));
        }
        revisions.forEach((name, revision) -> revision.moved(committed.getOrDefault(name, 0L)));
    }

    private long committed(String name) {
        return connections.read(session -> Revision.select(session, name));
    }
}

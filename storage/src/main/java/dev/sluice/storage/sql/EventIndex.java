package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal.Consumption;
import dev.sluice.kernel.journal.Journal.Query;
import dev.sluice.kernel.journal.Journal.Taken;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the journal can be asked, derived from its log: positions of events by their properties, and who took what.
 *
 * <p>The tables say up to which position of the log they are complete, in the same transaction as what they hold; whoever
 * opens the index adds the rest. Deleting the file means building it again. Thread-safe; one thread at a time may add.
 */
public final class EventIndex implements AutoCloseable {
    private static final String INSERT_EVENT = "INSERT INTO event"
            + " (position, id, at, kind, repository, format, package_name, version, digest, user_name)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String INSERT_POLICY =
            "INSERT INTO event_policy (policy, position) VALUES (?, ?) ON CONFLICT (policy, position) DO NOTHING";

    /** Seven texts of that length fit an entry of PostgreSQL's index, 2,704 bytes, when not all of them are that long. */
    private static final int MOST_BYTES = 600;

    private final Connections connections;

    private EventIndex(Connections connections) {
        this.connections = connections;
    }

    /**
     * An event and where the log holds it.
     *
     * @param position in the log, unique
     * @param event the event
     */
    public record Located(long position, Event event) {}

    /** Opens the index in that file, creating it as needed. Throws StorageException. */
    public static EventIndex open(Path file) {
        return new EventIndex(Sqlite.open(file, "journal", Sqlite.Durability.DERIVED));
    }

    /** Every event before this position of the log is in the index; 0 when it is empty. */
    public long complete() {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT position FROM indexed WHERE name = 'log'");
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0L;
            }
        });
    }

    /** Adds events that follow each other in the log, and notes that the index is complete up to the position. */
    public void add(List<Located> events, long complete) {
        connections.run(session -> add(session, events, complete));
    }

    /** The same within a transaction. */
    static void add(Session session, List<Located> events, long complete) throws SQLException {
        ConsumptionRollup rollup = new ConsumptionRollup();
        PreparedStatement statement = session.prepared(INSERT_EVENT);
        PreparedStatement policies = session.prepared(INSERT_POLICY);
        for (Located located : events) {
            insert(statement, located);
            for (String policy : Set.copyOf(located.event().policies())) {
                policies.setString(1, indexed(policy));
                policies.setLong(2, located.position());
                policies.addBatch();
            }
            rollup.add(located.event());
        }
        statement.executeBatch();
        policies.executeBatch();
        rollup.write(session);
        PreparedStatement indexed = session.prepared("INSERT INTO indexed (name, position) VALUES ('log', ?)"
                + " ON CONFLICT (name) DO UPDATE SET position = excluded.position");
        indexed.setLong(1, complete);
        indexed.executeUpdate();
    }

    /** A text as the tables hold it: short enough for the index of any database. */
    public static String indexed(String text) {
        return Values.shortened(text, MOST_BYTES);
    }

    private static @Nullable String indexedOrNull(@Nullable String text) {
        return text == null ? null : indexed(text);
    }

    /** The event that the log holds last of those here: its identifier and position; empty when there is none. */
    public Optional<Map.Entry<String, Long>> newest() {
        return connections.read(session -> {
            PreparedStatement statement =
                    session.prepared("SELECT id, position FROM event ORDER BY position DESC LIMIT 1");
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(Map.entry(row.getString(1), row.getLong(2))) : Optional.empty();
            }
        });
    }

    /** Whether the event is here as it would be added. */
    public boolean holds(Located located) {
        Event event = located.event();
        Event.Subject subject = event.subject();
        @Nullable PackageName packageName = subject.packageName();
        @Nullable Coordinates coordinates = subject.coordinates();
        List<@Nullable Object> wanted = new ArrayList<>();
        wanted.add(indexed(event.id()));
        wanted.add(Values.nanos(event.at()));
        wanted.add(event.kind().name());
        wanted.add(indexedOrNull(subject.repository()));
        wanted.add(packageName == null ? null : indexed(packageName.format()));
        wanted.add(packageName == null ? null : indexed(packageName.name()));
        wanted.add(coordinates == null ? null : indexed(coordinates.version()));
        wanted.add(indexedOrNull(event.bytes().digest()));
        wanted.add(indexed(event.actor().user()));
        return connections.read(session -> {
            PreparedStatement statement =
                    session.prepared("SELECT id, at, kind, repository, format, package_name, version, digest, user_name"
                            + " FROM event WHERE position = ?");
            statement.setLong(1, located.position());
            try (ResultSet row = statement.executeQuery()) {
                boolean same = row.next();
                for (int i = 0; i < wanted.size() && same; i++) {
                    Object value = wanted.get(i);
                    same = value instanceof Long number
                            ? row.getLong(i + 1) == number
                            : Objects.equals(value, row.getString(i + 1));
                }
                return same;
            }
        });
    }

    /** What the database itself finds damaged in the file, in words for people. */
    public List<String> damage() {
        return connections.damage();
    }

    /** Where the log holds the event with that identifier. */
    public OptionalLong find(String id) {
        return connections.read(session -> {
            PreparedStatement statement =
                    session.prepared("SELECT position FROM event WHERE id = ? ORDER BY position LIMIT 1");
            statement.setString(1, indexed(id));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        });
    }

    /** Where the log holds the events that fit, newest first. */
    public List<Long> query(Query query) {
        return connections.read(session -> query(session, query));
    }

    /** The same on a connection. */
    static List<Long> query(Session session, Query query) throws SQLException {
        Conditions conditions = conditions(session, query);
        String sql = "SELECT e.position FROM event e" + conditions.text() + " ORDER BY e.at DESC, e.id DESC LIMIT "
                + query.limit();
        List<Long> positions = new ArrayList<>();
        try (PreparedStatement statement = session.connection().prepareStatement(sql)) {
            conditions.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    positions.add(rows.getLong(1));
                }
            }
        }
        return positions;
    }

    /** Who took the subject, one line per actor and version, the latest first. Throws IllegalArgumentException when it names nothing. */
    public List<Consumption> consumption(Taken what, int limit) {
        return connections.read(session -> ConsumptionRollup.read(session, what, limit));
    }

    /** The versions of the package that any event is about. */
    public Set<String> versions(PackageName name) {
        return connections.read(session -> versions(session, name));
    }

    /** The same on a connection: from one version to the next along the index, however many events each has. */
    static Set<String> versions(Session session, PackageName name) throws SQLException {
        String next = "SELECT MIN(e.version) FROM event e WHERE e.format = ? AND e.package_name = ?";
        PreparedStatement statement = session.prepared("WITH RECURSIVE known (version) AS (SELECT (" + next + ")"
                + " UNION ALL SELECT (" + next + " AND e.version > k.version) FROM known k WHERE k.version IS NOT NULL)"
                + " SELECT version FROM known WHERE version IS NOT NULL");
        statement.setString(1, indexed(name.format()));
        statement.setString(2, indexed(name.name()));
        statement.setString(3, indexed(name.format()));
        statement.setString(4, indexed(name.name()));
        Set<String> versions = new HashSet<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                versions.add(rows.getString(1));
            }
        }
        return versions;
    }

    @Override
    public void close() {
        connections.close();
    }

    private static void insert(PreparedStatement statement, Located located) throws SQLException {
        Event event = located.event();
        Event.Subject subject = event.subject();
        @Nullable PackageName packageName = subject.packageName();
        @Nullable Coordinates coordinates = subject.coordinates();
        statement.setLong(1, located.position());
        statement.setString(2, indexed(event.id()));
        statement.setLong(3, Values.nanos(event.at()));
        statement.setString(4, event.kind().name());
        statement.setString(5, indexedOrNull(subject.repository()));
        statement.setString(6, packageName == null ? null : indexed(packageName.format()));
        statement.setString(7, packageName == null ? null : indexed(packageName.name()));
        statement.setString(8, coordinates == null ? null : indexed(coordinates.version()));
        statement.setString(9, indexedOrNull(event.bytes().digest()));
        statement.setString(10, indexed(event.actor().user()));
        statement.addBatch();
    }

    private static Conditions conditions(Session session, Query query) throws SQLException {
        Conditions conditions = new Conditions();
        conditions.in("e.kind", query.kinds().stream().map(Kind::name).sorted().toList());
        query.texts().forEach((field, text) -> conditions.add(condition(field), indexed(text)));
        @Nullable Long since = Values.nanosOrNull(query.since());
        if (since != null) {
            conditions.add("e.at >= ?", since);
        }
        @Nullable Long until = Values.nanosOrNull(query.until());
        if (until != null) {
            conditions.add("e.at < ?", until);
        }
        @Nullable String before = query.before();
        if (before != null) {
            olderThan(session, conditions, indexed(before));
        }
        return conditions;
    }

    private static String condition(Query.Field field) {
        return switch (field) {
            case REPOSITORY -> "e.repository = ?";
            case FORMAT -> "e.format = ?";
            case PACKAGE -> "e.package_name = ?";
            case VERSION -> "e.version = ?";
            case DIGEST -> "e.digest = ?";
            case USER -> "e.user_name = ?";
            case POLICY -> "EXISTS (SELECT 1 FROM event_policy p WHERE p.policy = ? AND p.position = e.position)";
        };
    }

    /** Identifiers are ordered by time too; that serves for one that is not indexed yet, or never was. */
    private static void olderThan(Session session, Conditions conditions, String id) throws SQLException {
        PreparedStatement statement = session.prepared("SELECT at FROM event WHERE id = ? ORDER BY position LIMIT 1");
        statement.setString(1, id);
        try (ResultSet row = statement.executeQuery()) {
            if (row.next()) {
                conditions.add("(e.at, e.id) < (?, ?)", row.getLong(1), id);
            } else {
                conditions.add("e.id < ?", id);
            }
        }
    }
}

package dev.sluice.storage.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal.Consumption;
import dev.sluice.kernel.journal.Journal.Query;
import dev.sluice.kernel.journal.Journal.Taken;
import dev.sluice.storage.StorageException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The journal's log as a table of a database that nodes share, and the tables it can be asked by, which follow it.
 *
 * <p>Positions begin at 1, have no gaps, and are in one order over all nodes: the row {@code log_head} is locked from the moment a
 * position is given until it is committed, and both happen in one statement, so that no node can be caught in between holding
 * the lock. Identifiers are unique, so a batch whose commit nobody heard of can be tried again. Thread-safe, but for
 * {@link #append}, which one thread at a time calls.
 */
public final class EventTable implements AutoCloseable {
    private static final int MOST_ATTEMPTS = 4;
    private static final int INDEXED_AT_ONCE = 8_000;
    private static final String UNIQUE_VIOLATION = "23505";

    /** For a batch that nobody has tried to append before. */
    private static final String APPEND = "WITH head AS (UPDATE log_head SET position = position + ? WHERE name = 'log'"
            + " RETURNING position), added AS (INSERT INTO log_record (position, id, body)"
            + " SELECT head.position - ? + record.n, record.id, convert_from(record.body, 'UTF8')"
            + " FROM head, unnest(?, ?) WITH ORDINALITY AS record (id, body, n)) SELECT position FROM head";

    /** For a batch of which some may be there already. */
    private static final String APPEND_MISSING = "WITH missing AS (SELECT id, body, row_number() OVER (ORDER BY n) AS n"
            + " FROM (SELECT DISTINCT ON (id) id, body, n FROM unnest(?, ?) WITH ORDINALITY AS given (id, body, n)"
            + " ORDER BY id, n) one WHERE NOT EXISTS (SELECT 1 FROM log_record known WHERE known.id = one.id)),"
            + " head AS (UPDATE log_head SET position = position + (SELECT count(*) FROM missing) WHERE name = 'log'"
            + " RETURNING position), added AS (INSERT INTO log_record (position, id, body)"
            + " SELECT head.position - (SELECT count(*) FROM missing) + missing.n, missing.id,"
            + " convert_from(missing.body, 'UTF8') FROM head, missing) SELECT position FROM head";

    private final Postgres postgres;
    private final Connections connections;
    private @Nullable Connection appending;

    private EventTable(Postgres postgres) {
        this.postgres = postgres;
        this.connections = postgres.connections();
    }

    /**
     * An event as the log keeps it.
     *
     * @param id its identifier
     * @param json the event in JSON
     */
    public record Row(String id, byte[] json) {}

    /** The log in that database, which is closed after it. */
    public static EventTable in(Postgres postgres) {
        EventTable table = new EventTable(postgres);
        table.connections.run(session -> {
            session.prepared("INSERT INTO log_head (name, position) VALUES ('log', 0) ON CONFLICT (name) DO NOTHING")
                    .executeUpdate();
            session.prepared("INSERT INTO indexed (name, position) VALUES ('log', 1) ON CONFLICT (name) DO NOTHING")
                    .executeUpdate();
        });
        return table;
    }

    /** Where the log says which installation it belongs to. */
    public SqlMark mark() {
        return new SqlMark(connections, SqlMark.JOURNAL);
    }

    /**
     * Appends rows in their order, all or nothing, and returns when that is durable; a row whose identifier is there already is
     * not appended again.
     *
     * @return the position the next record gets
     * @throws StorageException when it cannot be done, or nobody knows whether it was: then the same rows may be given again
     */
    public long append(List<Row> rows) {
        boolean careful = false;
        for (int attempt = 1; ; attempt++) {
            try {
                return append(rows, careful) + 1;
            } catch (SQLException e) {
                boolean known = UNIQUE_VIOLATION.equals(e.getSQLState());
                if (!known) {
                    letGo();
                }
                if (attempt == MOST_ATTEMPTS
                        || !(known || PostgresConnections.isConflict(e) || PostgresConnections.isLost(e))) {
                    throw new StorageException(
                            "cannot write to the journal in " + postgres + ": " + PostgresRefusal.reason(e), e);
                }
                careful = true;
            }
        }
    }

    private long append(List<Row> rows, boolean careful) throws SQLException {
        Connection connection = appending;
        if (connection == null) {
            connection = postgres.connect();
            appending = connection;
        }
        Array ids = connection.createArrayOf(
                "text", rows.stream().map(row -> Values.cleaned(row.id())).toArray());
        Array bodies =
                connection.createArrayOf("bytea", rows.stream().map(Row::json).toArray(byte[][]::new));
        try (PreparedStatement statement = connection.prepareStatement(careful ? APPEND_MISSING : APPEND)) {
            int next = 1;
            if (!careful) {
                statement.setLong(next++, rows.size());
                statement.setLong(next++, rows.size());
            }
            statement.setArray(next++, ids);
            statement.setArray(next, bodies);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The position the next record gets. */
    public long end() {
        return connections.read(session -> number(session, "SELECT position + 1 FROM log_head WHERE name = 'log'"));
    }

    /** Every record before this position can be asked for by what it is about. */
    public long indexed() {
        return connections.read(session -> number(session, "SELECT position FROM indexed WHERE name = 'log'"));
    }

    /**
     * Makes the next records askable, unless another node is just doing that: then it waits for that node.
     *
     * @param decoder reads the JSON
     * @return the position up to which all records can be asked for
     */
    public long index(Function<byte[], Event> decoder) {
        return connections.write(session -> {
            // What a crash takes of this is made again from the log; a sync would only be in the way of those who
            // append.
            session.prepared("SET LOCAL synchronous_commit = off").execute();
            long from = number(session, "SELECT position FROM indexed WHERE name = 'log' FOR UPDATE");
            PreparedStatement select = session.prepared(
                    "SELECT position, body FROM log_record WHERE position >= ? ORDER BY position LIMIT ?");
            select.setLong(1, from);
            select.setInt(2, INDEXED_AT_ONCE);
            List<EventIndex.Located> events = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    events.add(new EventIndex.Located(
                            rows.getLong(1), decoder.apply(rows.getString(2).getBytes(UTF_8))));
                }
            }
            if (events.isEmpty()) {
                return from;
            }
            long complete = events.getLast().position() + 1;
            EventIndex.add(session, events, complete);
            return complete;
        });
    }

    /**
     * A record of the log.
     *
     * @param position where it is
     * @param json the event
     * @param indexed whether it can be asked for
     */
    public record Stored(long position, byte[] json, boolean indexed) {}

    /** Records from that position on, in order. */
    public List<Stored> read(long from, int most) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT r.position, r.body, e.position IS NOT NULL"
                    + " FROM log_record r LEFT JOIN event e ON e.position = r.position"
                    + " WHERE r.position >= ? ORDER BY r.position LIMIT ?");
            statement.setLong(1, from);
            statement.setInt(2, most);
            List<Stored> records = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    records.add(new Stored(rows.getLong(1), rows.getString(2).getBytes(UTF_8), rows.getBoolean(3)));
                }
            }
            return records;
        });
    }

    /** The event with that identifier, in JSON. */
    public Optional<byte[]> find(String id) {
        return connections.read(session -> {
            PreparedStatement statement = session.prepared("SELECT body FROM log_record WHERE id = ?");
            statement.setString(1, Values.cleaned(id));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1).getBytes(UTF_8)) : Optional.empty();
            }
        });
    }

    /** The events that fit, in JSON, newest first. */
    public List<byte[]> query(Query query) {
        return connections.read(session -> {
            List<Long> positions = EventIndex.query(session, query);
            Map<Long, byte[]> bodies = new HashMap<>();
            PreparedStatement statement =
                    session.prepared("SELECT position, body FROM log_record WHERE position = ANY (?)");
            statement.setArray(1, session.connection().createArrayOf("bigint", positions.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    bodies.put(rows.getLong(1), rows.getString(2).getBytes(UTF_8));
                }
            }
            List<byte[]> result = new ArrayList<>();
            for (Long position : positions) {
                byte[] body = bodies.get(position);
                if (body == null) {
                    throw new StorageException("the journal has no record " + position + " any more", null);
                }
                result.add(body);
            }
            return result;
        });
    }

    /** Who took the subject, one line per actor and version, the latest first. Throws IllegalArgumentException when it names nothing. */
    public List<Consumption> consumption(Taken what, int limit) {
        return connections.read(session -> ConsumptionRollup.read(session, what, limit));
    }

    /** The versions of the package that any event is about. */
    public Set<String> versions(PackageName name) {
        return connections.read(session -> EventIndex.versions(session, name));
    }

    /** Lets go of the connection that appends; no append may be under way. */
    @Override
    public void close() {
        letGo();
    }

    private void letGo() {
        Connection known = appending;
        appending = null;
        if (known != null) {
            try {
                known.close();
            } catch (SQLException gone) {
                // it is broken anyway
            }
        }
    }

    private static long number(Session session, String sql) throws SQLException {
        try (ResultSet row = session.prepared(sql).executeQuery()) {
            return row.next() ? row.getLong(1) : 0L;
        }
    }
}

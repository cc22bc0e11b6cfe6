package dev.sluice.storage.sql;

import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.storage.StorageException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Copies every table of one database to another: repositories, tokens, policies, packages, files, documents, history,
 * advisories and feeds.
 *
 * <p>A table is copied in one transaction, and only when its rows differ, so that a copying that was cut short is taken up by the
 * next one. Until {@link #finish}, the target says that it is unfinished. Not thread-safe.
 */
public final class DatabaseCopy {
    /** In an order in which every row finds those it refers to. A test sees that no table is missing. */
    static final List<String> STORES = List.of(
            "repository",
            "upstream",
            "token",
            "policy",
            "hosted_package",
            "hosted_release",
            "stored_file",
            "upstream_document",
            "evidence",
            "first_seen",
            "learnt_file",
            "repository_usage",
            "untold_event");

    static final List<String> ADVISORIES = List.of(
            "advisory", "advisory_package", "advisory_alias", "exploitation", "feed", "feed_sync", "feed_listing");

    /** What is not copied as it is: merged, or about this database alone. */
    static final List<String> OWN = List.of("revision", "migration", SqlMark.STORES, SqlMark.ADVISORIES);

    private static final int AT_ONCE = 500;
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    private final Database source;
    private final Database target;

    /** Prepares to copy; both stay the caller's to close. */
    public DatabaseCopy(Database source, Database target) {
        this.source = source;
        this.target = target;
    }

    /** Is told of rows written. */
    @FunctionalInterface
    public interface Progress {
        /** So many rows of that table are written. */
        void rows(String table, long count);
    }

    /** How many rows a table has, and the sum of their digests, which does not depend on their order. */
    private record Fingerprint(long rows, BigInteger sum) {}

    /** How many rows each table of a database has. */
    public static Map<String, Long> count(Database database) {
        Map<String, Long> counts = new LinkedHashMap<>();
        tables(database).forEach((table, connections) -> counts.put(table, rows(connections, table)));
        return counts;
    }

    private static Map<String, Connections> tables(Database database) {
        Map<String, Connections> tables = new LinkedHashMap<>();
        STORES.forEach(table -> tables.put(table, database.storesArea()));
        ADVISORIES.forEach(table -> tables.put(table, database.feedsArea()));
        return tables;
    }

    /** What the database is being copied from, when that has not finished. */
    public static Optional<String> unfinished(Database database) {
        return database.storesArea().read(session -> {
            PreparedStatement statement = session.prepared("SELECT source FROM migration");
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        });
    }

    /**
     * Marks the target as unfinished.
     *
     * @param from names the source
     * @throws StorageException when the target is neither empty nor an unfinished copy of that source
     */
    public void begin(String from) {
        Optional<String> begun = unfinished(target);
        if (begun.isPresent()) {
            if (!begun.get().equals(from)) {
                throw new StorageException(
                        "the target is an unfinished copy of " + begun.get() + "; give an empty database", null);
            }
            return;
        }
        count(target).forEach((table, rows) -> {
            if (rows > 0) {
                throw new StorageException(
                        "the target is not empty: its table " + table + " has " + rows
                                + " rows; give an empty database",
                        null);
            }
        });
        target.storesArea().run(session -> {
            PreparedStatement statement = session.prepared("INSERT INTO migration (source) VALUES (?)");
            statement.setString(1, from);
            statement.executeUpdate();
        });
    }

    /** Whether every table of the target is as its source. */
    public boolean isDone() {
        if (!count(source).equals(count(target))) {
            return false; // sooner known than the digests of all rows
        }
        Map<String, Connections> to = tables(target);
        return tables(source).entrySet().stream()
                .allMatch(table -> fingerprint(table.getValue(), table.getKey())
                        .equals(fingerprint(to.getOrDefault(table.getKey(), table.getValue()), table.getKey())));
    }

    /** Copies and compares every table; returns how many rows each has. */
    public Map<String, Long> run(Progress progress) {
        Map<String, Connections> from = tables(source);
        Map<String, Connections> to = tables(target);
        Map<String, Long> copied = new LinkedHashMap<>();
        from.forEach((table, connections) -> {
            Connections into = to.getOrDefault(table, connections);
            Fingerprint wanted = fingerprint(connections, table);
            if (!fingerprint(into, table).equals(wanted)) {
                copy(connections, into, table, progress);
                if (!fingerprint(into, table).equals(wanted)) {
                    throw new StorageException("the copied table " + table + " is not the same as its source", null);
                }
            }
            copied.put(table, wanted.rows);
            progress.rows(table, wanted.rows);
        });
        return copied;
    }

    /** Lets revisions go on from the source's, and takes the mark away: the target may be used. */
    public void finish() {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (Connections area : List.of(source.storesArea(), source.feedsArea())) {
            area.read(session -> {
                try (ResultSet rows =
                        session.prepared("SELECT name, number FROM revision").executeQuery()) {
                    while (rows.next()) {
                        numbers.merge(rows.getString(1), rows.getLong(2), Math::max);
                    }
                }
                return numbers;
            });
        }
        for (Connections area : List.of(target.feedsArea(), target.storesArea())) {
            area.run(session -> {
                for (Map.Entry<String, Long> each : numbers.entrySet()) {
                    PreparedStatement statement = session.prepared("INSERT INTO revision (name, number) VALUES (?, ?)"
                            + " ON CONFLICT (name) DO UPDATE SET number = excluded.number");
                    statement.setString(1, each.getKey());
                    statement.setLong(2, each.getValue());
                    statement.executeUpdate();
                }
            });
        }
        target.storesArea()
                .run(session -> session.prepared("DELETE FROM migration").executeUpdate());
    }

    private static long rows(Connections connections, String table) {
        return connections.read(session -> {
            try (Statement statement = session.connection().createStatement();
                    ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    private static Fingerprint fingerprint(Connections connections, String table) {
        MessageDigest digest = sha256();
        BigInteger[] sum = {BigInteger.ZERO};
        long[] count = {0};
        each(connections, table, (columns, row) -> {
            for (Object value : row) {
                update(digest, value);
            }
            sum[0] = sum[0].add(new BigInteger(1, digest.digest())).mod(MODULUS);
            count[0]++;
        });
        return new Fingerprint(count[0], sum[0]);
    }

    /** The same for the same value, whichever database gave it. */
    private static void update(MessageDigest digest, @Nullable Object value) {
        byte[] bytes = switch (value) {
            case null -> new byte[0];
            case Integer number -> ByteBuffer.allocate(8).putLong(number).array();
            case Long number -> ByteBuffer.allocate(8).putLong(number).array();
            case Double number -> ByteBuffer.allocate(8).putDouble(number).array();
            case byte[] own -> own;
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            default -> throw new IllegalStateException("no column holds " + value.getClass());
        };
        digest.update((byte) (value == null ? 0 : 1));
        digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static void copy(Connections from, Connections into, String table, Progress progress) {
        Session session = into.begin("migration");
        try {
            try (Statement statement = session.connection().createStatement()) {
                statement.executeUpdate("DELETE FROM " + table);
            }
            Inserting inserting = new Inserting(session, table, progress);
            each(from, table, inserting::row);
            inserting.flush();
            session.commit();
        } catch (SQLException e) {
            rollback(session, e);
            throw new StorageException("cannot copy the table " + table + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            rollback(session, e);
            throw e;
        } finally {
            into.end(session);
        }
    }

    private static void rollback(Session session, Exception why) {
        try {
            session.rollback();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    @FunctionalInterface
    private interface Rows {
        void row(List<String> columns, List<@Nullable Object> values) throws SQLException;
    }

    /** Hands over every row, a few in memory at a time. */
    private static void each(Connections connections, String table, Rows consumer) {
        Session session = connections.begin("migration");
        try (Statement statement = session.connection().createStatement()) {
            statement.setFetchSize(AT_ONCE);
            try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    columns.add(rows.getMetaData().getColumnName(i));
                }
                columns.sort(null);
                while (rows.next()) {
                    List<@Nullable Object> values = new ArrayList<>();
                    for (String column : columns) {
                        values.add(rows.getObject(column));
                    }
                    consumer.row(columns, values);
                }
            }
        } catch (SQLException e) {
            throw new StorageException("cannot copy the table " + table + ": " + e.getMessage(), e);
        } finally {
            rollback(session, new IllegalStateException("nothing was changed"));
            connections.end(session);
        }
    }

    /** Rows on their way into a table, many in one batch. */
    private static final class Inserting {
        private final Session session;
        private final String table;
        private final Progress progress;
        private @Nullable PreparedStatement statement;
        private long count;

        Inserting(Session session, String table, Progress progress) {
            this.session = session;
            this.table = table;
            this.progress = progress;
        }

        void row(List<String> columns, List<@Nullable Object> values) throws SQLException {
            PreparedStatement insert = statement;
            if (insert == null) {
                insert = session.connection()
                        .prepareStatement("INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ("
                                + String.join(
                                        ", ", columns.stream().map(c -> "?").toList()) + ")");
                statement = insert;
            }
            for (int i = 0; i < values.size(); i++) {
                switch (values.get(i)) {
                    case null -> insert.setNull(i + 1, Types.NULL);
                    case byte[] bytes -> insert.setBytes(i + 1, bytes);
                    case Object value -> insert.setObject(i + 1, value);
                }
            }
            insert.addBatch();
            if (++count % AT_ONCE == 0) {
                insert.executeBatch();
                progress.rows(table, count);
            }
        }

        void flush() throws SQLException {
            PreparedStatement insert = statement;
            if (insert != null) {
                insert.executeBatch();
                insert.close();
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance(Algorithm.SHA256.jcaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}

package dev.sluice.storage.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.storage.StorageException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL database, opened: all that is particular to it.
 *
 * <p>The tables of each area are in a schema of their own, {@code sluice_stores} and so on; several nodes may open the same
 * database at once, one of them migrates. What lives in it ({@link Database}) is closed first. Thread-safe.
 */
public final class Postgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Postgres.class);
    private static final int OLDEST_VERSION = 14;
    private static final Map<String, String> TYPES = Map.of("bytes", "BYTEA", "rowid", "BIGINT");
    private static final List<String> AREAS = List.of("stores", "advisories", "journal", "shared");
    private static final String SCHEMA = "sluice_";

    /** Any number, the same in every node. */
    private static final String MIGRATION_LOCK = "7310585463421";

    private final PostgresUrl url;
    private final Limits limits;
    private final PostgresConnections connections;

    /**
     * How long to wait, and how much to take.
     *
     * @param patience how long to wait for a connection, and for an answer where a request waits for it, at least a second
     * @param statement how long to wait for the answer to any other statement, at least a second
     * @param connections most connections of the pool, at least 2; a few more are kept beside it
     */
    public record Limits(Duration patience, Duration statement, int connections) {
        /** For most. */
        public static final Limits STANDARD = new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), 10);

        /** Checks the bounds. Throws IllegalArgumentException. */
        public Limits {
            if (patience.toMillis() < 1000 || statement.toMillis() < 1000 || connections < 2) {
                throw new IllegalArgumentException("the database needs a second and two connections at least");
            }
        }
    }

    private Postgres(PostgresUrl url, Limits limits) throws SQLException {
        this.url = url;
        this.limits = limits;
        HikariConfig config = new HikariConfig();
        config.setPoolName("sluice");
        config.setDataSource(source(url, limits.patience(), limits.statement(), searchPath()));
        config.setMaximumPoolSize(limits.connections());
        config.setMinimumIdle(Math.min(2, limits.connections()));
        config.setConnectionTimeout(limits.patience().toMillis());
        config.setValidationTimeout(Math.min(limits.patience().toMillis(), 5000));
        config.setInitializationFailTimeout(-1);
        this.connections = new PostgresConnections(url.toString(), new HikariDataSource(config));
    }

    /**
     * Opens the database, making and migrating its tables as needed; waits while another node does.
     *
     * @param url {@code postgres://user:password@host:port/database?parameter=value}; the password is in no message
     * @throws IllegalArgumentException when the address is none
     * @throws StorageException saying why not, and what to do about it
     */
    public static Postgres open(String url, Limits limits) {
        PostgresUrl parsed = PostgresUrl.parse(url);
        try {
            migrate(parsed, limits);
            return new Postgres(parsed, limits);
        } catch (SQLException | FlywayException | StorageException e) {
            throw new StorageException(
                    "cannot open the database " + parsed + ": " + PostgresRefusal.explain(parsed, e), e);
        }
    }

    Limits limits() {
        return limits;
    }

    /** The pool. */
    Connections connections() {
        return connections;
    }

    /** A connection beside the pool that answers or fails within the patience; the caller closes it. */
    Connection connect() throws SQLException {
        return source(url, limits.patience(), limits.patience(), searchPath()).getConnection();
    }

    /** Who and where, for messages; without the password. */
    @Override
    public String toString() {
        return url.toString();
    }

    /** Closes the pool; what is under way is cut off. */
    @Override
    public void close() {
        connections.close();
    }

    private static DataSource source(PostgresUrl url, Duration connect, Duration answer, String schemas)
            throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url.jdbc());
        Properties properties = url.properties(connect, answer);
        for (String name : properties.stringPropertyNames()) {
            source.setProperty(name, properties.getProperty(name));
        }
        source.setCurrentSchema(schemas);
        source.setReWriteBatchedInserts(true); // rows of a batch go in statements of many rows
        // A node that died in the middle must not hold its locks for ever.
        source.setOptions("-c idle_in_transaction_session_timeout=60s");
        return source;
    }

    private static String searchPath() {
        return String.join(",", AREAS.stream().map(area -> SCHEMA + area).toList());
    }

    private static void migrate(PostgresUrl url, Limits limits) throws SQLException {
        DataSource plain = source(url, limits.patience(), Duration.ZERO, "public");
        try (Connection connection = plain.getConnection();
                Statement statement = connection.createStatement()) {
            check(statement);
            if (isCurrent(connection, statement)) {
                return;
            }
        }
        HikariConfig config = new HikariConfig(); // Flyway opens a connection for every step
        config.setPoolName("sluice-migrations");
        config.setDataSource(plain);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        try (Connection connection = plain.getConnection();
                Statement statement = connection.createStatement();
                HikariDataSource source = new HikariDataSource(config)) {
            if (!isTrue(statement, "SELECT pg_try_advisory_lock(" + MIGRATION_LOCK + ")")) {
                LOG.info("another node is migrating the database; waiting for it");
                statement.execute("SELECT pg_advisory_lock(" + MIGRATION_LOCK + ")");
            }
            for (String area : AREAS) {
                Migrations.run(source, area, TYPES, SCHEMA + area);
                for (String change : tooTight(statement, SCHEMA + area)) {
                    statement.execute(change);
                }
            }
        }
    }

    private static boolean isCurrent(Connection connection, Statement statement) throws SQLException {
        for (String area : AREAS) {
            if (!Migrations.isCurrent(connection, area, SCHEMA + area)
                    || !tooTight(statement, SCHEMA + area).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static void check(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT current_setting('server_version_num')::int / 10000,"
                + " current_setting('server_version'), current_setting('server_encoding')")) {
            row.next();
            if (row.getInt(1) < OLDEST_VERSION) {
                throw new StorageException(
                        "it is PostgreSQL " + row.getString(2) + ", and this needs " + OLDEST_VERSION + " or newer",
                        null);
            }
            if (!row.getString(3).equals("UTF8")) {
                throw new StorageException(
                        "its encoding is " + row.getString(3) + ": make one with CREATE DATABASE … TEMPLATE template0"
                                + " ENCODING 'UTF8'",
                        null);
            }
        }
    }

    private static boolean isTrue(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /**
     * The changes that make texts what they are in SQLite: of any length, and in the order of their code points whatever the
     * server's language.
     */
    private static List<String> tooTight(Statement statement, String schema) throws SQLException {
        List<String> changes = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT table_name, string_agg(format("
                + "'ALTER COLUMN %I TYPE TEXT COLLATE \"C\"', column_name), ', ') FROM information_schema.columns"
                + " WHERE table_schema = '" + schema + "' AND table_name <> 'flyway_schema_history'"
                + " AND data_type IN ('text', 'character varying')"
                + " AND (data_type <> 'text' OR collation_name IS DISTINCT FROM 'C') GROUP BY table_name")) {
            while (rows.next()) {
                changes.add("ALTER TABLE " + schema + ".\"" + rows.getString(1) + "\" " + rows.getString(2));
            }
        }
        return changes;
    }
}

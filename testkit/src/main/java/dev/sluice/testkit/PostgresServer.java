package dev.sluice.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server for tests: one for the whole JVM, started when first asked for, with as many databases as tests want.
 *
 * <p>It is the one that {@code SLUICE_TEST_POSTGRES} names ({@code postgres://user:password@host:port/database}, allowed to make
 * databases), else one of our own on a free port of the loopback, which does not sync: its data is gone with the JVM anyway.
 * Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static @Nullable PostgresServer shared;

    private final URI address;
    private final @Nullable EmbeddedPostgres own;

    private PostgresServer(URI address, @Nullable EmbeddedPostgres own) {
        this.address = address;
        this.own = own;
    }

    /** The server of this JVM. Nobody closes it. */
    public static synchronized PostgresServer get() {
        PostgresServer known = shared;
        if (known == null) {
            String named = System.getenv("SLUICE_TEST_POSTGRES");
            known = named == null
                    ? start(Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off"))
                    : new PostgresServer(URI.create(named), null);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(known::close));
            shared = known;
        }
        return known;
    }

    /** A server of one's own with those settings. The caller closes it. */
    public static PostgresServer start(Map<String, String> settings) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
            builder.setServerConfig("max_connections", "200");
            settings.forEach(builder::setServerConfig);
            EmbeddedPostgres own = builder.start();
            return new PostgresServer(URI.create("postgres://postgres@localhost:" + own.getPort() + "/postgres"), own);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "no PostgreSQL server could be started for tests; set SLUICE_TEST_POSTGRES to one that runs", e);
        }
    }

    /** A new database without tables: its address, {@code postgres://…}. */
    public String database() {
        String name = "sluice_" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
        run(address.toString(), "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'");
        return address.resolve("/" + name).toString();
    }

    /** Removes a database, whoever is connected. */
    public void drop(String database) {
        run(
                address.toString(),
                "DROP DATABASE IF EXISTS " + URI.create(database).getPath().substring(1) + " WITH (FORCE)");
    }

    /** Removes all rows of all tables, so that the next test finds an empty database. */
    public void empty(String database) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                    + " WHERE schemaname LIKE 'sluice%' AND tablename <> 'flyway_schema_history'")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            // quicker than TRUNCATE, which makes new files for every table and index
            statement.execute("SET session_replication_role = replica");
            for (String table : tables) {
                statement.addBatch("DELETE FROM " + table);
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on that role must give its password, which servers for tests do not ask for otherwise. */
    public void requirePassword(String role) {
        try (Connection connection = connect(address.toString());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE hba (number SERIAL, line TEXT)");
            statement.execute("INSERT INTO hba (line) VALUES ('host all " + role + " all scram-sha-256')");
            statement.execute("DO $$ BEGIN EXECUTE format('COPY hba (line) FROM %L', current_setting('hba_file'));"
                    + " EXECUTE format('COPY (SELECT line FROM hba ORDER BY number) TO %L',"
                    + " current_setting('hba_file')); END $$");
            statement.execute("SELECT pg_reload_conf()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A plain connection, auto-commit on; the caller closes it. */
    public static Connection connect(String database) throws SQLException {
        URI uri = URI.create(database);
        String[] user = String.valueOf(uri.getUserInfo()).split(":", 2);
        return DriverManager.getConnection(
                "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
                user[0],
                user.length > 1 ? user[1] : "");
    }

    /** Runs statements on a database. */
    public static void run(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops a server of one's own. */
    @Override
    public void close() {
        try {
            if (own != null) {
                own.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.sluice.storage.sql;

import dev.sluice.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;

/** All that is particular to SQLite: how it is opened, and what the migrations call its types. */
final class Sqlite {
    static final int BUSY_MILLIS = 10_000;
    private static final int READERS = 8;
    private static final Map<String, String> TYPES = Map.of("bytes", "BLOB", "rowid", "INTEGER");

    /** How sure a commit must be. */
    enum Durability {
        /** A commit survives the loss of power. */
        FULL,
        /** The last commits may be lost with the power, the rest is whole: for what can be derived again. */
        DERIVED
    }

    private Sqlite() {}

    /**
     * Opens a database file, creating and migrating it as needed.
     *
     * @param file the database; its folder is created when it is not there
     * @param migrations folder of the migrations below this package, for example {@code stores}
     */
    static Connections open(Path file, String migrations, Durability durability) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Session writer = new Session(connect(file, durability));
            try {
                if (!Migrations.isCurrent(writer.connection(), migrations, null)) {
                    Migrations.run(source(file, durability), migrations, TYPES, null);
                }
                execute(writer.connection(), "PRAGMA wal_autocheckpoint=20000");
                writer.connection().setAutoCommit(false);
            } catch (SQLException | RuntimeException e) {
                writer.close();
                throw e;
            }
            return new SqliteConnections(
                    migrations,
                    file,
                    writer,
                    () -> {
                        Connection connection = connect(file, durability);
                        execute(connection, "PRAGMA query_only=ON");
                        return new Session(connection);
                    },
                    READERS);
        } catch (SQLException | FlywayException | StorageException | IOException e) {
            if (SqliteDamage.is(e)) {
                throw SqliteDamage.of(file, e);
            }
            throw new StorageException("cannot open the database " + file + ": " + e.getMessage(), e);
        }
    }

    private static Connection connect(Path file, Durability durability) throws SQLException {
        return source(file, durability).getConnection();
    }

    private static SQLiteDataSource source(Path file, Durability durability) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(durability == Durability.FULL ? SynchronousMode.FULL : SynchronousMode.NORMAL);
        config.setBusyTimeout(BUSY_MILLIS);
        config.enforceForeignKeys(true);
        config.setCacheSize(-16_000);
        config.setGetGeneratedKeys(false); // nobody asks, and the driver would query after every insert
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

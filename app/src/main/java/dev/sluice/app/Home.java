package dev.sluice.app;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.journal.TableJournal;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.sql.Postgres;
import dev.sluice.storage.upkeep.JournalCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where everything but blobs is kept: in files of one directory, or in a PostgreSQL database that nodes share.
 *
 * @param database the stores
 * @param journal the journal, in the same place
 * @param check reads the journal end to end
 * @param parts what to close, in that order
 */
record Home(Database database, Journal journal, JournalCheck check, List<AutoCloseable> parts)
        implements AutoCloseable {
    private static final String SQLITE = "sqlite:";

    /** Opens what the configuration names. Throws ConfigurationException or StorageException saying why not. */
    static Home open(Configuration configuration, Path data) throws IOException {
        String url = configuration.find(Setting.DATABASE).orElse(SQLITE + data);
        if (isShared(configuration)) {
            return shared(url, limits(configuration));
        }
        if (!url.startsWith(SQLITE)) {
            throw new ConfigurationException("database: write postgres://user:password@host:5432/database for"
                    + " PostgreSQL, or sqlite:DIRECTORY, or leave it out");
        }
        return embedded(Path.of(url.substring(SQLITE.length())), data.resolve("journal"));
    }

    /** Whether other nodes may use the same database. */
    static boolean isShared(Configuration configuration) {
        return configuration
                .find(Setting.DATABASE)
                .filter(url -> url.startsWith("postgres://") || url.startsWith("postgresql://"))
                .isPresent();
    }

    private static Home shared(String url, Postgres.Limits limits) {
        Postgres postgres;
        try {
            postgres = Postgres.open(url, limits);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("database: " + e.getMessage(), e);
        }
        try {
            TableJournal journal = TableJournal.in(postgres);
            Database database = Database.in(postgres);
            return new Home(database, journal, journal::check, List.of(journal, database, postgres));
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private static Home embedded(Path directory, Path journalDirectory) throws IOException {
        SegmentJournal journal = SegmentJournal.open(journalDirectory);
        try {
            Database database = Database.open(directory);
            return new Home(database, journal, journal::check, List.of(database, journal));
        } catch (RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    private static Postgres.Limits limits(Configuration configuration) {
        try {
            return new Postgres.Limits(
                    configuration.duration(Setting.POSTGRES_PATIENCE),
                    configuration.duration(Setting.POSTGRES_STATEMENT),
                    configuration.number(Setting.POSTGRES_CONNECTIONS, 2, 10_000));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "postgres.patience and postgres.statement take a second at least: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable part : parts) {
            part.close();
        }
    }
}

package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.storage.Mark;
import dev.sluice.storage.blob.Damages;
import dev.sluice.storage.blob.DirectoryBlobStore;
import dev.sluice.storage.blob.S3BlobStore;
import dev.sluice.storage.blob.S3Location;
import dev.sluice.storage.journal.EventLog;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.journal.TableJournal;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.sql.Postgres;
import dev.sluice.storage.upkeep.JournalCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Where everything but blobs is kept: in files of one directory, or in a PostgreSQL database that nodes share.
 *
 * @param database the stores
 * @param journal the journal, in the same place
 * @param events the journal in the order of its log
 * @param check reads the journal end to end
 * @param unindexed how far the journal's index is behind, in positions of its log
 * @param marks where the parts say which installation they belong to: journal, advisories.db; sluice.db does in the database's
 * @param parts what to close, in that order
 */
public record Home(
        Database database,
        Journal journal,
        EventLog events,
        JournalCheck check,
        LongSupplier unindexed,
        Map<String, Mark> marks,
        List<AutoCloseable> parts)
        implements AutoCloseable {
    private static final String SQLITE = "sqlite:";

    /** Opens what the configuration names. Throws ConfigurationException or StorageException saying why not. */
    public static Home open(Configuration configuration, Path data) throws IOException {
        String url = configuration.find(Setting.DATABASE).orElse(SQLITE + data);
        if (isShared(configuration)) {
            return shared(url, limits(configuration));
        }
        if (!url.startsWith(SQLITE)) {
            throw new ConfigurationException("database: write postgres://user:password@host:5432/database for"
                    + " PostgreSQL, or sqlite:DIRECTORY, or leave it out");
        }
        return embedded(databases(configuration, data), data.resolve("journal"));
    }

    /** The directory of an embedded database. */
    static Path databases(Configuration configuration, Path data) {
        return configuration
                .find(Setting.DATABASE)
                .filter(url -> url.startsWith(SQLITE))
                .map(url -> Path.of(url.substring(SQLITE.length())))
                .orElse(data);
    }

    /** Whether other nodes may use the same database. */
    public static boolean isShared(Configuration configuration) {
        return configuration
                .find(Setting.DATABASE)
                .filter(url -> url.startsWith("postgres://") || url.startsWith("postgresql://"))
                .isPresent();
    }

    /** Opens the place for blobs that the configuration names; the caller closes it. What is found damaged is told there. */
    public static BlobStore blobs(Configuration configuration, Path data, InstantSource clock, Damages damages)
            throws IOException {
        Optional<String> place = configuration.find(Setting.BLOBS);
        if (place.filter(S3Location::isS3).isPresent()) {
            return S3BlobStore.open(S3.location(place.get()), S3.settings(configuration, data), clock, damages);
        }
        return DirectoryBlobStore.open(place.map(Path::of).orElse(data.resolve("blobs")), damages);
    }

    /** Where blobs say which installation they belong to; nowhere when they are in a place of another kind. */
    static Optional<Mark> mark(BlobStore blobs) {
        return switch (blobs) {
            case DirectoryBlobStore directory -> Optional.of(directory.mark());
            case S3BlobStore s3 -> Optional.of(s3.mark());
            default -> Optional.empty();
        };
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
            return new Home(
                    database,
                    journal,
                    journal,
                    journal::check,
                    journal::unindexed,
                    Map.of(Parts.JOURNAL, journal.mark(), Parts.ADVISORIES, database.advisoriesMark()),
                    List.of(journal, database, postgres));
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private static Home embedded(Path directory, Path journalDirectory) throws IOException {
        SegmentJournal journal = SegmentJournal.open(journalDirectory);
        try {
            Database database = Database.open(directory);
            return new Home(
                    database,
                    journal,
                    journal,
                    journal::check,
                    journal::unindexed,
                    Map.of(Parts.JOURNAL, journal.mark(), Parts.ADVISORIES, database.advisoriesMark()),
                    List.of(database, journal));
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

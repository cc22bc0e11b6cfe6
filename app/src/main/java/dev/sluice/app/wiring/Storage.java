package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.blob.CountedBlobs;
import dev.sluice.storage.blob.Damages;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.sql.DatabaseCopy;
import dev.sluice.storage.upkeep.Backup;
import dev.sluice.storage.upkeep.Examination;
import dev.sluice.storage.upkeep.GarbageCollection;
import dev.sluice.storage.upkeep.JournalCheck;
import dev.sluice.storage.upkeep.Scrub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where everything is kept: database, blobs, journal; and what looks after them. */
final class Storage {

    private static final Logger LOG = LoggerFactory.getLogger(Installation.class);

    private final InstantSource clock;
    private final Ulid ids;
    private final Database database;
    private final CountedBlobs blobs;
    private final Journal journal;
    private final JournalCheck journalCheck;
    private final LongSupplier unindexed;
    private final Scrub scrub;
    private final Backup.Source backupSource;

    /**
     * Opens all of it, when its parts belong together.
     *
     * @throws ConfigurationException when the configuration cannot be followed
     * @throws IOException when something cannot be opened
     */
    Storage(Configuration configuration, InstantSource clock, Observing observing, Opened opened) throws IOException {
        this.clock = clock;
        this.ids = new Ulid(clock);
        Path data = directory(configuration);
        Parts.check(configuration, data);
        Home home = opened.add(Home.open(configuration, data));
        this.database = home.database();
        refuseUnfinished(database);
        keepSecrets(configuration, data);
        Damages damages = new Damages(this::tell);
        BlobStore store = Home.blobs(configuration, data, clock, damages);
        if (store instanceof AutoCloseable closeable) {
            opened.add(closeable);
        }
        Parts.agree(configuration, data, home, store, new Ulid(clock));
        this.blobs = new CountedBlobs(store);
        StorageFigures.blobs(observing.metrics(), blobs, store, damages);
        this.scrub = new Scrub(blobs, data.resolve("scrub.json"), clock);
        StorageFigures.scrub(observing.metrics(), scrub);
        StorageFigures.database(observing.metrics(), database);
        this.journal = observing.tracing().journal(observing.metrics().counting(home.journal()));
        this.journalCheck = home.check();
        this.unindexed = home.unindexed();
        this.backupSource = new BackupSource(database, home.journal());
    }

    InstantSource clock() {
        return clock;
    }

    /** Makes identifiers, of events among others. */
    Ulid ids() {
        return ids;
    }

    Database database() {
        return database;
    }

    CountedBlobs blobs() {
        return blobs;
    }

    Journal journal() {
        return journal;
    }

    /** How far the journal's index is behind its log. */
    LongSupplier unindexed() {
        return unindexed;
    }

    /** Reads all blobs from time to time. */
    Scrub scrub() {
        return scrub;
    }

    /** Copies the installation. */
    Backup backup() {
        return new Backup(backupSource, blobs, clock);
    }

    /** Finds what nobody refers to any more. */
    GarbageCollection garbage() {
        return new GarbageCollection(
                blobs, database.repositories(), database.inventory(), database.files(), journal, clock, ids);
    }

    /** Looks whether everything is as it should be. */
    Examination examination() {
        return new Examination(
                new Examination.Subject(
                        blobs,
                        database.inventory(),
                        database.repositories(),
                        database.files(),
                        database.hosted(),
                        journal,
                        journalCheck),
                clock,
                ids);
    }

    private static Path directory(Configuration configuration) throws IOException {
        Path data = configuration.path(Setting.DATA);
        if (Files.exists(data) && !Files.isDirectory(data)) {
            throw new ConfigurationException("data is '" + data + "', which is no directory");
        }
        PrivateFiles.keep(data);
        return data;
    }

    private void keepSecrets(Configuration configuration, Path data) {
        KeyFile key = KeyFile.of(configuration, data);
        int sealed = database.sealWith(key);
        if (sealed > 0) {
            LOG.warn(
                    "{} passwords of upstreams lay open in the database and are sealed now; the key is in {}",
                    sealed,
                    key.place());
        }
        if (configuration.flag(Setting.SECRET_KEY_LOST).orElse(false)) {
            LOG.warn(
                    "{} passwords of upstreams were sealed with a key that is lost: forgotten",
                    database.forgetSealed());
        }
        boolean open = database.repositories().list().stream()
                .flatMap(repository -> repository.upstreams().stream())
                .anyMatch(upstream -> upstream.credentials() != null);
        if (open && key.find() == null) {
            LOG.warn("passwords of upstreams lie open in the database: set SLUICE_SECRET_KEY, the same on every node"
                    + " (openssl rand -hex 32)");
        }
    }

    /** The journal knows of every damaged blob. */
    private void tell(Damages.Damage damage) {
        journal.append(Event.of(ids.next(), clock.instant(), Event.Kind.DAMAGE, Event.Actor.SYSTEM, damage.problem())
                .with(new Event.Bytes(null, damage.blob().hex(), null)));
    }

    private static void refuseUnfinished(Database database) {
        DatabaseCopy.unfinished(database).ifPresent(source -> {
            throw new StorageException(
                    "this database is an unfinished copy of " + source + "; run that 'sluice migrate' again", null);
        });
    }
}

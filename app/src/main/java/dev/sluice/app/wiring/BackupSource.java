package dev.sluice.app.wiring;

import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.upkeep.Backup;
import java.io.IOException;
import java.nio.file.Path;

/** What a backup of an installation copies; only what is kept in files can be. */
record BackupSource(Database database, Journal journal) implements Backup.Source {

    @Override
    public long journalEnd() {
        return segments().end();
    }

    @Override
    public void copyDatabases(Path directory) {
        database.copyTo(directory);
    }

    @Override
    public void copyJournal(Path log, long end) throws IOException {
        segments().copyTo(log, end);
    }

    @Override
    public Inventory inventory() {
        return database.inventory();
    }

    @Override
    public RepositoryStore repositories() {
        return database.repositories();
    }

    private SegmentJournal segments() {
        if (journal instanceof SegmentJournal segments) {
            return segments;
        }
        throw new StorageException(
                "the database is PostgreSQL: back it up with pg_dump or base backups, and blobs by versioning their bucket;"
                        + " sluice backup is for the embedded database",
                null);
    }
}

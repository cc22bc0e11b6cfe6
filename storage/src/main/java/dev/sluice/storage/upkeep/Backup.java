package dev.sluice.storage.upkeep;

import static dev.sluice.storage.upkeep.BackupFiles.DATABASES;
import static dev.sluice.storage.upkeep.BackupFiles.LOG;
import static dev.sluice.storage.upkeep.BackupFiles.MANIFEST;
import static dev.sluice.storage.upkeep.BackupFiles.UNFINISHED;
import static dev.sluice.storage.upkeep.BackupFiles.createFolderOf;
import static dev.sluice.storage.upkeep.BackupFiles.deleteTree;
import static dev.sluice.storage.upkeep.BackupFiles.forEachBlob;
import static dev.sluice.storage.upkeep.BackupFiles.hasLength;
import static dev.sluice.storage.upkeep.BackupFiles.isEmpty;
import static dev.sluice.storage.upkeep.BackupFiles.isRight;
import static dev.sluice.storage.upkeep.BackupFiles.place;
import static dev.sluice.storage.upkeep.BackupFiles.sync;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.storage.DamagedException;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.sql.DatabaseFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A copy of an embedded installation in a directory, taken while it runs. The way back is {@link BackedUp}.
 *
 * <p>The copy is consistent: how far the journal goes is noted first, then the database is copied as of one instant, then the
 * journal up to the note, then the blobs. So every publication the journal tells of is in the database, and every row has its
 * blob; what was acknowledged before the backup began is in it. What an earlier run left in the directory is read again and made anew
 * where it is damaged, so that a backup that succeeded can be restored. The manifest is written last; a directory without one is no backup.
 * Garbage must not be collected meanwhile.
 */
public final class Backup {
    /** More blobs that cannot be read are a broken disk, not a damaged file or two. */
    static final int MOST_SKIPPED = 1000;

    private static final int MOST_NAMED = 5;
    private static final int PAGE = 500;

    /** Copies databases and the journal, what only they can do consistently, and tells what must not be missing. */
    public interface Source {
        /** Up to where the journal goes now. */
        long journalEnd();

        /** Copies the databases as of now into files of the directory. Throws StorageException when they are not kept in files. */
        void copyDatabases(Path directory);

        /** Copies the log up to that position into files of the directory, leaving alone those that are there in full. */
        void copyJournal(Path log, long end) throws IOException;

        /** The rows of files, which tell what was published here. */
        Inventory inventory();

        /** Which repositories there are. */
        RepositoryStore repositories();
    }

    /**
     * A file of the backup that is no blob.
     *
     * @param path below the backup
     * @param size in bytes
     * @param sha256 in hexadecimal
     */
    public record Entry(String path, long size, String sha256) {}

    /**
     * What a backup holds.
     *
     * @param format of the backup; 1
     * @param takenAt when it began, ISO 8601
     * @param journalEnd up to where the journal goes
     * @param files databases and journal
     * @param blobs how many blobs
     * @param blobBytes their length together
     * @param copied how many blobs this run added to the directory
     * @param skipped digests of blobs that could not be read and are not in it; none was published here, so each is fetched again
     */
    public record Manifest(
            int format,
            String takenAt,
            long journalEnd,
            List<Entry> files,
            long blobs,
            long blobBytes,
            long copied,
            List<String> skipped) {
        /** Copies the lists. */
        public Manifest {
            files = List.copyOf(files);
            skipped = List.copyOf(Objects.requireNonNullElse(skipped, List.of())); // earlier versions did not write it
        }
    }

    private final Source source;
    private final BlobStore blobs;
    private final InstantSource clock;

    /** Backups of what these hold. */
    public Backup(Source source, BlobStore blobs, InstantSource clock) {
        this.source = source;
        this.blobs = blobs;
        this.clock = clock;
    }

    /**
     * Makes a backup, or brings an earlier one up to date: blobs that are there already are not copied again.
     *
     * @param target an empty directory, one that does not exist, or an earlier backup
     * @param link whether blobs may be hard links where the file system allows them: quick and small, but on the same disk
     * @param progress is told how far it is, in words for people
     * @throws IOException when the target is something else, or something cannot be read or written; of blobs, only those of files
     *     that were published here must be readable: any other is skipped, because it can be fetched again
     */
    public Manifest take(Path target, boolean link, Consumer<String> progress) throws IOException {
        Instant begun = clock.instant();
        long end = source.journalEnd();
        prepare(target);
        progress.accept("databases");
        Path fresh = target.resolve("fresh");
        deleteTree(fresh);
        Files.createDirectory(fresh);
        source.copyDatabases(fresh);
        for (String database : DATABASES) {
            check(fresh.resolve(database), target.resolve(database));
            sync(fresh.resolve(database));
            Files.move(fresh.resolve(database), target.resolve(database), StandardCopyOption.REPLACE_EXISTING);
        }
        deleteTree(fresh);
        progress.accept("journal");
        Path log = target.resolve(LOG);
        copyJournal(log, end);
        Tally tally = new Tally();
        try {
            blobs.list(kept -> {
                copyUnlessThere(kept.blob(), target, link, tally);
                progress.accept(String.format(Locale.ROOT, "%,d blobs", tally.count));
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        keepHosted(target, link, tally);
        dropOthers(target, tally.hosted);
        List<Entry> files = new ArrayList<>();
        for (String database : DATABASES) {
            files.add(BackupFiles.entry(target, target.resolve(database)));
        }
        for (Path segment : BackupFiles.sorted(log)) {
            files.add(BackupFiles.entry(target, segment));
        }
        Manifest manifest = new Manifest(
                BackupFiles.FORMAT,
                begun.toString(),
                end,
                files,
                tally.count,
                tally.bytes,
                tally.copied,
                List.copyOf(tally.skipped));
        BackupFiles.write(manifest, target);
        Files.deleteIfExists(target.resolve(UNFINISHED));
        sync(target);
        return manifest;
    }

    private static final class Tally {
        private long count;
        private long bytes;
        private long copied;
        private final Set<String> skipped = new TreeSet<>();

        /** Published blobs that only this backup still has, from an earlier run. */
        private final Set<Digest> hosted = new HashSet<>();
    }

    /** A copy is whole, and what it takes the place of is not of another installation. */
    private static void check(Path fresh, Path former) throws IOException {
        try (DatabaseFile copy = DatabaseFile.open(fresh)) {
            copy.check();
            if (!Files.exists(former)) {
                return;
            }
            try (DatabaseFile earlier = DatabaseFile.open(former)) {
                if (earlier.mark().isPresent() && !earlier.mark().equals(copy.mark())) {
                    throw new IOException(former.getParent()
                            + " holds a backup of another installation; name another directory or empty this one");
                }
            } catch (DamagedException rotten) {
                return; // it goes now
            }
        }
    }

    /** What an earlier run copied may have rotted since, and is copied anew then. */
    private void copyJournal(Path log, long end) throws IOException {
        List<String> faults = List.of();
        for (int attempt = 0; attempt < 2; attempt++) {
            Files.createDirectories(log);
            source.copyJournal(log, end);
            faults = SegmentJournal.checkCopy(log, end, events -> {}).faults();
            if (faults.isEmpty()) {
                return;
            }
            deleteTree(log);
        }
        throw new IOException("the journal is damaged and cannot be backed up: " + faults.getFirst()
                + " (a copy of it; 'sluice doctor' names the place). Restore it from an earlier backup");
    }

    /** From here on, until it is complete, the target is no backup. */
    private static void prepare(Path target) throws IOException {
        if (Files.exists(target) && !Files.isDirectory(target)) {
            throw new IOException(target + " is no directory");
        }
        boolean earlier = Files.exists(target.resolve(MANIFEST)) || Files.exists(target.resolve(UNFINISHED));
        if (Files.isDirectory(target) && !earlier && !isEmpty(target)) {
            throw new IOException(
                    target + " is neither empty nor an earlier backup; name another directory or empty this one");
        }
        if (!Files.isDirectory(target)) {
            Files.createDirectories(target);
            if (target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
            }
        }
        Files.writeString(target.resolve(UNFINISHED), "This backup is not complete; run sluice backup again.\n");
        Files.deleteIfExists(target.resolve(MANIFEST));
    }

    private void copyUnlessThere(Blob blob, Path target, boolean link, Tally tally) {
        if (Thread.currentThread().isInterrupted()) {
            throw new UncheckedIOException(new IOException("interrupted; the next backup to this directory goes on"));
        }
        tally.count++;
        tally.bytes += blob.size();
        Path place = place(target, blob.digest().hex());
        try {
            if (hasLength(place, blob) && isRight(place, blob.digest())) {
                return;
            }
            Files.deleteIfExists(place);
            createFolderOf(place);
            if (!link || !linked(blob.digest(), place)) {
                copy(blob.digest(), place);
            }
            tally.copied++;
        } catch (FileNotFoundException removedMeanwhile) {
            tally.count--;
            tally.bytes -= blob.size();
        } catch (BlobsUnavailableException unreadable) {
            tally.count--;
            tally.bytes -= blob.size();
            skip(blob, place, tally, unreadable);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void skip(Blob blob, Path place, Tally tally, BlobsUnavailableException unreadable) {
        try {
            Files.deleteIfExists(place); // what was read of it
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (tally.skipped.size() >= MOST_SKIPPED) {
            throw new UncheckedIOException(unreadable);
        }
        tally.skipped.add(blob.digest().toString());
    }

    private void copy(Digest digest, Path place) throws IOException {
        try (InputStream in = blobs.open(digest, 0, Long.MAX_VALUE)) {
            BackupFiles.copy(in, place, digest.hex());
        } catch (WrongBytesException e) {
            if (blobs.verify(digest, read -> {}) == BlobStore.Check.SOUND) {
                throw e; // it is not the store that is to blame
            }
            throw new BlobDamagedException(digest, "blob " + digest + " is damaged", e);
        }
    }

    /** Makes a link where the bytes are right; false when there is no file to link to, or it is on another disk. */
    private boolean linked(Digest digest, Path place) throws IOException {
        boolean read = blobs.path(digest).isEmpty();
        if (read) { // nobody has since the start: nobody knows whether they are right
            switch (blobs.verify(digest, count -> {})) {
                case SOUND -> {}
                case DAMAGED -> throw new BlobDamagedException(digest, "blob " + digest + " is damaged");
                case ABSENT -> throw new FileNotFoundException("no blob " + digest);
            }
        }
        Path local = blobs.path(digest).orElse(null);
        try {
            if (local == null) {
                return false;
            }
            Files.createLink(place, local);
        } catch (IOException | UnsupportedOperationException otherDisk) {
            return false;
        }
        if (!read && !isRight(place, digest)) {
            Files.delete(place);
            return false; // whoever copies it finds out
        }
        return true;
    }

    /** What was published here has no other source: without its bytes this would be no backup. */
    private void keepHosted(Path target, boolean link, Tally tally) throws IOException {
        Set<String> lost = new TreeSet<>();
        try {
            forEachHosted(blob -> {
                Digest digest = blob.digest();
                Path place = place(target, digest.hex());
                boolean gone = isGone(digest);
                if (!hasLength(place, blob) || (gone && !isRight(place, digest))) {
                    if (!tally.skipped.contains(digest.toString())) {
                        copyUnlessThere(blob, target, link, tally); // published after the others were listed
                    }
                    if (!hasLength(place, blob)) {
                        lost.add(digest.toString());
                    }
                } else if (gone) {
                    tally.hosted.add(digest);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (!lost.isEmpty()) {
            throw new IOException("the bytes of " + lost.size() + " published "
                    + (lost.size() == 1 ? "file are" : "files are")
                    + " damaged or missing, and this backup has them neither: blob "
                    + String.join(", blob ", lost.stream().limit(MOST_NAMED).toList())
                    + (lost.size() > MOST_NAMED ? ", and more" : "")
                    + ". 'sluice doctor --deep' names the files; restore them from an earlier backup, or unpublish these"
                    + " versions and publish them again; then make the backup again");
        }
    }

    private void forEachHosted(Consumer<Blob> consumer) {
        Set<String> repositories =
                source.repositories().list().stream().map(Repository::id).collect(Collectors.toUnmodifiableSet());
        List<StoredFile> page = source.inventory().files(null, PAGE);
        while (!page.isEmpty()) {
            for (StoredFile file : page) {
                if (file.isHosted() && repositories.contains(file.repository())) {
                    consumer.accept(
                            new Blob(file.contents().sha256(), file.contents().size()));
                }
            }
            page = source.inventory().files(page.getLast(), PAGE);
        }
    }

    private boolean isGone(Digest digest) {
        try {
            return blobs.find(digest).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Blobs that the store no longer has need no place here either, unless they are still wanted. */
    private void dropOthers(Path target, Set<Digest> wanted) throws IOException {
        forEachBlob(target, (place, digest) -> {
            if (!wanted.contains(digest) && isGone(digest)) {
                Files.deleteIfExists(place);
            }
        });
    }
}

package dev.sluice.storage.upkeep;

import static dev.sluice.storage.upkeep.BackupFiles.createFolderOf;
import static dev.sluice.storage.upkeep.BackupFiles.forEachBlob;
import static dev.sluice.storage.upkeep.BackupFiles.hasLength;
import static dev.sluice.storage.upkeep.BackupFiles.isEmpty;
import static dev.sluice.storage.upkeep.BackupFiles.isRight;
import static dev.sluice.storage.upkeep.BackupFiles.place;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.storage.FileMark;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.sql.DatabaseFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A backup that was taken: verified where it lies, or made an installation again.
 *
 * <p>What can be had again does not stand in the way: a fetched file or document whose bytes are damaged or missing is named and
 * left out, it is fetched again when somebody asks for it; without {@code advisories.db} an installation is restored, but does not
 * start before its loss is accepted. Databases, the journal and what was published here must be whole.
 *
 * @param directory that {@link Backup#take} made; it is only read
 */
public record BackedUp(Path directory) {
    private static final String STORES = "sluice.db";
    private static final String ADVISORIES = "advisories.db";
    private static final int MOST_FAULTS = 1000;

    /**
     * What verifying found.
     *
     * @param manifest what the backup should hold
     * @param events how many events of the journal were read
     * @param faults what is damaged or missing and cannot be had again without another backup or an import, the first thousand
     * @param skipped what is damaged or missing and would be fetched again, the first thousand
     */
    public record Report(Backup.Manifest manifest, long events, List<String> faults, List<String> skipped) {
        /** Copies the lists. */
        public Report {
            faults = List.copyOf(faults);
            skipped = List.copyOf(skipped);
        }
    }

    /**
     * What was restored.
     *
     * @param manifest what the backup should hold
     * @param skipped what was damaged or missing and was left out, the first thousand
     */
    public record Restored(Backup.Manifest manifest, List<String> skipped) {
        /** Copies the list. */
        public Restored {
            skipped = List.copyOf(skipped);
        }
    }

    /** What it holds. Throws IOException when it is no backup, or not complete. */
    public Backup.Manifest manifest() throws IOException {
        return BackupFiles.manifest(directory);
    }

    /**
     * Reads everything: each file's digest, the databases, the journal event by event, each blob, and whether what rows name is there.
     *
     * @param progress is told how far it is, in words for people
     * @throws IOException when it is no backup, or not complete
     */
    public Report verify(Consumer<String> progress) throws IOException {
        Backup.Manifest manifest = manifest();
        List<String> faults = new ArrayList<>();
        for (Backup.Entry entry : manifest.files()) {
            progress.accept(entry.path());
            if (!isRight(inside(entry), Digest.sha256(entry.sha256()))) {
                faults.add(entry.path() + " is missing or is not what the manifest says");
            }
        }
        for (String database : BackupFiles.DATABASES) {
            progress.accept(database);
            try (DatabaseFile file = DatabaseFile.open(directory.resolve(database))) {
                file.check();
            } catch (StorageException e) {
                faults.add(database + ": " + e.getMessage());
            }
        }
        checkMarks(faults);
        JournalCheck.Result journal = SegmentJournal.checkCopy(
                directory.resolve(BackupFiles.LOG),
                manifest.journalEnd(),
                events -> progress.accept(String.format(Locale.ROOT, "%,d events", events)));
        faults.addAll(journal.faults());
        Wrong wrong = new Wrong(directory);
        forEachBlob(directory, (place, digest) -> {
            if (!isRight(place, digest)) {
                wrong.add(digest);
            }
            progress.accept(wrong.step(manifest));
        });
        wrong.judge(directory, faults);
        return new Report(manifest, journal.events(), faults, wrong.skipped);
    }

    /**
     * Restores it into a directory, every byte verified. The directory appears as a whole or not at all.
     *
     * @param data a directory that does not exist or is empty
     * @param progress is told how far it is, in words for people
     * @throws IOException saying what is damaged or in the way
     */
    public Restored restore(Path data, Consumer<String> progress) throws IOException {
        Backup.Manifest manifest = manifest();
        if (Files.exists(data) && (!Files.isDirectory(data) || !isEmpty(data))) {
            throw new IOException(data + " is not empty; restore into a directory that is not there yet");
        }
        Path absolute = data.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        Path name = absolute.getFileName();
        if (parent == null || name == null) {
            throw new IOException(data + " cannot be restored into");
        }
        Files.createDirectories(parent);
        Path fresh = parent.resolve(name + ".restoring");
        BackupFiles.deleteTree(fresh);
        Files.createDirectory(fresh);
        if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwx------"));
        }
        Wrong wrong = new Wrong(fresh);
        for (Backup.Entry entry : manifest.files()) {
            progress.accept(entry.path());
            if (!copied(inside(entry), fresh.resolve(entry.path()), Digest.sha256(entry.sha256()))) {
                if (!entry.path().equals(ADVISORIES)) {
                    throw new IOException(entry.path() + " in " + directory
                            + " is damaged or missing; use another backup. Nothing was restored");
                }
                wrong.skipped.add(ADVISORIES + " is damaged or missing; start with 'sluice serve --accept-new "
                        + ADVISORIES + "', then 'sluice feeds sync' or 'sluice feeds import FILE…'");
            }
        }
        Files.createDirectories(fresh.resolve("blobs/sha256"));
        forEachBlob(directory, (place, digest) -> {
            if (!copied(place, place(fresh, digest.hex()), digest)) {
                wrong.add(digest);
            }
            progress.accept(wrong.step(manifest));
        });
        List<String> lost = new ArrayList<>();
        wrong.judge(fresh, lost);
        if (!lost.isEmpty()) {
            throw new IOException(
                    lost.getFirst() + (lost.size() > 1 ? ", and " + (lost.size() - 1) + " more" : "")
                            + "; 'sluice backup --verify " + directory
                            + "' names all. Copy these blobs into it from another backup, or use that one. Nothing was restored");
        }
        mark(fresh);
        Files.move(fresh, absolute, StandardCopyOption.ATOMIC_MOVE);
        BackupFiles.sync(parent);
        return new Restored(manifest, wrong.skipped);
    }

    private void checkMarks(List<String> faults) {
        try (DatabaseFile stores = DatabaseFile.open(directory.resolve(STORES));
                DatabaseFile advisories = DatabaseFile.open(directory.resolve(ADVISORIES))) {
            if (!stores.mark().equals(advisories.mark())) {
                faults.add(ADVISORIES + " and " + STORES + " are of different installations");
            }
        } catch (StorageException damaged) {
            return; // told already
        }
    }

    /** Databases hold their marks themselves. */
    private static void mark(Path data) throws IOException {
        try (DatabaseFile stores = DatabaseFile.open(data.resolve(STORES))) {
            Optional<String> mark = stores.mark();
            if (mark.isPresent()) {
                FileMark.in(Files.createDirectories(data.resolve("journal"))).write(mark.get());
                FileMark.in(data.resolve("blobs")).write(mark.get());
            }
        }
    }

    private Path inside(Backup.Entry entry) throws IOException {
        Path file = directory.resolve(entry.path()).normalize();
        if (!file.startsWith(directory.normalize())) {
            throw new IOException("the manifest names a file outside the backup: " + entry.path());
        }
        return file;
    }

    /** Copies a file; false when its bytes are not right or cannot be read. Throws IOException when they cannot be written. */
    private static boolean copied(Path from, Path to, Digest digest) throws IOException {
        createFolderOf(to);
        try (InputStream in = Files.newInputStream(from)) {
            BackupFiles.copy(in, to, digest.hex());
            return true;
        } catch (WrongBytesException damaged) {
            return false;
        } catch (IOException e) {
            if (isRight(from, digest)) {
                throw e; // it is where they should go that is to blame
            }
            Files.deleteIfExists(to);
            return false;
        }
    }

    /** Blobs that are not what they should be, and what that means. */
    private static final class Wrong {
        private final Path root;
        private final Set<Digest> digests = new HashSet<>();
        private final List<String> skipped = new ArrayList<>();
        private final Set<Digest> named = new HashSet<>();
        private long count;
        private long more;

        Wrong(Path root) {
            this.root = root;
        }

        void add(Digest digest) throws IOException {
            if (digests.size() >= Backup.MOST_SKIPPED) {
                throw new IOException(
                        "more than " + Backup.MOST_SKIPPED
                                + " blobs of the backup are damaged or cannot be read: look after its disk, or use another backup");
            }
            digests.add(digest);
        }

        String step(Backup.Manifest manifest) {
            return String.format(Locale.ROOT, "%,d of %,d blobs", ++count, manifest.blobs());
        }

        /** What was published has no other source, what was fetched has, and what no row names is wanted by nobody. */
        void judge(Path database, List<String> faults) throws IOException {
            try (DatabaseFile rows = DatabaseFile.open(database.resolve(STORES))) {
                rows.published(row -> {
                    if (isWrong(row) && faults.size() < MOST_FAULTS) {
                        named.add(row.blob().digest());
                        faults.add(row.about() + ": its bytes are damaged or missing (blob "
                                + row.blob().digest() + ")");
                    }
                });
                rows.fetched(row -> {
                    if (isWrong(row)) {
                        skip(row.blob().digest(), row.about());
                    }
                });
            } catch (StorageException e) {
                faults.add("which blobs are needed is not known: " + e.getMessage());
            }
            digests.stream().filter(digest -> !named.contains(digest)).forEach(digest -> skip(digest, "no file"));
            if (more > 0) {
                skipped.add("… and " + more + " more");
            }
        }

        private boolean isWrong(DatabaseFile.Named row) {
            Path place = place(root, row.blob().digest().hex());
            return digests.contains(row.blob().digest())
                    || !(row.blob().size() == 0 ? Files.isRegularFile(place) : hasLength(place, row.blob()));
        }

        private void skip(Digest digest, String about) {
            if (skipped.size() >= Backup.MOST_SKIPPED) {
                more++;
            } else if (named.add(digest)) {
                skipped.add(about + ": blob " + digest
                        + " is damaged or missing, and is fetched again when it is asked for");
            }
        }
    }
}

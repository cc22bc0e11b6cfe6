package dev.sluice.storage.upkeep;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A copy of an embedded installation in a directory, taken while it runs, and the way back.
 *
 * <p>The copy is consistent: how far the journal goes is noted first, then the database is copied as of one instant, then the
 * journal up to the note, then the blobs. So every publication the journal tells of is in the database, and every row has its
 * blob; what was acknowledged before the backup began is in it. The manifest is written last; a directory without one is no backup.
 * Garbage must not be collected meanwhile.
 */
public final class Backup {
    private static final String MANIFEST = "manifest.json";
    private static final String UNFINISHED = "UNFINISHED";
    private static final String LOG = "journal/log";
    private static final List<String> DATABASES = List.of("sluice.db", "advisories.db");
    private static final Pattern FOLDER = Pattern.compile("[0-9a-f]{2}");
    private static final Pattern REST = Pattern.compile("[0-9a-f]{62}");
    private static final int FORMAT = 1;
    private static final int MOST_MANIFEST_BYTES = 16 << 20;
    private static final int CHUNK = 128 * 1024;

    /** More blobs that cannot be read are a broken disk, not a damaged file or two. */
    private static final int MOST_SKIPPED = 1000;

    private static final int MOST_NAMED = 5;
    private static final int PAGE = 500;
    private static final JsonMapper JSON = JsonMapper.builder().build();

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
            sync(fresh.resolve(database));
            Files.move(fresh.resolve(database), target.resolve(database), StandardCopyOption.REPLACE_EXISTING);
        }
        deleteTree(fresh);
        progress.accept("journal");
        Path log = Files.createDirectories(target.resolve(LOG));
        source.copyJournal(log, end);
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
            files.add(entry(target, target.resolve(database)));
        }
        for (Path segment : sorted(log)) {
            files.add(entry(target, segment));
        }
        Manifest manifest = new Manifest(
                FORMAT,
                begun.toString(),
                end,
                files,
                tally.count,
                tally.bytes,
                tally.copied,
                List.copyOf(tally.skipped));
        Path temporary = target.resolve(MANIFEST + ".new");
        Files.writeString(temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(manifest));
        sync(temporary);
        Files.move(temporary, target.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
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
            if (isThere(place, blob)) {
                return;
            }
            Files.deleteIfExists(place);
            Files.createDirectories(
                    target.resolve("blobs/sha256").resolve(blob.digest().hex().substring(0, 2)));
            Path local = link ? verified(blob.digest()) : null;
            if (local == null || !linked(local, place)) {
                try (InputStream in = blobs.open(blob.digest(), 0, Long.MAX_VALUE)) {
                    copy(in, place, blob.digest().hex());
                }
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

    /** A file may be linked only when its bytes are right; of those not read since the start nobody knows that yet. */
    private @Nullable Path verified(Digest digest) throws IOException {
        Path known = blobs.path(digest).orElse(null);
        if (known != null) {
            return known;
        }
        return switch (blobs.verify(digest, read -> {})) {
            case SOUND -> blobs.path(digest).orElse(null);
            case DAMAGED -> throw new BlobDamagedException(digest, "blob " + digest + " is damaged");
            case ABSENT -> throw new FileNotFoundException("no blob " + digest);
        };
    }

    /** What was published here has no other source: without its bytes this would be no backup. */
    private void keepHosted(Path target, boolean link, Tally tally) throws IOException {
        Set<String> lost = new TreeSet<>();
        try {
            forEachHosted(blob -> {
                Digest digest = blob.digest();
                Path place = place(target, digest.hex());
                if (!isThere(place, blob)) {
                    if (!tally.skipped.contains(digest.toString())) {
                        copyUnlessThere(blob, target, link, tally); // published after the others were listed
                    }
                    if (!isThere(place, blob)) {
                        lost.add(digest.toString());
                    }
                } else if (isGone(digest)) {
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

    private static boolean isThere(Path place, Blob blob) {
        try {
            return Files.isRegularFile(place) && Files.size(place) == blob.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isGone(Digest digest) {
        try {
            return blobs.find(digest).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean linked(Path from, Path to) {
        try {
            Files.createLink(to, from);
            return true;
        } catch (IOException | UnsupportedOperationException otherDisk) {
            return false;
        }
    }

    /** Blobs that the store no longer has need no place here either, unless they are still wanted. */
    private void dropOthers(Path target, Set<Digest> wanted) throws IOException {
        forEachBlob(target, (place, digest) -> {
            if (!wanted.contains(digest) && blobs.find(digest).isEmpty()) {
                Files.deleteIfExists(place);
            }
        });
    }

    /**
     * Restores a backup into a directory, every byte verified. The directory appears as a whole or not at all.
     *
     * @param data a directory that does not exist or is empty
     * @param progress is told how far it is, in words for people
     * @throws IOException saying what is damaged or in the way
     */
    public static Manifest restore(Path backup, Path data, Consumer<String> progress) throws IOException {
        Manifest manifest = manifest(backup);
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
        deleteTree(fresh);
        Files.createDirectory(fresh);
        if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwx------"));
        }
        for (Entry entry : manifest.files()) {
            progress.accept(entry.path());
            Path from = backup.resolve(entry.path()).normalize();
            if (!from.startsWith(backup.normalize())) {
                throw new IOException("the manifest names a file outside the backup: " + entry.path());
            }
            Path to = fresh.resolve(entry.path());
            createFolderOf(to);
            try (InputStream in = Files.newInputStream(from)) {
                copy(in, to, entry.sha256());
            }
        }
        long[] count = {0};
        Files.createDirectories(fresh.resolve("blobs/sha256"));
        forEachBlob(backup, (place, digest) -> {
            Path to = place(fresh, digest.hex());
            createFolderOf(to);
            try (InputStream in = Files.newInputStream(place)) {
                copy(in, to, digest.hex());
            }
            progress.accept(String.format(Locale.ROOT, "%,d of %,d blobs", ++count[0], manifest.blobs()));
        });
        if (count[0] < manifest.blobs()) {
            throw new IOException("the backup should hold " + manifest.blobs() + " blobs, but has " + count[0]
                    + "; use another backup. Nothing was restored (" + fresh + " may be deleted)");
        }
        Files.move(fresh, absolute, StandardCopyOption.ATOMIC_MOVE);
        sync(parent);
        return manifest;
    }

    /** What the backup holds. Throws IOException when it is none, or not complete. */
    public static Manifest manifest(Path backup) throws IOException {
        Path file = backup.resolve(MANIFEST);
        if (!Files.isRegularFile(file)) {
            throw new IOException(backup + " is no complete backup: it has no " + MANIFEST);
        }
        try (InputStream in = Files.newInputStream(file)) {
            Manifest manifest = JSON.readValue(in.readNBytes(MOST_MANIFEST_BYTES), Manifest.class);
            if (manifest.format() != FORMAT) {
                throw new IOException(file + " is of format " + manifest.format() + ", which this version cannot read");
            }
            return manifest;
        } catch (JacksonException e) {
            throw new IOException(file + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    @FunctionalInterface
    private interface BlobTask {
        void on(Path place, Digest digest) throws IOException;
    }

    private static void forEachBlob(Path root, BlobTask task) throws IOException {
        Path all = root.resolve("blobs/sha256");
        if (!Files.isDirectory(all)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(all)) {
            for (Path folder : folders) {
                String prefix = String.valueOf(folder.getFileName());
                if (!FOLDER.matcher(prefix).matches()) {
                    continue;
                }
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                    for (Path file : files) {
                        String rest = String.valueOf(file.getFileName());
                        if (REST.matcher(rest).matches()) {
                            task.on(file, Digest.sha256(prefix + rest));
                        }
                    }
                }
            }
        }
    }

    private static Path place(Path root, String hex) {
        return root.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex.substring(2));
    }

    /** Copies and verifies on the way; what differs does not stay. */
    private static void copy(InputStream in, Path to, @Nullable String sha256) throws IOException {
        MessageDigest digest = sha256();
        try (OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                out.write(chunk, 0, n);
            }
        }
        String actual = Digest.of(Algorithm.SHA256, digest.digest()).hex();
        if (sha256 != null && !actual.equals(sha256)) {
            Files.delete(to);
            throw new IOException(
                    "damaged: what should become " + to + " has the SHA-256 " + actual + " instead of " + sha256);
        }
        sync(to);
    }

    private static Entry entry(Path root, Path file) throws IOException {
        MessageDigest digest = sha256();
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                size += n;
            }
        }
        return new Entry(
                root.relativize(file).toString(),
                size,
                Digest.of(Algorithm.SHA256, digest.digest()).hex());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance(Algorithm.SHA256.jcaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static void createFolderOf(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ))) {
            channel.force(true);
        }
    }
}

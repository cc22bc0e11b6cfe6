package dev.sluice.storage.upkeep;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** How a backup is laid out in files: a manifest, databases, the journal's log, and blobs by their digests. */
final class BackupFiles {
    static final String MANIFEST = "manifest.json";
    static final String UNFINISHED = "UNFINISHED";
    static final String LOG = "journal/log";
    static final List<String> DATABASES = List.of("sluice.db", "advisories.db");
    static final int FORMAT = 1;

    private static final Pattern FOLDER = Pattern.compile("[0-9a-f]{2}");
    private static final Pattern REST = Pattern.compile("[0-9a-f]{62}");
    private static final int MOST_MANIFEST_BYTES = 16 << 20;
    private static final int CHUNK = 128 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private BackupFiles() {}

    /** Something to do with each blob. */
    @FunctionalInterface
    interface BlobTask {
        void on(Path place, Digest digest) throws IOException;
    }

    /** What the backup holds. Throws IOException when it is none, or not complete. */
    static Backup.Manifest manifest(Path backup) throws IOException {
        Path file = backup.resolve(MANIFEST);
        if (!Files.isDirectory(backup)) {
            throw new IOException("there is no directory '" + backup + "'");
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException(backup + " is no complete backup: it has no " + MANIFEST);
        }
        try (InputStream in = Files.newInputStream(file)) {
            Backup.Manifest manifest = JSON.readValue(in.readNBytes(MOST_MANIFEST_BYTES), Backup.Manifest.class);
            if (manifest.format() != FORMAT) {
                throw new IOException(file + " is of format " + manifest.format() + ", which this version cannot read");
            }
            return manifest;
        } catch (JacksonException e) {
            throw new IOException(file + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    /** Makes the manifest visible as a whole. */
    static void write(Backup.Manifest manifest, Path backup) throws IOException {
        Path temporary = backup.resolve(MANIFEST + ".new");
        Files.writeString(temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(manifest));
        sync(temporary);
        Files.move(temporary, backup.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Every blob below the directory, whatever is in its file. */
    static void forEachBlob(Path root, BlobTask task) throws IOException {
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

    /** Where a blob lies. */
    static Path place(Path root, String hex) {
        return root.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex.substring(2));
    }

    /** Whether a file of that length is there; its bytes are not looked at. */
    static boolean hasLength(Path place, Blob blob) {
        return Files.isRegularFile(place) && place.toFile().length() == blob.size();
    }

    /** Whether a file is there, can be read, and is what the digest says. */
    static boolean isRight(Path file, Digest digest) {
        try {
            return entry(file, file).sha256().equals(digest.hex());
        } catch (IOException missingOrUnreadable) {
            return false;
        }
    }

    /** Copies and verifies on the way; what differs does not stay. */
    static void copy(InputStream in, Path to, String sha256) throws IOException {
        MessageDigest digest = sha256();
        try (OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                out.write(chunk, 0, n);
            }
        }
        String actual = Digest.of(Algorithm.SHA256, digest.digest()).hex();
        if (!actual.equals(sha256)) {
            Files.delete(to);
            throw new WrongBytesException(
                    "damaged: what should become " + to + " has the SHA-256 " + actual + " instead of " + sha256);
        }
        sync(to);
    }

    /** Length and digest of a file. */
    static Backup.Entry entry(Path root, Path file) throws IOException {
        MessageDigest digest = sha256();
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                size += n;
            }
        }
        return new Backup.Entry(
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

    static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    static void createFolderOf(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
    }

    static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ))) {
            channel.force(true);
        }
    }
}

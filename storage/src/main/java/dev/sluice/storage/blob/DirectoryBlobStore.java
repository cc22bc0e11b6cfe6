package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Blobs as files of a local directory: {@code sha256/ab/cdef…}, the first byte of the SHA-256 as the folder.
 *
 * <p>A blob is written to the store's own folder below {@code incoming/}, synced, renamed to its place, and the folder is
 * synced: it is there as a whole or not at all. What a crash leaves in {@code incoming/} is removed by the next store that
 * opens the directory; several processes may share one. A blob's age is that of its file's last byte. Thread-safe.
 */
public final class DirectoryBlobStore implements BlobStore, AutoCloseable {
    private static final Pattern FOLDER = Pattern.compile("[0-9a-f]{2}");
    private static final Pattern FILE = Pattern.compile("[0-9a-f]{62}");

    private final Path blobs;
    private final Incoming incoming;
    private final Lock[] locks = Stream.generate(ReentrantLock::new).limit(64).toArray(Lock[]::new);

    private DirectoryBlobStore(Path blobs, Incoming incoming) {
        this.blobs = blobs;
        this.incoming = incoming;
    }

    /** Opens the store in that directory, creating it when it is not there. Throws IOException when it cannot be written. */
    public static DirectoryBlobStore open(Path directory) throws IOException {
        Path blobs = directory.resolve("sha256");
        Files.createDirectories(blobs);
        Incoming incoming = Incoming.open(directory.resolve("incoming"), Long.MAX_VALUE);
        sync(directory);
        return new DirectoryBlobStore(blobs, incoming);
    }

    @Override
    public BlobWriter begin() throws IOException {
        return new FileBlobWriter(incoming, this::adopt);
    }

    @Override
    public Optional<Blob> find(Digest sha256) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(place(sha256), BasicFileAttributes.class);
            return attributes.isRegularFile() ? Optional.of(new Blob(sha256, attributes.size())) : Optional.empty();
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(sha256, e);
        }
    }

    @Override
    public InputStream open(Digest sha256, long offset, long length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("offset and length of a range must not be negative");
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(place(sha256), StandardOpenOption.READ);
        } catch (NoSuchFileException absent) {
            FileNotFoundException notKept = new FileNotFoundException("no blob " + sha256);
            notKept.initCause(absent);
            throw notKept;
        } catch (IOException e) {
            throw unreadable(sha256, e);
        }
        try {
            channel.position(offset);
            return new RangeInputStream(Channels.newInputStream(channel), length) {
                @Override
                BlobsUnavailableException failed(IOException cause) {
                    return unreadable(sha256, cause);
                }
            };
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Told apart from what an upstream or an artifact is to blame for. */
    private BlobsUnavailableException unreadable(Digest sha256, IOException cause) {
        return new BlobsUnavailableException("cannot read " + place(sha256) + ": " + cause.getMessage(), cause);
    }

    @Override
    public Optional<Path> path(Digest sha256) {
        Path place = place(sha256);
        return Files.isRegularFile(place) ? Optional.of(place) : Optional.empty();
    }

    @Override
    public boolean delete(Digest sha256, Instant committedBefore) throws IOException {
        Path place = place(sha256);
        Lock lock = lockOf(sha256);
        lock.lock();
        try {
            if (!Files.getLastModifiedTime(place).toInstant().isBefore(committedBefore)) {
                return false;
            }
            Files.delete(place);
        } catch (NoSuchFileException absent) {
            return false;
        } finally {
            lock.unlock();
        }
        sync(folderOf(place));
        return true;
    }

    @Override
    public void list(Consumer<Kept> consumer) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(blobs)) {
            for (Path folder : folders) {
                String prefix = nameOf(folder);
                if (FOLDER.matcher(prefix).matches()) {
                    listFolder(folder, prefix, consumer);
                }
            }
        }
    }

    /** Lets go of the store's folder for incoming files; writers still open lose what they have not committed. */
    @Override
    public void close() throws IOException {
        incoming.close();
    }

    /** Moves a synced file to its place and makes that durable. Replaces an equal blob, so that a damaged one heals. */
    private void adopt(Path file, Contents contents) throws IOException {
        try {
            move(file, contents.sha256());
        } catch (IOException e) {
            throw FileBlobWriter.explained(file, contents.size(), e);
        }
    }

    private void move(Path file, Digest sha256) throws IOException {
        Path place = place(sha256);
        Path folder = folderOf(place);
        try {
            Files.createDirectory(folder);
            sync(blobs);
        } catch (FileAlreadyExistsException usual) {
            if (!Files.isDirectory(folder)) {
                throw usual;
            }
        }
        Lock lock = lockOf(sha256);
        lock.lock();
        try {
            Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            lock.unlock();
        }
        sync(folder);
    }

    private static void listFolder(Path folder, String prefix, Consumer<Kept> consumer) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String rest = nameOf(file);
                if (FILE.matcher(rest).matches()) {
                    kept(file, Digest.sha256(prefix + rest)).ifPresent(consumer);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException notOurs) {
            return;
        }
    }

    private static Optional<Kept> kept(Path file, Digest sha256) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Kept(
                    new Blob(sha256, attributes.size()),
                    attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException deletedMeanwhile) {
            return Optional.empty();
        }
    }

    /** Whoever removes a blob must not remove the one that somebody puts in its place after it was looked at. */
    private Lock lockOf(Digest sha256) {
        return locks[Integer.parseInt(sha256.hex().substring(0, 2), 16) % locks.length];
    }

    private Path place(Digest sha256) {
        if (sha256.algorithm() != Algorithm.SHA256) {
            throw new IllegalArgumentException("blobs are addressed by sha256, not by " + sha256);
        }
        return blobs.resolve(sha256.hex().substring(0, 2)).resolve(sha256.hex().substring(2));
    }

    private Path folderOf(Path place) {
        return blobs.resolve(place.getName(place.getNameCount() - 2));
    }

    private static String nameOf(Path path) {
        return path.getName(path.getNameCount() - 1).toString();
    }

    /** A rename is durable only when the directory that names the file is. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}

package dev.sluice.storage.blob;

import dev.sluice.kernel.blob.BlobsUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder of unfinished blobs of one open store, held by a file lock for as long as the store is open, and bounded.
 *
 * <p>A folder whose lock is free belongs to a process that is gone; it is removed. Thread-safe.
 */
final class Incoming implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path folder;
    private final FileChannel lockFile;
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    private Incoming(Path folder, FileChannel lockFile, long limit) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.limit = limit;
    }

    /**
     * Makes a folder below the directory and removes those that nobody holds any more.
     *
     * @param limit most bytes that unfinished blobs may take together
     */
    static Incoming open(Path directory, long limit) throws IOException {
        Files.createDirectories(directory);
        Path guardFile = directory.resolve(LOCK);
        // Nobody may look for abandoned folders between the making of a folder and the locking of it.
        synchronized (Incoming.class) {
            try (FileChannel guard = FileChannel.open(guardFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                FileLock exclusive = guard.lock();
                try {
                    removeAbandoned(directory);
                    Path folder = Files.createDirectory(
                            directory.resolve(UUID.randomUUID().toString()));
                    FileChannel lockFile = FileChannel.open(
                            folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    lockFile.lock();
                    return new Incoming(folder, lockFile, limit);
                } finally {
                    exclusive.release();
                }
            }
        }
    }

    /** A path for a new unfinished file. */
    Path newFile() {
        return folder.resolve(UUID.randomUUID().toString());
    }

    /** Counts bytes that are about to be written. Throws IOException when that would be too many. */
    void reserve(long bytes) throws IOException {
        if (used.addAndGet(bytes) > limit) {
            used.addAndGet(-bytes);
            throw new BlobsUnavailableException(
                    "no room for another blob on its way in: " + folder + " holds " + used.get() + " of the " + limit
                            + " bytes that blobs.spool allows; try again when other uploads are done, or raise it",
                    null);
        }
    }

    /** Bytes that unfinished blobs take now. */
    long used() {
        return used.get();
    }

    /** Gives back what was counted. */
    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
        removeFolder(folder);
    }

    private static void removeAbandoned(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry) && !isHeld(entry)) {
                    removeFolder(entry);
                }
            }
        }
    }

    private static boolean isHeld(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
            @Nullable FileLock lock = channel.tryLock();
            return lock == null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return true;
        } catch (NoSuchFileException neverLocked) {
            return false;
        }
    }

    private static void removeFolder(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}

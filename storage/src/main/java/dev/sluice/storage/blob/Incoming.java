package dev.sluice.storage.blob;

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
import org.jspecify.annotations.Nullable;

/**
 * The folder of unfinished blobs of one open store, held by a file lock for as long as the store is open.
 *
 * <p>A folder whose lock is free belongs to a process that is gone; it is removed. Thread-safe.
 */
final class Incoming implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path folder;
    private final FileChannel lockFile;

    private Incoming(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /** Makes a folder below the directory and removes those that nobody holds any more. */
    static Incoming open(Path directory) throws IOException {
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
                    return new Incoming(folder, lockFile);
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

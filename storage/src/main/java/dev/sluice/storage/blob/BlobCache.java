package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.storage.blob.KnownFiles.Look;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of blobs in a bounded local directory, the least recently used of which give way.
 *
 * <p>A file is handed out only when it was verified against its name since this cache was opened: when it was put in, else when
 * it is first read. Files that vanish, or a directory that takes nothing, are misses and no errors. Thread-safe.
 */
final class BlobCache {
    private static final Logger LOG = LoggerFactory.getLogger(BlobCache.class);
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");
    private static final int CHUNK = 128 * 1024;

    private final Path directory;
    private final long limit;
    private final Map<Digest, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final CountDownLatch counted = new CountDownLatch(1);
    private long bytes;

    /** A file: its length, and what it looked like when it was verified since the cache was opened; null before. */
    private record Entry(long size, @Nullable Look verified) {}

    /** A file found when the cache was opened. */
    private record Found(Digest digest, long size, long modified) {}

    private BlobCache(Path directory, long limit) {
        this.directory = directory;
        this.limit = limit;
    }

    /** Opens the cache in that directory; what it holds already is counted on a thread of its own. */
    static BlobCache open(Path directory, long limit) throws IOException {
        Files.createDirectories(directory);
        BlobCache cache = new BlobCache(directory, limit);
        Thread.ofVirtual().name("blob-cache").start(cache::count);
        return cache;
    }

    /** Whether a blob of that size may be kept. */
    boolean takes(long size) {
        return size <= limit / 2;
    }

    /** The verified file of a blob, now most recently used; touches no file but to see that it is there. */
    Optional<Path> path(Digest sha256) {
        Entry entry;
        synchronized (entries) {
            entry = entries.get(sha256);
        }
        if (entry == null || entry.verified == null) {
            return Optional.empty();
        }
        Path place = place(sha256);
        if (entry.verified.equals(look(place))) {
            return Optional.of(place);
        }
        forget(sha256); // gone, or changed by somebody else
        return Optional.empty();
    }

    private static @Nullable Look look(Path place) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(place, BasicFileAttributes.class);
            return attributes.isRegularFile() ? Look.of(attributes) : null;
        } catch (IOException gone) {
            return null;
        }
    }

    /** The blob, if it is here and verified. */
    Optional<Blob> find(Digest sha256) {
        return path(sha256).flatMap(there -> {
            synchronized (entries) {
                Entry entry = entries.get(sha256);
                return entry == null ? Optional.empty() : Optional.of(new Blob(sha256, entry.size));
            }
        });
    }

    /** Opens a range of a blob, or gives null when it is not here; a file that is not what its name says is removed. */
    @Nullable
    InputStream open(Digest sha256, long offset, long length) {
        try {
            if (path(sha256).isEmpty() && !verify(sha256)) {
                return null;
            }
            FileChannel channel = FileChannel.open(place(sha256), StandardOpenOption.READ);
            channel.position(offset);
            return new RangeInputStream(Channels.newInputStream(channel), length);
        } catch (IOException miss) {
            LOG.debug("a cached blob cannot be read", miss);
            return null;
        }
    }

    private boolean verify(Digest sha256) throws IOException {
        Path place = place(sha256);
        MessageDigest computed = sha256();
        Look look = look(place);
        long size;
        try (InputStream in = new DigestInputStream(Files.newInputStream(place), computed)) {
            size = pass(in);
        } catch (NoSuchFileException absent) {
            return false;
        }
        if (!Digest.of(Algorithm.SHA256, computed.digest()).equals(sha256)) {
            LOG.atWarn().addKeyValue("file", place).log("a cached blob is not what its name says; it is removed");
            Files.deleteIfExists(place);
            return false;
        }
        note(sha256, size, look);
        return true;
    }

    /** Reads to the end, keeping nothing; tells how many bytes there were. */
    static long pass(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long size = 0;
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            size += count;
        }
        return size;
    }

    /** Takes over a file that was verified to be that blob, or removes it when it does not fit or cannot be moved. */
    void adopt(Path file, Digest sha256, long size) {
        try {
            if (takes(size)) {
                Path place = place(sha256);
                Files.createDirectories(directory.resolve(sha256.hex().substring(0, 2)));
                Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
                note(sha256, size, look(place));
                makeRoom();
            } else {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("a blob could not be cached");
            deleteQuietly(file);
        }
    }

    /** Bytes of all copies. */
    long size() {
        synchronized (entries) {
            return bytes;
        }
    }

    /** Removes a blob. */
    void forget(Digest sha256) {
        synchronized (entries) {
            Entry entry = entries.remove(sha256);
            bytes -= entry == null ? 0 : entry.size;
        }
        deleteQuietly(place(sha256));
    }

    /** Waits until what was here when the cache was opened is counted. */
    void settle() throws InterruptedException {
        counted.await();
    }

    private void note(Digest sha256, long size, @Nullable Look verified) {
        synchronized (entries) {
            Entry former = entries.put(sha256, new Entry(size, verified));
            bytes += size - (former == null ? 0 : former.size);
        }
    }

    private void makeRoom() {
        List<Digest> leaving = new ArrayList<>();
        synchronized (entries) {
            Iterator<Map.Entry<Digest, Entry>> eldest = entries.entrySet().iterator();
            while (bytes > limit && eldest.hasNext()) {
                Map.Entry<Digest, Entry> next = eldest.next();
                bytes -= next.getValue().size;
                leaving.add(next.getKey());
                eldest.remove();
            }
        }
        leaving.forEach(digest -> deleteQuietly(place(digest)));
    }

    /** Oldest first, before anything that was used meanwhile. */
    private void count() {
        try (Stream<Path> files = Files.walk(directory, 2)) {
            List<Found> found = files.map(BlobCache::found)
                    .flatMap(Optional::stream)
                    .sorted(Comparator.comparingLong(Found::modified))
                    .toList();
            synchronized (entries) {
                Map<Digest, Entry> used = new LinkedHashMap<>(entries);
                for (Found each : found) {
                    if (entries.putIfAbsent(each.digest, new Entry(each.size, null)) == null) {
                        bytes += each.size;
                    }
                }
                used.keySet().forEach(entries::get);
            }
            makeRoom();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("the blob cache could not be counted; what it holds may exceed blobs.cache");
        } finally {
            counted.countDown();
        }
    }

    private static Optional<Found> found(Path file) {
        int names = file.getNameCount();
        String name = names < 2 ? "" : file.getName(names - 2).toString() + file.getName(names - 1);
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? Optional.of(new Found(
                            Digest.sha256(name),
                            attributes.size(),
                            attributes.lastModifiedTime().toMillis()))
                    : Optional.empty();
        } catch (IOException vanished) {
            return Optional.empty();
        }
    }

    private Path place(Digest sha256) {
        return directory
                .resolve(sha256.hex().substring(0, 2))
                .resolve(sha256.hex().substring(2));
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("a file of the blob cache stays", e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance(Algorithm.SHA256.jcaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}

package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs as objects of a bucket in S3, with a bounded cache on this machine.
 *
 * <p>A blob is spooled to a local file while its digests are computed; {@link BlobWriter#commit} sends it, and it is there as a
 * whole or not at all. The file then stays in the cache, so that what is wanted often is sent from here without copying. What
 * comes back from S3 as a whole is verified: up to a bound before its first byte is handed out, beyond it before its last. Parts of
 * blobs beyond that bound are streamed as they come. S3 that is slow or fails makes one call fail with an IOException after bounded
 * attempts. Thread-safe; many processes may share a place in S3, each with a local directory of its own.
 */
public final class S3BlobStore implements BlobStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(S3BlobStore.class);
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final int MOST_DAMAGED = 10_000;

    private final S3Location location;
    private final S3Settings settings;
    private final S3Objects objects;
    private final Incoming incoming;
    private final BlobCache cache;
    private final Map<Digest, CompletableFuture<Void>> filling = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final Set<Digest> damaged = ConcurrentHashMap.newKeySet();

    private S3BlobStore(
            S3Location location, S3Settings settings, S3Objects objects, Incoming incoming, BlobCache cache) {
        this.location = location;
        this.settings = settings;
        this.objects = objects;
        this.incoming = incoming;
        this.cache = cache;
    }

    /**
     * Opens the store: sees that the bucket can be used, and gives up uploads that nobody finished for a day.
     *
     * @throws IOException when the bucket cannot be used or the local directory cannot be written, saying what to do
     */
    public static S3BlobStore open(S3Location location, S3Settings settings, InstantSource clock) throws IOException {
        S3Objects objects = new S3Objects(location, settings);
        try {
            objects.check();
            objects.sweep(clock.instant().minus(ABANDONED));
            Incoming incoming = Incoming.open(settings.local().resolve("incoming"), settings.spoolBytes());
            BlobCache cache = BlobCache.open(settings.local().resolve("sha256"), settings.cacheBytes());
            return new S3BlobStore(location, settings, objects, incoming, cache);
        } catch (IOException | RuntimeException e) {
            objects.close();
            throw e;
        }
    }

    @Override
    public BlobWriter begin() throws IOException {
        return new FileBlobWriter(incoming, this::adopt);
    }

    private void adopt(Path file, Contents contents) throws IOException {
        Digest sha256 = contents.sha256();
        if (contents.size() <= settings.partBytes() || !renewed(contents)) {
            objects.put(sha256, file, contents.size(), contents.md5());
            damaged.remove(sha256);
        }
        cache.adopt(file, sha256, contents.size());
    }

    /** Whether a large object is there already and could be made young, so that its bytes need not be sent again. */
    private boolean renewed(Contents contents) throws IOException {
        Digest sha256 = contents.sha256();
        Optional<Kept> there = objects.find(sha256);
        if (there.isEmpty() || there.get().blob().size() != contents.size() || damaged.contains(sha256)) {
            return false;
        }
        try {
            objects.renew(sha256);
            return true;
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("an object could not be renewed; it is sent again");
            return false; // not every service copies, and none copies more than 5 GB
        }
    }

    /** The blob, if it is kept; what is in the cache is not asked for in S3. */
    @Override
    public Optional<Blob> find(Digest sha256) throws IOException {
        Optional<Blob> here = cache.find(sha256);
        if (here.isPresent()) {
            return here;
        }
        return objects.find(sha256).map(Kept::blob);
    }

    @Override
    public InputStream open(Digest sha256, long offset, long length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("offset and length of a range must not be negative");
        }
        InputStream here = cache.open(sha256, offset, length);
        if (here != null) {
            hits.increment();
            return here;
        }
        misses.increment();
        long size =
                objects.find(sha256).orElseThrow(() -> absent(sha256)).blob().size();
        if (size <= settings.wholeBytes() && cache.takes(size)) {
            fill(sha256, size);
            here = cache.open(sha256, offset, length);
            if (here != null) {
                return here;
            }
        }
        if (offset == 0 && length >= size) {
            return whole(sha256, size);
        }
        long count = Math.min(length, size - offset);
        return count <= 0 ? InputStream.nullInputStream() : objects.resumed(sha256, offset, count);
    }

    private static FileNotFoundException absent(Digest sha256) {
        return new FileNotFoundException("no blob " + sha256);
    }

    /** Brings a blob into the cache, once for all who want it now. */
    private void fill(Digest sha256, long size) throws IOException {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> other = filling.putIfAbsent(sha256, mine);
        if (other != null) {
            try {
                other.join();
                return;
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new BlobsUnavailableException(String.valueOf(cause.getMessage()), cause);
            }
        }
        try (InputStream in = whole(sha256, size)) {
            BlobCache.pass(in);
            mine.complete(null);
        } catch (IOException | RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            filling.remove(sha256);
        }
    }

    private InputStream whole(Digest sha256, long size) throws IOException {
        Path copy = cache.takes(size) ? incoming.newFile() : null;
        InputStream in = size == 0 ? InputStream.nullInputStream() : objects.resumed(sha256, 0, size);
        return new VerifiedInputStream(in, sha256, size, copy, new VerifiedInputStream.Verdict() {
            @Override
            public void right(@Nullable Path whole) {
                if (whole != null) {
                    cache.adopt(whole, sha256, size);
                }
            }

            @Override
            public IOException wrong(Digest instead) {
                return lied(sha256, instead);
            }
        });
    }

    private IOException lied(Digest sha256, Digest instead) {
        if (damaged.size() < MOST_DAMAGED) {
            damaged.add(sha256); // so that it heals when the right bytes come again
        }
        LOG.atError()
                .addKeyValue("place", location)
                .addKeyValue("blob", sha256)
                .addKeyValue("found", instead)
                .log("an object in S3 is not what its key says");
        return new BlobsUnavailableException(
                "the bytes of " + sha256 + " in " + location + " are damaged: they are " + instead
                        + "; restore the object from a backup, or publish the same file again",
                null);
    }

    @Override
    public Optional<Path> path(Digest sha256) {
        Optional<Path> here = cache.path(sha256);
        if (here.isPresent()) {
            hits.increment();
        }
        return here;
    }

    /** Blobs that were in the cache (hit) or not (miss) when their bytes were wanted. */
    public Map<String, Long> cacheRequests() {
        return Map.of("hit", hits.sum(), "miss", misses.sum());
    }

    /** Bytes kept on this machine: copies of blobs (cache), and what is on its way (spool). */
    public Map<String, Long> localBytes() {
        return Map.of("cache", cache.size(), "spool", incoming.used());
    }

    @Override
    public boolean delete(Digest sha256, Instant committedBefore) throws IOException {
        Optional<Kept> there = objects.find(sha256);
        if (there.isEmpty()) {
            cache.forget(sha256);
            return false;
        }
        if (!there.get().committed().isBefore(committedBefore)) {
            return false;
        }
        objects.delete(sha256);
        cache.forget(sha256);
        return true;
    }

    @Override
    public void list(Consumer<Kept> consumer) throws IOException {
        objects.list(consumer);
    }

    /** Waits until what the cache held when it was opened is counted. For tests of its bound. */
    void settle() throws InterruptedException {
        cache.settle();
    }

    /** Lets go of the local directory and of the connections; writers still open lose what they have not committed. */
    @Override
    public void close() throws IOException {
        objects.close();
        incoming.close();
    }
}

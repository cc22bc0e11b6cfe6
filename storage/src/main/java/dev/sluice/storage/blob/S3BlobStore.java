package dev.sluice.storage.blob;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.storage.Mark;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs as objects of a bucket in S3, with a bounded cache on this machine.
 *
 * <p>A blob is spooled to a local file while its digests are computed; {@link BlobWriter#commit} sends it, and it is there as a
 * whole or not at all. The file then stays in the cache, so that what is wanted often is sent from here without copying. What
 * comes back from S3 is verified: up to a bound before its first byte is handed out, beyond it before its last; for a part of a large
 * blob the whole is read once beside it. S3 that is slow or fails makes one call fail with an IOException after bounded
 * attempts. Thread-safe; many processes may share a place in S3, each with a local directory of its own.
 */
public final class S3BlobStore implements BlobStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(S3BlobStore.class);
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final int MOST_DAMAGED = 10_000;
    private static final int MOST_SOUND = 10_000;
    private static final String MARK = "installation";
    private static final int CHUNK = 128 * 1024;

    private final S3Location location;
    private final S3Settings settings;
    private final S3Objects objects;
    private final Incoming incoming;
    private final BlobCache cache;
    private final Map<Digest, CompletableFuture<Void>> filling = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    /** Objects that are not what their keys say, as they were when that was found. */
    private final Map<Digest, Kept> damaged = new ConcurrentHashMap<>();

    /** Objects that were verified, as they were then. */
    private final Cache<Digest, Kept> sound = Caffeine.newBuilder()
            .maximumSize(MOST_SOUND)
            .executor(Runnable::run)
            .build();

    private final Verifications verifications = new Verifications();
    private final Damages damages;

    private S3BlobStore(
            S3Location location,
            S3Settings settings,
            S3Objects objects,
            Incoming incoming,
            BlobCache cache,
            Damages damages) {
        this.damages = damages;
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
        return open(location, settings, clock, Damages.logged());
    }

    /** The same; what is found damaged is told there. */
    public static S3BlobStore open(S3Location location, S3Settings settings, InstantSource clock, Damages damages)
            throws IOException {
        S3Objects objects = new S3Objects(location, settings);
        try {
            objects.check();
            objects.sweep(clock.instant().minus(ABANDONED));
            Incoming incoming = Incoming.open(settings.local().resolve("incoming"), settings.spoolBytes());
            BlobCache cache = BlobCache.open(settings.local().resolve("sha256"), settings.cacheBytes());
            return new S3BlobStore(location, settings, objects, incoming, cache, damages);
        } catch (IOException | RuntimeException e) {
            objects.close();
            throw e;
        }
    }

    /** Where it says which installation its place in S3 belongs to: the object {@code installation} beside the blobs. */
    public Mark mark() {
        return new Mark() {
            @Override
            public Optional<String> read() throws IOException {
                try {
                    return Optional.of(objects.text(MARK, MOST + 1).strip());
                } catch (FileNotFoundException never) {
                    return Optional.empty();
                }
            }

            @Override
            public void write(String text) throws IOException {
                objects.putText(MARK, text);
            }
        };
    }

    @Override
    public BlobWriter begin() throws IOException {
        return new FileBlobWriter(incoming, this::adopt);
    }

    private void adopt(Path file, Contents contents) throws IOException {
        Digest sha256 = contents.sha256();
        if (contents.size() <= settings.partBytes() || !renewed(contents)) {
            objects.put(sha256, file, contents.size(), contents.md5());
            if (damaged.remove(sha256) != null) {
                damages.healed(sha256);
            }
        }
        cache.adopt(file, sha256, contents.size());
    }

    /** Whether a large object is there already and could be made young, so that its bytes need not be sent again. */
    private boolean renewed(Contents contents) throws IOException {
        Digest sha256 = contents.sha256();
        Optional<Kept> there = objects.find(sha256);
        if (there.isEmpty() || there.get().blob().size() != contents.size() || damaged.containsKey(sha256)) {
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
        return kept(sha256).map(Kept::blob);
    }

    /** The object, unless it is known to be damaged and is still the same. */
    private Optional<Kept> kept(Digest sha256) throws IOException {
        return objects.find(sha256).filter(there -> !there.equals(damaged.get(sha256)));
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
        Kept kept = kept(sha256).orElseThrow(() -> absent(sha256));
        long size = kept.blob().size();
        if (size <= settings.wholeBytes() && cache.takes(size)) {
            fill(kept);
            here = cache.open(sha256, offset, length);
            if (here != null) {
                return here;
            }
        }
        if (offset == 0 && length >= size) {
            return whole(kept);
        }
        long count = Math.min(length, size - offset);
        if (count <= 0) {
            return InputStream.nullInputStream();
        }
        InputStream part = objects.resumed(sha256, offset, count);
        return kept.equals(sound.getIfPresent(sha256))
                ? part
                : verifications.guard(part, count, sha256, () -> verify(sha256, read -> {}));
    }

    private static FileNotFoundException absent(Digest sha256) {
        return new FileNotFoundException("no blob " + sha256);
    }

    /** Brings a blob into the cache, once for all who want it now. */
    private void fill(Kept kept) throws IOException {
        Digest sha256 = kept.blob().digest();
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> other = filling.putIfAbsent(sha256, mine);
        if (other != null) {
            try {
                other.join();
                return;
            } catch (CompletionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                if (cause instanceof BlobDamagedException) {
                    throw new BlobDamagedException(sha256, String.valueOf(cause.getMessage()));
                }
                throw new BlobsUnavailableException(String.valueOf(cause.getMessage()), cause);
            }
        }
        try (InputStream in = whole(kept)) {
            BlobCache.pass(in);
            mine.complete(null);
        } catch (IOException | RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            filling.remove(sha256);
        }
    }

    private InputStream whole(Kept kept) throws IOException {
        Digest sha256 = kept.blob().digest();
        long size = kept.blob().size();
        Path copy = cache.takes(size) ? incoming.newFile() : null;
        InputStream in = size == 0 ? InputStream.nullInputStream() : objects.resumed(sha256, 0, size);
        return new VerifiedInputStream(in, sha256, size, copy, new VerifiedInputStream.Verdict() {
            @Override
            public void right(@Nullable Path whole) {
                sound.put(sha256, kept);
                if (whole != null) {
                    cache.adopt(whole, sha256, size);
                }
            }

            @Override
            public IOException wrong(Digest instead) {
                return lied(kept, instead);
            }
        });
    }

    /** Read once more before it is believed: bytes are also damaged on their way, and come right the next time. */
    private BlobsUnavailableException lied(Kept kept, Digest instead) {
        Digest sha256 = kept.blob().digest();
        try {
            Digest again = digest(kept, read -> {});
            if (again.equals(sha256)) {
                LOG.atWarn().addKeyValue("blob", sha256).log("an object in S3 came damaged, and right the next time");
                return new BlobsUnavailableException(
                        "the bytes of " + sha256 + " from " + location + " are damaged on their way; ask again", null);
            }
        } catch (IOException e) {
            return new BlobsUnavailableException(
                    "the bytes of " + sha256 + " from " + location + " are damaged, and could not be read again: "
                            + e.getMessage(),
                    e);
        }
        cache.forget(sha256);
        if (damaged.size() < MOST_DAMAGED && !kept.equals(damaged.put(sha256, kept))) {
            String where;
            try {
                where = "a copy of them is " + objects.copyAside(sha256);
            } catch (IOException e) {
                LOG.atWarn().setCause(e).log("a damaged object could not be copied aside; it stays where it is");
                where = "they are at its key";
            }
            damages.found(
                    sha256,
                    "the object of blob " + sha256 + " in " + location + " is damaged: it holds other bytes, "
                            + kept.blob().size() + " of them, of " + instead + "; " + where);
        }
        return new BlobDamagedException(
                sha256,
                "the bytes of " + sha256 + " in " + location + " are damaged: they are " + instead
                        + "; what can be fetched again will be, what was published here is restored from a backup or"
                        + " published again");
    }

    @Override
    public Check verify(Digest sha256, LongConsumer pace) throws IOException {
        Optional<Kept> there = kept(sha256);
        if (there.isEmpty()) {
            return Check.ABSENT;
        }
        Kept kept = there.get();
        try {
            Digest found = digest(kept, pace);
            if (found.equals(sha256)) {
                sound.put(sha256, kept);
                return Check.SOUND;
            }
            if (kept(sha256).filter(kept::equals).isEmpty()) {
                return Check.ABSENT;
            }
            BlobsUnavailableException failure = lied(kept, found);
            if (failure instanceof BlobDamagedException) {
                return Check.DAMAGED;
            }
            throw failure;
        } catch (FileNotFoundException removedMeanwhile) {
            return Check.ABSENT;
        }
    }

    private Digest digest(Kept kept, LongConsumer pace) throws IOException {
        MessageDigest computed = BlobCache.sha256();
        Blob blob = kept.blob();
        if (blob.size() > 0) {
            try (InputStream in = objects.resumed(blob.digest(), 0, blob.size())) {
                byte[] chunk = new byte[CHUNK];
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    computed.update(chunk, 0, count);
                    pace.accept(count);
                }
            }
        }
        return Digest.of(Algorithm.SHA256, computed.digest());
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
        objects.list("", consumer);
    }

    @Override
    public void list(String prefix, Consumer<Kept> consumer) throws IOException {
        objects.list(prefix, consumer);
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

package dev.sluice.testkit;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A blob store that keeps bytes in memory, for tests. */
public final class MemoryBlobStore implements BlobStore {

    private record Stored(byte[] bytes, Instant committed) {}

    private final Map<Digest, Stored> blobs = new ConcurrentHashMap<>();
    private final InstantSource clock;

    /** An empty store with the system's clock. */
    public MemoryBlobStore() {
        this(InstantSource.system());
    }

    /** An empty store. */
    public MemoryBlobStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public BlobWriter begin() {
        return new Writer();
    }

    @Override
    public Optional<Blob> find(Digest sha256) {
        return Optional.ofNullable(blobs.get(sha256)).map(stored -> new Blob(sha256, stored.bytes().length));
    }

    /** Puts other bytes in the place of a blob, as damage would; null takes them away. */
    public void damage(Digest sha256, byte @Nullable [] instead) {
        if (instead == null) {
            blobs.remove(sha256);
        } else {
            blobs.put(sha256, new Stored(instead, clock.instant()));
        }
    }

    @Override
    public InputStream open(Digest sha256, long offset, long length) throws IOException {
        Stored stored = blobs.get(sha256);
        if (stored == null) {
            throw new FileNotFoundException(sha256.toString());
        }
        if (verify(sha256, read -> {}) == Check.DAMAGED) {
            throw new BlobDamagedException(sha256, "blob " + sha256 + " is damaged");
        }
        byte[] bytes = stored.bytes();
        int from = (int) Math.min(bytes.length, offset);
        return new ByteArrayInputStream(bytes, from, (int) Math.min(bytes.length - from, length));
    }

    @Override
    public Optional<Path> path(Digest sha256) {
        return Optional.empty();
    }

    @Override
    public boolean delete(Digest sha256, Instant committedBefore) {
        Stored stored = blobs.get(sha256);
        return stored != null && stored.committed().isBefore(committedBefore) && blobs.remove(sha256, stored);
    }

    @Override
    public void list(Consumer<Kept> consumer) {
        blobs.forEach((digest, stored) ->
                consumer.accept(new Kept(new Blob(digest, stored.bytes().length), stored.committed())));
    }

    @Override
    public Check verify(Digest sha256, LongConsumer pace) {
        Stored stored = blobs.get(sha256);
        if (stored == null) {
            return Check.ABSENT;
        }
        pace.accept(stored.bytes().length);
        if (!digest(Algorithm.SHA256, stored.bytes()).equals(sha256)) {
            blobs.remove(sha256, stored);
            return Check.DAMAGED;
        }
        return Check.SOUND;
    }

    private final class Writer extends BlobWriter {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            bytes.write(b);
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            bytes.write(b, offset, length);
        }

        @Override
        public long size() {
            return bytes.size();
        }

        @Override
        public Contents contents() {
            byte[] all = bytes.toByteArray();
            return new Contents(
                    all.length,
                    digest(Algorithm.MD5, all),
                    digest(Algorithm.SHA1, all),
                    digest(Algorithm.SHA256, all),
                    digest(Algorithm.SHA512, all));
        }

        @Override
        public Contents commit() {
            Contents contents = contents();
            blobs.put(contents.sha256(), new Stored(bytes.toByteArray(), clock.instant()));
            return contents;
        }

        @Override
        public void close() {
            bytes.reset();
        }
    }

    /** The digest of those bytes. */
    public static Digest digest(Algorithm algorithm, byte[] bytes) {
        try {
            return Digest.of(
                    algorithm, MessageDigest.getInstance(algorithm.jcaName()).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.sluice.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.gate.Released;
import io.vertx.core.buffer.Buffer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of small blobs that were sent lately, outside the heap: opening, examining and closing a file costs more than sending
 * what is in it. Bounded in bytes; blobs never change, and whoever asks has been released one. Thread-safe.
 */
final class RecentBlobs {

    /** Longer blobs are sent from their files, which costs no memory and little more. */
    private static final int LONGEST = 256 * 1024;

    /** What one takes beside its bytes: the buffer's objects, the digest and the cache's entry lie in the heap. */
    private static final int OVERHEAD = 600;

    private final long longest;
    private final Cache<String, Buffer> recent;

    /** Keeps at most that many bytes, what each takes beside its own included; 0 keeps nothing. */
    RecentBlobs(long memory) {
        this.longest = Math.min(LONGEST, memory - OVERHEAD);
        this.recent = Caffeine.newBuilder()
                .maximumWeight(memory)
                .weigher((String sha256, Buffer bytes) -> bytes.length() + OVERHEAD)
                .executor(Runnable::run) // its upkeep is less work than waking another thread for it
                .build();
    }

    /** The whole bytes if they were sent lately, else null. */
    @Nullable
    Buffer find(Released released) {
        return takes(released.size())
                ? recent.getIfPresent(released.file().contents().sha256().hex())
                : null;
    }

    /** Whether a blob of that size is kept here once it was read. */
    boolean takes(long size) {
        return size > 0 && size <= longest;
    }

    /** Reads the whole bytes and keeps them; blocks as long as the blob store does. */
    Buffer read(Released released) throws IOException {
        String sha256 = released.file().contents().sha256().hex();
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(released.size()));
        try (InputStream in = released.open(0, released.size())) {
            bytes.put(in.readNBytes(bytes.capacity()));
        }
        if (bytes.hasRemaining()) {
            throw new EOFException("blob " + sha256 + " ended " + bytes.remaining() + " bytes early");
        }
        Buffer kept = OffHeap.of(bytes.flip());
        recent.put(sha256, kept);
        return kept;
    }
}

package dev.sluice.storage.blob;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Digest;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of files that hold blobs: which was verified, or found damaged, and what it looked like then. A file that looks
 * different by now is an unknown one. Bounded; what is forgotten is verified again. Thread-safe.
 */
final class KnownFiles {
    private static final int MOST = 100_000;

    /**
     * What a file looks like from outside.
     *
     * @param key the file system's own identity of it, where there is one
     * @param size in bytes
     * @param modified when its last byte was written, in nanoseconds as far as the file system knows them
     */
    record Look(@Nullable Object key, long size, long modified) {
        static Look of(BasicFileAttributes attributes) {
            return new Look(
                    attributes.fileKey(),
                    attributes.size(),
                    attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS));
        }
    }

    private record Known(Look look, boolean sound) {}

    private final Cache<Digest, Known> files =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    void sound(Digest sha256, Look look) {
        files.put(sha256, new Known(look, true));
    }

    void damaged(Digest sha256, Look look) {
        files.put(sha256, new Known(look, false));
    }

    boolean isSound(Digest sha256, Look look) {
        Known known = files.getIfPresent(sha256);
        return known != null && known.sound && Objects.equals(known.look, look);
    }

    boolean isDamaged(Digest sha256, Look look) {
        Known known = files.getIfPresent(sha256);
        return known != null && !known.sound && Objects.equals(known.look, look);
    }

    void forget(Digest sha256) {
        files.invalidate(sha256);
    }
}

package dev.sluice.storage.blob;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How blobs in S3 are reached, and what may be kept on this machine.
 *
 * @param keys who we are; null asks the environment, the profile, then the instance
 * @param local directory of the cache and of what is on its way to S3
 * @param cacheBytes most bytes of the cache
 * @param spoolBytes most bytes on their way to S3, of all uploads together
 * @param timeout how long S3 may be silent; an upload gets longer by its size
 * @param attempts how often anything is tried, from 1
 * @param backoff pause before the second attempt; later ones are longer, at random
 * @param partBytes longest object sent at once; longer ones go in parts of this size, at least 5 MiB
 * @param wholeBytes longest blob of which nothing is handed out before all of it was verified
 */
public record S3Settings(
        @Nullable Keys keys,
        Path local,
        long cacheBytes,
        long spoolBytes,
        Duration timeout,
        int attempts,
        Duration backoff,
        long partBytes,
        long wholeBytes) {

    /**
     * An access key and its secret.
     *
     * @param accessKey name of the key
     * @param secretKey its secret; never shown
     */
    public record Keys(String accessKey, String secretKey) {
        @Override
        public String toString() {
            return "Keys[" + accessKey + ", ****]";
        }
    }

    /** The usual ones: 10 GiB of cache, 20 GiB on their way, 30 seconds, three attempts, parts of 16 MiB. */
    public static S3Settings standard(@Nullable Keys keys, Path local) {
        return new S3Settings(
                keys,
                local,
                10L << 30,
                20L << 30,
                Duration.ofSeconds(30),
                3,
                Duration.ofMillis(200),
                16 << 20,
                16 << 20);
    }

    /** The same with other bounds for what is kept on this machine. */
    public S3Settings bounded(long newCacheBytes, long newSpoolBytes) {
        return new S3Settings(
                keys, local, newCacheBytes, newSpoolBytes, timeout, attempts, backoff, partBytes, wholeBytes);
    }

    /** The same with another patience. */
    public S3Settings patient(Duration newTimeout, int newAttempts, Duration newBackoff) {
        return new S3Settings(
                keys, local, cacheBytes, spoolBytes, newTimeout, newAttempts, newBackoff, partBytes, wholeBytes);
    }

    /** The same with other sizes from which on objects go in parts, and are handed out before they are there as a whole. */
    public S3Settings sized(long newPartBytes, long newWholeBytes) {
        return new S3Settings(
                keys, local, cacheBytes, spoolBytes, timeout, attempts, backoff, newPartBytes, newWholeBytes);
    }
}

package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore.Check;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/** Verifications of large blobs under way, one for all who want parts of the same blob. Thread-safe. */
final class Verifications {
    private final Map<Digest, CompletableFuture<Check>> running = new ConcurrentHashMap<>();

    /** Reads a blob to its end and says what it is. */
    @FunctionalInterface
    interface Reading {
        Check run() throws IOException;
    }

    /** A part of a blob of that length, whose last bytes wait until the whole is verified. */
    InputStream guard(InputStream part, long length, Digest sha256, Reading reading) {
        CompletableFuture<Check> verdict = running.computeIfAbsent(sha256, key -> begun(key, reading));
        return new GuardedInputStream(part, length, () -> require(sha256, verdict));
    }

    private CompletableFuture<Check> begun(Digest sha256, Reading reading) {
        CompletableFuture<Check> verdict = new CompletableFuture<>();
        Thread.ofVirtual().name("verify-blob").start(() -> {
            try {
                verdict.complete(reading.run());
            } catch (IOException | RuntimeException e) {
                verdict.completeExceptionally(e);
            } finally {
                running.remove(sha256, verdict);
            }
        });
        return verdict;
    }

    private static void require(Digest sha256, CompletableFuture<Check> verdict) throws IOException {
        Check check;
        try {
            check = verdict.join();
        } catch (CompletionException e) {
            throw new BlobsUnavailableException(
                    "blob " + sha256 + " could not be verified: " + e.getCause(), e.getCause());
        }
        if (check != Check.SOUND) {
            throw damaged(sha256);
        }
    }

    static BlobDamagedException damaged(Digest sha256) {
        return new BlobDamagedException(
                sha256,
                "blob " + sha256
                        + " is damaged and does not count as kept any more: what came from an upstream is fetched"
                        + " again, what was published here is restored from a backup or published again");
    }
}

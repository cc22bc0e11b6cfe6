package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * Copies all blobs to another place, each verified against its digest on the way.
 *
 * <p>What is there already is not copied again, so that a copying that was cut short is taken up by the next one. Holds digests and
 * sizes of all blobs in memory, about 150 bytes each.
 */
public final class BlobCopy {
    private static final int AT_ONCE = 8;
    private static final int CHUNK = 128 * 1024;

    private BlobCopy() {}

    /**
     * How many blobs there are, and how long they are together.
     *
     * @param blobs how many
     * @param bytes their lengths together
     */
    public record Amount(long blobs, long bytes) {}

    /** What a store holds. */
    public static Amount amount(BlobStore store) throws IOException {
        long[] amount = {0, 0};
        store.list(kept -> {
            amount[0]++;
            amount[1] += kept.blob().size();
        });
        return new Amount(amount[0], amount[1]);
    }

    /**
     * Copies what the target lacks, then compares what both hold.
     *
     * @param progress is told the number of blobs in the target from time to time
     * @throws IOException when a blob of the source is damaged, when the target cannot keep one, or holds others
     */
    public static Amount copy(BlobStore source, BlobStore target, LongConsumer progress) throws IOException {
        Map<Digest, Long> wanted = sizes(source);
        Map<Digest, Long> there = sizes(target);
        requireOnly(wanted, there);
        List<Blob> missing = new ArrayList<>();
        wanted.forEach((digest, size) -> {
            if (!size.equals(there.get(digest))) {
                missing.add(new Blob(digest, size));
            }
        });
        copyAll(missing, source, target, done -> progress.accept(wanted.size() - missing.size() + done));
        if (!sizes(target).equals(wanted)) {
            throw new IOException("the copied blobs are not the same as their source");
        }
        return new Amount(
                wanted.size(),
                wanted.values().stream().mapToLong(Long::longValue).sum());
    }

    private static Map<Digest, Long> sizes(BlobStore store) throws IOException {
        Map<Digest, Long> sizes = new HashMap<>();
        store.list(kept -> sizes.put(kept.blob().digest(), kept.blob().size()));
        return sizes;
    }

    private static void requireOnly(Map<Digest, Long> wanted, Map<Digest, Long> there) throws IOException {
        long foreign =
                there.keySet().stream().filter(d -> !wanted.containsKey(d)).count();
        if (foreign > 0) {
            throw new IOException("the target holds " + foreign
                    + " blobs that the source does not; give an empty place, for example another prefix");
        }
    }

    private static void copyAll(List<Blob> missing, BlobStore source, BlobStore target, LongConsumer progress)
            throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<?>> workers = new ArrayList<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                workers.add(pool.submit(() -> {
                    try {
                        for (int at = next.getAndIncrement();
                                at < missing.size() && !failed.get();
                                at = next.getAndIncrement()) {
                            copy(missing.get(at), source, target);
                            progress.accept(done.incrementAndGet());
                        }
                    } catch (IOException | RuntimeException e) {
                        failed.set(true);
                        throw e;
                    }
                    return null;
                }));
            }
        }
        for (Future<?> worker : workers) {
            await(worker);
        }
    }

    private static void await(Future<?> worker) throws IOException {
        try {
            worker.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void copy(Blob blob, BlobStore source, BlobStore target) throws IOException {
        try (InputStream in = source.open(blob.digest(), 0, Long.MAX_VALUE);
                BlobWriter writer = target.begin()) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                writer.write(chunk, 0, count);
            }
            if (!writer.contents().blob().equals(blob)) {
                throw new IOException("the blob " + blob.digest() + " is damaged in the source: it is "
                        + writer.contents().sha256() + "; 'sluice doctor --deep' tells what needs it");
            }
            writer.commit();
        }
    }
}

package dev.sluice.kernel.gate;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the bytes of documents that are parsed or rendered at the same time, so that no mix of requests, each within its limits,
 * takes all of the heap. Who comes later waits for its turn.
 *
 * <p>Documents up to a megabyte have a lane of their own, so that they do not wait behind huge ones; one that is larger than its whole
 * lane runs alone. Thread-safe.
 */
final class Workload {

    private static final int UNIT = 64 << 10;
    private static final long SMALL = 1 << 20;
    private static final int PATIENCE_SECONDS = 60;

    private final Lane small;
    private final Lane large;

    /** Something that takes memory in proportion to a document. */
    @FunctionalInterface
    interface Work<T> {
        /** Does it. */
        T done() throws IOException;
    }

    private record Lane(int units, Semaphore free) {
        static Lane of(long bytes) {
            int units = Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE);
            return new Lane(units, new Semaphore(units, true));
        }
    }

    /**
     * A bound.
     *
     * @param bytes of documents in work at once, for both lanes together; what is made of them takes some times as much
     */
    Workload(long bytes) {
        this.small = Lane.of(bytes / 4);
        this.large = Lane.of(bytes - bytes / 4);
    }

    /**
     * Does the work once there is room for it; waits for at most a minute.
     *
     * @param bytes length of the document
     * @throws IOException when there was no room, or as the work does
     */
    <T> T run(long bytes, Work<T> work) throws IOException {
        Lane lane = bytes <= SMALL ? small : large;
        int wanted = Math.clamp((bytes + UNIT - 1) / UNIT, 1, lane.units());
        try {
            if (!lane.free().tryAcquire(wanted, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("too many large documents are in work; try again in a moment");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        try {
            return work.done();
        } finally {
            lane.free().release(wanted);
        }
    }
}

package dev.sluice.kernel.gate;

import java.io.IOException;

/**
 * Bounds the bytes of documents that are parsed or rendered at the same time, so that no mix of requests, each within its limits,
 * takes all of the heap.
 *
 * <p>Documents up to a megabyte have a lane of their own, so that they do not wait behind huge ones; one that is larger than its whole
 * lane runs alone. Thread-safe.
 */
final class Workload {

    private static final int UNIT = 64 << 10;
    private static final long SMALL = 1 << 20;

    private final Lane small;
    private final Lane large;

    /**
     * A bound.
     *
     * @param bytes of documents in work at once, for both lanes together; what is made of them takes some times as much
     */
    Workload(long bytes) {
        this.small = Lane.ofShort("documents", units(bytes / 4));
        this.large = Lane.ofLong("large documents", units(bytes - bytes / 4));
    }

    private static int units(long bytes) {
        return Math.clamp((bytes + UNIT - 1) / UNIT, 1, Integer.MAX_VALUE);
    }

    /**
     * Does the work once there is room for it.
     *
     * @param bytes length of the document
     * @throws BusyException when there was no room within a minute
     * @throws IOException as the work does
     */
    <T> T run(long bytes, Lane.Work<T> work) throws IOException {
        return (bytes <= SMALL ? small : large).run(units(bytes), work);
    }
}

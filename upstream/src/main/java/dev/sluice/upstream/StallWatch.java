package dev.sluice.upstream;

import dev.sluice.kernel.gate.UpstreamClient.UpstreamException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ends bodies on which a reader waits too long for the next byte; the JDK's client has no such limit.
 *
 * <p>Ends also bodies that trickle: that bring less than a kilobyte a second, on average, once they were waited for longer than the
 * limit. One daemon thread looks at all bodies under way. Only time spent waiting in a read counts, so that a slow reader of ours is
 * not taken for a slow upstream.
 */
final class StallWatch implements AutoCloseable {

    private static final long LEAST_PER_SECOND = 1024;

    private final Set<Watched> bodies = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("upstream-stall-watch").factory());
    private final long limitNanos;

    StallWatch(Duration limit) {
        this.limitNanos = limit.toNanos();
        long period = Math.max(10, Math.min(1000, limit.toMillis() / 4));
        var _ = thread.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    InputStream watch(InputStream body, String upstream) {
        Watched watched = new Watched(body, upstream);
        bodies.add(watched);
        return watched;
    }

    private void look() {
        long now = System.nanoTime();
        for (Watched body : bodies) {
            body.endIfStalled(now);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private final class Watched extends FilterInputStream {
        private final String upstream;
        private volatile long waitingSince; // 0: nobody waits
        private volatile boolean stalled;
        private volatile boolean trickled;
        private final AtomicLong waited = new AtomicLong();
        private final AtomicLong received = new AtomicLong();

        Watched(InputStream in, String upstream) {
            super(in);
            this.upstream = upstream;
        }

        void endIfStalled(long now) {
            long since = waitingSince;
            if (since == 0) {
                return;
            }
            long all = waited.get() + (now - since);
            boolean slow = all > limitNanos && received.get() < all / 1_000_000_000.0 * LEAST_PER_SECOND;
            if (now - since > limitNanos || slow) {
                trickled = now - since <= limitNanos;
                stalled = true;
                try {
                    in.close(); // wakes the reader
                } catch (IOException e) {
                    // it is gone either way
                }
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            long began = System.nanoTime();
            waitingSince = began == 0 ? 1 : began;
            try {
                int count = in.read(buffer, offset, length);
                received.addAndGet(Math.max(0, count));
                if (stalled) {
                    throw stalled();
                }
                return count;
            } catch (IOException e) {
                throw stalled ? stalled() : e;
            } finally {
                waited.addAndGet(System.nanoTime() - began);
                waitingSince = 0;
            }
        }

        private UpstreamException stalled() {
            return new UpstreamException("upstream '" + upstream
                    + (trickled
                            ? "' sent less than " + LEAST_PER_SECOND + " bytes a second"
                            : "' sent nothing for " + TimeUnit.NANOSECONDS.toSeconds(limitNanos) + " s"));
        }

        @Override
        public void close() throws IOException {
            bodies.remove(this);
            super.close();
        }
    }
}

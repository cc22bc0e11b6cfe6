package dev.sluice.storage.journal;

import dev.sluice.storage.StorageException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the index up to the end of the log, on a thread of its own. It always reads the log, so that following the
 * newest events and replaying after a crash are the same thing, and what waits costs no memory.
 *
 * <p>Unless somebody waits for it, it lets events gather for a moment: under load most of the cost of a small transaction is
 * the transaction. It takes no more than a quarter of a core then, until it is some 16 steps behind. Thread-safe.
 */
final class IndexFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexFollower.class);
    private static final long RETRY_SECONDS = 1;
    private static final long GATHER_MILLIS = 250;

    /** Unless somebody waits or it is far behind, the thread rests so many times as long as its last step took. */
    private static final int RESTS = 3;

    /** So many steps behind, it rests no more. */
    private static final int FAR_BEHIND = 16;

    /** Adds the next events of the log to the index. */
    @FunctionalInterface
    interface Step {
        /** Begins at a position and may stop before the limit; returns the position the index is then complete up to. */
        long from(long position, long limit) throws IOException;
    }

    private final Step step;
    private final long wished;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** For the thread alone, so that an append wakes it only when it has something to do. */
    private final Condition work = lock.newCondition();

    private final Thread thread;
    private long durable;
    private long indexed;
    private @Nullable Exception failure;
    private long failures;
    private int settling;
    private boolean closing;
    private long restNanos;

    /**
     * Follows a log.
     *
     * @param end of the log now
     * @param wished distance worth a step at once
     */
    IndexFollower(Step step, long end, long wished) {
        this.step = step;
        this.durable = end;
        this.wished = wished;
        this.thread = Thread.ofPlatform().daemon().name("sluice-journal-index").unstarted(this::follow);
    }

    /** Begins at that position of the log. */
    void start(long position) {
        indexed = position;
        thread.start();
    }

    /** The log is durable up to that position. */
    void durableUpTo(long position) {
        lock.lock();
        try {
            long behind = durable - indexed;
            durable = Math.max(durable, position);
            if (behind <= 0 || passes(behind, wished) || passes(behind, FAR_BEHIND * wished)) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean passes(long behind, long mark) {
        return behind < mark && durable - indexed >= mark;
    }

    /** How much of the log, in its positions, the index does not hold yet. */
    long behind() {
        lock.lock();
        try {
            return Math.max(0, durable - indexed);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the index holds what is durable now. Throws StorageException when it cannot. */
    void settle() {
        lock.lock();
        try {
            long wanted = durable;
            long known = failures;
            settling++;
            work.signal();
            changed.signalAll(); // an attempt that is put off is made now
            while (indexed < wanted) {
                Exception reason = failure;
                // the first may have begun before the caller came
                if (reason != null && failures >= known + 2) {
                    throw new StorageException("the journal's index cannot follow: " + reason.getMessage(), reason);
                }
                if (closing) {
                    throw new StorageException("the journal is closed", null);
                }
                changed.awaitUninterruptibly();
            }
        } finally {
            settling--;
            lock.unlock();
        }
    }

    /** Lets the step under way finish; what is not indexed yet will be after the next start. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
            work.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        long position = indexed;
        long limit = awaitMore(position);
        while (limit >= 0) {
            try {
                long began = System.nanoTime();
                position = step.from(position, limit);
                restNanos = RESTS * (System.nanoTime() - began);
                done(position);
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
            limit = awaitMore(position);
        }
    }

    /** The position up to which there is something to do, or -1 when the journal is being closed. */
    private long awaitMore(long position) {
        lock.lock();
        try {
            while (durable <= position && !closing) {
                work.awaitUninterruptibly();
            }
            // Under load, answering comes first; what is not indexed yet is on disk, and whoever asks the index waits
            // for it.
            long rest = restNanos;
            while (rest > 0 && settling == 0 && durable - position < FAR_BEHIND * wished && !closing) {
                rest = work.awaitNanos(rest);
            }
            long left = TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS);
            while (left > 0 && settling == 0 && durable - position < wished && !closing) {
                left = work.awaitNanos(left);
            }
            return closing ? -1 : durable;
        } catch (InterruptedException nobodyDoesThis) {
            LOG.debug("the index's thread goes on", nobodyDoesThis);
            return position;
        } finally {
            lock.unlock();
        }
    }

    private void done(long position) {
        lock.lock();
        try {
            indexed = position;
            failure = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tells those who wait, and lets a moment pass before the next attempt. */
    private void failed(Exception reason) {
        LOG.error("the journal's index cannot follow, trying again: {}", reason.getMessage());
        lock.lock();
        try {
            failure = reason;
            failures++;
            changed.signalAll();
            long left = TimeUnit.SECONDS.toNanos(RETRY_SECONDS);
            while (!closing && left > 0 && settling == 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException nobodyDoesThis) {
            LOG.debug("the index's thread goes on", nobodyDoesThis);
        } finally {
            lock.unlock();
        }
    }
}

package dev.sluice.kernel.gate;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Work of one kind that takes memory or processors, of which only so much is done at once, whatever is asked for. Who comes later waits
 * for its turn, for at most a minute. Thread-safe.
 */
public final class Lane {

    private static final int PATIENCE_SECONDS = 60;

    private final String what;
    private final int units;
    private final Semaphore free;
    private final @Nullable ExecutorService threads;

    /** What is done in a lane. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it. */
        T done() throws IOException;
    }

    private Lane(String what, int units, @Nullable ExecutorService threads) {
        this.what = what;
        this.units = units;
        this.free = new Semaphore(units, true);
        this.threads = threads;
    }

    /**
     * A lane whose work is short, and done by whoever asks for it.
     *
     * @param what is done, in the plural, for who has to be told that there is no room
     * @param units of it that have room at once
     */
    static Lane ofShort(String what, int units) {
        return new Lane(what, units, null);
    }

    /**
     * A lane whose work may take seconds. It is done by threads of the operating system, which takes the processors away from them when
     * others have something to do; virtual threads would keep them.
     *
     * @param what is done, in the plural, for who has to be told that there is no room
     * @param units of it that have room at once
     */
    public static Lane ofLong(String what, int units) {
        return new Lane(
                what,
                units,
                Executors.newCachedThreadPool(Thread.ofPlatform()
                        .daemon()
                        .name(what.replace(' ', '-') + "-", 0)
                        .factory()));
    }

    /**
     * Does the work once there is room for it.
     *
     * @param size in units; what is larger than the lane runs alone
     * @throws BusyException when there was no room
     * @throws IOException as the work does
     */
    public <T> T run(long size, Work<T> work) throws IOException {
        int wanted = Math.clamp(size, 1, units);
        try {
            if (!free.tryAcquire(wanted, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new BusyException("too many " + what + " are in work; try again in a moment");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusyException("the wait for other " + what + " was interrupted");
        }
        Callable<T> admitted = () -> {
            try {
                return work.done();
            } finally {
                free.release(wanted); // by who works: who waits for it may be interrupted before
            }
        };
        return threads == null ? here(admitted) : on(threads, admitted, wanted);
    }

    private static <T> T here(Callable<T> work) throws IOException {
        try {
            return work.call();
        } catch (Exception e) {
            throw thrown(e);
        }
    }

    private <T> T on(ExecutorService threads, Callable<T> work, int wanted) throws IOException {
        Future<T> result;
        try {
            result = threads.submit(work);
        } catch (Throwable noThread) {
            free.release(wanted);
            throw noThread;
        }
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusyException("the wait for " + what + " was interrupted");
        }
    }

    /** What work threw: an IOException, or unchecked, which is thrown here. */
    private static IOException thrown(@Nullable Throwable failure) {
        switch (failure) {
            case IOException e -> {
                return e;
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> throw new IllegalStateException(failure);
        }
    }
}

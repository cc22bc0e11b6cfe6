package dev.sluice.server;

import dev.sluice.kernel.blob.TooLargeException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as a stream: filled by the event loop, read by one virtual thread, a bounded amount in between.
 *
 * <p>Nothing is asked of the client before the first read; a client that waits for {@code 100 Continue} gets it then, so a
 * request that is refused without reading never sends its body.
 */
final class RequestBody extends InputStream {

    private static final int HIGH_WATER = 512 * 1024;
    private static final int LOW_WATER = 128 * 1024;

    /** The client sent nothing, or next to nothing, for too long; answered with 408. */
    static final class StalledException extends IOException {
        StalledException(String message) {
            super(message);
        }
    }

    /** The client went away; nobody is left to answer. */
    static final class ClientGoneException extends IOException {
        ClientGoneException() {
            super("the client closed the connection");
        }
    }

    private final HttpServerRequest wire;
    private final Context loop;
    private final long announced;
    private final Duration stall;
    private final long rate;
    private final boolean continueExpected;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Buffer> queue = new ArrayDeque<>();
    private volatile long limit;
    private int queued;
    private int position;
    private long total;
    private long waited;
    private boolean started;
    private boolean paused;
    private boolean discarding;
    private boolean complete;
    private @Nullable IOException failure;

    /** Takes over the request's body; call on its event loop, before anything of it was delivered. */
    RequestBody(HttpServerRequest wire, Context loop, long announced, Limits limits, boolean continueExpected) {
        this.wire = wire;
        this.loop = loop;
        this.announced = announced;
        this.stall = limits.times().stall();
        this.rate = limits.uploadRate();
        this.continueExpected = continueExpected;
        this.limit = Long.MAX_VALUE;
        this.paused = true;
        wire.pause();
        wire.handler(this::arrived);
        wire.endHandler(end -> ended());
        wire.exceptionHandler(failure -> fail(new ClientGoneException()));
    }

    /** Length as announced, or -1. */
    long announced() {
        return announced;
    }

    /** Sets how much may be read. */
    void limit(long bytes) {
        this.limit = bytes;
    }

    /** Whether all of it has arrived. */
    boolean isComplete() {
        lock.lock();
        try {
            return complete;
        } finally {
            lock.unlock();
        }
    }

    /** Whether little enough is left that reading it off is cheaper than a new connection. */
    boolean isCheapToDiscard() {
        lock.lock();
        try {
            boolean invited = started || !continueExpected;
            return complete || (invited && announced >= 0 && announced - total <= 64 * 1024);
        } finally {
            lock.unlock();
        }
    }

    /** Throws away what is still to come; call on the event loop. */
    void discard() {
        lock.lock();
        try {
            discarding = true;
            queue.clear();
            queued = 0;
            paused = false;
        } finally {
            lock.unlock();
        }
        wire.resume();
    }

    /** Ends it with an error: readers get it from now on. */
    void fail(IOException cause) {
        lock.lock();
        try {
            if (!complete && failure == null) {
                failure = cause;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void arrived(Buffer buffer) {
        lock.lock();
        try {
            total += buffer.length();
            if (discarding || failure != null) {
                return;
            }
            queue.add(buffer);
            queued += buffer.length();
            if (queued >= HIGH_WATER && !paused) {
                paused = true;
                wire.pause();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            complete = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            start();
            await();
            Buffer head = queue.peek();
            if (head == null) {
                return -1;
            }
            int count = Math.min(length, head.length() - position);
            head.getBytes(position, position + count, bytes, offset);
            position += count;
            if (position == head.length()) {
                queue.remove();
                queued -= head.length();
                position = 0;
            }
            if (paused && queued <= LOW_WATER) {
                paused = false;
                loop.runOnContext(go -> wire.resume());
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    private void start() throws IOException {
        if (announced > limit) {
            throw new TooLargeException(limit);
        }
        if (started) {
            return;
        }
        started = true;
        paused = false;
        loop.runOnContext(go -> {
            if (continueExpected) {
                wire.response().writeContinue();
            }
            wire.resume();
        });
    }

    /** Waits until there are bytes or none will come. */
    private void await() throws IOException {
        long left = stall.toNanos();
        while (true) {
            if (total > limit) {
                throw new TooLargeException(limit);
            }
            if (failure != null) {
                throw failure;
            }
            if (!queue.isEmpty() || complete) {
                return;
            }
            if (left <= 0) {
                throw new StalledException("the request body stopped arriving; send it again");
            }
            if (waited > stall.toNanos() && total < rate * (waited / 1e9)) {
                throw new StalledException(
                        "the request body arrives with less than " + rate + " bytes a second; send it again");
            }
            try {
                long before = left;
                left = changed.awaitNanos(left);
                waited += before - left;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while reading a request body", e);
            }
        }
    }

    @Override
    public int available() {
        lock.lock();
        try {
            Buffer head = queue.peek();
            return head == null ? 0 : head.length() - position;
        } finally {
            lock.unlock();
        }
    }
}

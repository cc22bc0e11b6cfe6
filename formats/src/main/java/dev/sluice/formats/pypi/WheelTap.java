package dev.sluice.formats.pypi;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads the METADATA out of a wheel while its bytes pass by on their way to where they are kept.
 *
 * <p>A virtual thread unpacks what the uploading thread hands over, one piece at a time; memory is bounded by the piece. Close it
 * in any case: that ends the thread.
 */
final class WheelTap implements AutoCloseable {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread reader;
    private byte @Nullable [] piece;
    private boolean complete;
    private boolean done;
    private byte @Nullable [] metadata;

    private WheelTap() {
        reader = Thread.ofVirtual().name("wheel-tap").unstarted(this::unpack);
    }

    /** A tap that is ready to be written to. */
    static WheelTap open() {
        WheelTap tap = new WheelTap();
        tap.reader.start();
        return tap;
    }

    private void unpack() {
        byte[] found = null;
        try (Pieces pieces = new Pieces()) {
            found = WheelMetadata.inStream(pieces);
        } catch (IOException | RuntimeException e) {
            found = null; // a wheel that cannot be read has no side-car; the upload itself does not fail for it
        } finally {
            lock.lock();
            try {
                metadata = found;
                done = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Hands over the next bytes; waits until the former ones are unpacked. Cheap once METADATA was found. */
    void write(byte[] bytes, int length) throws IOException {
        lock.lock();
        try {
            while (piece != null && !done) {
                changed.await();
            }
            if (!done) {
                piece = Arrays.copyOf(bytes, length);
                changed.signalAll();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
    }

    /** Says that the wheel is complete, and gives its METADATA; null when it has none that can be read. */
    byte @Nullable [] metadata() throws IOException {
        lock.lock();
        try {
            complete = true;
            changed.signalAll();
            while (!done) {
                changed.await();
            }
            return metadata;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        reader.interrupt();
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new java.io.InterruptedIOException("interrupted while reading an upload: " + e.getMessage());
    }

    /** What was handed over, as a stream. */
    private final class Pieces extends InputStream {

        private byte[] current = new byte[0];
        private int at;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (at == current.length && !take()) {
                return -1;
            }
            int count = Math.min(length, current.length - at);
            System.arraycopy(current, at, into, offset, count);
            at += count;
            return count;
        }

        private boolean take() throws IOException {
            lock.lock();
            try {
                while (piece == null && !complete) {
                    changed.await();
                }
                byte[] next = piece;
                if (next == null) {
                    return false;
                }
                current = next;
                at = 0;
                piece = null;
                changed.signalAll();
                return true;
            } catch (InterruptedException e) {
                throw interrupted(e);
            } finally {
                lock.unlock();
            }
        }
    }
}

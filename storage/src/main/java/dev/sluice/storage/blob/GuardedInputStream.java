package dev.sluice.storage.blob;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * A part of a blob whose verification is under way: the last bytes of it are handed out only when the whole is known to be right. Not
 * thread-safe.
 */
final class GuardedInputStream extends InputStream {

    /** Waits for the verification. */
    @FunctionalInterface
    interface Verification {
        /** Returns when the blob is right. Throws BlobDamagedException when it is not, IOException when it cannot be read. */
        void await() throws IOException;
    }

    private static final int HELD = 64 * 1024;

    private final InputStream in;
    private final Verification verification;
    private long left;
    private boolean verified;

    /**
     * A stream over that many bytes.
     *
     * @param in gives them all, or ends earlier
     */
    GuardedInputStream(InputStream in, long length, Verification verification) {
        this.in = in;
        this.left = length;
        this.verification = verification;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (left <= 0) {
            return -1;
        }
        long free = verified ? left : left - HELD;
        if (free <= 0) {
            verification.await();
            verified = true;
            free = left;
        }
        int count = in.read(target, offset, (int) Math.min(length, free));
        left -= Math.max(0, count);
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

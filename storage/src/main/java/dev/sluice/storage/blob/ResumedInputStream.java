package dev.sluice.storage.blob;

import dev.sluice.kernel.blob.BlobsUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes from afar of known number: taken up again where they broke off, a bounded number of times without a byte between. Not
 * thread-safe.
 */
final class ResumedInputStream extends InputStream {
    private static final Logger LOG = LoggerFactory.getLogger(ResumedInputStream.class);

    /** Opens the bytes from a position on. */
    @FunctionalInterface
    interface Source {
        /** Bytes from that position, exactly so many unless they break off. */
        InputStream open(long position, long length) throws IOException;
    }

    private final Source source;
    private final int attempts;
    private InputStream in;
    private long position;
    private long left;
    private int failures;
    private boolean closed;

    ResumedInputStream(Source source, long position, long length, int attempts) throws IOException {
        this.source = source;
        this.attempts = attempts;
        this.position = position;
        this.left = length;
        this.in = source.open(position, length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (closed) {
            throw new IOException("the stream is closed");
        }
        if (left == 0) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        while (true) {
            IOException broken;
            try {
                int count = in.read(target, offset, (int) Math.min(length, left));
                if (count > 0) {
                    position += count;
                    left -= count;
                    failures = 0;
                    return count;
                }
                broken = new IOException("the bytes ended " + left + " too early");
            } catch (IOException e) {
                broken = e;
            }
            again(broken);
        }
    }

    private void again(IOException broken) throws IOException {
        failures++;
        if (failures >= attempts) {
            throw new BlobsUnavailableException(
                    "broke off at byte " + position + " and did not go on: " + broken.getMessage(), broken);
        }
        LOG.atDebug().setCause(broken).addKeyValue("position", position).log("bytes broke off; going on");
        closeQuietly();
        in = source.open(position, left);
    }

    private void closeQuietly() {
        try {
            in.close();
        } catch (IOException e) {
            LOG.debug("closing what broke off", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        closeQuietly();
    }
}

package dev.sluice.storage.blob;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The first bytes of a stream, no more than were asked for. Closes the stream below. Not thread-safe. */
class RangeInputStream extends FilterInputStream {
    private long left;

    RangeInputStream(InputStream in, long length) {
        super(in);
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        if (left == 0) {
            return -1;
        }
        try {
            int value = super.read();
            if (value >= 0) {
                left--;
            }
            return value;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (left == 0 && length > 0) {
            return -1;
        }
        try {
            int count = super.read(target, offset, (int) Math.min(length, left));
            if (count > 0) {
                left -= count;
            }
            return count;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** What is thrown when the stream below fails: the same, unless somebody knows more of it. */
    IOException failed(IOException cause) {
        return cause;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = super.skip(Math.min(count, left));
        left -= skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(super.available(), left);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}

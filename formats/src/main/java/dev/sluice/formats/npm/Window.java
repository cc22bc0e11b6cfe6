package dev.sluice.formats.npm;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stream that remembers what was read from a chosen position on, so that a parser reading from it can be asked for the exact
 * bytes of a value.
 *
 * <p>Remembers at most a limit beside the chunk last read. Not thread-safe. Closing it closes the stream below.
 */
final class Window extends InputStream {

    private static final int CHUNK = 8192;

    private final InputStream in;
    private final int limit;
    private byte[] kept = new byte[4 * CHUNK];
    private int count;
    private long keptFrom;
    private long wantedFrom = Long.MAX_VALUE;

    /**
     * A window.
     *
     * @param limit longest value that can be asked for, in bytes
     */
    Window(InputStream in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /** Remembers from that position on, counted in bytes from the beginning; it must not lie before the chunk last read. */
    void keepFrom(long position) {
        wantedFrom = position;
    }

    /** Remembers nothing but the chunk last read. */
    void forget() {
        wantedFrom = Long.MAX_VALUE;
    }

    /** The bytes between both positions, or null when they are more than the limit. */
    byte @Nullable [] slice(long from, long to) {
        if (to - from > limit || from < keptFrom || to > keptFrom + count) {
            return null;
        }
        return Arrays.copyOfRange(kept, (int) (from - keptFrom), (int) (to - keptFrom));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int n = in.read(target, offset, Math.min(length, CHUNK));
        if (n > 0) {
            remember(target, offset, n);
        }
        return n;
    }

    private void remember(byte[] bytes, int offset, int n) {
        long end = keptFrom + count;
        long from = Math.min(wantedFrom, end);
        if (end - from > limit) { // too long to be asked for: stop keeping it
            from = end;
            wantedFrom = Long.MAX_VALUE;
        }
        int dropped = (int) (from - keptFrom);
        if (dropped > 0 && (dropped >= count || count + n > kept.length)) {
            System.arraycopy(kept, dropped, kept, 0, count - dropped);
            count -= dropped;
            keptFrom = from;
        }
        if (count + n > kept.length) {
            kept = Arrays.copyOf(kept, Math.max(kept.length * 2, count + n));
        }
        System.arraycopy(bytes, offset, kept, count, n);
        count += n;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

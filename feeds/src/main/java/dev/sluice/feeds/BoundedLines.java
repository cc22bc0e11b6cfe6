package dev.sluice.feeds;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a stream, each held in memory only up to a limit. Not thread-safe; closing is the caller's. */
final class BoundedLines {

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private final int longest;
    private byte[] line = new byte[1 << 12];
    private int length;
    private int at;
    private int filled;
    private long number;
    private boolean overlong;

    /** Lines of at most that many bytes. */
    BoundedLines(InputStream in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    /** The next line without its end, cut at the limit, or null after the last. */
    byte @Nullable [] next() throws IOException {
        length = 0;
        overlong = false;
        boolean any = false;
        while (true) {
            if (at == filled) {
                filled = in.read(buffer);
                at = 0;
                if (filled <= 0) {
                    filled = 0;
                    return any ? taken() : null;
                }
            }
            any = true;
            int from = at;
            while (at < filled && buffer[at] != '\n') {
                at++;
            }
            keep(from, at);
            if (at < filled) {
                at++;
                return taken();
            }
        }
    }

    /** Number of the line last read, from 1. */
    long number() {
        return number;
    }

    /** Whether the line last read was longer than the limit. */
    boolean isOverlong() {
        return overlong;
    }

    private void keep(int from, int to) {
        int room = longest - length;
        int count = Math.min(to - from, room);
        overlong |= count < to - from;
        if (length + count > line.length) {
            line = Arrays.copyOf(line, Math.min(longest, Math.max(2 * line.length, length + count)));
        }
        System.arraycopy(buffer, from, line, length, count);
        length += count;
    }

    private byte[] taken() {
        number++;
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return Arrays.copyOf(line, end);
    }
}

package dev.sluice.formats.npm;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * A stream of UTF-8 in which every byte that belongs to no character is replaced by U+FFFD, as clients do when they make text of a
 * document: one bad byte costs a letter, not the document.
 *
 * <p>Not thread-safe. Closing it closes the stream below.
 */
final class MendedUtf8 extends InputStream {

    private static final int CHUNK = 8192;
    private static final int LONGEST = 4;

    private final InputStream in;
    private final byte[] raw = new byte[CHUNK];
    private int at;
    private int end;
    private boolean over;
    private final byte[] mended = new byte[3 * CHUNK];
    private int next;
    private int ready;
    private long replaced;

    MendedUtf8(InputStream in) {
        this.in = in;
    }

    /** How many bytes were replaced so far. */
    long replaced() {
        return replaced;
    }

    /** Passes over a byte order mark at the beginning. */
    void passMark() throws IOException {
        while (ready < 3 && !(over && at == end)) {
            int held = ready;
            byte[] former = java.util.Arrays.copyOf(mended, held);
            fill();
            System.arraycopy(mended, 0, mended, held, ready);
            System.arraycopy(former, 0, mended, 0, held);
            ready += held;
        }
        boolean marked = ready >= 3 && mended[0] == (byte) 0xef && mended[1] == (byte) 0xbb && mended[2] == (byte) 0xbf;
        next = marked ? 3 : 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        while (next == ready) {
            if (over && at == end) {
                return -1;
            }
            fill();
        }
        int count = Math.min(length, ready - next);
        System.arraycopy(mended, next, into, offset, count);
        next += count;
        return count;
    }

    private void fill() throws IOException {
        System.arraycopy(raw, at, raw, 0, end - at);
        end -= at;
        at = 0;
        if (!over) {
            int count = in.read(raw, end, CHUNK - end);
            over = count < 0;
            end += Math.max(0, count);
        }
        next = 0;
        ready = 0;
        while (at < end && (over || end - at >= LONGEST || raw[at] >= 0)) {
            int length = character();
            if (length > 0) {
                System.arraycopy(raw, at, mended, ready, length);
                ready += length;
                at += length;
            } else {
                mended[ready++] = (byte) 0xef;
                mended[ready++] = (byte) 0xbf;
                mended[ready++] = (byte) 0xbd;
                at++;
                replaced++;
            }
        }
    }

    /** Length of the ASCII run or the character that begins there (RFC 3629, section 4), 0 when none does. */
    private int character() {
        int run = at;
        while (run < end && raw[run] >= 0) {
            run++;
        }
        if (run > at) {
            return run - at;
        }
        int first = raw[at] & 0xff;
        int second = at + 1 < end ? raw[at + 1] & 0xff : 0;
        if (first >= 0xc2 && first <= 0xdf) {
            return isContinued(1) ? 2 : 0;
        }
        if (first >= 0xe0 && first <= 0xef) {
            boolean legal = first == 0xe0 ? second >= 0xa0 : first != 0xed || second <= 0x9f;
            return legal && isContinued(2) ? 3 : 0;
        }
        if (first >= 0xf0 && first <= 0xf4) {
            boolean legal = first == 0xf0 ? second >= 0x90 : first != 0xf4 || second <= 0x8f;
            return legal && isContinued(3) ? 4 : 0;
        }
        return 0;
    }

    private boolean isContinued(int count) {
        for (int i = 1; i <= count; i++) {
            if (at + i >= end || (raw[at + i] & 0xc0) != 0x80) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

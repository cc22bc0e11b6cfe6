package dev.sluice.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A piece of a zip archive that moves from front to back. Not thread-safe. */
final class ZipWindow {

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 17];
    private int at;
    private int end;
    private long position;

    /** A window on a stream that begins at the archive's first byte. */
    ZipWindow(InputStream in) {
        this.in = in;
    }

    byte[] buffer() {
        return buffer;
    }

    /** Where in the buffer the next byte lies. */
    int at() {
        return at;
    }

    /** How many bytes lie there. */
    int available() {
        return end - at;
    }

    /** Where in the archive the next byte lies. */
    long position() {
        return position;
    }

    /** Whether so many bytes lie there now; false when the archive ends before. */
    boolean has(int count) throws IOException {
        if (count > end - at) {
            System.arraycopy(buffer, at, buffer, 0, end - at);
            end -= at;
            at = 0;
            end += in.readNBytes(buffer, end, Math.max(count, 1 << 16) - end);
        }
        return count <= end - at;
    }

    /** The next bytes, which are passed over; throws UnreadableException when the archive ends before. */
    byte[] take(int count) throws IOException {
        demand(count);
        byte[] taken = Arrays.copyOfRange(buffer, at, at + count);
        pass(count);
        return taken;
    }

    void demand(int count) throws IOException {
        if (!has(count)) {
            throw new UnreadableException("it is broken off");
        }
    }

    /** Passes over bytes that lie there. */
    void pass(int count) {
        at += count;
        position += count;
    }

    /** Passes over any number of bytes. */
    void skip(long count) throws IOException {
        int held = (int) Math.min(count, end - at);
        pass(held);
        if (count > held) {
            in.skipNBytes(count - held);
            position += count - held;
        }
    }
}

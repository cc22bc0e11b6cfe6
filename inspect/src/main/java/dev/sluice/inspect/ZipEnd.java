package dev.sluice.inspect;

import static dev.sluice.inspect.ZipBytes.signature;
import static dev.sluice.inspect.ZipBytes.u16;
import static dev.sluice.inspect.ZipBytes.u32;
import static dev.sluice.inspect.ZipBytes.u64;

import java.io.IOException;

/**
 * Where the central directory of a zip archive lies, as its end record says.
 *
 * @param directoryStart first byte of the directory
 * @param directorySize its length in bytes
 * @param shift by how much all offsets in the archive are too small, because something was put before it
 * @param entries how many entries it claims
 */
record ZipEnd(long directoryStart, long directorySize, long shift, long entries) {

    private static final int SIGNATURE = 0x06054b50;
    private static final int SIGNATURE_64 = 0x06064b50;
    private static final int LOCATOR = 0x07064b50;
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LENGTH = 22;
    private static final int LENGTH_64 = 56;
    private static final int LOCATOR_LENGTH = 20;
    private static final int MAX_COMMENT = 0xffff;
    private static final long MAX_16 = 0xffffL;
    private static final long MAX_32 = 0xffffffffL;

    /**
     * Finds the end record from the end, the last one as Python and the JDK do where all is well. Throws UnreadableException when
     * there is none.
     */
    static ZipEnd find(Source source, Inventory inventory) throws IOException {
        long size = source.size();
        int length = (int) Math.min(size, MAX_COMMENT + LENGTH + LOCATOR_LENGTH + LENGTH_64);
        byte[] tail = source.read(size - length, length);
        int found = -1;
        int whole = 0;
        boolean lastIsWhole = true;
        for (int at = 0; at + 4 <= length; at++) {
            if (tail[at] != 'P' || signature(tail, at) != SIGNATURE) {
                continue;
            }
            if (at + LENGTH > length) {
                lastIsWhole = false;
            } else {
                found = at;
                lastIsWhole = at + LENGTH + u16(tail, at + 20) == length;
                whole += lastIsWhole ? 1 : 0;
            }
        }
        if (found < 0) {
            if (!beginsSomewhere(source)) {
                throw new NoArchiveException();
            }
            throw new UnreadableException("it has no end record");
        }
        if (!lastIsWhole) {
            inventory.doubt("its end record is not the last thing in it");
        }
        if (whole > 1) {
            inventory.doubt("it has several end records");
        }
        return read(source, inventory, tail, found, size - length + found);
    }

    /** Whether there is an entry near the beginning, for whoever reads from front to back. */
    private static boolean beginsSomewhere(Source source) throws IOException {
        byte[] head = source.read(0, (int) Math.min(source.size(), MAX_COMMENT));
        for (int at = 0; at + 4 <= head.length; at++) {
            if (head[at] == 'P' && signature(head, at) == LOCAL) {
                return true;
            }
        }
        return false;
    }

    private static ZipEnd read(Source source, Inventory inventory, byte[] tail, int at, long position)
            throws IOException {
        long here = u16(tail, at + 8);
        long entries = u16(tail, at + 10);
        long directorySize = u32(tail, at + 12);
        long offset = u32(tail, at + 16);
        if (u16(tail, at + 4) != 0 || u16(tail, at + 6) != 0 || here != entries) {
            inventory.doubt("it claims to be one of several volumes");
        }
        long end = position;
        int locator = at - LOCATOR_LENGTH;
        boolean large = entries == MAX_16 || directorySize == MAX_32 || offset == MAX_32;
        if (locator >= 0 && signature(tail, locator) == LOCATOR) {
            int record = locator - LENGTH_64;
            if (record < 0 || signature(tail, record) != SIGNATURE_64) {
                throw new UnreadableException("its zip64 end record is not where clients look for it");
            }
            long entries64 = u64(tail, record + 32);
            long size64 = u64(tail, record + 40);
            long offset64 = u64(tail, record + 48);
            boolean agrees = (entries == MAX_16 || entries == entries64)
                    && (directorySize == MAX_32 || directorySize == size64)
                    && (offset == MAX_32 || offset == offset64)
                    && u64(tail, record + 24) == entries64
                    && u32(tail, record + 16) == 0
                    && u32(tail, record + 20) == 0
                    && u64(tail, record + 4) == LENGTH_64 - 12
                    && u32(tail, locator + 4) == 0
                    && u32(tail, locator + 16) <= 1;
            if (!agrees) {
                inventory.doubt("its zip64 end record contradicts its end record");
            }
            end = position - LOCATOR_LENGTH - LENGTH_64;
            entries = entries64;
            directorySize = size64;
            offset = offset64;
            if (u64(tail, locator + 8) + end - directorySize - offset != end) {
                inventory.doubt("its zip64 end record is not where it says");
            }
        } else if (large && (directorySize == MAX_32 || offset == MAX_32)) {
            throw new UnreadableException("it lacks its zip64 end record");
        }
        long start = end - directorySize;
        long shift = start - offset;
        if (directorySize < 0 || offset < 0 || start < 0 || shift < 0) {
            throw new UnreadableException("its end record leads nowhere");
        }
        if (shift > 0) {
            if (!inventory.layout().prefix()) {
                inventory.doubt("something was put before it");
            } else if (offset + 4 <= source.size() && signature(source.read(offset, 4), 0) == CENTRAL) {
                inventory.doubt("it has two central directories");
            }
        }
        return new ZipEnd(start, directorySize, shift, entries);
    }
}

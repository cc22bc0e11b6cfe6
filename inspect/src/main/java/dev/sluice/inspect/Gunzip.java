package dev.sluice.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of a gzip file (RFC 1952), all members in a row as npm and Python read them.
 *
 * <p>Tells where others stop earlier or fail: a second member, bytes after the last, a checksum that does not fit. Close it, which
 * leaves the packed stream open. Not thread-safe.
 */
final class Gunzip extends InputStream {

    private static final int MAGIC = 0x1f8b;
    private static final int MAX_FIELD = 64 << 10;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream packed;
    private final Inventory inventory;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] buffer = new byte[1 << 15];
    private int at;
    private int end;
    private boolean over;

    /** Reads the first header; throws UnreadableException when there is none. */
    Gunzip(InputStream packed, Inventory inventory) throws IOException {
        this.packed = packed;
        this.inventory = inventory;
        if (demanded() != MAGIC >> 8 || demanded() != (MAGIC & 0xff)) {
            throw new UnreadableException("it is not packed with gzip");
        }
        header();
    }

    private void header() throws IOException {
        if (demanded() != 8) {
            throw new UnreadableException("its compression is unknown");
        }
        int flags = demanded();
        for (int i = 0; i < 6; i++) {
            demanded(); // time, level, system
        }
        if ((flags & EXTRA) != 0) {
            int length = demanded() + (demanded() << 8);
            for (int i = 0; i < length; i++) {
                demanded();
            }
        }
        text((flags & NAME) != 0);
        text((flags & COMMENT) != 0);
        if ((flags & HEADER_CRC) != 0) {
            demanded();
            demanded();
        }
        if ((flags & (HEADER_CRC | RESERVED)) != 0) {
            inventory.doubt("the gzip header has flags that some clients check and others pass over");
        }
        inflater.reset();
        checksum.reset();
    }

    private void text(boolean present) throws IOException {
        int length = 0;
        while (present && demanded() != 0) {
            if (++length > MAX_FIELD) {
                throw new UnreadableException("a field of the gzip header is longer than " + MAX_FIELD + " bytes");
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (!over) {
            int count = inflated(into, offset, length);
            if (count > 0) {
                checksum.update(into, offset, count);
                return count;
            }
            if (inflater.finished()) {
                trailer();
                over = !another();
            } else if (inflater.needsDictionary() || !fill()) {
                throw new UnreadableException("its compressed content is broken off");
            }
        }
        return -1;
    }

    private int inflated(byte[] into, int offset, int length) throws IOException {
        inflater.setInput(buffer, at, end - at);
        try {
            int count = inflater.inflate(into, offset, length);
            at = end - inflater.getRemaining();
            return count;
        } catch (DataFormatException broken) {
            throw new UnreadableException("its compressed content is broken: " + broken.getMessage());
        }
    }

    private void trailer() throws IOException {
        long crc = number();
        long size = number();
        if (crc != checksum.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
            inventory.doubt("its checksum does not fit, which some clients find out and others do not");
        }
    }

    private long number() throws IOException {
        return demanded() + (demanded() << 8) + (demanded() << 16) + ((long) demanded() << 24);
    }

    /** Whether another member follows; zeros may fill the file up. */
    private boolean another() throws IOException {
        int next = next();
        if (next == MAGIC >> 8 && next() == (MAGIC & 0xff)) {
            inventory.doubt("it consists of several gzip members, of which some clients read the first");
            inventory.entry();
            header();
            return true;
        }
        while (next == 0) {
            next = next();
        }
        if (next >= 0) {
            inventory.doubt("bytes follow after its compressed content");
        }
        return false;
    }

    private int demanded() throws IOException {
        int value = next();
        if (value < 0) {
            throw new UnreadableException("its gzip header or trailer is broken off");
        }
        return value;
    }

    private int next() throws IOException {
        return at < end || fill() ? buffer[at++] & 0xff : -1;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, packed.read(buffer, 0, buffer.length));
        return end > 0;
    }

    @Override
    public void close() {
        inflater.end();
    }
}

package dev.sluice.inspect;

import static dev.sluice.inspect.ZipBytes.signature;
import static dev.sluice.inspect.ZipBytes.u16;
import static dev.sluice.inspect.ZipBytes.u32;
import static dev.sluice.inspect.ZipBytes.u64;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The central directory of a zip archive, as bytes that are read again when asked: an entry takes no memory of its own. */
final class ZipDirectory {

    private static final int CENTRAL = 0x02014b50;
    private static final int LENGTH = 46;
    private static final long MAX_32 = 0xffffffffL;

    /** An entry's place in a directory of at most 16 MiB, below its offset in an archive of at most 512 GiB. */
    private static final int PLACE_BITS = 24;

    private static final long MAX_OFFSET = 1L << (63 - PLACE_BITS);

    private final byte[] bytes;
    private final ZipEnd end;
    private final Inventory inventory;

    ZipDirectory(byte[] bytes, ZipEnd end, Inventory inventory) {
        this.bytes = bytes;
        this.end = end;
        this.inventory = inventory;
    }

    /**
     * What the directory says of an entry.
     *
     * @param at where in the directory it stands
     * @param next where the next one stands
     * @param offset where in the archive its local header lies
     * @param packed length of its packed content
     * @param size length of its content
     */
    record Entry(
            ZipDirectory directory,
            int at,
            int next,
            int flags,
            int method,
            long crc,
            long packed,
            long size,
            long offset,
            String name) {

        boolean isFolder() {
            return name.endsWith("/");
        }

        /** Whether its Unix mode says that it is a symbolic link. */
        boolean isLink() {
            return (u32(directory.bytes, at + 38) >> 28) == 0xa;
        }

        boolean isNamed(byte[] other) {
            int from = at + LENGTH;
            int length = u16(directory.bytes, at + 28);
            return Arrays.equals(directory.bytes, from, from + length, other, 0, other.length);
        }

        /** A number that sorts entries by their place in the archive and finds them again. */
        long inOrder() {
            return (offset << PLACE_BITS) | at;
        }
    }

    /** Where the directory lies. */
    ZipEnd end() {
        return end;
    }

    int length() {
        return bytes.length;
    }

    /** The entry behind a number of {@link Entry#inOrder}. */
    Entry inOrder(long number) throws IOException {
        return entry((int) (number & ((1 << PLACE_BITS) - 1)));
    }

    /** The entry that stands there. Throws UnreadableException where none does. */
    Entry entry(int at) throws IOException {
        if (at + LENGTH > bytes.length || signature(bytes, at) != CENTRAL) {
            throw new UnreadableException("its central directory is broken");
        }
        int nameEnd = at + LENGTH + u16(bytes, at + 28);
        int extraEnd = nameEnd + u16(bytes, at + 30);
        int next = extraEnd + u16(bytes, at + 32);
        if (next > bytes.length) {
            throw new UnreadableException("its central directory is broken off");
        }
        String name = text(Arrays.copyOfRange(bytes, at + LENGTH, nameEnd));
        ZipExtra extra = ZipExtra.of(bytes, nameEnd, extraEnd);
        check(name, extra, at);
        long packed = u32(bytes, at + 20);
        long size = u32(bytes, at + 24);
        long offset = u32(bytes, at + 42);
        int large = extra.zip64();
        int largeEnd = large + extra.zip64Length();
        if (large >= 0 && size == MAX_32 && large + 8 <= largeEnd) {
            size = u64(bytes, large);
            large += 8;
        }
        if (large >= 0 && packed == MAX_32 && large + 8 <= largeEnd) {
            packed = u64(bytes, large);
            large += 8;
        }
        if (large >= 0 && offset == MAX_32 && large + 8 <= largeEnd) {
            offset = u64(bytes, large);
        }
        offset += end.shift();
        if (packed < 0 || size < 0 || offset < 0 || offset >= MAX_OFFSET || packed > end.directoryStart() - offset) {
            throw new UnreadableException("'" + Inventory.shown(name) + "' lies outside of it");
        }
        return new Entry(
                this,
                at,
                next,
                u16(bytes, at + 8),
                u16(bytes, at + 10),
                u32(bytes, at + 16),
                packed,
                size,
                offset,
                name);
    }

    private void check(String name, ZipExtra extra, int at) throws IOException {
        if (name.indexOf('\0') >= 0) {
            inventory.doubt("the name '" + Inventory.shown(name) + "' holds a zero byte, where some clients end it");
        }
        if (!extra.sound()) {
            inventory.doubt("the extra fields of '" + Inventory.shown(name) + "' are broken");
        }
        if (u16(bytes, at + 34) != 0) {
            inventory.doubt("'" + Inventory.shown(name) + "' claims to lie in another volume");
        }
        if (extra.unicodeName() >= 0 && extra.unicodeNameLength() > 5) {
            int from = extra.unicodeName() + 5;
            String other = text(Arrays.copyOfRange(bytes, from, from + extra.unicodeNameLength() - 5));
            if (!other.equals(name)) {
                inventory.alsoCalled(name, other);
            }
        }
    }

    /** A name: UTF-8 where it is, whatever the flags say; names that decide are ASCII in any reading. */
    static String text(byte[] name) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name))
                    .toString();
        } catch (CharacterCodingException otherwise) {
            return new String(name, StandardCharsets.ISO_8859_1);
        }
    }
}

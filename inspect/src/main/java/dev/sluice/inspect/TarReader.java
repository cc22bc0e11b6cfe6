package dev.sluice.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive (POSIX.1-2008 ustar and pax, GNU long names) and tells where node-tar, Python's tarfile and others would
 * read another one: they stop at, skip or repair different faults.
 *
 * <p>Memory is bounded by one header block and the documents. Not thread-safe, for one archive.
 */
final class TarReader {

    private static final int BLOCK = 512;
    private static final int LINK_NAME = 157;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;

    private final InputStream tar;
    private final Inventory inventory;
    private final byte[] block = new byte[BLOCK];
    private final byte[] scratch = new byte[1 << 15];
    private int headerBytes;
    private int order;
    private Pending pending = new Pending();

    /** What headers say of the entry that follows them. */
    private static final class Pending {
        private @Nullable PaxRecords pax;
        private @Nullable String name;
        private @Nullable String linkName;
    }

    /**
     * A reader of one archive.
     *
     * @param tar the unpacked archive, whose bytes are counted by who hands it over
     */
    TarReader(InputStream tar, Inventory inventory) {
        this.tar = tar;
        this.inventory = inventory;
    }

    /** Reads all of it. Throws UnreadableException where it cannot go on. */
    void read() throws IOException {
        boolean any = false;
        while (true) {
            int count = tar.readNBytes(block, 0, BLOCK);
            if (count < BLOCK) {
                if (count > 0) {
                    inventory.doubt("its last header is broken off");
                }
                break;
            }
            if (isZero(block, 0, BLOCK)) {
                rest();
                break;
            }
            checksum(any);
            any = true;
            inventory.entry();
            entry();
        }
        if (!any) {
            throw new UnreadableException("it is an empty archive");
        }
        if (pending.pax != null || pending.name != null || pending.linkName != null) {
            inventory.doubt("a header at its end belongs to no entry");
        }
    }

    /** What follows the end marker is read by some and not by others, unless it is nothing. */
    private void rest() throws IOException {
        for (int count = tar.read(scratch); count >= 0; count = tar.read(scratch)) {
            if (!isZero(scratch, 0, count)) {
                inventory.doubt("something follows after its end marker");
            }
        }
    }

    private void checksum(boolean any) throws UnreadableException {
        long sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : block[i] & 0xff;
        }
        Long told = octal(148, 8);
        if (told == null || told != sum) {
            throw new UnreadableException(
                    any
                            ? "the checksum of a header does not fit, where some clients stop and others go on"
                            : "it is no tar archive");
        }
    }

    private void entry() throws IOException {
        char type = (char) (block[156] & 0xff);
        Long size = octal(124, 12);
        if (size == null) {
            throw new UnreadableException("the size of an entry is not an octal number");
        }
        switch (type) {
            case 'x' -> {
                oncePerEntry(pending.pax != null);
                pending.pax = pax(size);
            }
            case 'g' -> {
                if (!pax(size).values().isEmpty()) {
                    inventory.doubt("a global PAX header names or sizes entries, which clients apply differently");
                }
            }
            case 'L' -> {
                oncePerEntry(pending.name != null);
                pending.name = longName(size);
            }
            case 'K' -> {
                oncePerEntry(pending.linkName != null);
                pending.linkName = longName(size);
            }
            default -> {
                Pending told = pending;
                pending = new Pending();
                body(type, size, told);
            }
        }
    }

    private void oncePerEntry(boolean twice) {
        if (twice) {
            inventory.doubt("two headers of one kind belong to one entry");
        }
    }

    private void body(char type, long size, Pending told) throws IOException {
        String written = name();
        String name = written;
        String linkName = text(block, LINK_NAME, 100);
        if (told.name != null) {
            name = told.name;
        }
        if (told.linkName != null) {
            linkName = told.linkName;
        }
        if (told.pax != null) {
            for (var record : told.pax.values().entrySet()) {
                switch (record.getKey()) {
                    case "path" -> {
                        if (told.name != null && !told.name.equals(record.getValue())) {
                            inventory.doubt("an entry has two long names");
                        }
                        name = record.getValue();
                    }
                    case "linkpath" -> linkName = record.getValue();
                    case "size" -> {
                        if (!record.getValue().equals(Long.toString(size))) {
                            throw new UnreadableException("the PAX header of '" + Inventory.shown(name)
                                    + "' gives it another size than its own header");
                        }
                    }
                    default ->
                        inventory.doubt("a PAX header has a record that clients apply differently: "
                                + Inventory.shown(record.getKey()));
                }
            }
        }
        if (!name.equals(written)) {
            inventory.alsoCalled(written, name);
        }
        boolean folder = type == '5' || (isFile(type) && name.endsWith("/"));
        boolean link = type == '1' || type == '2';
        if (link == linkName.isEmpty()) {
            inventory.doubt(
                    link
                            ? "a link leads nowhere, which some clients skip"
                            : "a file names a link target, which some clients skip");
        }
        if (name.isEmpty()) {
            inventory.doubt("an entry has no name");
        } else if (folder) {
            inventory.folder(name);
        } else if (link) {
            inventory.link(name);
        } else if (!isFile(type)) {
            inventory.other(name);
        }
        if (isFile(type) && !folder) {
            file(name, size);
        } else if (size != 0 && type != '5') {
            throw new UnreadableException("'" + Inventory.shown(name) + "' is no file and yet has a size");
        }
        if ("\0000123456".indexOf(type) < 0) {
            inventory.doubt("'" + Inventory.shown(name) + "' is an entry of a kind that clients read differently");
        }
    }

    private void file(String name, long size) throws IOException {
        String place = name.isEmpty() ? null : inventory.file(name, size == 0);
        if (place != null) {
            int limit = inventory.limits().documentBytes();
            if (size > limit) {
                throw inventory.limits().exceeded("'" + Inventory.shown(name) + "' is larger than " + limit + " bytes");
            }
            inventory.content(order++, place, bytes((int) size));
            skip(-size & (BLOCK - 1));
        } else {
            skip(size + (-size & (BLOCK - 1)));
        }
    }

    private static boolean isFile(char type) {
        return type == '0' || type == 0 || type == '7';
    }

    private PaxRecords pax(long size) throws IOException {
        PaxRecords records = PaxRecords.of(header(size));
        if (!records.doubt().isEmpty()) {
            inventory.doubt(records.doubt());
        }
        return records;
    }

    private String longName(long size) throws IOException {
        byte[] bytes = header(size);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        if (!isZero(bytes, end, bytes.length)) {
            inventory.doubt("a long name goes on after its end");
        }
        return text(bytes, 0, bytes.length);
    }

    private byte[] header(long size) throws IOException {
        int limit = inventory.limits().headerBytes();
        if (size > limit) {
            throw new UnreadableException("a header is larger than " + limit + " bytes");
        }
        headerBytes += (int) size;
        if (headerBytes > inventory.limits().headersBytes()) {
            throw inventory
                    .limits()
                    .exceeded(
                            "its headers are larger than " + inventory.limits().headersBytes() + " bytes");
        }
        byte[] bytes = bytes((int) size);
        skip(-size & (BLOCK - 1));
        return bytes;
    }

    /** The name as the block itself has it. */
    private String name() {
        String name = text(block, 0, 100);
        String prefix = text(block, PREFIX, 155);
        boolean ustar = block[MAGIC + 5] == 0 && text(block, MAGIC, 6).equals("ustar");
        if (!ustar && !prefix.isEmpty()) {
            inventory.doubt("a header of an old kind has a prefix, which clients read differently");
        }
        return ustar && !prefix.isEmpty() ? prefix + "/" + name : name;
    }

    /** The text of a field up to its first zero, UTF-8 where it is. */
    private String text(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != 0) {
            end++;
        }
        for (int i = end; i < from + length; i++) {
            if (bytes[i] == '\n') {
                inventory.doubt("a name has a line after its end");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, end - from))
                    .toString();
        } catch (CharacterCodingException otherwise) {
            return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
        }
    }

    /** A field of octal digits between spaces, ended by space or zero; null when it is anything else. */
    private @Nullable Long octal(int from, int length) {
        int at = from;
        int end = from + length;
        while (at < end && block[at] == ' ') {
            at++;
        }
        int first = at;
        long value = 0;
        while (at < end && block[at] >= '0' && block[at] <= '7') {
            value = 8 * value + block[at++] - '0';
        }
        boolean digits = at > first;
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        return digits && at == end ? value : null;
    }

    private byte[] bytes(int size) throws IOException {
        byte[] bytes = tar.readNBytes(size);
        if (bytes.length < size) {
            throw new UnreadableException("it is broken off");
        }
        return bytes;
    }

    private void skip(long length) throws IOException {
        for (long left = length; left > 0; ) {
            int count = tar.read(scratch, 0, (int) Math.min(left, scratch.length));
            if (count < 0) {
                throw new UnreadableException("it is broken off");
            }
            left -= count;
        }
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}

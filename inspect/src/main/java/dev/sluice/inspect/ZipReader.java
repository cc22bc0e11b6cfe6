package dev.sluice.inspect;

import static dev.sluice.inspect.ZipBytes.signature;
import static dev.sluice.inspect.ZipBytes.u16;
import static dev.sluice.inspect.ZipBytes.u32;
import static dev.sluice.inspect.ZipBytes.u64;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads a zip archive (APPNOTE.TXT 6.3) by its central directory, as Python's zipfile and the JDK do, and then once from front to
 * back, to tell where whoever reads it that way finds anything else: other headers, other content, entries of only one of both.
 *
 * <p>Memory is bounded by the central directory and the documents. Not thread-safe, for one archive.
 */
final class ZipReader {

    private static final int LOCAL = 0x04034b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int LOCAL_LENGTH = 30;

    /** The longest local header and descriptor. */
    private static final int MOST_AROUND = LOCAL_LENGTH + 2 * 0xffff + 24;

    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int ENCRYPTED = 1;
    private static final int DESCRIBED = 8;

    /** Flags that change how an entry is read: encryption, descriptor, patch data, strong encryption, UTF-8, masked headers. */
    private static final int TELLING = 0x2869;

    private final Source source;
    private final Inventory inventory;
    private final Inflater inflater = new Inflater(true);
    private final byte[] unpacked = new byte[1 << 15];
    private final Map<Integer, String> wanted = new HashMap<>();

    ZipReader(Source source, Inventory inventory) {
        this.source = source;
        this.inventory = inventory;
    }

    /** Reads all of it. Throws UnreadableException where it cannot go on. */
    void read() throws IOException {
        ZipDirectory directory = directory();
        long[] order = entries(directory);
        try (InputStream local = source.open(0, directory.end().directoryStart())) {
            frontToBack(new ZipWindow(local), directory, order);
        } finally {
            inflater.end();
        }
    }

    /** Reads the directory and the entries that decide, and nothing else. Throws UnreadableException where it cannot go on. */
    void readDocuments() throws IOException {
        try {
            ZipDirectory directory = directory();
            long[] order = entries(directory);
            for (int i = 0; i < order.length; i++) {
                ZipDirectory.Entry entry = directory.inOrder(order[i]);
                long room = next(directory, order, i) - entry.offset();
                if (room < LOCAL_LENGTH + entry.packed()) {
                    throw new UnreadableException("entries overlap");
                }
                if (i == 0 && entry.offset() > 0 && !inventory.layout().prefix()) {
                    inventory.doubt("something was put before it");
                }
                if (wanted.containsKey(entry.at())) {
                    document(entry, room);
                }
            }
        } finally {
            inflater.end();
        }
    }

    private ZipDirectory directory() throws IOException {
        ZipEnd end = ZipEnd.find(source, inventory);
        int limit = inventory.limits().headersBytes();
        if (end.directorySize() > limit) {
            throw inventory.limits().exceeded("its central directory is larger than " + limit + " bytes");
        }
        return new ZipDirectory(source.read(end.directoryStart(), (int) end.directorySize()), end, inventory);
    }

    private void document(ZipDirectory.Entry entry, long room) throws IOException {
        try (InputStream in = source.open(entry.offset(), Math.min(room, entry.packed() + MOST_AROUND))) {
            ZipWindow window = new ZipWindow(in);
            header(window, entry);
            content(window, entry);
            if ((entry.flags() & DESCRIBED) != 0) {
                descriptor(window, entry, room - window.position());
            }
            if (window.position() != room) {
                inventory.doubt("there are bytes between its entries that belong to none");
            }
        }
    }

    /** Meets the entries in the directory's order, and answers where they are by the order of their content. */
    private long[] entries(ZipDirectory directory) throws IOException {
        long[] order = new long[64];
        int count = 0;
        for (int at = 0; at < directory.length(); ) {
            inventory.entry();
            ZipDirectory.Entry entry = directory.entry(at);
            inventory.unpacked(entry.size(), source.size());
            if (entry.isFolder()) {
                inventory.folder(entry.name());
            } else {
                String place = inventory.file(entry.name(), entry.size() == 0);
                if (place != null) {
                    wanted.put(at, place);
                    if (entry.isLink()) {
                        inventory.doubt("'" + Inventory.shown(entry.name()) + "' is a link to some clients");
                    }
                }
            }
            if (count == order.length) {
                order = Arrays.copyOf(order, 2 * count);
            }
            order[count++] = entry.inOrder();
            at = entry.next();
        }
        if (count != directory.end().entries()) {
            inventory.doubt("it holds " + count + " entries and claims "
                    + directory.end().entries());
        }
        order = Arrays.copyOf(order, count);
        Arrays.sort(order);
        return order;
    }

    /** Where what follows an entry begins: the next entry, or the directory. */
    private static long next(ZipDirectory directory, long[] order, int i) throws IOException {
        return i + 1 < order.length
                ? directory.inOrder(order[i + 1]).offset()
                : directory.end().directoryStart();
    }

    private void frontToBack(ZipWindow window, ZipDirectory directory, long[] order) throws IOException {
        for (int i = 0; i < order.length; i++) {
            ZipDirectory.Entry entry = directory.inOrder(order[i]);
            gap(window, entry.offset(), i == 0);
            header(window, entry);
            content(window, entry);
            if ((entry.flags() & DESCRIBED) != 0) {
                descriptor(window, entry, next(directory, order, i) - window.position());
            }
        }
        gap(window, directory.end().directoryStart(), order.length == 0);
    }

    private void gap(ZipWindow window, long next, boolean first) throws IOException {
        long length = next - window.position();
        if (length < 0) {
            throw new UnreadableException("entries overlap");
        }
        if (length == 0) {
            return;
        }
        if (!first) {
            inventory.doubt("there are bytes between its entries that belong to none");
        } else if (!inventory.layout().prefix()) {
            inventory.doubt("something was put before it");
        } else if (window.has(4) && signature(window.buffer(), window.at()) == LOCAL) {
            inventory.doubt("it begins with an entry that its directory does not have");
        }
        window.skip(length);
    }

    private void header(ZipWindow window, ZipDirectory.Entry entry) throws IOException {
        window.demand(LOCAL_LENGTH);
        byte[] header = window.take(LOCAL_LENGTH);
        if (signature(header, 0) != LOCAL) {
            throw new UnreadableException("its directory leads to no entry");
        }
        byte[] name = window.take(u16(header, 26));
        byte[] extra = window.take(u16(header, 28));
        String shown = Inventory.shown(entry.name());
        if (!entry.isNamed(name)) {
            inventory.doubt("the entry that its directory calls '" + shown + "' calls itself '"
                    + Inventory.shown(ZipDirectory.text(name)) + "'");
        }
        int flags = u16(header, 6);
        if ((flags & TELLING) != (entry.flags() & TELLING) || u16(header, 8) != entry.method()) {
            inventory.doubt("'" + shown + "' is packed otherwise than its directory says");
        }
        long packed = u32(header, 18);
        long size = u32(header, 22);
        ZipExtra large = ZipExtra.of(extra, 0, extra.length);
        if (large.zip64() >= 0) {
            int at = large.zip64();
            int end = at + large.zip64Length();
            if (size == 0xffffffffL && at + 8 <= end) {
                size = u64(extra, at);
                at += 8;
            }
            if (packed == 0xffffffffL && at + 8 <= end) {
                packed = u64(extra, at);
            }
        }
        boolean later = (flags & DESCRIBED) != 0;
        boolean agrees = isSame(packed, entry.packed(), later)
                && isSame(size, entry.size(), later)
                && isSame(u32(header, 14), entry.crc(), later);
        if (!agrees) {
            inventory.doubt("size or checksum of '" + shown + "' differ from what its directory says");
        }
    }

    private static boolean isSame(long local, long central, boolean later) {
        return local == central || (later && (local == 0 || local == 0xffffffffL));
    }

    private void content(ZipWindow window, ZipDirectory.Entry entry) throws IOException {
        String shown = Inventory.shown(entry.name());
        if ((entry.flags() & ENCRYPTED) != 0) {
            inventory.doubt("'" + shown + "' is encrypted");
            window.skip(entry.packed());
            return;
        }
        if (entry.method() != STORED && entry.method() != DEFLATED) {
            inventory.doubt("'" + shown + "' is packed in a way that not every client knows");
            window.skip(entry.packed());
            return;
        }
        String place = wanted.get(entry.at());
        ByteArrayOutputStream document = place == null ? null : new ByteArrayOutputStream();
        if (document != null && entry.size() > inventory.limits().documentBytes()) {
            throw inventory
                    .limits()
                    .exceeded("'" + shown + "' is larger than "
                            + inventory.limits().documentBytes() + " bytes");
        }
        if (entry.method() == STORED && entry.packed() != entry.size()) {
            throw new UnreadableException("'" + shown + "' is stored in another length than its own");
        }
        CRC32 checksum = new CRC32();
        long size = entry.method() == STORED
                ? copied(window, entry.size(), checksum, document)
                : inflated(window, entry, checksum, document);
        if (size != entry.size() || checksum.getValue() != entry.crc()) {
            inventory.doubt("'" + shown + "' is not what its directory says: another size or checksum");
        }
        if (document != null && place != null) {
            inventory.content(entry.at(), place, document.toByteArray());
        }
    }

    private static long copied(ZipWindow window, long length, CRC32 checksum, @Nullable ByteArrayOutputStream document)
            throws IOException {
        for (long left = length; left > 0; ) {
            window.demand(1);
            int count = (int) Math.min(left, window.available());
            checksum.update(window.buffer(), window.at(), count);
            if (document != null) {
                document.write(window.buffer(), window.at(), count);
            }
            window.pass(count);
            left -= count;
        }
        return length;
    }

    /** Unpacks to the end of the packed content, and no further than the size that was told. */
    private long inflated(
            ZipWindow window, ZipDirectory.Entry entry, CRC32 checksum, @Nullable ByteArrayOutputStream document)
            throws IOException {
        inflater.reset();
        long left = entry.packed();
        long size = 0;
        while (!inflater.finished() && size <= entry.size()) {
            int given = 0;
            if (inflater.needsInput()) {
                if (left == 0) {
                    break;
                }
                window.demand(1);
                given = (int) Math.min(left, window.available());
                inflater.setInput(window.buffer(), window.at(), given);
            }
            int count = inflate(entry);
            while (count > 0) {
                checksum.update(unpacked, 0, count);
                if (document != null) {
                    document.write(unpacked, 0, (int) Math.min(count, Math.max(0, entry.size() - size)));
                }
                size += count;
                count = size > entry.size() || inflater.finished() ? 0 : inflate(entry);
            }
            int used = given - inflater.getRemaining();
            window.pass(used);
            left -= used;
            if (inflater.needsDictionary()) {
                break;
            }
        }
        if (!inflater.finished() || left > 0) {
            inventory.doubt("the packed content of '" + Inventory.shown(entry.name())
                    + "' ends elsewhere than its directory says");
        }
        window.skip(left);
        return size;
    }

    private int inflate(ZipDirectory.Entry entry) throws IOException {
        try {
            return inflater.inflate(unpacked);
        } catch (DataFormatException broken) {
            throw new UnreadableException("the packed content of '" + Inventory.shown(entry.name()) + "' is broken");
        }
    }

    /** Passes over a data descriptor: signature or none, sizes of four or eight bytes. */
    private void descriptor(ZipWindow window, ZipDirectory.Entry entry, long room) throws IOException {
        int most = (int) Math.min(room, 24);
        if (most >= 12) {
            window.demand(most);
            byte[] bytes = window.buffer();
            int from = window.at();
            for (int marked = signature(bytes, from) == DESCRIPTOR ? 4 : 0; marked >= 0; marked -= 4) {
                int at = from + marked;
                if (u32(bytes, at) != entry.crc()) {
                    continue;
                }
                if (most >= marked + 12 && u32(bytes, at + 4) == entry.packed() && u32(bytes, at + 8) == entry.size()) {
                    window.pass(marked + 12);
                    return;
                }
                if (most >= marked + 20
                        && u64(bytes, at + 4) == entry.packed()
                        && u64(bytes, at + 12) == entry.size()) {
                    window.pass(marked + 20);
                    return;
                }
            }
        }
        inventory.doubt("what follows '" + Inventory.shown(entry.name()) + "' is not its descriptor");
    }
}

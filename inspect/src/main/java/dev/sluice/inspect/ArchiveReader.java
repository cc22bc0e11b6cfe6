package dev.sluice.inspect;

import dev.sluice.kernel.gate.Inspector.Content;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * Reads archives of every kind as their clients read them, and tells where clients disagree.
 *
 * <p>Unpacks nothing to disk. Bounds entries, header blocks, the central directory, documents, unpacked size and its ratio to the
 * packed one. Thread-safe.
 */
final class ArchiveReader {

    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final int BUFFER = 1 << 16;

    /** Nobody finds a file in fewer bytes. */
    private static final int SMALLEST = 22;

    private final InspectionLimits limits;

    ArchiveReader(InspectionLimits limits) {
        this.limits = limits;
    }

    InspectionLimits limits() {
        return limits;
    }

    /** Reads bytes of one kind; throws UnreadableException where it cannot go on. */
    private interface Reading {
        void into(Source source, Inventory inventory) throws IOException;
    }

    /** A zip archive. Throws IOException when it is too small for one, or cannot be read from where it is kept. */
    Archive zip(Content content, Layout layout) throws IOException {
        return read(content, layout, (source, inventory) -> new ZipReader(source, inventory).read());
    }

    /**
     * The documents of a zip archive that decide, by its directory and their own entries alone, where reading costs. Of what else it
     * holds only the directory's word is looked at: ambiguities elsewhere stay untold.
     */
    Archive zipDocuments(Content content, Layout layout) throws IOException {
        return read(content, layout, (source, inventory) -> new ZipReader(source, inventory).readDocuments());
    }

    /** A tar archive as it is. */
    Archive tar(Content content, Layout layout) throws IOException {
        return read(content, layout, (source, inventory) -> {
            try (Source.Counted packed = source.open(0, source.size())) {
                untar(new BufferedInputStream(packed, BUFFER), packed, inventory);
            }
        });
    }

    /** A tar archive packed with gzip; one that is not packed, which npm takes as well, is read and told. */
    Archive tarGz(Content content, Layout layout) throws IOException {
        return read(content, layout, (source, inventory) -> {
            if (!starts(source, GZIP)) {
                inventory.doubt("it is not packed with gzip, which some clients do not mind");
                try (Source.Counted plain = source.open(0, source.size())) {
                    untar(new BufferedInputStream(plain, BUFFER), plain, inventory);
                }
                return;
            }
            try (Source.Counted packed = source.open(0, source.size());
                    Gunzip unpacked = new Gunzip(packed, inventory)) {
                untar(unpacked, packed, inventory);
            }
        });
    }

    /** A tar archive packed with bzip2. */
    Archive tarBz2(Content content, Layout layout) throws IOException {
        return read(content, layout, (source, inventory) -> {
            try (Source.Counted packed = source.open(0, source.size())) {
                BufferedInputStream bytes = new BufferedInputStream(packed, BUFFER);
                untar(new BZip2CompressorInputStream(bytes, false), packed, inventory);
                if (bytes.read() >= 0) {
                    inventory.doubt("bytes follow after its compressed content");
                }
            } catch (RuntimeException malformed) {
                // The library answers some malformed streams with unchecked exceptions of many kinds.
                throw new UnreadableException("its compressed content is broken: " + malformed.getMessage());
            }
        });
    }

    private static void untar(InputStream tar, Source.Counted packed, Inventory inventory) throws IOException {
        new TarReader(new Metered(tar, packed, inventory), inventory).read();
    }

    private Archive read(Content content, Layout layout, Reading reading) throws IOException {
        Source source = new Source(content);
        Inventory inventory = new Inventory(layout, limits);
        try {
            reading.into(source, inventory);
            return inventory.archive(null);
        } catch (TakesLongException e) {
            throw e;
        } catch (IOException broken) {
            IOException failure = source.failure();
            if (failure != null) {
                throw failure;
            }
            if (broken instanceof NoArchiveException || source.size() < SMALLEST) {
                throw new IOException("it is no archive", broken);
            }
            return inventory.archive(
                    broken instanceof UnreadableException
                            ? String.valueOf(broken.getMessage())
                            : "its compressed content is broken");
        }
    }

    private static boolean starts(Source source, byte[] magic) throws IOException {
        return source.size() >= magic.length && Arrays.equals(source.read(0, magic.length), magic);
    }

    /** Counts what was unpacked. */
    private static final class Metered extends FilterInputStream {

        private final Source.Counted packed;
        private final Inventory inventory;

        Metered(InputStream unpacked, Source.Counted packed, Inventory inventory) {
            super(unpacked);
            this.packed = packed;
            this.inventory = inventory;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            inventory.unpacked(Math.max(0, count), packed.count());
            return count;
        }
    }
}

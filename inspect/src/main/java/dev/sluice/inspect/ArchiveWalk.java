package dev.sluice.inspect;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the regular files of an archive, from front to back, that holds nothing in memory but the documents asked for.
 *
 * <p>Names are only ever compared, never used as paths; links, devices and directories are passed over. Unpacked size,
 * ratio of packed to unpacked size, number of entries and size of a document are bounded.
 */
final class ArchiveWalk {

    private final InspectionLimits limits;

    ArchiveWalk(InspectionLimits limits) {
        this.limits = limits;
    }

    /** Meets the files of an archive. */
    @FunctionalInterface
    interface Visitor {

        /** Called per file in the archive's order; answers whether to go on. */
        boolean meets(String name, Document document) throws IOException;
    }

    /** The content of the file at hand. */
    @FunctionalInterface
    interface Document {

        /** All of it; throws IOException when it is larger than a document may be. */
        byte[] read() throws IOException;
    }

    /** Walks over a tar archive packed with gzip. */
    void tarGz(InputStream bytes, Visitor visitor) throws IOException {
        Metered packed = new Metered(bytes);
        Metered unpacked = new Metered(new GZIPInputStream(packed, 1 << 15));
        walk(new TarArchiveInputStream(unpacked, StandardCharsets.UTF_8.name()), packed, unpacked, visitor);
    }

    /** Walks over a tar archive packed with bzip2. */
    void tarBz2(InputStream bytes, Visitor visitor) throws IOException {
        Metered packed = new Metered(bytes);
        Metered unpacked = new Metered(new BZip2CompressorInputStream(packed, true));
        walk(new TarArchiveInputStream(unpacked, StandardCharsets.UTF_8.name()), packed, unpacked, visitor);
    }

    /** Walks over a zip archive. */
    void zip(InputStream bytes, Visitor visitor) throws IOException {
        Metered packed = new Metered(bytes);
        walk(new ZipArchiveInputStream(packed, StandardCharsets.UTF_8.name(), true, true, true), packed, null, visitor);
    }

    private void walk(
            ArchiveInputStream<? extends ArchiveEntry> archive,
            Metered packed,
            @Nullable Metered unpacked,
            Visitor visitor)
            throws IOException {
        Meter meter = new Meter(packed, unpacked);
        if (unpacked != null) {
            unpacked.meter = meter;
        }
        int entries = 0;
        ArchiveEntry entry = archive.getNextEntry();
        while (entry != null) {
            if (++entries > limits.entries()) {
                throw new IOException("the archive holds more than " + limits.entries() + " entries");
            }
            if (isFile(entry) && !visitor.meets(name(entry), () -> document(archive, meter))) {
                return;
            }
            // Read to its end here, so that what is passed over is counted too.
            drain(archive, meter);
            entry = archive.getNextEntry();
        }
        if (entries == 0) {
            throw new IOException("not an archive, or an empty one");
        }
    }

    private static boolean isFile(ArchiveEntry entry) {
        return entry instanceof TarArchiveEntry tar
                ? tar.isFile() && !tar.isSymbolicLink() && !tar.isLink()
                : !entry.isDirectory();
    }

    private static String name(ArchiveEntry entry) {
        String name = entry.getName().replace('\\', '/');
        return name.startsWith("./") ? name.substring(2) : name;
    }

    private byte[] document(InputStream archive, Meter meter) throws IOException {
        byte[] document = archive.readNBytes(limits.documentBytes() + 1);
        meter.unpacked(document.length);
        if (document.length > limits.documentBytes()) {
            throw new IOException("a document of the archive is larger than " + limits.documentBytes() + " bytes");
        }
        return document;
    }

    private static void drain(InputStream archive, Meter meter) throws IOException {
        byte[] buffer = new byte[1 << 15];
        for (int count = archive.read(buffer); count >= 0; count = archive.read(buffer)) {
            meter.unpacked(count);
        }
    }

    /** Weighs what comes out against what went in. */
    private final class Meter {

        private final Metered packed;
        private final boolean countsEntries;
        private long out;

        /** With a stream between, that stream counts, and what entries hold is counted there already. */
        Meter(Metered packed, @Nullable Metered between) {
            this.packed = packed;
            this.countsEntries = between == null;
        }

        void unpacked(int count) throws IOException {
            if (countsEntries) {
                add(count);
            }
        }

        void add(long count) throws IOException {
            out += count;
            if (out > limits.unpackedBytes()) {
                throw new IOException("the archive holds more than " + limits.unpackedBytes() + " bytes");
            }
            if (out > limits.freeBytes() && out / limits.ratio() > packed.count) {
                throw new IOException("the archive unpacks to more than " + limits.ratio() + " times its size");
            }
        }
    }

    /** Counts what is read through it. */
    private static final class Metered extends FilterInputStream {

        private long count;
        private @Nullable Meter meter;

        Metered(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            if (value >= 0) {
                counted(1);
            }
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            if (read > 0) {
                counted(read);
            }
            return read;
        }

        @Override
        public long skip(long wanted) throws IOException {
            long skipped = super.skip(wanted);
            counted(skipped);
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void counted(long more) throws IOException {
            count += more;
            if (meter != null) {
                meter.add(more);
            }
        }
    }
}

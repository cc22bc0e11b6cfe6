package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Tarballs of a few kilobytes or megabytes that hold far more, each in another place. */
enum ArchiveBomb {
    /** A GNU long name of 200 MB (type {@code L}). */
    LONG_NAME {
        @Override
        void write(OutputStream out) throws IOException {
            out.write(Tarball.header("././@LongLink", 200 << 20, 'L'));
            fill(out, "a".repeat(1 << 16).getBytes(UTF_8), 200 << 20);
            end(out);
        }
    },
    /** PAX records by the million before one entry. */
    PAX_RECORDS {
        @Override
        void write(OutputStream out) throws IOException {
            byte[] records = "8 a=bcd\n".repeat(1 << 13).getBytes(UTF_8);
            out.write(Tarball.header("PaxHeaders/x", 48 << 20, 'x'));
            fill(out, records, 48 << 20);
            end(out);
        }
    },
    /** A million entries without content. */
    ENTRIES {
        @Override
        void write(OutputStream out) throws IOException {
            byte[] header = Tarball.header("package/x", 0, '0');
            for (int i = 0; i < 1_000_000; i++) {
                out.write(header);
            }
            end(out);
        }
    },
    /** A gigabyte of zeros in one file. */
    ZEROS {
        @Override
        void write(OutputStream out) throws IOException {
            out.write(Tarball.header("package/zeros", 1 << 30, '0'));
            fill(out, new byte[1 << 16], 1 << 30);
            end(out);
        }
    };

    abstract void write(OutputStream out) throws IOException;

    byte[] archive() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new Fast(bytes)) {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void fill(OutputStream out, byte[] with, int bytes) throws IOException {
        for (int i = 0; i < bytes / with.length; i++) {
            out.write(with);
        }
    }

    private static void end(OutputStream out) throws IOException {
        out.write(new byte[1024]);
    }

    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}

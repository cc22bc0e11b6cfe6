package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** A gzipped tar archive in memory, as npm packages and source distributions are. */
final class Tarball {

    private static final int BLOCK = 512;
    private static final int CHECKSUM_AT = 148;

    private Tarball() {}

    /**
     * An entry as it is written, whether a careful writer would or not.
     *
     * @param type its type flag: {@code 0} for a file, {@code x} for records about the next entry
     * @param name its name in the header
     * @param content its bytes
     */
    record Entry(char type, String name, byte[] content) {

        /** A file of that text. */
        static Entry file(String name, String text) {
            return new Entry('0', name, text.getBytes(UTF_8));
        }

        /** A record that gives the next entry another path (POSIX.1-2001, pax); short ones only. */
        static Entry path(String path) {
            String record = " path=" + path + "\n";
            return new Entry('x', "pax", (record.length() + 2 + record).getBytes(UTF_8));
        }
    }

    /** The archive of those files; their bytes by path. */
    static byte[] of(Map<String, byte[]> files) {
        return of(files.entrySet().stream()
                .map(file -> new Entry('0', file.getKey(), file.getValue()))
                .toArray(Entry[]::new));
    }

    /** The archive of those entries. */
    static byte[] of(Entry... entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            for (Entry entry : entries) {
                out.write(header(entry.name(), entry.content().length, entry.type()));
                out.write(entry.content());
                out.write(new byte[(BLOCK - entry.content().length % BLOCK) % BLOCK]);
            }
            out.write(new byte[2 * BLOCK]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** What an npm packument calls the integrity of those bytes. */
    static String integrity(byte[] archive) {
        try {
            return "sha512-"
                    + Base64.getEncoder()
                            .encodeToString(MessageDigest.getInstance("SHA-512").digest(archive));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One ustar header (POSIX.1-1988): name, mode, owner, size, time, checksum, type, magic. */
    static byte[] header(String name, int size, char type) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, String.format("%011o ", size));
        put(header, 136, "00000000000 ");
        Arrays.fill(header, CHECKSUM_AT, CHECKSUM_AT + 8, (byte) ' ');
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, CHECKSUM_AT, String.format("%06o\0 ", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}

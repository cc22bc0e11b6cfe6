package dev.sluice.inspect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/** Writes tar archives block by block, so that any of them may be wrong. */
final class TarForge {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An honest archive of files: name, content, name, content … */
    static TarForge of(String... files) {
        TarForge tar = new TarForge();
        for (int i = 0; i < files.length; i += 2) {
            tar.file(files[i], files[i + 1]);
        }
        return tar;
    }

    TarForge file(String name, String content) {
        return entry('0', name, content, header -> {});
    }

    TarForge entry(char type, String name, String content, Consumer<byte[]> change) {
        return entry(type, name, content.getBytes(StandardCharsets.UTF_8), change);
    }

    /** A header, changed before its checksum is made, and a body filled up to whole blocks. */
    TarForge entry(char type, String name, byte[] content, Consumer<byte[]> change) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, String.format(Locale.ROOT, "%011o\0", content.length));
        put(header, 136, "00000000000\0");
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        change.accept(header);
        sum(header);
        return bytes(header).bytes(content).bytes(new byte[-content.length & 511]);
    }

    static void sum(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    }

    /** A PAX header with those records: key, value, key, value … */
    TarForge pax(char type, String... records) {
        StringBuilder block = new StringBuilder();
        for (int i = 0; i < records.length; i += 2) {
            block.append(record(records[i], records[i + 1]));
        }
        return entry(type, "PaxHeader/x", block.toString(), header -> {});
    }

    static String record(String key, String value) {
        int bare = (" " + key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8).length;
        int length = bare + 1;
        while (Integer.toString(length).length() + bare != length) {
            length++;
        }
        return length + " " + key + "=" + value + "\n";
    }

    static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, Math.min(bytes.length, 512 - at));
    }

    TarForge bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** All of it with its end marker. */
    byte[] end() {
        return bytes(new byte[1024]).out.toByteArray();
    }

    /** All of it without one. */
    byte[] open() {
        return out.toByteArray();
    }

    byte[] gzip() {
        return gzip(end());
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }
}

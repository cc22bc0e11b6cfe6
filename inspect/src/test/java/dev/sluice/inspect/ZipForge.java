package dev.sluice.inspect;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zip archives header by header, so that any two of them may disagree. */
final class ZipForge {

    static final int FLAGS = 6;
    static final int METHOD = 8;
    static final int CRC = 14;
    static final int PACKED = 18;
    static final int SIZE = 22;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private int entries;

    /** An honest archive of files: name, content, name, content … */
    static ZipForge of(String... files) {
        ZipForge zip = new ZipForge();
        for (int i = 0; i < files.length; i += 2) {
            zip.file(files[i], files[i + 1]);
        }
        return zip;
    }

    /** A file in both places. */
    ZipForge file(String name, String content) {
        return directory(name, content, local(name, content));
    }

    /** A local header with its content; answers where it lies. */
    int local(String name, String content) {
        return local(name, content, header -> {});
    }

    int local(String name, String content, Consumer<ByteBuffer> change) {
        int offset = out.size();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] packed = deflated(content);
        ByteBuffer header = buffer(30 + bytes.length);
        header.putInt(0, 0x04034b50).putShort(4, (short) 20).putShort(METHOD, (short) 8);
        header.putInt(CRC, crc(content)).putInt(PACKED, packed.length).putInt(SIZE, content.length());
        header.putShort(26, (short) bytes.length).put(30, bytes);
        change.accept(header);
        out.writeBytes(bytes(header));
        out.writeBytes(packed);
        return offset;
    }

    ZipForge directory(String name, String content, int offset) {
        return directory(name, content, offset, header -> {});
    }

    ZipForge directory(String name, String content, int offset, Consumer<ByteBuffer> change) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer header = buffer(46 + bytes.length);
        header.putInt(0, 0x02014b50)
                .putShort(4, (short) 20)
                .putShort(6, (short) 20)
                .putShort(10, (short) 8);
        header.putInt(16, crc(content)).putInt(20, deflated(content).length).putInt(24, content.length());
        header.putShort(28, (short) bytes.length).putInt(42, offset).put(46, bytes);
        change.accept(header);
        directory.writeBytes(bytes(header));
        entries++;
        return this;
    }

    /** Any bytes between entries. */
    ZipForge bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] end() {
        return end(new byte[0], record -> {});
    }

    byte[] end(byte[] comment, Consumer<ByteBuffer> change) {
        ByteBuffer record = buffer(22 + comment.length);
        record.putInt(0, 0x06054b50).putShort(8, (short) entries).putShort(10, (short) entries);
        record.putInt(12, directory.size()).putInt(16, out.size());
        record.putShort(20, (short) comment.length).put(22, comment);
        change.accept(record);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(directory.toByteArray());
        whole.writeBytes(bytes(record));
        return whole.toByteArray();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    private static ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int crc(String content) {
        CRC32 crc = new CRC32();
        crc.update(content.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    static byte[] deflated(String content) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(content.getBytes(StandardCharsets.UTF_8));
        deflater.finish();
        byte[] packed = new byte[content.length() + 64];
        int length = deflater.deflate(packed);
        deflater.end();
        return java.util.Arrays.copyOf(packed, length);
    }
}

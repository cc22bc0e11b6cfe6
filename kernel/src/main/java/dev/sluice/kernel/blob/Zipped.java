package dev.sluice.kernel.blob;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Bytes that are kept as they go over the wire to clients that take gzip (RFC 1952): in a tenth to a third of the memory, and
 * compressed once for everybody. Short ones are kept as they are. Immutable; treat the arrays so too.
 */
public final class Zipped {

    /** Shorter bodies are not worth it. */
    private static final int MIN_LENGTH = 1024;

    /** Half the time of the usual level for a tenth more of length. */
    private static final int LEVEL = 3;

    private final byte[] bytes;
    private final int length;
    private final boolean packed;

    private Zipped(byte[] bytes, int length, boolean packed) {
        this.bytes = bytes;
        this.length = length;
        this.packed = packed;
    }

    /** Those bytes. */
    public static Zipped of(byte[] plain) {
        if (plain.length < MIN_LENGTH) {
            return new Zipped(plain, plain.length, false);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 5 + 64);
        try (GZIPOutputStream gzip = new Level(out)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Zipped(out.toByteArray(), plain.length, true);
    }

    /** Whether {@link #bytes} are compressed. */
    public boolean isPacked() {
        return packed;
    }

    /** What is kept. */
    public byte[] bytes() {
        return bytes;
    }

    /** How long the plain bytes are. */
    public int length() {
        return length;
    }

    /** The plain bytes, made anew where they are kept compressed. */
    public byte[] plain() {
        if (!packed) {
            return bytes;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes), 16 * 1024)) {
            return in.readNBytes(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Level extends GZIPOutputStream {
        private Level(ByteArrayOutputStream out) throws IOException {
            super(out, 16 * 1024);
            def.setLevel(LEVEL);
        }
    }
}

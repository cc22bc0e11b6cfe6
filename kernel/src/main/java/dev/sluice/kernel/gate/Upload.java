package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.blob.TooLargeException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * A file being published: bytes in, nothing visible until the gate publishes it.
 *
 * <p>Close it in any case; closing what was not published throws the bytes away. Not thread-safe.
 */
public final class Upload extends OutputStream {

    private final BlobWriter writer;
    private final String path;
    private final long limit;

    Upload(BlobWriter writer, String path, long limit) {
        this.writer = writer;
        this.path = path;
        this.limit = limit;
    }

    /** Where the file will lie below {@code /{format}/{repository}/}. */
    public String path() {
        return path;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (writer.size() + length > limit) {
            throw new TooLargeException(limit);
        }
        writer.write(bytes, offset, length);
    }

    /** The digests of what was written; nothing may be written afterwards. */
    public Contents contents() throws IOException {
        return writer.contents();
    }

    /** Checks what was written against promises of the client. Throws {@link DigestMismatchException}. */
    public void verify(List<Digest> promised) throws IOException {
        for (Digest digest : promised) {
            if (!contents().matches(digest)) {
                throw new DigestMismatchException(path, digest, contents().digest(digest.algorithm()));
            }
        }
    }

    Contents commit() throws IOException {
        return writer.commit();
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }

    /** Bytes are not what a digest promised. */
    public static final class DigestMismatchException extends IOException {
        /** Says which file, what was promised, what came. */
        public DigestMismatchException(String path, Digest promised, Digest actual) {
            super(path + ": promised " + promised + " but the bytes are " + actual);
        }
    }
}

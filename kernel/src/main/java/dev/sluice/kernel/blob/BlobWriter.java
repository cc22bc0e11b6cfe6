package dev.sluice.kernel.blob;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A blob being written: bytes in, digests computed on the way, visible only after {@link #commit}.
 *
 * <p>Closing without commit throws the bytes away. Not thread-safe.
 */
public abstract class BlobWriter extends OutputStream {

    /** For implementations of the port. */
    protected BlobWriter() {}

    /** Bytes written so far. */
    public abstract long size();

    /**
     * The digests of what was written, without making it visible; nothing may be written afterwards. Call it to verify a
     * promise before {@link #commit}.
     */
    public abstract Contents contents() throws IOException;

    /** Makes the blob durable and visible; calling it twice is an error. Returns what was written. */
    public abstract Contents commit() throws IOException;

    /** Releases the writer; throws away what was not committed. */
    @Override
    public abstract void close() throws IOException;
}

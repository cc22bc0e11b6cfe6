package dev.sluice.kernel.blob;

import dev.sluice.kernel.artifact.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A place where immutable bytes are kept under their SHA-256.
 *
 * <p>Nothing is visible before {@link BlobWriter#commit}; a crash at any instant leaves either the whole blob or none.
 * Writing the same bytes twice is one blob. Thread-safe. Only the gate opens blobs: formats receive what it released.
 */
public interface BlobStore {

    /** Begins a blob; the writer is the caller's to close. Throws IOException when there is no room or no access. */
    BlobWriter begin() throws IOException;

    /** The blob with that SHA-256, if it is kept. */
    Optional<Blob> find(Digest sha256) throws IOException;

    /**
     * Opens a range of a blob; the stream is the caller's to close.
     *
     * @param offset first byte, from 0
     * @param length how many bytes at most; the stream ends early at the blob's end
     * @throws java.io.FileNotFoundException when it is not kept
     */
    InputStream open(Digest sha256, long offset, long length) throws IOException;

    /** The file that holds the blob, where the store keeps blobs in local files; lets a server send it without copying. */
    Optional<Path> path(Digest sha256);

    /** Removes a blob; false when it was not kept. */
    boolean delete(Digest sha256) throws IOException;

    /** Hands every blob to the consumer, in no particular order; blobs added or deleted meanwhile may or may not be seen. */
    void list(Consumer<Blob> consumer) throws IOException;
}

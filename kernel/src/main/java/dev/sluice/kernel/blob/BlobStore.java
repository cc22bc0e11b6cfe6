package dev.sluice.kernel.blob;

import dev.sluice.kernel.artifact.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A place where immutable bytes are kept under their SHA-256.
 *
 * <p>Nothing is visible before {@link BlobWriter#commit}; a crash at any instant leaves either the whole blob or none.
 * Writing the same bytes twice is one blob. Thread-safe. Only the gate opens blobs: formats receive what it released.
 */
public interface BlobStore {

    /**
     * A blob that is kept, and how old it is.
     *
     * @param blob its address and length
     * @param committed when it was last committed, by the store's own clock, to the second or finer; committing bytes that are
     *     kept already makes them as young as new ones
     */
    record Kept(Blob blob, Instant committed) {}

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

    /**
     * Removes a blob that was last committed before that instant; false when it is not kept or is younger.
     *
     * <p>Looking and removing are one step where the store can make them one: bytes that somebody commits meanwhile stay.
     * Where it cannot (S3), the time between both is as short as the store can make it.
     *
     * @param committedBefore by the store's clock; {@link Instant#MAX} removes it however young it is
     */
    boolean delete(Digest sha256, Instant committedBefore) throws IOException;

    /** Hands every blob to the consumer, in no particular order; blobs added or deleted meanwhile may or may not be seen. */
    void list(Consumer<Kept> consumer) throws IOException;
}

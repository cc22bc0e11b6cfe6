package dev.sluice.kernel.blob;

import dev.sluice.kernel.artifact.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A place where immutable bytes are kept under their SHA-256.
 *
 * <p>Nothing is visible before {@link BlobWriter#commit}; a crash at any instant leaves either the whole blob or none.
 * Writing the same bytes twice is one blob. Thread-safe. Only the gate opens blobs: formats receive what it released.
 *
 * <p>What leaves is what its digest says: bytes that nobody verified since the store was opened are verified on their way out, the
 * last of them leave only then. A blob that turns out to be damaged counts as not kept from then on; its bytes are put aside for
 * whoever looks into it, and it heals when the same bytes are committed again.
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

    /** What reading a blob to its end found. */
    enum Check {
        /** It is what its digest says. */
        SOUND,
        /** It is something else, or too short; it does not count as kept any more. */
        DAMAGED,
        /** It is not kept. */
        ABSENT
    }

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
     * @throws BlobDamagedException when it is damaged; reading the stream may throw it, too, but for large blobs only at the last bytes
     */
    InputStream open(Digest sha256, long offset, long length) throws IOException;

    /**
     * The file that holds the blob, where the store keeps blobs in local files and knows this one to be right; lets a server send it
     * without copying.
     */
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

    /** The same for blobs whose digest begins so in hexadecimal. */
    default void list(String prefix, Consumer<Kept> consumer) throws IOException {
        list(kept -> {
            if (kept.blob().digest().hex().startsWith(prefix)) {
                consumer.accept(kept);
            }
        });
    }

    /**
     * Reads a blob to its end where it is kept, past every cache and memory, and compares it with its digest.
     *
     * @param pace is told how many bytes were read each time; may block to slow the reading down
     */
    Check verify(Digest sha256, LongConsumer pace) throws IOException;
}

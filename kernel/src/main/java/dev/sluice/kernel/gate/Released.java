package dev.sluice.kernel.gate;

import dev.sluice.kernel.blob.BlobDamagedException;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.repository.StoredFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that the gate lets out: the only thing from which artifact bytes can be read.
 *
 * <p>Only the gate makes one, after judging and recording. Immutable and thread-safe.
 */
public final class Released implements FileOutcome {

    private final StoredFile file;
    private final BlobStore blobs;
    private final Notices notices;
    private final Runnable lost;

    /**
     * What the gate lets out.
     *
     * @param lost is run when its bytes turn out to be gone or damaged, so that it is decided about anew
     */
    Released(StoredFile file, BlobStore blobs, Notices notices, Runnable lost) {
        this.file = file;
        this.blobs = blobs;
        this.notices = notices;
        this.lost = lost;
    }

    /** What is released. */
    public StoredFile file() {
        return file;
    }

    /** What to tell the client beside the bytes. */
    public Notices notices() {
        return notices;
    }

    /** Length in bytes. */
    public long size() {
        return file.contents().size();
    }

    /**
     * Opens a range of the bytes; the stream is the caller's to close.
     *
     * @throws BlobDamagedException when they are gone or damaged; asking the gate again may bring them from an upstream. Reading large
     *     files may throw it at the last bytes, too
     */
    public InputStream open(long offset, long length) throws IOException {
        try {
            return blobs.open(file.contents().sha256(), offset, length);
        } catch (FileNotFoundException e) {
            lost.run();
            throw new BlobDamagedException(
                    file.contents().sha256(),
                    "the bytes of " + file.path() + " are gone (blob "
                            + file.contents().sha256() + ")",
                    e);
        } catch (BlobDamagedException e) {
            lost.run();
            throw e;
        }
    }

    /** The local file that holds the bytes, where there is one: lets a server send them without copying. */
    public Optional<Path> path() {
        return blobs.path(file.contents().sha256());
    }
}

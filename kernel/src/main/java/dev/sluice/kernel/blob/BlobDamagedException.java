package dev.sluice.kernel.blob;

import dev.sluice.kernel.artifact.Digest;
import org.jspecify.annotations.Nullable;

/** Bytes that are kept are not what their digest says, or are gone although something kept refers to them: they are not handed out. */
public final class BlobDamagedException extends BlobsUnavailableException {
    private final Digest blob;

    /** Says which blob, and what is wrong with it; the message is shown in logs, not to clients. */
    public BlobDamagedException(Digest blob, String message) {
        this(blob, message, null);
    }

    /** The same, with what told of it. */
    public BlobDamagedException(Digest blob, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.blob = blob;
    }

    /** SHA-256 of the bytes that should be there. */
    public Digest blob() {
        return blob;
    }
}

package dev.sluice.kernel.blob;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The place where blobs are kept failed: full, not reachable, refusing, or damaged. Nobody's request or upstream is to blame, and
 * nothing that was kept is lost by it.
 */
public sealed class BlobsUnavailableException extends IOException permits BlobDamagedException {
    /** Says what was tried and why it failed; shown in logs, not to clients. */
    public BlobsUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

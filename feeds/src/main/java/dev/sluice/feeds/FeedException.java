package dev.sluice.feeds;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A feed that cannot be read, named in the message; nothing of the import it was part of was kept. */
public final class FeedException extends IOException {

    private static final long serialVersionUID = 1;

    private final transient @Nullable Instant notBefore;

    FeedException(String reason) {
        this(reason, (Instant) null);
    }

    /** A source that asked to be left alone until that instant. */
    FeedException(String reason, @Nullable Instant notBefore) {
        super(reason);
        this.notBefore = notBefore;
    }

    FeedException(Path file, String reason) {
        this(file + ": " + reason);
    }

    FeedException(Path file, IOException cause) {
        super(
                file + ": " + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()),
                cause);
        this.notBefore = null;
    }

    /** Until when the source asked to be left alone, or null when it did not. */
    @Nullable
    Instant notBefore() {
        return notBefore;
    }
}

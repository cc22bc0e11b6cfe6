package dev.sluice.feeds;

import java.io.IOException;
import java.nio.file.Path;

/** A file that cannot be read as a feed, named in the message; nothing of the import it was part of was kept. */
public final class FeedException extends IOException {

    private static final long serialVersionUID = 1;

    FeedException(Path file, String reason) {
        super(file + ": " + reason);
    }

    FeedException(Path file, IOException cause) {
        super(
                file + ": " + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()),
                cause);
    }
}

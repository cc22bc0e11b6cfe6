package dev.sluice.storage.journal;

import java.io.IOException;

/** The log on disk is not what was written: bytes that had been durable are damaged or gone. A person must decide what to do. */
public final class JournalCorruptException extends IOException {
    /** Says which file, where in it, and what is wrong. */
    public JournalCorruptException(String message) {
        super(message);
    }
}

package dev.sluice.kernel.repository;

import org.jspecify.annotations.Nullable;

/**
 * A store could not do what it was asked: its disk is full or read-only, its database is gone or damaged. Nobody's request is to
 * blame, and nothing of what was asked was done.
 */
public class StoreUnavailableException extends RuntimeException {
    /** Says what could not be done, and why; shown in logs, not to clients. */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

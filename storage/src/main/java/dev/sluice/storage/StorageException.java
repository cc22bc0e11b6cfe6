package dev.sluice.storage;

import dev.sluice.kernel.repository.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/** A store that could not do what it was asked: the disk is full, the database is damaged, it was closed. */
public sealed class StorageException extends StoreUnavailableException permits DamagedException {
    /** Says what could not be done, and why. */
    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

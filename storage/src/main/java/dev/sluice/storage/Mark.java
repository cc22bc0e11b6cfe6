package dev.sluice.storage;

import java.io.IOException;
import java.util.Optional;

/**
 * Where a part of an installation says which installation it belongs to, kept beside what it holds: a row of a database, a file of a
 * directory, an object of a bucket. Thread-safe.
 */
public interface Mark {
    /** Most characters of a text. */
    int MOST = 64;

    /** What it says; empty when it was never written. Throws IOException or {@link StorageException} when it cannot be asked. */
    Optional<String> read() throws IOException;

    /**
     * Says something in place of what it said, durable on return.
     *
     * @param text up to {@link #MOST} letters, digits, blanks and hyphens
     */
    void write(String text) throws IOException;
}

package dev.sluice.feeds;

import java.nio.file.Path;

/** Told how far an import or a sync is, on a thread that works on it. */
@FunctionalInterface
public interface Progress {

    /** Hears nothing. */
    Progress NONE = (file, records) -> {};

    /**
     * So many records were read so far; told about once every 1,000 records and at the end of a file.
     *
     * @param file the file being read
     * @param records of all files together
     */
    void at(Path file, long records);

    /**
     * So much was fetched so far; told about once every megabyte.
     *
     * @param document the document being fetched
     * @param bytes of it, as they travel
     */
    default void fetching(String document, long bytes) {}
}

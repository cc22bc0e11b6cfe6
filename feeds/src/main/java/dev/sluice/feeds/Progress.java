package dev.sluice.feeds;

import java.nio.file.Path;

/** Told how far an import is. Called on the importing thread, about once every 1,000 records and at the end of a file. */
@FunctionalInterface
public interface Progress {

    /** Hears nothing. */
    Progress NONE = (file, records) -> {};

    /**
     * So many records were read so far.
     *
     * @param file the file being read
     * @param records of all files together
     */
    void at(Path file, long records);
}

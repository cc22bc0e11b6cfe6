package dev.sluice.feeds;

/**
 * Bounds on what an import reads.
 *
 * @param recordBytes the longest record
 * @param fileBytes the most that one file may hold after unpacking
 * @param files the most files of a directory or entries of an archive
 */
record FeedLimits(int recordBytes, long fileBytes, int files) {

    /** Several times what the largest public feeds hold today. */
    static final FeedLimits DEFAULT = new FeedLimits(10 << 20, 16L << 30, 3_000_000);

    /** So deep may JSON nest. */
    static final int DEPTH = 64;
}

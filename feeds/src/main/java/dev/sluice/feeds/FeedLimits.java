package dev.sluice.feeds;

/**
 * Bounds on what an import or a sync reads.
 *
 * @param recordBytes the longest record
 * @param downloadBytes the most that is fetched of one document, as it travels
 * @param fileBytes the most that one file may hold after unpacking
 * @param files the most files of a directory, entries of an archive, or lines of a list
 */
public record FeedLimits(int recordBytes, long downloadBytes, long fileBytes, int files) {

    /** Several times what the largest public feeds hold today. */
    public static final FeedLimits STANDARD = new FeedLimits(10 << 20, 2L << 30, 16L << 30, 3_000_000);

    /** So deep may JSON nest; parts that nobody reads are left behind without recursion. */
    static final int DEPTH = 10_000;

    /** Public feeds shrink to a fourth or a tenth; what shrinks to less than a hundredth was made to. */
    private static final int RATIO = 100;

    private static final long SMALL = 100L << 20;

    /** The most that a file of that length may hold after unpacking. */
    long unpacked(long packed) {
        return Math.min(fileBytes, Math.max(SMALL, packed > Long.MAX_VALUE / RATIO ? fileBytes : packed * RATIO));
    }
}

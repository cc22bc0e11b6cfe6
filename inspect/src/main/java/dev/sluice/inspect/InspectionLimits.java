package dev.sluice.inspect;

/**
 * Bounds on what an inspection reads. They are the bounds of its memory as well: of a thorough one some 60 MB at the worst, of a brief one
 * five.
 *
 * @param documentBytes the largest metadata document
 * @param unpackedBytes the most that an archive may hold after unpacking
 * @param freeBytes so much may be unpacked whatever the ratio
 * @param ratio so many times its packed size may an archive hold beyond that
 * @param entries the most entries of an archive
 * @param headerBytes the largest header block of a tar archive (PAX records, GNU long name)
 * @param headersBytes all header blocks of a tar archive together, and the largest central directory of a zip archive
 * @param brief whether what exceeds them is read again thoroughly, rather than given up
 */
record InspectionLimits(
        int documentBytes,
        long unpackedBytes,
        long freeBytes,
        int ratio,
        int entries,
        int headerBytes,
        int headersBytes,
        boolean brief) {

    /** Several times what the largest published artifacts hold. */
    static final InspectionLimits DEFAULT =
            new InspectionLimits(4 << 20, 16L << 30, 256L << 20, 100, 200_000, 64 << 10, 16 << 20, false);

    /** These, but no more than nearly all artifacts need. */
    InspectionLimits briefly() {
        return new InspectionLimits(
                Math.min(documentBytes, 256 << 10),
                Math.min(unpackedBytes, 64L << 20),
                Math.min(freeBytes, 64L << 20),
                ratio,
                Math.min(entries, 10_000),
                headerBytes,
                Math.min(headersBytes, 1 << 20),
                true);
    }

    /** What ends an inspection that exceeds one of them. */
    UnreadableException exceeded(String sentence) {
        return brief ? new TakesLongException(sentence) : new UnreadableException(sentence);
    }
}

package dev.sluice.inspect;

/**
 * Bounds on what an inspection reads.
 *
 * @param documentBytes the largest metadata document
 * @param unpackedBytes the most that an archive may hold after unpacking
 * @param freeBytes so much may be unpacked whatever the ratio
 * @param ratio so many times its packed size may an archive hold beyond that
 * @param entries the most entries of an archive
 * @param headerBytes the largest header block of a tar archive (PAX records, GNU long name)
 * @param headersBytes all header blocks of a tar archive together, and the largest central directory of a zip archive
 */
record InspectionLimits(
        int documentBytes,
        long unpackedBytes,
        long freeBytes,
        int ratio,
        int entries,
        int headerBytes,
        int headersBytes) {

    /** Several times what the largest published artifacts hold. */
    static final InspectionLimits DEFAULT =
            new InspectionLimits(4 << 20, 16L << 30, 256L << 20, 100, 200_000, 64 << 10, 16 << 20);
}

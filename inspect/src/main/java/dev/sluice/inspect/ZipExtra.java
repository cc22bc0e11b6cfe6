package dev.sluice.inspect;

import static dev.sluice.inspect.ZipBytes.u16;

/**
 * The extra fields of a zip entry that change what it is.
 *
 * @param zip64 where the field with the large sizes begins, or -1
 * @param zip64Length its length
 * @param unicodeName where the field with another name begins (Info-ZIP), or -1
 * @param unicodeNameLength its length
 * @param sound whether each field lies within the extra fields and none of these two comes twice
 */
record ZipExtra(int zip64, int zip64Length, int unicodeName, int unicodeNameLength, boolean sound) {

    private static final int ZIP64 = 1;
    private static final int UNICODE_NAME = 0x7075;

    /** Reads the fields between two places. */
    static ZipExtra of(byte[] bytes, int from, int to) {
        int zip64 = -1;
        int zip64Length = 0;
        int name = -1;
        int nameLength = 0;
        boolean sound = true;
        int at = from;
        // What is too short for a field is padding.
        while (at + 4 <= to) {
            int length = u16(bytes, at + 2);
            int next = at + 4 + length;
            if (next > to) {
                sound = false;
                break;
            }
            switch (u16(bytes, at)) {
                case ZIP64 -> {
                    sound &= zip64 < 0;
                    zip64 = at + 4;
                    zip64Length = length;
                }
                case UNICODE_NAME -> {
                    sound &= name < 0;
                    name = at + 4;
                    nameLength = length;
                }
                default -> {
                    // Times, owners and the like.
                }
            }
            at = next;
        }
        return new ZipExtra(zip64, zip64Length, name, nameLength, sound);
    }
}

package dev.sluice.rego.value;

/**
 * An open-addressing index from values to their positions in an array.
 *
 * <p>Filled by one thread while its owner is built, read-only afterwards. Slots hold position + 1; up to 254 values a
 * slot is one byte.
 */
final class HashIndex {
    /** Up to this many values a scan is as quick as an index. */
    static final int SCAN_LIMIT = 6;

    private byte[] small;
    private int[] large;
    private int shift;

    HashIndex(int capacity) {
        int slots = Math.max(16, Integer.highestOneBit(Math.max(1, capacity * 2 - 1)) * 2);
        shift = 32 - Integer.numberOfTrailingZeros(slots);
        small = capacity <= 254 ? new byte[slots] : new byte[0];
        large = capacity <= 254 ? new int[0] : new int[slots];
    }

    /** The position of {@code key} among {@code keys}, or -1. */
    int find(Value[] keys, Value key) {
        int slot = (key.hashCode() * 0x9E3779B9) >>> shift;
        if (small.length > 0) {
            int mask = small.length - 1;
            for (int at = small[slot] & 0xff; at != 0; at = small[slot] & 0xff) {
                if (keys[at - 1].equals(key)) {
                    return at - 1;
                }
                slot = (slot + 1) & mask;
            }
            return -1;
        }
        int mask = large.length - 1;
        for (int at = large[slot]; at != 0; at = large[slot]) {
            if (keys[at - 1].equals(key)) {
                return at - 1;
            }
            slot = (slot + 1) & mask;
        }
        return -1;
    }

    /** Records that {@code key}, which is not yet in the index, stands at {@code position}. */
    void add(Value key, int position) {
        int slot = (key.hashCode() * 0x9E3779B9) >>> shift;
        if (small.length > 0) {
            int mask = small.length - 1;
            while (small[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            small[slot] = (byte) (position + 1);
            return;
        }
        int mask = large.length - 1;
        while (large[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        large[slot] = position + 1;
    }

    @SuppressWarnings("ReferenceEquality") // a shortcut, equal ones are found after it
    static int scan(Value[] keys, int size, Value key) {
        // Names are mostly one object wherever they stand.
        for (int i = 0; i < size; i++) {
            if (keys[i] == key) {
                return i;
            }
        }
        for (int i = 0; i < size; i++) {
            if (keys[i].equals(key)) {
                return i;
            }
        }
        return -1;
    }
}

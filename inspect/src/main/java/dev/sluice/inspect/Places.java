package dev.sluice.inspect;

/**
 * The places that the entries of one archive take, to find where two of them meet.
 *
 * <p>Remembers 64 bits of each place: two places that look the same by chance or by skill count as one, which only makes an
 * archive look worse than it is. Not thread-safe.
 */
final class Places {

    private final Hashes files = new Hashes();
    private final Hashes folders = new Hashes();
    private final Hashes links = new Hashes();

    /** How an entry meets another. */
    enum Meeting {
        NONE,
        SAME_PLACE,
        THROUGH_LINK
    }

    /** Puts a file there. */
    Meeting file(String place) {
        Meeting above = above(place);
        long hash = hash(place, place.length());
        boolean added = files.add(hash);
        return !added || folders.contains(hash) ? Meeting.SAME_PLACE : above;
    }

    /** Puts a link there, symbolic or hard. */
    Meeting link(String place) {
        links.add(hash(place, place.length()));
        return file(place);
    }

    /** Puts a folder there; one may be there already. */
    Meeting folder(String place) {
        Meeting above = above(place);
        long hash = hash(place, place.length());
        folders.add(hash);
        return files.contains(hash) ? Meeting.SAME_PLACE : above;
    }

    /** How many places are remembered. */
    int count() {
        return files.count + folders.count + links.count;
    }

    private Meeting above(String place) {
        Meeting met = Meeting.NONE;
        long hash = 0;
        for (int i = 0; i < place.length(); i++) {
            char c = place.charAt(i);
            if (c == '/') {
                long folder = finished(hash);
                folders.add(folder);
                if (links.contains(folder)) {
                    met = Meeting.THROUGH_LINK;
                } else if (files.contains(folder) && met == Meeting.NONE) {
                    met = Meeting.SAME_PLACE;
                }
            }
            hash = mixed(hash, c);
        }
        return met;
    }

    private static long hash(String place, int length) {
        long hash = 0;
        for (int i = 0; i < length; i++) {
            hash = mixed(hash, place.charAt(i));
        }
        return finished(hash);
    }

    private static long mixed(long hash, char c) {
        return (hash ^ (c + 1)) * 0x9E3779B97F4A7C15L;
    }

    /** Never 0, which stands for an empty slot. */
    private static long finished(long hash) {
        long mixed = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
        return (mixed ^ (mixed >>> 32)) | 1;
    }

    /** A set of numbers other than 0, eight bytes each at half load. */
    private static final class Hashes {

        private long[] slots = new long[64];
        private int count;

        boolean contains(long hash) {
            return slots[slot(slots, hash)] == hash;
        }

        /** Whether it was not there before. */
        boolean add(long hash) {
            int slot = slot(slots, hash);
            if (slots[slot] == hash) {
                return false;
            }
            slots[slot] = hash;
            if (++count * 2 > slots.length) {
                long[] larger = new long[slots.length * 2];
                for (long each : slots) {
                    if (each != 0) {
                        larger[slot(larger, each)] = each;
                    }
                }
                slots = larger;
            }
            return true;
        }

        private static int slot(long[] slots, long hash) {
            int slot = (int) (hash >>> 20) & (slots.length - 1);
            while (slots[slot] != 0 && slots[slot] != hash) {
                slot = (slot + 1) & (slots.length - 1);
            }
            return slot;
        }
    }
}

package dev.sluice.server;

import java.util.IdentityHashMap;

/**
 * Large bodies in memory that readers have not taken yet, each array counted once however many read it.
 *
 * <p>Without a bound, readers who ask for many large indexes and read none would fill the memory. Thread-safe.
 */
final class Outgoing {

    /** Shorter bodies go out at once and are not counted. */
    static final int LARGE = 64 * 1024;

    private final long most;
    private final IdentityHashMap<Object, Integer> readers = new IdentityHashMap<>();
    private long held;

    Outgoing(long most) {
        this.most = most;
    }

    /** Takes a place for a reader of that body; false when there is no room. One body always has room. */
    synchronized boolean enter(Object body, int length) {
        Integer others = readers.get(body);
        if (others == null) {
            if (held > 0 && held + length > most) {
                return false;
            }
            held += length;
        }
        readers.merge(body, 1, Integer::sum);
        return true;
    }

    /** Gives the place back. */
    synchronized void leave(Object body, int length) {
        if (readers.merge(body, -1, Integer::sum) == 0) {
            readers.remove(body);
            held -= length;
        }
    }

    /** Bytes held now. */
    synchronized long held() {
        return held;
    }
}

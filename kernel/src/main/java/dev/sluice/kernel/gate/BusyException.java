package dev.sluice.kernel.gate;

import java.io.IOException;

/**
 * There was no room in time for what takes much memory or many processors; nothing failed, and who asks again later is served. Says
 * nothing of an upstream, an artifact or a store.
 */
public final class BusyException extends IOException {

    /** That kind of work had no room. */
    public BusyException(String message) {
        super(message);
    }
}

package dev.sluice.kernel.node;

import dev.sluice.kernel.artifact.PackageName;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A number for every package that changes whenever something about the package did, in bounded memory.
 *
 * <p>Packages share numbers: one may change although nothing about the package did, never the other way round. Numbers mean
 * something only compared with earlier ones of the same object. Thread-safe.
 */
public final class Stamps {

    private static final int SLOTS = 1 << 14;

    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
    private final AtomicLong all = new AtomicLong();

    /** Stamps of packages nothing happened to yet. */
    public Stamps() {}

    /** The number of that package. */
    public long of(PackageName name) {
        return all.get() + slots.get(slot(name));
    }

    /** Something about the package changed. Call it after the change can be read and before its author is told. */
    public void changed(PackageName name) {
        slots.incrementAndGet(slot(name));
    }

    /** Something may have changed about any package. */
    public void changedAll() {
        all.incrementAndGet();
    }

    private static int slot(PackageName name) {
        int hash = name.hashCode();
        return (hash ^ (hash >>> 16)) & (SLOTS - 1);
    }
}

package dev.sluice.formats.pypi;

import dev.sluice.kernel.gate.FileWant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Wheels that came without a side-car, so that upstreams are not asked for it again: what the wheel itself says never changes.
 *
 * <p>Thread-safe; forgets everything when it is full, at about 4 MiB.
 */
final class BareWheels {

    private static final long MEMORY = 4L << 20;

    /** What a key takes beside its characters. */
    private static final int ENTRY = 120;

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytes = new AtomicLong();

    /** Whether that side-car was found missing before. */
    boolean contains(FileWant sideCar) {
        return known.contains(key(sideCar));
    }

    /** Notes that the side-car is missing and its wheel can stand in for it. */
    void add(FileWant sideCar) {
        String key = key(sideCar);
        if (known.contains(key)) {
            return;
        }
        long size = ENTRY + 2L * key.length();
        if (bytes.addAndGet(size) > MEMORY) {
            known.clear();
            bytes.set(size);
        }
        known.add(key);
    }

    private static String key(FileWant want) {
        return want.repository().id() + "/" + want.path();
    }
}

package dev.sluice.formats.pypi;

import dev.sluice.kernel.gate.FileWant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Wheels that came without a side-car, so that upstreams are not asked for it again: what the wheel itself says never changes.
 *
 * <p>Thread-safe; forgets everything when it is full.
 */
final class BareWheels {

    private static final int MAX = 50_000;

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** Whether that side-car was found missing before. */
    boolean contains(FileWant sideCar) {
        return known.contains(key(sideCar));
    }

    /** Notes that the side-car is missing and its wheel can stand in for it. */
    void add(FileWant sideCar) {
        if (known.size() >= MAX) {
            known.clear();
        }
        known.add(key(sideCar));
    }

    private static String key(FileWant want) {
        return want.repository().id() + "/" + want.path();
    }
}

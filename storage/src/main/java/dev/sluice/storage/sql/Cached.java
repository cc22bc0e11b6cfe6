package dev.sluice.storage.sql;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A small table held in memory, read again after each change.
 *
 * <p>A value read while a change was being committed is never kept longer than that change. Thread-safe.
 */
final class Cached<T> {
    private record Snapshot<T>(long generation, T value) {}

    private final Supplier<T> loader;
    private final AtomicLong generation = new AtomicLong();
    private volatile @Nullable Snapshot<T> snapshot;

    Cached(Supplier<T> loader) {
        this.loader = loader;
    }

    T get() {
        long wanted = generation.get();
        Snapshot<T> known = snapshot;
        if (known != null && known.generation() == wanted) {
            return known.value();
        }
        T value = loader.get();
        snapshot = new Snapshot<>(wanted, value);
        return value;
    }

    /** Call it after the commit, before the caller who changed something is told. */
    void invalidate() {
        generation.incrementAndGet();
    }
}

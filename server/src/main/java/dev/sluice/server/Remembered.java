package dev.sluice.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups of a store by name, remembered for as long as the store's revision stays the same, so that event loops need not ask.
 *
 * <p>A change is seen at once, whichever node made it: the revision is compared at every look-up, and every request catches up
 * with the other nodes first. Thread-safe.
 */
final class Remembered<V> {

    /** What a look-up found: a value, or that there is none. */
    record Found<V>(Optional<V> value, long revision) {}

    private final LongSupplier revision;
    private final Function<String, Optional<V>> store;
    private final Cache<String, Found<V>> found;

    /**
     * The look-ups of a store.
     *
     * @param revision the store's revision, answered from memory
     * @param store asks the store; may block
     * @param size how many look-ups to remember at most
     */
    Remembered(LongSupplier revision, Function<String, Optional<V>> store, int size) {
        this.revision = revision;
        this.store = store;
        this.found =
                Caffeine.newBuilder().maximumSize(size).executor(Runnable::run).build();
    }

    /** What memory has, or null when the store has to be asked. */
    @Nullable
    Found<V> fromMemory(String name) {
        Found<V> known = found.getIfPresent(name);
        return known != null && known.revision() == revision.getAsLong() ? known : null;
    }

    /** What memory or the store has; may block. */
    Found<V> look(String name) {
        Found<V> known = fromMemory(name);
        if (known == null) {
            long before = revision.getAsLong(); // a change in between only means asking once more
            known = new Found<>(store.apply(name), before);
            found.put(name, known);
        }
        return known;
    }
}

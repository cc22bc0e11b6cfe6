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
 * with the other nodes first. Thread-safe. Bounded in bytes, for clients choose the names; the values are those that the store
 * holds in memory itself.
 */
final class Remembered<V> {

    /** What a look-up found: a value, or that there is none. */
    record Found<V>(Optional<V> value, long revision) {}

    /** The cache's entry, a name without its characters, and what was found. */
    private static final int ENTRY = 200;

    private final LongSupplier revision;
    private final Function<String, Optional<V>> store;
    private final Cache<String, Found<V>> found;

    /**
     * The look-ups of a store.
     *
     * @param revision the store's revision, answered from memory
     * @param store asks the store; may block
     * @param memory how many bytes to remember, roughly
     */
    Remembered(LongSupplier revision, Function<String, Optional<V>> store, long memory) {
        this.revision = revision;
        this.store = store;
        this.found = Caffeine.newBuilder()
                .maximumWeight(memory)
                .weigher((String name, Found<V> value) -> ENTRY + 2 * name.length())
                .executor(Runnable::run)
                .build();
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

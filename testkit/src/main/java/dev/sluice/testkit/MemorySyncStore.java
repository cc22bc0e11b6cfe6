package dev.sluice.testkit;

import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.advisory.SyncStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** How syncs went, in memory. Thread-safe. */
public final class MemorySyncStore implements SyncStore {

    private final Map<String, SyncState> states = new ConcurrentSkipListMap<>();
    private final Map<String, List<String>> listings = new ConcurrentHashMap<>();

    /** An empty store. */
    public MemorySyncStore() {}

    @Override
    public List<SyncState> all() {
        return List.copyOf(states.values());
    }

    @Override
    public Optional<SyncState> find(String source) {
        return Optional.ofNullable(states.get(source));
    }

    @Override
    public void save(SyncState state) {
        states.put(state.source(), state);
    }

    @Override
    public List<String> listing(String source) {
        return listings.getOrDefault(source, List.of());
    }

    @Override
    public void list(String source, Collection<String> names) {
        listings.put(source, List.copyOf(names));
    }
}

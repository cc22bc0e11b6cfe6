package dev.sluice.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A repository store that remembers for a second what it looked up, so that event loops need not ask.
 *
 * <p>Changes made through it are seen at once; changes made by other processes within that second. Thread-safe.
 */
final class RecentRepositories implements RepositoryStore {

    private static final Duration AGE = Duration.ofSeconds(1);

    /** What a look-up found: a repository, or that there is none. */
    record Found(@Nullable Repository repository) {}

    private final RepositoryStore store;
    private final Cache<String, Found> recent;

    RecentRepositories(RepositoryStore store, Ticker ticker) {
        this.store = store;
        this.recent = Caffeine.newBuilder()
                .maximumSize(1_000)
                .expireAfterWrite(AGE)
                .ticker(ticker)
                .build();
    }

    /** What memory has, or null when the store has to be asked. */
    @Nullable
    Found fromMemory(String name) {
        return recent.getIfPresent(name);
    }

    /** The repository, from memory or the store; may block. */
    Found look(String name) {
        return recent.get(name, missing -> new Found(store.find(missing).orElse(null)));
    }

    @Override
    public long revision() {
        return store.revision();
    }

    @Override
    public Optional<Repository> find(String name) {
        return Optional.ofNullable(look(name).repository());
    }

    @Override
    public List<Repository> list() {
        return store.list();
    }

    @Override
    public void save(Repository repository) {
        store.save(repository);
        recent.invalidateAll(); // it may answer to other names now
    }

    @Override
    public boolean remove(String id) {
        boolean removed = store.remove(id);
        recent.invalidateAll();
        return removed;
    }
}

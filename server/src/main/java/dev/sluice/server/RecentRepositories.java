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

    private final RepositoryStore store;
    private final Cache<String, Optional<Repository>> recent;

    RecentRepositories(RepositoryStore store, Ticker ticker) {
        this.store = store;
        this.recent = Caffeine.newBuilder()
                .maximumSize(1_000)
                .expireAfterWrite(AGE)
                .ticker(ticker)
                .build();
    }

    /** The repository, empty when there is none, or null when the store has to be asked. */
    @Nullable
    Optional<Repository> fromMemory(String name) {
        return recent.getIfPresent(name);
    }

    @Override
    public Optional<Repository> find(String name) {
        return recent.get(name, store::find);
    }

    @Override
    public List<Repository> list() {
        return store.list();
    }

    @Override
    public void save(Repository repository) {
        store.save(repository);
        recent.invalidate(repository.name());
    }

    @Override
    public boolean remove(String name) {
        boolean removed = store.remove(name);
        recent.invalidate(name);
        return removed;
    }
}

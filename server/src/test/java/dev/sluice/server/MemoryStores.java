package dev.sluice.server;

import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyStore;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.testkit.MemorySyncStore;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Ports kept in memory, for tests. */
final class MemoryStores {

    private MemoryStores() {}

    static final class Tokens implements TokenStore {
        private final Map<String, Token> tokens = new ConcurrentHashMap<>();
        private final AtomicLong revision = new AtomicLong();

        @Override
        public long revision() {
            return revision.get();
        }

        @Override
        public Optional<Token> find(String id) {
            return Optional.ofNullable(tokens.get(id));
        }

        @Override
        public List<Token> list() {
            return tokens.values().stream()
                    .sorted(Comparator.comparing(Token::createdAt))
                    .toList();
        }

        @Override
        public void add(Token token) {
            if (tokens.putIfAbsent(token.id(), token) != null) {
                throw new IllegalArgumentException("taken");
            }
            revision.incrementAndGet();
        }

        @Override
        public boolean remove(String id) {
            boolean removed = tokens.remove(id) != null;
            revision.incrementAndGet();
            return removed;
        }
    }

    static final class Repositories implements RepositoryStore {
        private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
        private final AtomicLong revision = new AtomicLong();

        @Override
        public long revision() {
            return revision.get();
        }

        @Override
        public Optional<Repository> find(String name) {
            return repositories.values().stream()
                    .filter(repository -> repository.answersTo(name))
                    .findFirst();
        }

        @Override
        public List<Repository> list() {
            return repositories.values().stream()
                    .sorted(Comparator.comparing(Repository::name))
                    .toList();
        }

        @Override
        public void save(Repository repository) {
            repositories.put(repository.id(), repository);
            revision.incrementAndGet();
        }

        @Override
        public boolean remove(String id) {
            boolean removed = repositories.remove(id) != null;
            revision.incrementAndGet();
            return removed;
        }
    }

    static final class Events implements Journal {
        final List<Event> events = new CopyOnWriteArrayList<>();
        volatile List<Consumption> consumption = List.of();

        @Override
        public CompletionStage<Void> append(Event event) {
            events.add(event);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public Optional<Event> find(String id) {
            return events.stream().filter(e -> e.id().equals(id)).findFirst();
        }

        @Override
        public List<Event> query(Query query) {
            return events.stream()
                    .filter(e -> query.kinds().isEmpty() || query.kinds().contains(e.kind()))
                    .filter(e -> query.texts().entrySet().stream().allMatch(wanted -> has(e, wanted)))
                    .filter(e -> query.before() == null || e.id().compareTo(query.before()) < 0)
                    .sorted(Comparator.comparing(Event::id).reversed())
                    .limit(query.limit())
                    .toList();
        }

        private static boolean has(Event event, Map.Entry<Query.Field, String> wanted) {
            String text = wanted.getValue();
            PackageName name = event.subject().packageName();
            Coordinates version = event.subject().coordinates();
            return switch (wanted.getKey()) {
                case REPOSITORY -> text.equals(event.subject().repository());
                case FORMAT -> name != null && text.equals(name.format());
                case PACKAGE -> name != null && text.equals(name.name());
                case VERSION -> version != null && text.equals(version.version());
                case DIGEST -> text.equals(event.bytes().digest());
                case POLICY -> event.policies().contains(text);
                case USER -> text.equals(event.actor().user());
            };
        }

        @Override
        public List<Consumption> consumption(Taken what, int limit) {
            return consumption.stream().limit(limit).toList();
        }

        @Override
        public Set<String> versions(PackageName name) {
            return events.stream()
                    .map(event -> event.subject().coordinates())
                    .filter(each -> each != null && each.packageName().equals(name))
                    .map(Coordinates::version)
                    .collect(Collectors.toSet());
        }

        @Override
        public void settle() {}
    }

    static final class StoredPolicies implements PolicyStore {
        private final Map<String, Policy> policies = new ConcurrentHashMap<>();
        private final AtomicLong revision = new AtomicLong();

        @Override
        public long revision() {
            return revision.get();
        }

        @Override
        public List<Policy> list() {
            return policies.values().stream()
                    .sorted(Comparator.comparingInt(Policy::precedence).thenComparing(Policy::createdAt))
                    .toList();
        }

        @Override
        public Optional<Policy> find(String slug) {
            return Optional.ofNullable(policies.get(slug));
        }

        @Override
        public void save(Policy policy) {
            policies.put(policy.slug(), policy);
            revision.incrementAndGet();
        }

        @Override
        public boolean remove(String slug) {
            revision.incrementAndGet();
            return policies.remove(slug) != null;
        }
    }

    static final class Advisories implements AdvisoryStore {
        final SyncStore syncs = new MemorySyncStore();
        volatile List<FeedState> feeds = List.of();
        volatile List<Advisory> advisories = List.of();

        @Override
        public long revision() {
            return 0;
        }

        @Override
        public List<Advisory> about(PackageName name) {
            return List.of();
        }

        @Override
        public List<Advisory> find(String identifierOrAlias) {
            return advisories.stream()
                    .filter(a -> a.id().equalsIgnoreCase(identifierOrAlias))
                    .toList();
        }

        @Override
        public Map<String, Exploitation> exploitation(Collection<String> cves) {
            return Map.of();
        }

        @Override
        public List<FeedState> feeds() {
            return feeds;
        }

        @Override
        public SyncStore syncs() {
            return syncs;
        }

        @Override
        public Import begin() {
            throw new UnsupportedOperationException("no imports here");
        }
    }
}

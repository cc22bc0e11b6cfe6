package dev.sluice.testkit;

import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores in memory that several nodes share, for tests.
 *
 * <p>Every node answers revisions and stamps as of its last catching up, so that whoever forgets to catch up, or to check, is
 * found out. Thread-safe.
 */
public final class MemoryCluster {

    /** How long a lease lasts without being renewed. */
    public static final Duration LEASE_TIME = Duration.ofSeconds(10);

    private final MemoryStores.Files files = new MemoryStores.Files();
    private final MemoryStores.Hosted hosted = new MemoryStores.Hosted(files);
    private final MemoryStores.Documents documents = new MemoryStores.Documents();
    private final MemoryStores.History history = new MemoryStores.History();
    private final MemoryStores.Policies policies = new MemoryStores.Policies();
    private final MemoryStores.Tokens tokens = new MemoryStores.Tokens();
    private final MemoryStores.Repositories repositories = new MemoryStores.Repositories();
    private final MemoryAdvisoryStore advisories = new MemoryAdvisoryStore();
    private final Object turns = new Object();
    private final Map<String, Held> leases = new HashMap<>();
    private final AtomicInteger joined = new AtomicInteger();
    private Instant now = Instant.EPOCH;
    private long lastNumber;
    private int waiting;
    private volatile boolean reachable = true;

    /** An empty cluster without nodes. */
    public MemoryCluster() {}

    /** A new node. */
    public Node join() {
        Seen seen = new Seen(joined.incrementAndGet());
        return new Node(
                seen,
                seen,
                new RepositoriesOf(seen),
                new TokensOf(seen),
                new PoliciesOf(seen),
                new HostedOf(seen),
                files,
                documents,
                new HistoryOf(seen),
                new AdvisoriesOf(seen));
    }

    /** Whether the database answers to nodes that catch up. */
    public void reachable(boolean answers) {
        this.reachable = answers;
    }

    /** The node's process dies: it neither renews nor frees a lease any more. */
    public void crash(Node node) {
        synchronized (turns) {
            ((Seen) node.leases()).crashed = true;
        }
    }

    /** Lets more than the time of a lease pass; nodes that live renew theirs in time. */
    public void passLeaseTime() {
        synchronized (turns) {
            for (int step = 0; step < 4; step++) {
                now = now.plus(LEASE_TIME.dividedBy(3));
                for (Held lease : leases.values()) {
                    if (!lease.holder.crashed && now.isBefore(lease.until)) {
                        lease.until = now.plus(LEASE_TIME);
                    }
                }
            }
            turns.notifyAll();
        }
    }

    /** How many leases are held now. */
    public int leasesHeld() {
        synchronized (turns) {
            return leases.size();
        }
    }

    /** Returns when that many callers wait for leases that others hold. */
    public void awaitWaiting(int callers) {
        synchronized (turns) {
            try {
                while (waiting != callers) {
                    turns.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private final class Held implements Leases.Lease {
        private final String key;
        private final Seen holder;
        private final long number;
        private Instant until;
        private boolean closed;

        private Held(String key, Seen holder, long number, Instant until) {
            this.key = key;
            this.holder = holder;
            this.number = number;
            this.until = until;
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public boolean isHeld() {
            synchronized (turns) {
                return !closed && now.isBefore(until);
            }
        }

        @Override
        public void close() {
            synchronized (turns) {
                closed = true;
                if (!holder.crashed) {
                    leases.remove(key, this);
                    turns.notifyAll();
                }
            }
        }
    }

    /** What a node has seen: every number as of its last catching up or its own last change. */
    private final class Seen implements Nodes, Leases {
        private final int number;
        private final Map<String, Long> revisions = new HashMap<>();
        private final Map<PackageName, Long> hostedStamps = new HashMap<>();
        private final Map<PackageName, Long> historyStamps = new HashMap<>();
        private final Set<PackageName> asked = new HashSet<>();
        private boolean crashed;

        private Seen(int number) {
            this.number = number;
            learn();
        }

        @Override
        public CompletionStage<Void> catchUp() {
            if (!reachable) {
                return CompletableFuture.failedFuture(
                        new UncheckedIOException(new ConnectException("the shared database does not answer")));
            }
            learn();
            return CompletableFuture.completedFuture(null);
        }

        private synchronized void learn() {
            revisions.put("policies", policies.revision());
            revisions.put("tokens", tokens.revision());
            revisions.put("repositories", repositories.revision());
            revisions.put("advisories", advisories.revision());
            for (PackageName name : asked) {
                hostedStamps.put(name, hosted.stamp(name));
                historyStamps.put(name, history.stamp(name));
            }
        }

        private synchronized long revision(String name) {
            return revisions.getOrDefault(name, 0L);
        }

        /** What the node changed itself it sees at once. */
        private synchronized void changed(String name, LongSupplier revision) {
            revisions.put(name, revision.getAsLong());
        }

        private synchronized long stamp(PackageName name, boolean published) {
            if (asked.add(name)) {
                hostedStamps.put(name, hosted.stamp(name));
                historyStamps.put(name, history.stamp(name));
            }
            return (published ? hostedStamps : historyStamps).getOrDefault(name, 0L);
        }

        private synchronized void changed(PackageName name, boolean published) {
            asked.add(name);
            (published ? hostedStamps : historyStamps).put(name, published ? hosted.stamp(name) : history.stamp(name));
        }

        @Override
        public Optional<Lease> take(String key, Duration patience) {
            long end = System.nanoTime() + patience.toNanos();
            synchronized (turns) {
                while (true) {
                    @Nullable Held holder = leases.get(key);
                    if (holder == null || !now.isBefore(holder.until)) {
                        Held mine = new Held(key, this, ++lastNumber, now.plus(LEASE_TIME));
                        leases.put(key, mine);
                        return Optional.of(mine);
                    }
                    long left = end - System.nanoTime();
                    if (left <= 0) {
                        return Optional.empty();
                    }
                    waiting++;
                    turns.notifyAll();
                    try {
                        TimeUnit.NANOSECONDS.timedWait(turns, left);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return Optional.empty();
                    } finally {
                        waiting--;
                    }
                }
            }
        }

        @Override
        public String toString() {
            return "node " + number;
        }
    }

    private final class PoliciesOf implements PolicyStore {
        private final Seen seen;

        private PoliciesOf(Seen seen) {
            this.seen = seen;
        }

        @Override
        public long revision() {
            return seen.revision("policies");
        }

        @Override
        public List<Policy> list() {
            return policies.list();
        }

        @Override
        public Optional<Policy> find(String slug) {
            return policies.find(slug);
        }

        @Override
        public void save(Policy policy) {
            policies.save(policy);
            seen.changed("policies", policies::revision);
        }

        @Override
        public boolean remove(String slug) {
            boolean removed = policies.remove(slug);
            seen.changed("policies", policies::revision);
            return removed;
        }
    }

    private final class TokensOf implements TokenStore {
        private final Seen seen;

        private TokensOf(Seen seen) {
            this.seen = seen;
        }

        @Override
        public long revision() {
            return seen.revision("tokens");
        }

        @Override
        public Optional<Token> find(String id) {
            return tokens.find(id);
        }

        @Override
        public List<Token> list() {
            return tokens.list();
        }

        @Override
        public void add(Token token) {
            tokens.add(token);
            seen.changed("tokens", tokens::revision);
        }

        @Override
        public boolean remove(String id) {
            boolean removed = tokens.remove(id);
            seen.changed("tokens", tokens::revision);
            return removed;
        }
    }

    private final class RepositoriesOf implements RepositoryStore {
        private final Seen seen;

        private RepositoriesOf(Seen seen) {
            this.seen = seen;
        }

        @Override
        public long revision() {
            return seen.revision("repositories");
        }

        @Override
        public Optional<Repository> find(String name) {
            return repositories.find(name);
        }

        @Override
        public List<Repository> list() {
            return repositories.list();
        }

        @Override
        public void save(Repository repository) {
            repositories.save(repository);
            seen.changed("repositories", repositories::revision);
        }

        @Override
        public boolean remove(String name) {
            boolean removed = repositories.remove(name);
            seen.changed("repositories", repositories::revision);
            return removed;
        }
    }

    private final class HostedOf implements HostedStore {
        private final Seen seen;

        private HostedOf(Seen seen) {
            this.seen = seen;
        }

        @Override
        public long stamp(PackageName name) {
            return seen.stamp(name, true);
        }

        @Override
        public Optional<HostedPackage> find(String repository, PackageName name) {
            return hosted.find(repository, name);
        }

        @Override
        public long apply(
                String repository, PackageName name, long expectedRevision, Change change, List<StoredFile> added) {
            long revision = hosted.apply(repository, name, expectedRevision, change, added);
            seen.changed(name, true);
            return revision;
        }

        @Override
        public List<Event> untold() {
            return hosted.untold();
        }

        @Override
        public void told(List<String> events) {
            hosted.told(events);
        }

        @Override
        public List<PackageName> names(String repository, String format, String after, int limit) {
            return hosted.names(repository, format, after, limit);
        }
    }

    private final class HistoryOf implements HistoryStore {
        private final Seen seen;

        private HistoryOf(Seen seen) {
            this.seen = seen;
        }

        @Override
        public long stamp(PackageName name) {
            return seen.stamp(name, false);
        }

        @Override
        public PackageHistory of(String repository, PackageName name) {
            return history.of(repository, name);
        }

        @Override
        public void seen(
                String repository,
                @Nullable String source,
                PackageName name,
                Collection<String> versions,
                Instant when) {
            history.seen(repository, source, name, versions, when);
        }

        @Override
        public Optional<Evidence> evidence(Digest sha256, String format, String fileName) {
            return history.evidence(sha256, format, fileName);
        }

        @Override
        public void learn(StoredFile file, Evidence evidence) {
            history.learn(file, evidence);
            seen.changed(file.coordinates().packageName(), false);
        }

        @Override
        public void forget(String repository, String upstream, PackageName name, @Nullable String version) {
            history.forget(repository, upstream, name, version);
            seen.changed(name, false);
        }
    }

    private final class AdvisoriesOf implements AdvisoryStore {
        private final Seen seen;

        private AdvisoriesOf(Seen seen) {
            this.seen = seen;
        }

        @Override
        public long revision() {
            return seen.revision("advisories");
        }

        @Override
        public List<Advisory> about(PackageName name) {
            return advisories.about(name);
        }

        @Override
        public List<Advisory> find(String identifierOrAlias) {
            return advisories.find(identifierOrAlias);
        }

        @Override
        public Map<String, Exploitation> exploitation(Collection<String> cves) {
            return advisories.exploitation(cves);
        }

        @Override
        public List<FeedState> feeds() {
            return advisories.feeds();
        }

        @Override
        public SyncStore syncs() {
            return advisories.syncs();
        }

        @Override
        public Import begin() {
            return new Following(advisories.begin());
        }

        /** An import that this node sees at once when it is committed. */
        private final class Following implements Import {
            private final Import begun;

            private Following(Import begun) {
                this.begun = begun;
            }

            @Override
            public @Nullable Advisory find(String id) {
                return begun.find(id);
            }

            @Override
            public Effect put(Advisory advisory) {
                return begun.put(advisory);
            }

            @Override
            public Effect put(String cve, Exploitation.Epss epss) {
                return begun.put(cve, epss);
            }

            @Override
            public Effect put(String cve, Exploitation.Kev kev) {
                return begun.put(cve, kev);
            }

            @Override
            public void remove(Kind kind, String id) {
                begun.remove(kind, id);
            }

            @Override
            public void feed(FeedState state) {
                begun.feed(state);
            }

            @Override
            public long commit() {
                long revision = begun.commit();
                seen.changed("advisories", advisories::revision);
                return revision;
            }

            @Override
            public void close() {
                begun.close();
            }
        }
    }
}

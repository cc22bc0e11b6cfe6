package dev.sluice.testkit;

import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.access.TokenStore;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.LearntFile;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.node.Stamps;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyStore;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Stores of the kernel's ports that keep everything in memory, for tests; each locks as a whole. */
final class MemoryStores {

    private MemoryStores() {}

    /** The stores of a node that is alone, with those advisories. */
    static Node alone(AdvisoryStore advisories) {
        Files files = new Files();
        return new Node(
                Nodes.ALONE,
                Leases.ALONE,
                new Repositories(),
                new Tokens(),
                new Policies(),
                new Hosted(files),
                files,
                new Documents(),
                new History(),
                advisories);
    }

    /** What is known of kept files. */
    static final class Files implements FileStore {
        private final Map<List<String>, StoredFile> files =
                new TreeMap<>((a, b) -> String.join("\n", a).compareTo(String.join("\n", b)));

        @Override
        public synchronized Optional<StoredFile> find(String repository, String format, String path) {
            return Optional.ofNullable(files.get(List.of(repository, format, path)));
        }

        @Override
        public synchronized void put(StoredFile file) {
            files.put(List.of(file.repository(), file.coordinates().format(), file.path()), file);
        }

        @Override
        public synchronized boolean remove(String repository, String format, String path) {
            return files.remove(List.of(repository, format, path)) != null;
        }

        @Override
        public synchronized List<StoredFile> of(String repository, Coordinates coordinates) {
            return files.values().stream()
                    .filter(f ->
                            f.repository().equals(repository) && f.coordinates().equals(coordinates))
                    .toList();
        }

        @Override
        public synchronized List<String> versions(String repository, PackageName name) {
            return files.values().stream()
                    .filter(f -> f.repository().equals(repository)
                            && f.coordinates().packageName().equals(name))
                    .map(f -> f.coordinates().version())
                    .distinct()
                    .toList();
        }

        @Override
        public synchronized List<PackageName> names(String repository, String format, String after, int limit) {
            return files.values().stream()
                    .filter(f -> f.repository().equals(repository))
                    .map(f -> f.coordinates().packageName())
                    .filter(name -> name.format().equals(format) && name.name().compareTo(after) > 0)
                    .distinct()
                    .sorted()
                    .limit(limit)
                    .toList();
        }

        @Override
        public synchronized List<StoredFile> withDigest(Digest sha256, int limit) {
            return files.values().stream()
                    .filter(f -> f.contents().sha256().equals(sha256))
                    .limit(limit)
                    .toList();
        }
    }

    /** Published packages. */
    static final class Hosted implements HostedStore {
        private final Files files;
        private final Map<String, Map<PackageName, HostedPackage>> packages = new HashMap<>();
        private final Map<String, Event> untold = new TreeMap<>();
        private final Stamps stamps = new Stamps();

        Hosted(Files files) {
            this.files = files;
        }

        private Map<PackageName, HostedPackage> in(String repository) {
            return packages.computeIfAbsent(repository, r -> new TreeMap<>());
        }

        @Override
        public synchronized long stamp(PackageName name) {
            return stamps.of(name);
        }

        @Override
        public synchronized Optional<HostedPackage> find(String repository, PackageName name) {
            return Optional.ofNullable(in(repository).get(name));
        }

        @Override
        public synchronized long apply(
                String repository, PackageName name, long expectedRevision, Change change, List<StoredFile> added) {
            HostedPackage current = in(repository).get(name);
            if ((current == null ? 0 : current.revision()) != expectedRevision) {
                throw new RevisionConflictException(name);
            }
            Map<String, Release> releases = new LinkedHashMap<>();
            if (current != null) {
                current.index().releases().forEach(r -> releases.put(r.version(), r));
            }
            change.put().forEach(r -> releases.put(r.version(), r));
            for (String version : change.remove()) {
                releases.remove(version);
                files.of(repository, new Coordinates(name, version)).stream()
                        .filter(StoredFile::isHosted)
                        .forEach(file -> files.remove(repository, name.format(), file.path()));
            }
            for (String path : change.drop()) {
                files.find(repository, name.format(), path)
                        .filter(file -> file.isHosted()
                                && file.coordinates().packageName().equals(name))
                        .ifPresent(file -> files.remove(repository, name.format(), path));
            }
            added.forEach(files::put);
            change.events().forEach(event -> untold.put(event.id(), event));
            stamps.changed(name);
            if (releases.isEmpty()) {
                in(repository).remove(name);
                return 0;
            }
            PackageIndex index = new PackageIndex(name, change.document(), List.copyOf(releases.values()));
            in(repository).put(name, new HostedPackage(expectedRevision + 1, index));
            return expectedRevision + 1;
        }

        @Override
        public synchronized List<Event> untold() {
            return List.copyOf(untold.values());
        }

        @Override
        public synchronized void told(List<String> events) {
            untold.keySet().removeAll(events);
        }

        @Override
        public synchronized List<PackageName> names(String repository, String format, String after, int limit) {
            return in(repository).keySet().stream()
                    .filter(n -> n.format().equals(format) && n.name().compareTo(after) > 0)
                    .limit(limit)
                    .toList();
        }
    }

    /** What upstreams answered. */
    static final class Documents implements DocumentStore {
        private final Map<List<String>, Document> documents = new HashMap<>();

        @Override
        public synchronized Optional<Document> find(String repository, String format, String upstream, String key) {
            return Optional.ofNullable(documents.get(List.of(repository, format, upstream, key)));
        }

        @Override
        public synchronized void save(Document document) {
            documents.put(
                    List.of(document.repository(), document.format(), document.upstream(), document.key()), document);
        }

        @Override
        public synchronized boolean remove(String repository, String format, String upstream, String key) {
            return documents.remove(List.of(repository, format, upstream, key)) != null;
        }
    }

    /** What was learnt of versions and of bytes. */
    static final class History implements HistoryStore {
        private static final Comparator<List<String>> BY_SOURCE_AND_PATH =
                Comparator.comparing((List<String> key) -> key.getFirst()).thenComparing(List::getLast);

        /** The instants at which versions were first named, by repository and package, then source. */
        private final Map<List<String>, Map<String, Map<String, Instant>>> seen = new HashMap<>();

        /** What was given, by repository and package, then source and path. */
        private final Map<List<String>, Map<List<String>, StoredFile>> given = new HashMap<>();

        private final Map<List<String>, Evidence> evidence = new HashMap<>();
        private final Stamps stamps = new Stamps();

        private static List<String> key(String repository, PackageName name) {
            return List.of(repository, name.format(), name.name());
        }

        private static List<String> key(StoredFile file) {
            return List.of(file.contents().sha256().hex(), file.coordinates().format(), file.fileName());
        }

        @Override
        public synchronized long stamp(PackageName name) {
            return stamps.of(name);
        }

        @Override
        public synchronized PackageHistory of(String repository, PackageName name) {
            Map<String, Map<String, Instant>> sources = seen.get(key(repository, name));
            if (sources == null) {
                return PackageHistory.NONE;
            }
            Map<String, Map<String, List<LearntFile>>> files = new HashMap<>();
            given.getOrDefault(key(repository, name), Map.of())
                    .forEach((key, file) -> files.computeIfAbsent(key.getFirst(), source -> new HashMap<>())
                            .computeIfAbsent(file.coordinates().version(), version -> new ArrayList<>())
                            .add(new LearntFile(
                                    file.path(),
                                    file.contents().sha256(),
                                    file.lastModified(),
                                    evidence.get(key(file)))));
            Map<String, Map<String, VersionHistory>> histories = new HashMap<>();
            sources.forEach((source, versions) -> {
                Map<String, VersionHistory> bySource = new HashMap<>();
                versions.forEach((version, at) -> {
                    List<LearntFile> ofVersion =
                            files.getOrDefault(source, Map.of()).getOrDefault(version, List.of());
                    bySource.put(version, new VersionHistory(at, ofVersion));
                });
                histories.put(source, bySource);
            });
            return new PackageHistory(histories);
        }

        @Override
        public synchronized void seen(
                String repository,
                @Nullable String source,
                PackageName name,
                Collection<String> versions,
                Instant now) {
            Map<String, Instant> known = seen.computeIfAbsent(key(repository, name), key -> new HashMap<>())
                    .computeIfAbsent(PackageHistory.key(source), key -> new HashMap<>());
            versions.forEach(version -> known.putIfAbsent(version, now));
        }

        @Override
        public synchronized Optional<Evidence> evidence(Digest sha256, String format, String fileName) {
            return Optional.ofNullable(evidence.get(List.of(sha256.hex(), format, fileName)));
        }

        @Override
        public synchronized void learn(StoredFile file, Evidence told) {
            PackageName name = file.coordinates().packageName();
            seen(
                    file.repository(),
                    file.upstream(),
                    name,
                    List.of(file.coordinates().version()),
                    file.storedAt());
            StoredFile former = given.computeIfAbsent(
                            key(file.repository(), name), key -> new TreeMap<>(BY_SOURCE_AND_PATH))
                    .put(List.of(PackageHistory.key(file.upstream()), file.path()), file);
            evidence.put(key(file), told);
            if (former != null || file.lastModified() != null || told.tells()) {
                stamps.changed(name);
            }
        }

        @Override
        public synchronized void forget(
                String repository, String upstream, PackageName name, @Nullable String version) {
            given.getOrDefault(key(repository, name), new HashMap<>())
                    .entrySet()
                    .removeIf(each -> each.getKey().getFirst().equals(upstream)
                            && (version == null
                                    || version.equals(
                                            each.getValue().coordinates().version())));
            stamps.changed(name);
        }
    }

    /** The policies in force. */
    static final class Policies implements PolicyStore {
        private final Map<String, Policy> policies = new LinkedHashMap<>();
        private long revision;

        @Override
        public synchronized long revision() {
            return revision;
        }

        @Override
        public synchronized List<Policy> list() {
            List<Policy> sorted = new ArrayList<>(policies.values());
            sorted.sort(Comparator.comparingInt(Policy::precedence)); // stable: then in order of creation
            return sorted;
        }

        @Override
        public synchronized Optional<Policy> find(String slug) {
            return Optional.ofNullable(policies.get(slug));
        }

        @Override
        public synchronized void save(Policy policy) {
            policies.put(policy.slug(), policy);
            revision++;
        }

        @Override
        public synchronized boolean remove(String slug) {
            revision++;
            return policies.remove(slug) != null;
        }
    }

    /** Who may come in. */
    static final class Tokens implements TokenStore {
        private final Map<String, Token> tokens = new LinkedHashMap<>();
        private long revision;

        @Override
        public synchronized long revision() {
            return revision;
        }

        @Override
        public synchronized Optional<Token> find(String id) {
            return Optional.ofNullable(tokens.get(id));
        }

        @Override
        public synchronized List<Token> list() {
            List<Token> sorted = new ArrayList<>(tokens.values());
            sorted.sort(Comparator.comparing(Token::createdAt));
            return sorted;
        }

        @Override
        public synchronized void add(Token token) {
            if (tokens.putIfAbsent(token.id(), token) != null) {
                throw new IllegalArgumentException("there is already a token " + token.id());
            }
            revision++;
        }

        @Override
        public synchronized boolean remove(String id) {
            revision++;
            return tokens.remove(id) != null;
        }
    }

    /** The repositories. */
    static final class Repositories implements RepositoryStore {
        private final Map<String, Repository> repositories = new TreeMap<>();
        private long revision;

        @Override
        public synchronized long revision() {
            return revision;
        }

        @Override
        public synchronized Optional<Repository> find(String name) {
            return Optional.ofNullable(repositories.get(name));
        }

        @Override
        public synchronized List<Repository> list() {
            return List.copyOf(repositories.values());
        }

        @Override
        public synchronized void save(Repository repository) {
            repositories.put(repository.name(), repository);
            revision++;
        }

        @Override
        public synchronized boolean remove(String name) {
            revision++;
            return repositories.remove(name) != null;
        }
    }
}

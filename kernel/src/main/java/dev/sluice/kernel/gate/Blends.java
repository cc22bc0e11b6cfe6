package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Proxying;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Locates packages: hosted and upstream indexes, obtained, parsed once, and blended. Thread-safe. */
final class Blends {

    private record Key(String repository, PackageName name) {}

    private final HostedStore hosted;
    private final HistoryStore history;
    private final Documents documents;
    private final BlobStore blobs;
    private final InstantSource clock;
    private final GateSettings settings;
    private final Recorder recorder;
    private final Cache<Key, Blend> memory;
    private final SingleFlight<Key, Located> flights = new SingleFlight<>();

    /**
     * What locating a package gave.
     *
     * @param blend what the sources tell, or null when no source has the package
     * @param failure why an upstream could not be asked, or null when all answered
     */
    record Located(@Nullable Blend blend, @Nullable String failure) {}

    Blends(
            HostedStore hosted,
            HistoryStore history,
            Documents documents,
            BlobStore blobs,
            InstantSource clock,
            GateSettings settings,
            Recorder recorder) {
        this.hosted = hosted;
        this.history = history;
        this.documents = documents;
        this.blobs = blobs;
        this.clock = clock;
        this.settings = settings;
        this.recorder = recorder;
        this.memory = Caffeine.newBuilder()
                .maximumWeight(settings.indexMemoryBytes())
                .weigher((Key key, Blend blend) -> blend.weight())
                .build();
    }

    /** The package from memory alone if that is current, else null. */
    @Nullable
    Blend fromMemory(Repository repository, PackageName name) {
        Blend blend = memory.getIfPresent(new Key(repository.name(), name));
        return blend != null && isCurrent(blend, repository) ? blend : null;
    }

    /** The package as last seen, however old, else null: enough for files that are kept. */
    @Nullable
    Blend lastSeen(Repository repository, PackageName name) {
        Blend blend = memory.getIfPresent(new Key(repository.name(), name));
        return blend != null && sameRules(blend, repository) ? blend : null;
    }

    private static boolean sameRules(Blend blend, Repository repository) {
        return blend.repository.equals(repository);
    }

    private boolean isCurrent(Blend blend, Repository repository) {
        if (blend.stale || !sameRules(blend, repository)) {
            return false;
        }
        for (Documents.Key key : blend.documents) {
            if (!documents.isFresh(key)) {
                return false;
            }
        }
        return true;
    }

    /** Forgets what was blended, after a change of the package. */
    void forget(Repository repository, PackageName name) {
        memory.invalidate(new Key(repository.name(), name));
    }

    /** Locates a package, asking upstreams where what is kept is not current. */
    Located locate(Format format, Repository repository, PackageName name) throws IOException {
        Blend known = fromMemory(repository, name);
        if (known != null) {
            return new Located(known, null);
        }
        return flights.run(new Key(repository.name(), name), () -> obtain(format, repository, name));
    }

    private Located obtain(Format format, Repository repository, PackageName name) {
        Key key = new Key(repository.name(), name);
        Blend former = memory.getIfPresent(key);
        List<Listed.Source> sources = new ArrayList<>();
        List<Documents.Key> asked = new ArrayList<>();
        Optional<HostedPackage> published = hosted.find(repository.name(), name);
        published.ifPresent(p -> sources.add(new Listed.Source(null, p.index())));
        boolean trustedHasIt = published.isPresent();
        boolean stale = false;
        String failure = null;
        for (Upstream upstream : repository.upstreamsFor(name)) {
            if (upstream.trust() == Upstream.Trust.UNTRUSTED && trustedHasIt) {
                continue; // a name that a trusted source has is never mixed with an untrusted one's
            }
            Documents.Key document =
                    new Documents.Key(repository.name(), upstream.id(), format.id() + ":" + documentKey(name));
            asked.add(document);
            try {
                Parsed parsed = index(format, repository, upstream, name);
                if (parsed != null) {
                    sources.add(new Listed.Source(upstream.id(), parsed.index()));
                    stale |= parsed.stale();
                    trustedHasIt |= upstream.trust() == Upstream.Trust.TRUSTED;
                }
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        if (sources.isEmpty()) {
            memory.invalidate(key);
            return new Located(null, failure);
        }
        Blend blend = blend(repository, name, sources, asked, published, stale || failure != null);
        if (former != null && sameContent(former, blend)) {
            blend.judged = former.judged; // an unchanged index keeps its decisions and its ETag
        }
        memory.put(key, blend);
        return new Located(blend, failure);
    }

    private Blend blend(
            Repository repository,
            PackageName name,
            List<Listed.Source> sources,
            List<Documents.Key> asked,
            Optional<HostedPackage> published,
            boolean stale) {
        Map<String, VersionHistory> histories = history.of(name);
        TreeSet<String> unseen = new TreeSet<>();
        for (Listed.Source source : sources) {
            for (Release release : source.index().releases()) {
                if (!histories.containsKey(release.version())) {
                    unseen.add(release.version());
                }
            }
        }
        if (!unseen.isEmpty()) {
            history.seen(name, unseen, clock.instant());
            histories = history.of(name);
        }
        return new Blend(
                repository,
                name,
                List.copyOf(sources),
                List.copyOf(asked),
                published.map(HostedPackage::revision).orElse(0L),
                stale,
                histories);
    }

    @SuppressWarnings(
            "ReferenceEquality") // the same body is parsed once: identity is equality, without comparing megabytes
    private static boolean sameContent(Blend left, Blend right) {
        if (left.stale != right.stale
                || left.hostedRevision != right.hostedRevision
                || left.sources.size() != right.sources.size()
                || !sameRules(left, right.repository)
                || !left.histories.equals(right.histories)) {
            return false;
        }
        for (int i = 0; i < left.sources.size(); i++) {
            Listed.Source a = left.sources.get(i);
            Listed.Source b = right.sources.get(i);
            if (a.upstream() != null && a.index() != b.index()) {
                return false;
            }
        }
        return true;
    }

    /** A body read as the index of a package; relative links make its address part of it. */
    private record Body(Digest blob, PackageName name, String upstream) {}

    private record Parsed(PackageIndex index, boolean stale) {}

    private final Cache<Body, PackageIndex> parsedIndexes =
            Caffeine.newBuilder().weakValues().build();

    private @Nullable Parsed index(Format format, Repository repository, Upstream upstream, PackageName name)
            throws IOException {
        Proxying proxying = format.proxying();
        Proxying.Question question = proxying.indexQuestion(upstream, name);
        Documents.Held held;
        try {
            held = documents.obtain(
                    repository.name(),
                    format.id(),
                    upstream,
                    documentKey(name),
                    question,
                    settings.maxIndexBytes(),
                    (blob, body, answer) -> parsedIndexes.put(
                            new Body(blob, name, upstream.id()),
                            proxying.readIndex(name, answer.uri(), type(answer.header("content-type")), body)));
        } catch (Proxying.MalformedDocumentException e) {
            recorder.upstreamFault(repository, upstream, name, "unreadable index: " + e.getMessage());
            throw e;
        }
        Digest blob = held.record().blob();
        if (blob == null) {
            return null;
        }
        Body key = new Body(blob, name, upstream.id());
        PackageIndex index = parsedIndexes.getIfPresent(key);
        if (index == null) {
            try (InputStream body = blobs.open(blob, 0, Long.MAX_VALUE)) {
                URI source = question.uri();
                index = proxying.readIndex(name, source, held.record().contentType(), body);
            }
            parsedIndexes.put(key, index);
        }
        return new Parsed(index, held.stale());
    }

    private static String documentKey(PackageName name) {
        return "index:" + name.name();
    }

    private static String type(@Nullable String contentType) {
        return contentType == null ? "" : contentType;
    }
}

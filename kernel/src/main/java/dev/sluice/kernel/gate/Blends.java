package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.Proxying;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Locates packages: hosted and upstream indexes, obtained, parsed once, and blended.
 *
 * <p>It also says who may be asked, against dependency confusion: nobody for a reserved name or a version that is hosted; an
 * upstream that is not trusted only for names that neither hosted packages nor any trusted upstream have, and not while a
 * trusted one cannot be asked. Thread-safe.
 */
final class Blends {

    private static final int MOST_DROPPED = 8_192;

    private record Key(String repository, PackageName name) {}

    private final HostedStore hosted;
    private final HistoryStore history;
    private final Documents documents;
    private final Workload work;
    private final InstantSource clock;
    private final GateSettings settings;
    private final Recorder recorder;
    private final Promises promises;
    private final Cache<Key, Blend> memory;
    /** Hashes of the packages that memory had no room for lately. */
    private final Cache<Long, Boolean> dropped = Caffeine.newBuilder()
            .maximumSize(MOST_DROPPED)
            .executor(Runnable::run)
            .build();

    private final LongAdder evicted = new LongAdder();
    private final LongAdder askedAgain = new LongAdder();
    private final SingleFlight<Key, Located> flights = new SingleFlight<>();

    /**
     * What locating a package gave.
     *
     * @param blend what the sources tell, or null when no source has the package
     * @param failure why an upstream could not be asked, or null when all answered
     * @param untrusted whether upstreams that are not trusted may be asked for the package
     */
    record Located(@Nullable Blend blend, @Nullable String failure, boolean untrusted) {}

    Blends(
            HostedStore hosted,
            HistoryStore history,
            Documents documents,
            Workload work,
            InstantSource clock,
            GateSettings settings,
            Recorder recorder,
            Promises promises) {
        this.promises = promises;
        this.hosted = hosted;
        this.history = history;
        this.documents = documents;
        this.work = work;
        this.clock = clock;
        this.settings = settings;
        this.recorder = recorder;
        this.memory = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForIndexes())
                .weigher((Key key, Blend blend) -> blend.weight())
                .evictionListener((@Nullable Key key, @Nullable Blend blend, RemovalCause cause) -> {
                    if (key != null) {
                        evicted.increment();
                        dropped.put((long) key.hashCode(), Boolean.TRUE);
                    }
                })
                .executor(Runnable::run)
                .build();
    }

    /** How the memory for indexes fares. */
    Caching.IndexMemory figures() {
        long bytes = memory.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
        return new Caching.IndexMemory(bytes, settings.memoryForIndexes(), evicted.sum(), askedAgain.sum());
    }

    /** Weighs a blend again that was judged or rendered, so that memory holds what it says it holds. */
    void weighAgain(Blend blend) {
        Key key = new Key(blend.repository.id(), blend.name);
        Blend now = memory.getIfPresent(key);
        if (now != null && now.sharesJudgedWith(blend)) {
            memory.asMap().replace(key, now, now);
        }
    }

    /** The package from memory alone if that is current, else null. */
    @Nullable
    Blend fromMemory(Repository repository, PackageName name) {
        Blend blend = memory.getIfPresent(new Key(repository.id(), name));
        return blend != null && isCurrent(blend, repository) ? blend : null;
    }

    /**
     * The package as upstreams last told, however long ago, and as it is published now, else null: enough for files that are
     * kept.
     */
    @Nullable
    Blend lastSeen(Repository repository, PackageName name) {
        Key key = new Key(repository.id(), name);
        Blend blend = memory.getIfPresent(key);
        Blend.Stamps stamps = stamps(name);
        if (blend == null || !sameRules(blend, repository) || blend.stamps.hosted() != stamps.hosted()) {
            return null;
        }
        if (blend.stamps.history() == stamps.history()) {
            return blend;
        }
        Blend learnt = blend.with(stamps, history.of(repository.id(), name));
        memory.asMap().replace(key, blend, learnt);
        return learnt;
    }

    /** Numbers that differ after every change of what is published or was learnt of the package; from memory alone. */
    Blend.Stamps stamps(PackageName name) {
        return new Blend.Stamps(hosted.stamp(name), history.stamp(name));
    }

    private static boolean sameRules(Blend blend, Repository repository) {
        return blend.repository.equals(repository);
    }

    private boolean isCurrent(Blend blend, Repository repository) {
        if (blend.stale || !sameRules(blend, repository) || !blend.stamps.equals(stamps(blend.name))) {
            return false;
        }
        for (Documents.Key key : blend.documents) {
            if (!documents.isFresh(key)) {
                return false;
            }
        }
        return true;
    }

    /** Drops the index that is kept of an upstream, so that it is asked for anew; false when none was kept. */
    boolean forget(Ecosystem format, Repository repository, String upstream, PackageName name) {
        boolean kept = documents.forget(repository.id(), format.id(), upstream, documentKey(name));
        memory.invalidate(new Key(repository.id(), name));
        return kept;
    }

    /** The upstreams that may be asked for a file of the version. */
    List<Upstream> askable(Repository repository, PackageName name, @Nullable String version, boolean untrusted) {
        Optional<HostedPackage> published = hosted.find(repository.id(), name);
        if (published.isPresent() && hasVersion(published.get(), version)) {
            return List.of();
        }
        boolean all = untrusted && published.isEmpty();
        return trustedFirst(repository.upstreamsFor(name)).stream()
                .filter(u -> all || u.trust() == Upstream.Trust.TRUSTED)
                .toList();
    }

    /**
     * Whether a kept file may still be used: not when it was fetched from an upstream that by now would not be asked for it,
     * because the name was reserved or the version published here.
     */
    boolean isStillOurs(Repository repository, StoredFile kept) {
        if (kept.isHosted()) {
            return true;
        }
        PackageName name = kept.coordinates().packageName();
        if (repository.isReserved(name)) {
            return false;
        }
        Optional<HostedPackage> published = hosted.find(repository.id(), name);
        return published.isEmpty()
                || (!hasVersion(published.get(), kept.coordinates().version())
                        && repository.upstreams().stream()
                                .anyMatch(u -> u.id().equals(kept.upstream()) && u.trust() == Upstream.Trust.TRUSTED));
    }

    private static boolean hasVersion(HostedPackage published, @Nullable String version) {
        return version != null && published.index().release(version) != null;
    }

    private static List<Upstream> trustedFirst(List<Upstream> byPriority) {
        return byPriority.stream()
                .sorted(Comparator.comparing(Upstream::trust)) // stable: by priority within either
                .toList();
    }

    /** Locates a package, asking upstreams where what is kept is not current. */
    Located locate(Ecosystem format, Repository repository, PackageName name) throws IOException {
        Blend known = fromMemory(repository, name);
        if (known != null) {
            return new Located(known, null, known.untrusted);
        }
        return flights.run(new Key(repository.id(), name), () -> obtain(format, repository, name));
    }

    private Located obtain(Ecosystem format, Repository repository, PackageName name)
            throws BlobsUnavailableException, BusyException {
        Key key = new Key(repository.id(), name);
        Blend former = memory.getIfPresent(key);
        if (former == null && dropped.asMap().remove((long) key.hashCode()) != null) {
            askedAgain.increment();
        }
        Blend.Stamps stamps = stamps(name); // before what they stand for is read
        List<Listed.Source> sources = new ArrayList<>();
        List<Documents.Key> asked = new ArrayList<>();
        Optional<HostedPackage> published = hosted.find(repository.id(), name);
        published.ifPresent(p -> sources.add(new Listed.Source(null, p.index())));
        boolean stale = false;
        String failure = null;
        boolean untrusted = published.isEmpty();
        for (Upstream upstream : trustedFirst(repository.upstreamsFor(name))) {
            if (upstream.trust() == Upstream.Trust.UNTRUSTED && !untrusted) {
                continue; // a name that a trusted source has, or may have, is never mixed with an untrusted one's
            }
            Documents.Key document =
                    new Documents.Key(repository.id(), upstream.id(), format.id() + ":" + documentKey(name));
            asked.add(document);
            try {
                Parsed parsed = index(format, repository, upstream, name);
                if (parsed != null) {
                    if (former != null) {
                        compare(former, upstream, parsed.index());
                    }
                    sources.add(new Listed.Source(upstream.id(), parsed.index()));
                    stale |= parsed.stale();
                    untrusted &= upstream.trust() == Upstream.Trust.UNTRUSTED;
                }
            } catch (BlobsUnavailableException | BusyException e) {
                throw e; // no upstream's fault
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
                untrusted &= upstream.trust() == Upstream.Trust.UNTRUSTED; // nobody knows whether it has the name
            }
        }
        if (sources.isEmpty()) {
            memory.invalidate(key);
            return new Located(null, failure, untrusted);
        }
        Blend blend = blend(repository, name, sources, asked, stamps, stale || failure != null, untrusted);
        if (former != null && sameContent(former, blend)) {
            if (former.histories.equals(blend.histories)) {
                blend.judged = former.judged; // an unchanged index keeps its decisions and its ETag
            } else {
                blend.after(former);
            }
        }
        memory.put(key, blend);
        return new Located(blend, failure, untrusted);
    }

    /**
     * Whose name it is beside ours.
     *
     * @param owner the first upstream that has the package, or null when none of those that answered has it
     * @param failure why an upstream could not be asked, or null when all answered, or an owner is known
     */
    record Elsewhere(@Nullable Upstream owner, @Nullable String failure) {}

    /** Asks those upstreams for the name, whatever is hosted under it. */
    Elsewhere elsewhere(Ecosystem format, Repository repository, PackageName name, List<Upstream> upstreams)
            throws BlobsUnavailableException {
        String failure = null;
        for (Upstream upstream : trustedFirst(upstreams)) {
            try {
                if (index(format, repository, upstream, name) != null) {
                    return new Elsewhere(upstream, null);
                }
            } catch (BlobsUnavailableException e) {
                throw e; // no upstream's fault
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        return new Elsewhere(null, failure);
    }

    @SuppressWarnings("ReferenceEquality") // the same body is parsed once
    private void compare(Blend former, Upstream upstream, PackageIndex now) throws IOException {
        for (Listed.Source source : former.sources) {
            if (upstream.id().equals(source.upstream()) && source.index() != now) {
                work.run(source.index().unpacked(), () -> {
                    promises.compare(former.repository, upstream, former.name, source.index(), now);
                    return now;
                });
            }
        }
    }

    private Blend blend(
            Repository repository,
            PackageName name,
            List<Listed.Source> sources,
            List<Documents.Key> asked,
            Blend.Stamps stamps,
            boolean stale,
            boolean untrusted) {
        PackageHistory histories = history.of(repository.id(), name);
        boolean news = false;
        for (Listed.Source source : sources) {
            TreeSet<String> unseen = new TreeSet<>();
            for (String version : source.index().versions()) {
                if (histories.of(source.upstream(), version) == null) {
                    unseen.add(version);
                }
            }
            if (!unseen.isEmpty()) {
                history.seen(repository.id(), source.upstream(), name, unseen, clock.instant());
                news = true;
            }
        }
        if (news) {
            histories = history.of(repository.id(), name);
        }
        return new Blend(
                repository, name, List.copyOf(sources), List.copyOf(asked), stamps, stale, untrusted, histories);
    }

    @SuppressWarnings(
            "ReferenceEquality") // the same body is parsed once: identity is equality, without comparing megabytes
    private static boolean sameContent(Blend left, Blend right) {
        if (left.stale != right.stale
                || left.stamps.hosted() != right.stamps.hosted()
                || left.sources.size() != right.sources.size()
                || !sameRules(left, right.repository)) {
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
    private record Body(Digest blob, PackageName name, URI upstream) {}

    private record Parsed(PackageIndex index, boolean stale) {}

    private final Cache<Body, PackageIndex> parsedIndexes =
            Caffeine.newBuilder().weakValues().build();

    private @Nullable Parsed index(Ecosystem format, Repository repository, Upstream upstream, PackageName name)
            throws IOException {
        Proxying proxying = format.proxying();
        Proxying.Question question = proxying.indexQuestion(upstream, name);
        Documents.Held held = documents.obtain(
                repository.id(),
                format.id(),
                upstream,
                documentKey(name),
                question,
                settings.maxIndexBytes(),
                (blob, body, answer) -> {
                    Body same = new Body(blob, name, upstream.url());
                    if (parsedIndexes.getIfPresent(same) != null) {
                        return; // the same bytes again: the same index, so that its decisions hold on
                    }
                    try {
                        parsedIndexes.put(
                                same,
                                work.run(
                                        documents.size(blob),
                                        () -> proxying.readIndex(
                                                        name, answer.uri(), type(answer.header("content-type")), body)
                                                .packed()));
                    } catch (Proxying.MalformedDocumentException e) {
                        recorder.upstreamFault(repository, upstream, name, "unreadable index: " + e.getMessage());
                        throw e;
                    }
                });
        Digest blob = held.record().blob();
        if (blob == null) {
            return null;
        }
        Body key = new Body(blob, name, upstream.url());
        PackageIndex index = parsedIndexes.getIfPresent(key);
        if (index == null) {
            try (InputStream body = documents.open(held, blob, Long.MAX_VALUE)) {
                URI source = question.uri();
                index = work.run(
                        documents.size(blob),
                        () -> proxying.readIndex(name, source, held.record().contentType(), body)
                                .packed());
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

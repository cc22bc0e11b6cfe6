package dev.sluice.kernel.advisory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.artifact.VersionOrder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to "which advisories cover this version", kept prepared in memory per package.
 *
 * <p>Follows the store: after a commit the next question is answered from the new content. Thread-safe. What it keeps is bounded
 * in bytes, of which most packages, those without advisories, take about two hundred.
 */
public final class AdvisoryIndex {

    private static final long STANDARD_MEMORY = 8L << 20;

    private final AdvisoryStore store;
    private final Freshness freshness;
    private final Cache<PackageName, OfPackage> prepared;
    private final Map<String, OfPackage> without = new ConcurrentHashMap<>();
    private volatile @Nullable Feeds feeds;

    /** The state of the feeds at a revision. */
    private record Feeds(long revision, List<AdvisoryStore.FeedState> states) {}

    /** An index of the advisories in that store that keeps 8 MiB in memory, with the standard freshness. */
    public AdvisoryIndex(AdvisoryStore store) {
        this(store, STANDARD_MEMORY);
    }

    /** An index of the advisories in that store, with the standard freshness. */
    public AdvisoryIndex(AdvisoryStore store, long memory) {
        this(store, memory, Freshness.STANDARD);
    }

    /**
     * An index of the advisories in that store.
     *
     * @param memory how many bytes of advisories are kept prepared, roughly
     * @param freshness when a feed counts as stale
     */
    public AdvisoryIndex(AdvisoryStore store, long memory, Freshness freshness) {
        this.store = store;
        this.freshness = freshness;
        this.prepared = Caffeine.newBuilder()
                .maximumWeight(memory)
                .weigher(PreparedSize::of)
                .executor(Runnable::run) // its upkeep is less work than waking another thread for it
                .build();
    }

    /** The store's revision: what was answered at an equal one still holds. Answered from memory. */
    public long revision() {
        return store.revision();
    }

    /** What is known against that version at that instant. */
    public Findings findings(VersionOrder order, PackageName name, String version, Instant now) {
        return of(order, name).findings(version, now);
    }

    /** The advisories of a package as they stand now, to match many versions one after the other. */
    public OfPackage of(VersionOrder order, PackageName name) {
        OfPackage known = current(order, name);
        if (known.advisories.isEmpty() || known.order.equals(order)) {
            return known;
        }
        OfPackage ordered = known.inOrder(order);
        prepared.put(name, ordered);
        return ordered;
    }

    private OfPackage current(VersionOrder order, PackageName name) {
        long revision = store.revision();
        OfPackage known = prepared.getIfPresent(name);
        if (known == null || known.revision != revision) {
            known = load(order, name, revision);
            prepared.put(name, known);
        }
        return known;
    }

    /**
     * A number that changes when anything that affects matches of the package does: its advisories, their exploitation
     * data, and whether the advisories of its format were ever imported as a whole.
     */
    public long stamp(PackageName name) {
        return current(TextOrder.INSTANCE, name).stamp;
    }

    /** Since when the advisories of that format are up to date; unknown when they were never imported as a whole. */
    public Signal<Instant> coverage(String format) {
        String name = AdvisoryStore.FeedState.osv(format);
        for (AdvisoryStore.FeedState state : feeds()) {
            if (state.name().equals(name)) {
                String lack = state.lack();
                return lack == null
                        ? Signal.known(state.updatedAt(), "advisories")
                        : Signal.unknown("the advisories of " + format + " are not known as a whole: " + lack);
            }
        }
        return Signal.unknown("the advisories of " + format + " were never imported as a whole");
    }

    /** What was imported so far, by feed name. */
    public List<AdvisoryStore.FeedState> feeds() {
        Feeds known = feeds;
        long revision = store.revision();
        if (known == null || known.revision() != revision) {
            known = new Feeds(revision, List.copyOf(store.feeds()));
            feeds = known;
        }
        return known.states();
    }

    /** When a feed counts as stale. */
    public Freshness freshness() {
        return freshness;
    }

    /** The earliest instant after that one at which a feed becomes stale if nothing is imported, or null when none does. */
    public @Nullable Instant staleNext(Instant now) {
        return feeds().stream()
                .map(freshness::staleFrom)
                .filter(instant -> instant.isAfter(now))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private OfPackage load(VersionOrder order, PackageName name, long revision) {
        List<Advisory> advisories = store.about(name).stream()
                .sorted(Comparator.comparing(Advisory::id))
                .toList();
        if (advisories.isEmpty()) {
            return without(name.format(), revision);
        }
        Set<String> cves = new TreeSet<>();
        for (Advisory advisory : advisories) {
            Stream.concat(Stream.of(advisory.id()), advisory.aliases().stream())
                    .filter(id -> id.startsWith("CVE-"))
                    .forEach(cves::add);
        }
        Map<String, Exploitation> exploitation = cves.isEmpty() ? Map.of() : store.exploitation(cves);
        Signal<Instant> coverage = coverage(name.format());
        return new OfPackage(
                order,
                name,
                revision,
                advisories,
                exploitation,
                coverage,
                stamp(advisories, exploitation, coverage.isKnown()));
    }

    /** What is kept of every package of the format that has no advisories: one object for all of them. */
    private OfPackage without(String format, long revision) {
        OfPackage known = without.get(format);
        if (known == null || known.revision != revision) {
            Signal<Instant> coverage = coverage(format);
            known = new OfPackage(
                    TextOrder.INSTANCE,
                    new PackageName(format, "*"),
                    revision,
                    List.of(),
                    Map.of(),
                    coverage,
                    coverage.isKnown() ? 1 : 0);
            without.put(format, known);
        }
        return known;
    }

    /** The first 8 bytes of the SHA-256 of all that the matches are made of. */
    private static long stamp(List<Advisory> advisories, Map<String, Exploitation> exploitation, boolean covered) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Advisory advisory : advisories) {
                digest.update(advisory.toString().getBytes(StandardCharsets.UTF_8));
            }
            digest.update(new TreeMap<>(exploitation).toString().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) (covered ? 1 : 0));
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException(absent);
        }
    }

    /** The advisories of one package at one revision. Thread-safe. */
    public static final class OfPackage {

        private final VersionOrder order;
        private final PackageName name;
        private final long revision;
        private final List<Advisory> advisories;
        private final Map<String, Exploitation> exploitation;
        private final Signal<Instant> coverage;
        private final long stamp;
        private volatile @Nullable AdvisoryMatcher matcher;

        private OfPackage(
                VersionOrder order,
                PackageName name,
                long revision,
                List<Advisory> advisories,
                Map<String, Exploitation> exploitation,
                Signal<Instant> coverage,
                long stamp) {
            this.order = order;
            this.name = name;
            this.revision = revision;
            this.advisories = advisories;
            this.exploitation = exploitation;
            this.coverage = coverage;
            this.stamp = stamp;
        }

        private OfPackage inOrder(VersionOrder other) {
            return new OfPackage(other, name, revision, advisories, exploitation, coverage, stamp);
        }

        /** The advisories, withdrawn ones included. */
        List<Advisory> advisories() {
            return advisories;
        }

        /** What is known against that version at that instant. */
        public Findings findings(String version, Instant now) {
            return new Findings(advisories.isEmpty() ? List.of() : at(now).matches(version), coverage);
        }

        /**
         * Versions that an advisory names one by one, at most so many: somebody had them once, whoever has them now. Of malware, where
         * a range begins and ends is named too: it is a version that was taken down.
         */
        public Set<String> named(int most) {
            Set<String> versions = new LinkedHashSet<>();
            for (Advisory advisory : advisories) {
                for (Advisory.Affected part : advisory.affected()) {
                    if (part.packageName().equals(name)) {
                        Stream<String> ends = advisory.isMalicious() ? ends(part.ranges()) : Stream.of();
                        Stream.concat(part.versions().stream(), ends)
                                .limit(most - versions.size())
                                .forEach(versions::add);
                    }
                }
            }
            return versions;
        }

        private Stream<String> ends(List<AffectedRange> ranges) {
            return ranges.stream()
                    .filter(range -> range.type() != AffectedRange.Type.GIT)
                    .flatMap(range -> range.events().stream())
                    .filter(event -> event.kind() == AffectedRange.Kind.INTRODUCED
                            || event.kind() == AffectedRange.Kind.LAST_AFFECTED)
                    .map(AffectedRange.Event::version)
                    .filter(version -> !version.equals("0") && order.isVersion(version));
        }

        /** The earliest instant after that one at which an answer could change by time alone, or null when none. */
        public @Nullable Instant horizon(Instant now) {
            return advisories.isEmpty() ? null : at(now).horizon();
        }

        private AdvisoryMatcher at(Instant now) {
            AdvisoryMatcher known = matcher;
            if (known == null || !known.holdsAt(now)) {
                known = AdvisoryMatcher.of(order, name, advisories, exploitation, now);
                matcher = known;
            }
            return known;
        }
    }

    /** Stands in where only the stamp of a package was asked for. */
    private enum TextOrder implements VersionOrder {
        INSTANCE;

        @Override
        public int compare(String left, String right) {
            return left.compareTo(right);
        }

        @Override
        public boolean isPrerelease(String version) {
            return false;
        }

        @Override
        public boolean isVersion(String text) {
            return true;
        }
    }
}

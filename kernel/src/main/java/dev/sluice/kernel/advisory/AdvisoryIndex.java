package dev.sluice.kernel.advisory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to "which advisories cover this version", kept prepared in memory per package.
 *
 * <p>Follows the store: after a commit the next question is answered from the new content. Thread-safe. Holds a bounded
 * number of advisories in memory.
 */
public final class AdvisoryIndex {

    /** So many packages and advisories together are kept prepared. */
    private static final long MAX_WEIGHT = 100_000;

    private final AdvisoryStore store;
    private final Cache<PackageName, OfPackage> prepared;
    private volatile @Nullable Feeds feeds;

    /** The state of the feeds at a revision. */
    private record Feeds(long revision, List<AdvisoryStore.FeedState> states, boolean empty) {}

    /** An index of the advisories in that store. */
    public AdvisoryIndex(AdvisoryStore store) {
        this.store = store;
        this.prepared = Caffeine.newBuilder()
                .maximumWeight(MAX_WEIGHT)
                .<PackageName, OfPackage>weigher((name, of) -> 1 + of.advisories.size())
                .build();
    }

    /** The store's revision: what was answered at an equal one still holds. Answered from memory. */
    public long revision() {
        return store.revision();
    }

    /** What covers that version at that instant. */
    public List<AdvisoryMatch> matches(VersionOrder order, PackageName name, String version, Instant now) {
        return of(order, name).matches(version, now);
    }

    /** The advisories of a package as they stand now, to match many versions one after the other. */
    public OfPackage of(VersionOrder order, PackageName name) {
        long revision = store.revision();
        OfPackage known = prepared.getIfPresent(name);
        if (known != null && known.revision == revision && known.order.equals(order)) {
            return known;
        }
        OfPackage fresh = load(order, name, revision);
        prepared.put(name, fresh);
        return fresh;
    }

    /**
     * A number that changes when anything that affects matches of the package does: its advisories, their exploitation
     * data, and whether any advisory was ever imported.
     */
    public long stamp(PackageName name) {
        long revision = store.revision();
        OfPackage known = prepared.getIfPresent(name);
        if (known == null || known.revision != revision) {
            known = load(known == null ? TextOrder.INSTANCE : known.order, name, revision);
            prepared.put(name, known);
        }
        return known.stamp;
    }

    /** Whether no advisory was ever imported: then nothing is known of any version. */
    public boolean isEmpty() {
        return current().empty();
    }

    /** What was imported so far, by feed name. */
    public List<AdvisoryStore.FeedState> feeds() {
        return current().states();
    }

    private Feeds current() {
        Feeds known = feeds;
        long revision = store.revision();
        if (known == null || known.revision() != revision) {
            List<AdvisoryStore.FeedState> states = List.copyOf(store.feeds());
            known = new Feeds(
                    revision,
                    states,
                    states.stream().noneMatch(state -> state.name().equals("osv") && state.records() > 0));
            feeds = known;
        }
        return known;
    }

    private OfPackage load(VersionOrder order, PackageName name, long revision) {
        List<Advisory> advisories = store.about(name).stream()
                .sorted(Comparator.comparing(Advisory::id))
                .toList();
        Set<String> cves = new TreeSet<>();
        for (Advisory advisory : advisories) {
            Stream.concat(Stream.of(advisory.id()), advisory.aliases().stream())
                    .filter(id -> id.startsWith("CVE-"))
                    .forEach(cves::add);
        }
        Map<String, Exploitation> exploitation = cves.isEmpty() ? Map.of() : store.exploitation(cves);
        return new OfPackage(order, name, revision, advisories, exploitation, stamp(advisories, exploitation));
    }

    /** The first 8 bytes of the SHA-256 of all that the matches are made of. */
    private long stamp(List<Advisory> advisories, Map<String, Exploitation> exploitation) {
        if (advisories.isEmpty()) {
            return isEmpty() ? 0 : 1;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Advisory advisory : advisories) {
                digest.update(advisory.toString().getBytes(StandardCharsets.UTF_8));
            }
            digest.update(new TreeMap<>(exploitation).toString().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) (isEmpty() ? 0 : 1));
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
        private final long stamp;
        private volatile @Nullable AdvisoryMatcher matcher;

        private OfPackage(
                VersionOrder order,
                PackageName name,
                long revision,
                List<Advisory> advisories,
                Map<String, Exploitation> exploitation,
                long stamp) {
            this.order = order;
            this.name = name;
            this.revision = revision;
            this.advisories = advisories;
            this.exploitation = exploitation;
            this.stamp = stamp;
        }

        /** What covers that version at that instant. */
        public List<AdvisoryMatch> matches(String version, Instant now) {
            return advisories.isEmpty() ? List.of() : at(now).matches(version);
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

package dev.sluice.kernel.advisory;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The advisories of one package, prepared so that thousands of its versions can be matched one after the other.
 *
 * <p>Follows the evaluation of the OSV schema: a version is affected when an entry lists it or a range covers it, where
 * equal means equal by the ecosystem's order. Withdrawn records do not count. Records that are aliases of each other count
 * once. What cannot be ordered is never taken for clean: an event at such a version makes its range as wide as it could mean,
 * and such a version lies in every range.
 *
 * <p>The one departure from the letter: where an entry of a malware record has a range of every version without end beside one
 * that is bounded at both ends, the former is passed over. Published data holds it (MAL-2025-47141), where it would block every
 * clean release of a package of which two were bad. Beside versions listed one by one a range of everything counts: then
 * the list is what was known when the record was written, and the package as a whole is bad.
 *
 * <p>A pure function of its arguments. Thread-safe. A match costs a binary search over the versions the advisories name.
 */
public final class AdvisoryMatcher {

    /** The lists of matches that are remembered have so many places together, of four bytes each; then it begins anew. */
    static final int MOST_REMEMBERED = 50_000;

    /** So many places does a list itself take. */
    static final int LIST = 25;

    private final VersionOrder order;
    private final VersionLine line;
    private final List<AffectedGroup> groups;
    private final Instant from;
    private final Instant until;

    /** Lists already put together, by position on the line; below zero of versions that cannot be ordered. */
    private final Map<Integer, List<AdvisoryMatch>> known = new ConcurrentHashMap<>();

    /** How many places they have; roughly, as they are counted without a lock. */
    private final AtomicInteger remembered = new AtomicInteger();

    private AdvisoryMatcher(
            VersionOrder order, VersionLine line, List<AffectedGroup> groups, Instant from, Instant until) {
        this.order = order;
        this.line = line;
        this.groups = groups;
        this.from = from;
        this.until = until;
    }

    /**
     * Prepares the advisories of a package as they stand at an instant.
     *
     * @param order version order of the package's format
     * @param name the package
     * @param advisories records about it; entries for other packages are passed over
     * @param exploitation what is known of their CVEs, by CVE
     * @param now when; records withdrawn by then are left out
     */
    public static AdvisoryMatcher of(
            VersionOrder order,
            PackageName name,
            Collection<Advisory> advisories,
            Map<String, Exploitation> exploitation,
            Instant now) {
        Instant from = Instant.MIN;
        Instant until = Instant.MAX;
        List<Advisory> counting = new ArrayList<>();
        List<List<Advisory.Affected>> about = new ArrayList<>();
        List<String> versions = new ArrayList<>();
        for (Advisory advisory : advisories) {
            Instant withdrawn = advisory.withdrawn();
            if (withdrawn != null && !withdrawn.isAfter(now)) {
                from = withdrawn.isAfter(from) ? withdrawn : from;
                continue;
            }
            if (withdrawn != null) {
                until = withdrawn.isBefore(until) ? withdrawn : until;
            }
            List<Advisory.Affected> entries = AffectedRecord.entries(advisory, name, order);
            if (!entries.isEmpty()) {
                counting.add(advisory);
                about.add(entries);
                for (Advisory.Affected entry : entries) {
                    versions.addAll(entry.versions());
                    entry.ranges().forEach(range -> versions.addAll(Span.marks(range)));
                }
            }
        }
        VersionLine line = new VersionLine(order, versions);
        List<AffectedRecord> records = new ArrayList<>();
        for (int i = 0; i < counting.size(); i++) {
            records.add(AffectedRecord.of(counting.get(i), about.get(i), line));
        }
        List<AffectedGroup> groups = AliasGroups.of(counting).stream()
                .map(members ->
                        new AffectedGroup(members.stream().map(records::get).toList(), exploitation))
                .toList();
        return new AdvisoryMatcher(order, line, groups, from, until);
    }

    /** What covers that version: malware first, then by falling score, then by identifier. */
    public List<AdvisoryMatch> matches(String version) {
        if (groups.isEmpty()) {
            return List.of();
        }
        int position = line.position(version);
        boolean ordered = order.isVersion(version);
        int place = ordered ? position : -1 - position;
        List<AdvisoryMatch> matches = known.get(place);
        if (matches == null) {
            matches = at(position, ordered);
            if (remembered.addAndGet(LIST + matches.size()) > MOST_REMEMBERED) {
                known.clear();
                remembered.set(LIST + matches.size());
            }
            known.put(place, matches);
        }
        return matches;
    }

    /** Whether the answers also hold at that instant: no record was withdrawn between it and the instant of preparation. */
    public boolean holdsAt(Instant instant) {
        return !instant.isBefore(from) && instant.isBefore(until);
    }

    /** The earliest instant at which an answer could change by time alone, or null when none. */
    public @Nullable Instant horizon() {
        return until.equals(Instant.MAX) ? null : until;
    }

    private List<AdvisoryMatch> at(int position, boolean ordered) {
        List<AdvisoryMatch> matches = new ArrayList<>();
        for (AffectedGroup group : groups) {
            AdvisoryMatch match = group.at(position, ordered);
            if (match != null) {
                matches.add(match);
            }
        }
        matches.sort(Comparator.comparing((AdvisoryMatch match) -> !match.isMalicious())
                .thenComparing(match -> {
                    Advisory.Severity cvss = match.cvss();
                    return cvss == null ? 0 : -cvss.score();
                })
                .thenComparing(AdvisoryMatch::identifier));
        return List.copyOf(matches);
    }
}

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
 * once. A malware record that names versions or bounded ranges is not believed when it also covers every version without
 * end: such stray ranges exist in published data and would block every clean release.
 *
 * <p>A pure function of its arguments. Thread-safe. A match costs a binary search over the versions the advisories name.
 */
public final class AdvisoryMatcher {

    /** The lists of matches that are remembered have so many places together, of four bytes each; then it begins anew. */
    static final int MOST_REMEMBERED = 50_000;

    /** So many places does a list itself take. */
    static final int LIST = 25;

    private final VersionLine line;
    private final List<AffectedGroup> groups;
    private final Instant from;
    private final Instant until;

    /** Lists already put together, by position on the line. */
    private final Map<Integer, List<AdvisoryMatch>> known = new ConcurrentHashMap<>();

    /** How many places they have; roughly, as they are counted without a lock. */
    private final AtomicInteger remembered = new AtomicInteger();

    private AdvisoryMatcher(VersionLine line, List<AffectedGroup> groups, Instant from, Instant until) {
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
            List<Advisory.Affected> entries = AffectedRecord.entries(advisory, name);
            if (!entries.isEmpty()) {
                counting.add(advisory);
                for (Advisory.Affected entry : entries) {
                    versions.addAll(entry.versions());
                    entry.ranges().forEach(range -> versions.addAll(Span.marks(range)));
                }
            }
        }
        VersionLine line = new VersionLine(order, versions);
        List<AffectedRecord> records = counting.stream()
                .map(advisory -> AffectedRecord.of(advisory, name, line))
                .toList();
        List<AffectedGroup> groups = AliasGroups.of(counting).stream()
                .map(members ->
                        new AffectedGroup(members.stream().map(records::get).toList(), exploitation))
                .toList();
        return new AdvisoryMatcher(line, groups, from, until);
    }

    /** What covers that version: malware first, then by falling score, then by identifier. */
    public List<AdvisoryMatch> matches(String version) {
        if (groups.isEmpty()) {
            return List.of();
        }
        int position = line.position(version);
        List<AdvisoryMatch> matches = known.get(position);
        if (matches == null) {
            matches = at(position);
            if (remembered.addAndGet(LIST + matches.size()) > MOST_REMEMBERED) {
                known.clear();
                remembered.set(LIST + matches.size());
            }
            known.put(position, matches);
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

    private List<AdvisoryMatch> at(int position) {
        List<AdvisoryMatch> matches = new ArrayList<>();
        for (AffectedGroup group : groups) {
            AdvisoryMatch match = group.at(position);
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

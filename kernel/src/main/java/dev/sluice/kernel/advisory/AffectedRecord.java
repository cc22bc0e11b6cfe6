package dev.sluice.kernel.advisory;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one record says of one package, on the line of its versions.
 *
 * @param advisory the record
 * @param spans stretches of affected versions
 * @param listed positions of versions listed one by one
 * @param fixes versions said to be without the fault, by position
 * @param severities those of the package where it has its own, else those of the record
 * @param texts the affected versions for people
 */
record AffectedRecord(
        Advisory advisory,
        List<Span> spans,
        Set<Integer> listed,
        Map<Integer, String> fixes,
        List<Advisory.Severity> severities,
        List<String> texts) {

    /** So many ranges or versions of one record are told to people. */
    static final int MAX_TEXTS = 100;

    /** The entries of a record about a package, as that order can place them; without stray ranges, see {@link AdvisoryMatcher}. */
    static List<Advisory.Affected> entries(Advisory advisory, PackageName name, VersionOrder order) {
        return advisory.affected().stream()
                .filter(entry -> entry.packageName().equals(name))
                .map(entry -> new Advisory.Affected(
                        name,
                        ranges(entry, advisory.isMalicious()).stream()
                                .map(range -> Span.placed(range, order))
                                .toList(),
                        entry.versions(),
                        entry.severities()))
                .toList();
    }

    private static List<AffectedRange> ranges(Advisory.Affected entry, boolean malicious) {
        return malicious && entry.ranges().stream().anyMatch(Span::isBounded)
                ? entry.ranges().stream()
                        .filter(range -> range.widened() || !Span.isEverything(range))
                        .toList()
                : entry.ranges();
    }

    static AffectedRecord of(Advisory advisory, List<Advisory.Affected> entries, VersionLine line) {
        List<Span> spans = new ArrayList<>();
        Set<Integer> listed = new HashSet<>();
        Map<Integer, String> fixes = new TreeMap<>();
        List<Advisory.Severity> severities = new ArrayList<>();
        for (Advisory.Affected entry : entries) {
            severities.addAll(entry.severities());
            for (AffectedRange range : entry.ranges()) {
                spans.addAll(Span.of(range, line));
                if (range.type() != AffectedRange.Type.GIT) {
                    range.events().stream()
                            .filter(event -> event.kind() == AffectedRange.Kind.FIXED)
                            .forEach(event -> fixes.putIfAbsent(line.of(event.version()), event.version()));
                }
            }
        }
        spans.sort(Comparator.comparingInt(Span::from).thenComparingInt(Span::to));
        Map<Integer, String> lone = new TreeMap<>();
        for (Advisory.Affected entry : entries) {
            for (String version : entry.versions()) {
                int position = line.of(version);
                listed.add(position);
                if (spans.stream().noneMatch(span -> span.contains(position))) {
                    lone.putIfAbsent(position, "=" + version);
                }
            }
        }
        List<String> texts = new ArrayList<>();
        spans.stream().map(Span::text).distinct().limit(MAX_TEXTS).forEach(texts::add);
        lone.values().stream().limit(MAX_TEXTS - texts.size()).forEach(texts::add);
        return new AffectedRecord(
                advisory, spans, listed, fixes, severities.isEmpty() ? advisory.severities() : severities, texts);
    }

    /** Whether the version there is affected; one that cannot be ordered may lie in any range there is. */
    boolean covers(int position, boolean ordered) {
        if (listed.contains(position)) {
            return true;
        }
        if (!ordered) {
            return !spans.isEmpty();
        }
        for (Span span : spans) {
            if (span.from() > position) {
                return false;
            }
            if (position <= span.to()) {
                return true;
            }
        }
        return false;
    }
}

package dev.sluice.kernel.advisory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The records about one package that are aliases of each other. Thread-safe. */
final class AffectedGroup {

    private static final String CVE = "CVE-";

    /** So many matches are remembered; then it begins anew. */
    static final int MOST_MATCHES = 16;

    /** Malware speaks first, then what bears a CVE, then the newest. */
    private static final Comparator<Advisory> SPEAKER = Comparator.comparing(
                    (Advisory advisory) -> !advisory.isMalicious())
            .thenComparing(advisory -> !Advisory.namesMalware(advisory.id()))
            .thenComparing(advisory -> cves(advisory).isEmpty())
            .thenComparing(Advisory::modified, Comparator.reverseOrder())
            .thenComparing(Advisory::id);

    private final List<AffectedRecord> records;
    private final Map<String, Exploitation> exploitation;
    private final Map<Key, AdvisoryMatch> known = new ConcurrentHashMap<>();

    /** Told to people beside the ranges where the version may lie in any of them. */
    private static final String UNORDERED = "a version that cannot be ordered may be any";

    /** What a match depends on: the members that cover the version, how many of the fixes lie at or below it, its being a version. */
    private record Key(List<Integer> members, int fixesBelow, boolean ordered) {}

    AffectedGroup(List<AffectedRecord> records, Map<String, Exploitation> exploitation) {
        this.records = records;
        this.exploitation = exploitation;
    }

    /** The match at that position, or null when no record covers it; {@code ordered} says whether the version can be ordered. */
    @Nullable
    AdvisoryMatch at(int position, boolean ordered) {
        List<Integer> members = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).covers(position, ordered)) {
                members.add(i);
            }
        }
        if (members.isEmpty()) {
            return null;
        }
        TreeMap<Integer, String> fixes = new TreeMap<>();
        members.forEach(member -> records.get(member).fixes().forEach(fixes::putIfAbsent));
        Map<Integer, String> below = fixes.headMap(position, true);
        if (known.size() >= MOST_MATCHES) {
            known.clear();
        }
        return known.computeIfAbsent(new Key(List.copyOf(members), below.size(), ordered), key -> {
            List<String> inOrder =
                    new ArrayList<>(fixes.tailMap(position, false).values());
            inOrder.addAll(below.values());
            return match(members.stream().map(records::get).toList(), inOrder, ordered);
        });
    }

    private AdvisoryMatch match(List<AffectedRecord> covering, List<String> fixes, boolean ordered) {
        List<Advisory> members =
                covering.stream().map(AffectedRecord::advisory).sorted(SPEAKER).toList();
        Advisory speaker = members.getFirst();
        Set<String> identifiers = new TreeSet<>();
        Set<String> cves = new LinkedHashSet<>();
        for (Advisory member : members) {
            identifiers.add(member.id());
            identifiers.addAll(member.aliases());
            cves.addAll(cves(member));
        }
        String identifier = speaker.isMalicious() || cves.isEmpty()
                ? speaker.id()
                : cves.iterator().next();
        identifiers.remove(identifier);
        Set<String> texts = new LinkedHashSet<>();
        covering.forEach(record -> texts.addAll(record.texts()));
        if (!ordered) {
            texts.add(UNORDERED);
        }
        Advisory.Severity cvss = highest(covering);
        return new AdvisoryMatch(
                speaker,
                identifier,
                List.copyOf(identifiers),
                fixes,
                List.copyOf(texts),
                label(cvss, members),
                cvss,
                exploitation(cves),
                members);
    }

    private @Nullable Exploitation exploitation(Set<String> cves) {
        return cves.stream()
                .map(cve -> exploitation.getOrDefault(cve, new Exploitation(cve, null, null)))
                .min(Comparator.comparing((Exploitation known) -> known.kev() == null)
                        .thenComparing(known -> {
                            Exploitation.Epss epss = known.epss();
                            return epss == null ? 0 : -epss.score();
                        }))
                .orElse(null);
    }

    private static Advisory.@Nullable Severity highest(List<AffectedRecord> covering) {
        return covering.stream()
                .flatMap(record -> record.severities().stream())
                .filter(severity -> !Double.isNaN(severity.score()))
                .max(Comparator.comparing((Advisory.Severity severity) -> !isSecond(severity))
                        .thenComparing(Advisory.Severity::score))
                .orElse(null);
    }

    /** The bands of the CVSS v3.1 specification, section 5; NVD's bands for v2, which knows no CRITICAL. */
    private static @Nullable String label(Advisory.@Nullable Severity cvss, List<Advisory> members) {
        if (cvss != null && cvss.score() > 0) {
            double score = cvss.score();
            return score >= 9 && !isSecond(cvss) ? "CRITICAL" : score >= 7 ? "HIGH" : score >= 4 ? "MEDIUM" : "LOW";
        }
        List<String> rising = List.of("LOW", "MEDIUM", "HIGH", "CRITICAL");
        String worst = null;
        for (Advisory member : members) {
            String label = member.severityLabel();
            if (label != null && (worst == null || rising.indexOf(label) > rising.indexOf(worst))) {
                worst = label;
            }
        }
        return worst;
    }

    private static boolean isSecond(Advisory.Severity severity) {
        return severity.type().equals("CVSS_V2");
    }

    /** The CVEs of a record, its own identifier first. */
    private static List<String> cves(Advisory advisory) {
        List<String> cves = new ArrayList<>();
        if (advisory.id().startsWith(CVE)) {
            cves.add(advisory.id());
        }
        advisory.aliases().stream()
                .filter(alias -> alias.startsWith(CVE))
                .sorted()
                .forEach(cves::add);
        return cves;
    }
}

package dev.sluice.kernel.advisory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The finding that a version is affected: one advisory, after records that are aliases of each other were merged.
 *
 * @param advisory the record that speaks for the group: malicious before CVE-bearing before any other, then the newest
 * @param identifier the name to show: the CVE where the group has one and is not malware, else the record's id
 * @param aliases every other identifier of the group, sorted
 * @param fixedVersions versions that the group names as the first without the fault: those above the matched version
 *     first, then those below it, each part in version order
 * @param affectedRanges the ranges of this package as text for people, for example {@code >=1.0.0 <1.4.2}
 * @param severityLabel LOW, MEDIUM, HIGH, CRITICAL from the score, else from the database, or null when neither says
 * @param cvss the highest base score in the group with its vector; of CVSS v2 only where there is no newer one; or null
 * @param exploitation what is known of the group's CVEs, the most exploited one, or null when it has no CVE
 * @param members every record of the group that covers the matched version
 */
public record AdvisoryMatch(
        Advisory advisory,
        String identifier,
        List<String> aliases,
        List<String> fixedVersions,
        List<String> affectedRanges,
        @Nullable String severityLabel,
        Advisory.@Nullable Severity cvss,
        @Nullable Exploitation exploitation,
        List<Advisory> members) {

    /** Copies the lists. */
    public AdvisoryMatch {
        aliases = List.copyOf(aliases);
        fixedVersions = List.copyOf(fixedVersions);
        affectedRanges = List.copyOf(affectedRanges);
        members = List.copyOf(members);
    }

    /** Whether the group says that the version is malicious. */
    public boolean isMalicious() {
        return members.stream().anyMatch(Advisory::isMalicious);
    }
}

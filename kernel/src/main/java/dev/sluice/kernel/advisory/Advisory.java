package dev.sluice.kernel.advisory;

import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A published statement that versions of packages are vulnerable or malicious, as an OSV record tells it.
 *
 * @param id the record's identifier, for example {@code GHSA-…}, {@code MAL-2025-…}
 * @param aliases other identifiers of the same thing
 * @param summary one line
 * @param details longer text, at most 4,000 characters, or empty
 * @param severities as given for the record as a whole
 * @param severityLabel LOW, MEDIUM, HIGH, CRITICAL as the database says, or null
 * @param published when it was first published, or null
 * @param modified when it was last changed
 * @param withdrawn from when on it no longer counts, or null
 * @param affected what it is about; only packages of formats known here are kept
 * @param references addresses with more, at most 20
 * @param source name of the feed or file it was imported from
 * @param malicious whether any mark of the database but its identifiers says that the record is about malware
 * @param weaknesses CWE identifiers that the database gives, for example {@code CWE-79}, at most 50
 */
public record Advisory(
        String id,
        List<String> aliases,
        String summary,
        String details,
        List<Severity> severities,
        @Nullable String severityLabel,
        @Nullable Instant published,
        Instant modified,
        @Nullable Instant withdrawn,
        List<Affected> affected,
        List<String> references,
        String source,
        boolean malicious,
        List<String> weaknesses) {

    /** Copies the lists; records kept by an older release name no weaknesses. */
    public Advisory {
        weaknesses = weaknesses == null ? List.of() : List.copyOf(weaknesses);
        aliases = List.copyOf(aliases);
        severities = List.copyOf(severities);
        affected = List.copyOf(affected);
        references = List.copyOf(references);
    }

    /** A record that names no weaknesses. */
    public Advisory(
            String id,
            List<String> aliases,
            String summary,
            String details,
            List<Severity> severities,
            @Nullable String severityLabel,
            @Nullable Instant published,
            Instant modified,
            @Nullable Instant withdrawn,
            List<Affected> affected,
            List<String> references,
            String source,
            boolean malicious) {
        this(
                id,
                aliases,
                summary,
                details,
                severities,
                severityLabel,
                published,
                modified,
                withdrawn,
                affected,
                references,
                source,
                malicious,
                List.of());
    }

    /**
     * Whether it says that the package is malicious, not merely vulnerable: marked so by the database, or an identifier or
     * alias that begins with MAL-.
     */
    public boolean isMalicious() {
        return malicious || namesMalware(id) || aliases.stream().anyMatch(Advisory::namesMalware);
    }

    /** Whether the identifier is one that only malware has: it begins with MAL-, in any case. */
    public static boolean namesMalware(String identifier) {
        return identifier.regionMatches(true, 0, "MAL-", 0, 4);
    }

    /** Whether it was withdrawn by then. */
    public boolean isWithdrawn(Instant now) {
        return withdrawn != null && !withdrawn.isAfter(now);
    }

    /**
     * A severity.
     *
     * @param type {@code CVSS_V2}, {@code CVSS_V3}, {@code CVSS_V4} or what else OSV allows
     * @param vector the vector as given
     * @param score the base score computed from the vector, or NaN when it cannot be computed
     */
    public record Severity(String type, String vector, double score) {}

    /**
     * The versions of one package it is about.
     *
     * @param packageName the package
     * @param ranges version ranges; a version in any of them is affected
     * @param versions versions listed one by one; any of them is affected
     * @param severities given for this package alone
     */
    public record Affected(
            PackageName packageName, List<AffectedRange> ranges, List<String> versions, List<Severity> severities) {
        /** Copies the lists. */
        public Affected {
            ranges = List.copyOf(ranges);
            versions = List.copyOf(versions);
            severities = List.copyOf(severities);
        }
    }
}

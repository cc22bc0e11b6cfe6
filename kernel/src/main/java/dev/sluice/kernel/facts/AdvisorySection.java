package dev.sluice.kernel.facts;

import static dev.sluice.kernel.facts.Values.EMPTY_STRING;
import static dev.sluice.kernel.facts.Values.NULL;
import static dev.sluice.kernel.facts.Values.nullable;
import static dev.sluice.kernel.facts.Values.object;
import static dev.sluice.kernel.facts.Values.text;
import static dev.sluice.kernel.facts.Values.texts;
import static dev.sluice.kernel.facts.Values.time;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;

/**
 * What is known against a version: {@code vulnerabilities}, {@code security_scan}, {@code osv} and {@code exploitation}.
 *
 * <p>One instance renders an advisory once for all versions of a package; use it from one thread.
 */
final class AdvisorySection {

    private static final ObjectValue.Shape VULNERABILITY = new ObjectValue.Shape();
    private static final ObjectValue.Shape SCANNED = new ObjectValue.Shape();
    private static final ObjectValue.Shape RECORD = new ObjectValue.Shape();

    private final IdentityHashMap<AdvisoryMatch, Value> vulnerabilities = new IdentityHashMap<>();
    private final IdentityHashMap<Advisory, Value> records = new IdentityHashMap<>();

    /** Adds the members to the document. */
    void put(Facts facts, ObjectValue.Builder v0) {
        List<AdvisoryMatch> matches = facts.findings().matches();
        List<Value> vulnerable = new ArrayList<>();
        List<Value> scanned = new ArrayList<>();
        List<Value> osv = new ArrayList<>();
        List<Value> kev = new ArrayList<>();
        for (AdvisoryMatch match : matches) {
            if (!match.isMalicious()) {
                vulnerable.add(vulnerabilities.computeIfAbsent(match, m -> vulnerability(facts, m)));
                scanned.add(scanned(facts, match));
            }
            for (Advisory member : match.members()) {
                osv.add(records.computeIfAbsent(member, AdvisorySection::record));
            }
            if (match.exploitation() != null && match.exploitation().kev() != null) {
                kev.add(kev(match.exploitation()));
            }
        }
        v0.put("vulnerabilities", ArrayValue.of(vulnerable))
                .put("osv", ArrayValue.of(osv))
                .put(
                        "security_scan",
                        ArrayValue.of(
                                object().put("Target", text(facts.coordinates().toString()))
                                        .put("Vulnerabilities", ArrayValue.of(scanned))
                                        .build()))
                .put("exploitation", object().put("kev", ArrayValue.of(kev)).build());
    }

    private static Value vulnerability(Facts facts, AdvisoryMatch match) {
        Exploitation exploitation = match.exploitation();
        Exploitation.Epss epss = exploitation == null ? null : exploitation.epss();
        Advisory.Severity cvss = match.cvss();
        return VULNERABILITY
                .builder()
                .put("identifier", text(match.identifier()))
                .put("VulnerabilityID", text(match.identifier()))
                .put("aliases", texts(match.aliases()))
                .put("severity", match.severityLabel() == null ? NULL : text(match.severityLabel()))
                .put("base_score", cvss == null || Double.isNaN(cvss.score()) ? NULL : score(cvss.score()))
                .put("cvss", cvss(match))
                .put(
                        "epss",
                        epss == null
                                ? NULL
                                : object().put("score", NumberValue.of(epss.score()))
                                        .put("percentile", NumberValue.of(epss.percentile()))
                                        .build())
                .put("kev", BooleanValue.of(exploitation != null && exploitation.kev() != null))
                .put("patched_versions", texts(match.fixedVersions()))
                .put("vulnerable_versions", texts(match.affectedRanges()))
                .put(
                        "published_date",
                        match.advisory().published() == null
                                ? NULL
                                : time(match.advisory().published()))
                .put("title", text(match.advisory().summary()))
                .put("format", text(facts.coordinates().format()))
                .put("package_name", text(facts.coordinates().name()))
                .put(
                        "source",
                        object().put("name", text(match.advisory().id()))
                                .put(
                                        "url",
                                        match.advisory().references().isEmpty()
                                                ? EMPTY_STRING
                                                : text(match.advisory()
                                                        .references()
                                                        .getFirst()))
                                .build())
                .build();
    }

    /** Scores by source as the contract has them: versions 2 and 3 only; version 4 is in {@code osv[].severity[]}. */
    private static Value cvss(AdvisoryMatch match) {
        ObjectValue.Builder bySource = object();
        boolean any = false;
        for (Advisory member : match.members()) {
            ObjectValue.Builder scores = object();
            Value v2 = NULL;
            Value v3 = NULL;
            Value v2Vector = NULL;
            Value v3Vector = NULL;
            for (Advisory.Severity severity : member.severities()) {
                if (severity.type().equals("CVSS_V2") && !Double.isNaN(severity.score())) {
                    v2 = score(severity.score());
                    v2Vector = text(severity.vector());
                } else if (severity.type().equals("CVSS_V3") && !Double.isNaN(severity.score())) {
                    v3 = score(severity.score());
                    v3Vector = text(severity.vector());
                }
            }
            if (v2 != NULL || v3 != NULL) {
                int dash = member.id().indexOf('-');
                String source =
                        dash < 0 ? "osv" : member.id().substring(0, dash).toLowerCase(Locale.ROOT);
                bySource.put(
                        source.equals("cve") ? "nvd" : source,
                        scores.put("V2Score", v2)
                                .put("V2Vector", v2Vector)
                                .put("V3Score", v3)
                                .put("V3Vector", v3Vector)
                                .build());
                any = true;
            }
        }
        return any ? bySource.build() : NULL;
    }

    private static Value scanned(Facts facts, AdvisoryMatch match) {
        Advisory advisory = match.advisory();
        Value cvss = cvss(match);
        return SCANNED.builder()
                .put("VulnerabilityID", text(match.identifier()))
                .put("PkgName", text(facts.coordinates().name()))
                .put("InstalledVersion", text(facts.coordinates().version()))
                .put("FixedVersion", text(String.join(", ", match.fixedVersions())))
                .put("Status", text(match.fixedVersions().isEmpty() ? "affected" : "fixed"))
                .put("Severity", text(match.severityLabel() == null ? "UNKNOWN" : match.severityLabel()))
                .put("Title", text(advisory.summary()))
                .put("Description", text(advisory.details()))
                .put("PublishedDate", advisory.published() == null ? NULL : time(advisory.published()))
                .put("CVSS", cvss == NULL ? ObjectValue.EMPTY : cvss)
                .build();
    }

    private static Value record(Advisory advisory) {
        List<Value> affected = new ArrayList<>();
        for (Advisory.Affected each : advisory.affected()) {
            List<Value> ranges = new ArrayList<>();
            for (AffectedRange range : each.ranges()) {
                List<Value> events = new ArrayList<>();
                for (AffectedRange.Event event : range.events()) {
                    events.add(object().put(event.kind().name().toLowerCase(Locale.ROOT), text(event.version()))
                            .build());
                }
                ranges.add(object().put("type", text(range.type().name()))
                        .put("events", ArrayValue.of(events))
                        .build());
            }
            affected.add(object().put(
                            "package",
                            object().put(
                                            "ecosystem",
                                            text(ecosystem(each.packageName().format())))
                                    .put("name", text(each.packageName().name()))
                                    .put("purl", NULL)
                                    .build())
                    .put("ranges", ArrayValue.of(ranges))
                    .put("versions", texts(each.versions()))
                    .put("severity", severities(each.severities()))
                    .put("database_specific", NULL)
                    .put("ecosystem_specific", NULL)
                    .build());
        }
        List<Value> references = new ArrayList<>();
        for (String url : advisory.references()) {
            references.add(
                    object().put("type", text("WEB")).put("url", text(url)).build());
        }
        return RECORD.builder()
                .put("id", text(advisory.id()))
                .put("aliases", texts(advisory.aliases()))
                .put("related", ArrayValue.EMPTY)
                .put("upstream", ArrayValue.EMPTY)
                .put("summary", text(advisory.summary()))
                .put("details", text(advisory.details()))
                .put("modified", time(advisory.modified()))
                .put("published", advisory.published() == null ? NULL : time(advisory.published()))
                .put("withdrawn", advisory.withdrawn() == null ? NULL : time(advisory.withdrawn()))
                .put("severity", severities(advisory.severities()))
                .put("affected", ArrayValue.of(affected))
                .put("references", ArrayValue.of(references))
                .put(
                        "database_specific",
                        object().put("severity", nullable(advisory.severityLabel()))
                                .put("malicious", BooleanValue.of(advisory.malicious()))
                                .put("cwe_ids", texts(advisory.weaknesses()))
                                .build())
                .put("malicious", BooleanValue.of(advisory.isMalicious()))
                .put("schema_version", NULL)
                .put("credits", NULL)
                .build();
    }

    /** What OSV calls the ecosystem. */
    private static String ecosystem(String format) {
        return switch (format) {
            case "pypi" -> "PyPI";
            case "maven" -> "Maven";
            default -> format;
        };
    }

    private static Value severities(List<Advisory.Severity> severities) {
        List<Value> out = new ArrayList<>();
        for (Advisory.Severity severity : severities) {
            out.add(object().put("type", text(severity.type()))
                    .put("score", text(severity.vector()))
                    .put("numerical_score", Double.isNaN(severity.score()) ? NULL : score(severity.score()))
                    .build());
        }
        return ArrayValue.of(out);
    }

    private static Value kev(Exploitation exploitation) {
        Exploitation.Kev kev = exploitation.kev();
        if (kev == null) {
            return NULL;
        }
        return object().put("cve", text(exploitation.cve()))
                .put("date_added", text(kev.dateAdded().toString()))
                .put(
                        "due_date",
                        kev.dueDate() == null ? NULL : text(kev.dueDate().toString()))
                .put("ransomware", BooleanValue.of(kev.ransomware()))
                .build();
    }

    /** A CVSS score, always with its decimal, so that {@code %.1f} prints 10.0 as it prints 9.8. */
    private static Value score(double score) {
        return NumberValue.parse(Double.toString(score));
    }
}

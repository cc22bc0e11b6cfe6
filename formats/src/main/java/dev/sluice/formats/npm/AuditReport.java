package dev.sluice.formats.npm;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** The two forms in which npm's clients read advisories. */
final class AuditReport {

    private AuditReport() {}

    /** Advisories by package name, as npm 7 and later, yarn 4 and bun read them. */
    static byte[] bulk(Map<String, List<Audit.Finding>> findings) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Json.ObjectWriter report = new Json.ObjectWriter(out);
        findings.forEach((name, list) -> {
            report.member(name);
            array(out, list, finding -> {
                Json.ObjectWriter advisory = new Json.ObjectWriter(out);
                common(advisory, finding);
                advisory.close();
            });
        });
        return Replies.bytes(report, out);
    }

    /** Advisories by number with the places they were found at, as npm 6, pnpm and yarn 1 read them. */
    static byte[] tree(Map<String, List<Audit.Finding>> findings, int dependencies) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Json.ObjectWriter report = new Json.ObjectWriter(out);
        report.member("actions");
        array(out, List.copyOf(findings.entrySet()), entry -> action(entry.getKey(), entry.getValue(), out));
        report.raw("muted", "[]");
        Json.ObjectWriter advisories = new Json.ObjectWriter(report.member("advisories"));
        Map<String, Integer> counts = new LinkedHashMap<>();
        List.of("info", "low", "moderate", "high", "critical").forEach(level -> counts.put(level, 0));
        findings.forEach((name, list) -> list.forEach(finding -> {
            counts.merge(severity(finding.match()), finding.versions().size(), Integer::sum);
            advisories.member(Integer.toString(number(finding.match())));
            advisory(name, finding, out);
        }));
        advisories.close();
        Json.ObjectWriter metadata = new Json.ObjectWriter(report.member("metadata"));
        Json.ObjectWriter levels = new Json.ObjectWriter(metadata.member("vulnerabilities"));
        counts.forEach((level, count) -> levels.raw(level, Integer.toString(count)));
        levels.close();
        metadata.raw("dependencies", Integer.toString(dependencies))
                .raw("devDependencies", "0")
                .raw("optionalDependencies", "0")
                .raw("totalDependencies", Integer.toString(dependencies))
                .close();
        return Replies.bytes(report, out);
    }

    private static void action(String name, List<Audit.Finding> findings, ByteArrayOutputStream out) {
        record Place(int number, String path) {}
        List<Place> places = new ArrayList<>();
        for (Audit.Finding finding : findings) {
            finding.versions()
                    .values()
                    .forEach(paths -> paths.forEach(path -> places.add(new Place(number(finding.match()), path))));
        }
        Json.ObjectWriter action =
                new Json.ObjectWriter(out).text("action", "review").text("module", name);
        action.member("resolves");
        array(
                out,
                places,
                place -> new Json.ObjectWriter(out)
                        .raw("id", Integer.toString(place.number()))
                        .text("path", place.path())
                        .raw("dev", "false")
                        .raw("optional", "false")
                        .raw("bundled", "false")
                        .close());
        action.close();
    }

    private static void advisory(String name, Audit.Finding finding, ByteArrayOutputStream out) {
        AdvisoryMatch match = finding.match();
        Json.ObjectWriter advisory = new Json.ObjectWriter(out);
        common(advisory, finding);
        advisory.text("module_name", name);
        advisory.member("findings");
        array(out, List.copyOf(finding.versions().entrySet()), version -> {
            Json.ObjectWriter place = new Json.ObjectWriter(out).text("version", version.getKey());
            place.member("paths");
            array(out, version.getValue(), path -> Json.quote(path, out));
            place.close();
        });
        List<String> identifiers = new ArrayList<>(match.aliases());
        identifiers.add(match.identifier());
        advisory.member("cves");
        array(out, identifiers.stream().filter(id -> id.startsWith("CVE-")).toList(), id -> Json.quote(id, out));
        identifiers.stream()
                .filter(id -> id.startsWith("GHSA-"))
                .findFirst()
                .ifPresent(id -> advisory.text("github_advisory_id", id));
        String patched =
                match.fixedVersions().isEmpty() ? "<0.0.0" : ">=" + String.join(" || >=", match.fixedVersions());
        advisory.text("patched_versions", patched)
                .text(
                        "recommendation",
                        match.fixedVersions().isEmpty()
                                ? "No fixed version is known"
                                : "Upgrade to version " + String.join(" or ", match.fixedVersions()))
                .text("overview", match.advisory().details())
                .text("access", "public")
                .close();
    }

    private static void common(Json.ObjectWriter out, Audit.Finding finding) {
        AdvisoryMatch match = finding.match();
        Advisory advisory = match.advisory();
        String title = advisory.summary().isBlank() ? match.identifier() : advisory.summary();
        out.raw("id", Integer.toString(number(match)))
                .text("url", address(match))
                .text("title", match.isMalicious() ? "Malware (" + match.identifier() + "): " + title : title)
                .text("severity", severity(match))
                .text("vulnerable_versions", range(finding))
                .raw("cwe", "[]");
        Advisory.Severity cvss = match.cvss();
        boolean scored = cvss != null && !Double.isNaN(cvss.score());
        out.raw(
                "cvss",
                scored && cvss != null
                        ? "{\"score\":" + cvss.score() + ",\"vectorString\":" + Json.quoted(cvss.vector()) + "}"
                        : "{\"score\":0,\"vectorString\":null}");
    }

    /** The ranges as node-semver reads them, or the very versions where the record lists them one by one. */
    private static String range(Audit.Finding finding) {
        List<String> ranges = finding.match().affectedRanges();
        return String.join(" || ", ranges.isEmpty() ? finding.versions().keySet() : ranges);
    }

    private static String address(AdvisoryMatch match) {
        return match.advisory().references().stream()
                .filter(reference -> reference.startsWith("https://"))
                .findFirst()
                .orElse(match.identifier());
    }

    /** A number that stands for the identifier, the same in every answer: clients index by it. */
    private static int number(AdvisoryMatch match) {
        return match.identifier().hashCode() & Integer.MAX_VALUE;
    }

    /** npm's words for severities; an advisory that names none counts as moderate rather than as nothing. */
    private static String severity(AdvisoryMatch match) {
        if (match.isMalicious()) {
            return "critical";
        }
        String label = match.severityLabel();
        return label == null || label.equals("MEDIUM") ? "moderate" : label.toLowerCase(Locale.ROOT);
    }

    private static <T> void array(ByteArrayOutputStream out, List<T> elements, Consumer<T> writer) {
        out.write('[');
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            writer.accept(elements.get(i));
        }
        out.write(']');
    }
}

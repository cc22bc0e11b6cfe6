package dev.sluice.formats.npm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryMatch;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AuditReportTest {

    private static final AdvisoryMatch MATCH =
            match("GHSA-aaaa-bbbb-cccc", List.of(">=1.0.0 <1.4.2", ">=2.0.0 <2.0.3"));

    private static AdvisoryMatch match(String id, List<String> ranges) {
        Advisory advisory = new Advisory(
                id,
                List.of("CVE-2025-1"),
                "Pads too far",
                "Details.",
                List.of(),
                "MEDIUM",
                null,
                Instant.EPOCH,
                null,
                List.of(),
                List.of("https://advisories.example/" + id),
                "osv",
                false);
        return new AdvisoryMatch(
                advisory,
                "CVE-2025-1",
                List.of(id),
                List.of("1.4.2", "2.0.3"),
                ranges,
                "MEDIUM",
                new Advisory.Severity("CVSS_V3", "CVSS:3.1/AV:N", 5.3),
                null,
                List.of(advisory));
    }

    private static Map<String, List<Audit.Finding>> findings(AdvisoryMatch match) {
        return Map.of("leftpad", List.of(new Audit.Finding(match, Map.of("1.0.0", List.of("app>leftpad")))));
    }

    @Test
    void tells_ranges_and_severity_in_the_words_of_npm() {
        JsonNode advisory =
                Fixtures.tree(AuditReport.bulk(findings(MATCH))).path("leftpad").get(0);

        assertThat(advisory.path("vulnerable_versions").asString()).isEqualTo(">=1.0.0 <1.4.2 || >=2.0.0 <2.0.3");
        assertThat(advisory.path("severity").asString()).isEqualTo("moderate");
        assertThat(advisory.path("url").asString()).isEqualTo("https://advisories.example/GHSA-aaaa-bbbb-cccc");
        assertThat(advisory.path("cvss").path("score").asDouble()).isEqualTo(5.3);
        assertThat(advisory.path("id").isInt()).isTrue();
    }

    @Test
    void names_the_versions_of_malware_that_has_no_range() {
        JsonNode advisory = Fixtures.tree(AuditReport.bulk(findings(match("MAL-2025-1", List.of()))))
                .path("leftpad")
                .get(0);

        assertThat(advisory.path("vulnerable_versions").asString()).isEqualTo("1.0.0");
        assertThat(advisory.path("severity").asString()).isEqualTo("critical");
        assertThat(advisory.path("title").asString()).startsWith("Malware");
    }

    @Test
    void tells_older_clients_where_in_the_tree_it_was_found() {
        JsonNode report = Fixtures.tree(AuditReport.tree(findings(MATCH), 7));

        String number = report.path("advisories").propertyNames().iterator().next();
        JsonNode advisory = report.path("advisories").path(number);
        assertThat(advisory.path("findings").get(0).path("paths").get(0).asString())
                .isEqualTo("app>leftpad");
        assertThat(advisory.path("patched_versions").asString()).isEqualTo(">=1.4.2 || >=2.0.3");
        assertThat(advisory.path("cves").get(0).asString()).isEqualTo("CVE-2025-1");
        assertThat(advisory.path("github_advisory_id").asString()).isEqualTo("GHSA-aaaa-bbbb-cccc");
        assertThat(report.path("actions")
                        .get(0)
                        .path("resolves")
                        .get(0)
                        .path("path")
                        .asString())
                .isEqualTo("app>leftpad");
        assertThat(report.path("metadata")
                        .path("vulnerabilities")
                        .path("moderate")
                        .asInt())
                .isEqualTo(1);
        assertThat(report.path("metadata").path("totalDependencies").asInt()).isEqualTo(7);
    }
}

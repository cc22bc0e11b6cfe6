package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.SharedFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Each clause of each starter policy, on what the product itself renders: feed file, store, facts, input, decision, client. Of
 * "Known malware" see {@link MalwareIsRefusedTest}.
 */
class StarterPipelineTest {

    private static final String LONG_AGO = "\"2020-01-01T00:00:00Z\"";

    /** A score of 9.8, of 7.5 and of 5.3. */
    private static final String SEVERE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

    private static final String HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    private static final String MILD = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N";

    /** One package for each case; 1.0.0 of it is affected, 2.0.0 is the fix where there is one. */
    private static String record(String name, String cve, String severity, boolean fixed) {
        String fix = fixed ? ",{\"fixed\":\"2.0.0\"}" : "";
        return """
                {"id":"GHSA-%1$s","modified":"2026-01-01T00:00:00Z","aliases":["%2$s"],%3$s
                 "affected":[{"package":{"ecosystem":"npm","name":"%1$s"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}%4$s]}]}]}
                """.formatted(name, cve, severity, fix).replace("\n ", " ");
    }

    private static String scored(String vector) {
        return "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"" + vector + "\"}],";
    }

    private static String labelled(String label) {
        return "\"database_specific\":{\"severity\":\"" + label + "\"},";
    }

    private static void feeds(Pipeline pipeline) throws IOException {
        pipeline.feed(
                "osv.jsonl",
                record("listed-mild-unfixed", "CVE-2026-1001", scored(MILD), false)
                        + record("likely", "CVE-2026-1002", scored(HIGH), true)
                        + record("likely-unfixed", "CVE-2026-1002", scored(HIGH), false)
                        + record("unlikely", "CVE-2026-1003", scored(HIGH), true)
                        + record("likely-mild", "CVE-2026-1002", scored(MILD), true)
                        + record("severe", "CVE-2026-1004", scored(SEVERE), true)
                        + record("severe-unfixed", "CVE-2026-1004", scored(SEVERE), false)
                        + record("label-critical", "CVE-2026-1005", labelled("CRITICAL"), true)
                        + record("label-high", "CVE-2026-1005", labelled("HIGH"), true));
        pipeline.feed("epss.csv", """
                #model_version:v2025.03.14,score_date:2026-11-21T00:00:00Z
                cve,epss,percentile
                CVE-2026-1002,0.25,0.97
                CVE-2026-1003,0.19,0.95
                """);
        pipeline.feed("kev.json", """
                {"title":"KEV","catalogVersion":"2026.11.21","dateReleased":"2026-11-21T00:00:00.0000Z","count":1,
                 "vulnerabilities":[{"cveID":"CVE-2026-1001","vendorProject":"a","product":"b","vulnerabilityName":"c",
                   "dateAdded":"2026-02-01","shortDescription":"d","requiredAction":"e","dueDate":"2026-03-01",
                   "knownRansomwareCampaignUse":"Known","notes":""}]}
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "listed-mild-unfixed, QUARANTINED, Exploited vulnerabilities, CVE-2026-1001 is known to be exploited (KEV)",
        "likely, QUARANTINED, Exploited vulnerabilities, 'CVE-2026-1002: CVSS 7.5, EPSS 0.25, fixed in 2.0.0'",
        "likely-unfixed, AVAILABLE, '', ''",
        "unlikely, AVAILABLE, '', ''",
        "likely-mild, AVAILABLE, '', ''",
        "severe, AVAILABLE, Critical vulnerabilities with a fix, 'CVE-2026-1004 is critical (CVSS 9.8), fixed in 2.0.0'",
        "severe-unfixed, AVAILABLE, '', ''",
        "label-critical, AVAILABLE, Critical vulnerabilities with a fix, 'CVE-2026-1005 is critical (no score), fixed in 2.0.0'",
        "label-high, AVAILABLE, '', ''"
    })
    void vulnerabilities(String name, String state, String policy, String reason, @TempDir Path folder)
            throws Exception {
        try (Pipeline pipeline = new Pipeline(folder)) {
            feeds(pipeline);
            pipeline.npm(name, "1.0.0", LONG_AGO, "\"license\":\"MIT\",");
            JsonNode explained = pipeline.explain("npm", name, "1.0.0", true);
            assertThat(explained.path("decision").path("state").asString("")).isEqualTo(state);
            assertThat(Pipeline.matched(explained)).isEqualTo(policy.isEmpty() ? List.of() : List.of(policy));
            if (!policy.isEmpty()) {
                assertThat(Pipeline.reasons(explained, policy))
                        .singleElement()
                        .asString()
                        .startsWith(reason);
            }
            HttpResponse<String> file = pipeline.get("/npm/main/" + name + "/-/" + name + "-1.0.0.tgz");
            assertThat(file.statusCode()).isEqualTo(state.equals("AVAILABLE") ? 200 : 403);
            if (!state.equals("AVAILABLE")) {
                assertThat(file.body()).contains(policy).contains(reason);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MIT, ''",
        "GPL-3.0-only, GPL-3.0-only",
        "(MIT OR GPL-3.0-or-later), ''",
        "MIT AND AGPL-3.0-only, AGPL-3.0-only",
        "GPL-2.0-only OR AGPL-3.0-only, GPL-2.0-only"
    })
    void licences(String licence, String offending, @TempDir Path folder) throws Exception {
        try (Pipeline pipeline = new Pipeline(folder)) {
            pipeline.npm("widget", "1.0.0", LONG_AGO, "\"license\":\"" + licence + "\",");
            JsonNode explained = pipeline.explain("npm", "widget", "1.0.0", true);
            assertThat(Pipeline.matched(explained))
                    .isEqualTo(offending.isEmpty() ? List.of() : List.of("Licence deny list"));
            if (!offending.isEmpty()) {
                assertThat(Pipeline.reasons(explained, "Licence deny list"))
                        .contains("licence " + offending + " is on the deny list");
            }
            assertThat(pipeline.get("/npm/main/widget/-/widget-1.0.0.tgz").statusCode())
                    .as("on trial only")
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-19T09:00:00Z, AVAILABLE",
        "2026-11-19T09:00:01Z, HIDDEN",
        "2027-01-01T00:00:00Z, HIDDEN",
        "2262-04-11T23:47:17Z, HIDDEN",
        "2300-01-01T00:00:00Z, HIDDEN",
        "9999-12-31T23:59:59Z, HIDDEN"
    })
    void the_cool_down_counts_from_the_publish_time_and_no_time_gets_round_it(
            String published, String state, @TempDir Path folder) throws Exception {
        try (Pipeline pipeline = new Pipeline(folder)) {
            pipeline.npm("widget", "1.0.0", "\"" + published + "\"", "\"license\":\"MIT\",");
            pipeline.pypi("gadget", "1.0.0", "\"" + published + "\"");
            for (JsonNode explained : List.of(
                    pipeline.explain("npm", "widget", "1.0.0", true),
                    pipeline.explain("pypi", "gadget", "1.0.0", true))) {
                assertThat(explained.path("decision").path("state").asString(""))
                        .isEqualTo(state);
            }
            int status = pipeline.get("/npm/main/widget/-/widget-1.0.0.tgz").statusCode();
            assertThat(status).isEqualTo(state.equals("AVAILABLE") ? 200 : 403);
        }
    }

    @Test
    void without_a_publish_time_the_cool_down_counts_from_when_it_was_first_seen(@TempDir Path folder)
            throws Exception {
        try (Pipeline pipeline = new Pipeline(folder)) {
            pipeline.npm("widget", "1.0.0", "null", "\"license\":\"MIT\",");
            assertThat(pipeline.get("/npm/main/widget/-/widget-1.0.0.tgz").statusCode())
                    .isEqualTo(403);
            pipeline.clock.advance(Duration.ofDays(3));
            assertThat(pipeline.get("/npm/main/widget/-/widget-1.0.0.tgz").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void malware_that_is_also_new_is_told_as_malware(@TempDir Path folder) throws Exception {
        try (Pipeline pipeline = new Pipeline(folder)) {
            pipeline.feed("osv.jsonl", """
                    {"id":"MAL-2026-1","modified":"2026-11-22T08:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"widget"},"versions":["1.0.0"]}]}
                    """);
            pipeline.npm("widget", "1.0.0", "\"2026-11-22T08:00:00Z\"", "");
            JsonNode explained = pipeline.explain("npm", "widget", "1.0.0", true);
            assertThat(explained.path("decision").path("state").asString("")).isEqualTo("QUARANTINED");
            assertThat(Pipeline.matched(explained))
                    .as("who speaks comes first")
                    .containsExactly("Known malware", "Cool-down");
            HttpResponse<String> file = pipeline.get("/npm/main/widget/-/widget-1.0.0.tgz");
            assertThat(file.body())
                    .contains("Known malware", "listed as malicious: MAL-2026-1")
                    .doesNotContain("held back");
        }
    }

    @Test
    void of_five_hundred_harmless_packages_none_is_refused(@TempDir Path folder) throws Exception {
        Optional<Path> osv = SharedFolder.find("data/osv");
        List<String> refused = new ArrayList<>();
        int checked = 0;
        try (Pipeline pipeline = new Pipeline(folder);
                BufferedReader lines = new BufferedReader(new InputStreamReader(
                        Objects.requireNonNull(getClass().getResourceAsStream("benign-packages.txt")), UTF_8))) {
            if (osv.isPresent()) {
                List<Path> feeds = new ArrayList<>();
                for (String name : List.of(
                        "npm-ghsa", "pypi-pysec", "maven-ghsa", "malicious-campaigns-2025-2026", "famous-verbatim")) {
                    feeds.add(osv.get().resolve(name + ".jsonl.gz"));
                }
                feeds.add(osv.get().resolveSibling("kev/known_exploited_vulnerabilities.json.gz"));
                pipeline.feed(feeds);
            } else {
                System.out.println(
                        "no shared/data beside the project: harmless packages are judged without advisories");
                feeds(pipeline);
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("#")) {
                    continue;
                }
                String[] words = line.split(" ", 3);
                switch (words[0]) {
                    case "npm" -> pipeline.npm(words[1], words[2], LONG_AGO, "\"license\":\"MIT\",");
                    case "pypi" -> pipeline.pypi(words[1], words[2], LONG_AGO);
                    default -> {}
                }
                JsonNode decision = pipeline.explain(words[0], words[1], words[2], !words[0].equals("maven"))
                        .path("decision");
                checked++;
                if (!decision.path("allowed").asBoolean(false)) {
                    refused.add(line + ": " + decision.path("decisive").asString(""));
                }
            }
        }
        assertThat(refused).isEmpty();
        assertThat(checked).isEqualTo(500);
    }
}

package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.SharedFolder;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Feeds of a real process: synced by itself and by command, with records as they are published. */
class FeedsE2E {

    @TempDir
    Path here;

    private final FakeUpstreamServer publisher = FakeUpstreamServer.start();
    private final FakeUpstreamServer npm = FakeUpstreamServer.start();

    FeedsE2E() throws IOException {}

    @AfterEach
    void close() {
        publisher.close();
        npm.close();
    }

    private Sluice start(String... more) throws IOException, InterruptedException {
        String[] all = new String[more.length + 8];
        System.arraycopy(
                new String[] {
                    "--upstream",
                    "npm=" + npm.url(),
                    "--upstream",
                    "pypi=none",
                    "--upstream",
                    "maven=none",
                    "--set",
                    "feeds.osv=" + publisher.url("/osv/")
                },
                0,
                all,
                0,
                8);
        System.arraycopy(more, 0, all, 8, more.length);
        return Sluice.start(here.resolve("sluice"), all);
    }

    /** Publishes records of an ecosystem, by id: the list, the archive and each by itself. */
    private void publish(String ecosystem, Map<String, String> records) throws IOException {
        StringBuilder list = new StringBuilder();
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            for (Map.Entry<String, String> record : records.entrySet()) {
                String modified =
                        Sluice.JSON.readTree(record.getValue()).path("modified").asString("");
                list.append(modified).append(',').append(record.getKey()).append('\n');
                out.putNextEntry(new ZipEntry(record.getKey() + ".json"));
                out.write(record.getValue().getBytes(UTF_8));
                publisher.serve("/osv/" + ecosystem + "/" + record.getKey() + ".json", Answer.ok(record.getValue()));
            }
        }
        publisher.serve(
                "/osv/" + ecosystem + "/modified_id.csv",
                Answer.ok(list.toString()).etag("\"" + list.toString().hashCode() + "\""));
        publisher.serve("/osv/" + ecosystem + "/all.zip", Answer.ok(zip.toByteArray()));
    }

    /** Every record of a file of JSON lines, by id. */
    private static Map<String, String> lines(Path file) throws IOException {
        Map<String, String> records = new TreeMap<>();
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                records.put(Sluice.JSON.readTree(line).path("id").asString(""), line);
            }
        }
        return records;
    }

    private static String record(String id, String name, String modified) {
        return """
                {"schema_version":"1.7.4","id":"%s","modified":"%s","summary":"steals tokens",\
                "affected":[{"package":{"ecosystem":"npm","name":"%s"},"versions":["1.0.0"]}]}""".formatted(id, modified, name);
    }

    /** A feed is as old as its newest record, by the clock of the machine: a server process has no other. */
    private static String daysAgo(int days) {
        return Instant.now()
                .minus(Duration.ofDays(days))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    @Test
    void an_advisory_that_is_published_refuses_the_next_download_after_its_sync() throws Exception {
        new FakeNpm(npm, "widget").version("1.0.0");
        Map<String, String> records = new LinkedHashMap<>();
        records.put("GHSA-1", record("GHSA-1", "other", daysAgo(3)));
        publish("npm", records);
        try (Sluice sluice = start("--set", "feeds.ecosystems=npm", "--set", "feeds.interval=PT0S")) {
            Run first = sluice.cli("feeds", "sync").succeeded();
            assertThat(first.output()).contains("osv/npm: read whole").contains("1 new");
            assertThat(sluice.cli("feeds", "sync").succeeded().output()).contains("osv/npm: up to date");
            String tarball = "/npm/main/widget/-/widget-1.0.0.tgz";
            assertThat(sluice.get(tarball).statusCode()).isEqualTo(200);

            records.put("MAL-2026-1", record("MAL-2026-1", "widget", daysAgo(2)));
            publish("npm", records);
            assertThat(sluice.get(tarball).statusCode()).isEqualTo(200);
            String id = sluice.api("POST", "/api/feeds/syncs", "{}").path("id").asString("");
            JsonNode state = sluice.api("GET", "/api/feeds/syncs/" + id, "");
            while (!state.path("state").asString("").equals("done")) {
                state = sluice.api("GET", "/api/feeds/syncs/" + id, "");
            }
            long seen = System.nanoTime();
            int status = sluice.get(tarball).statusCode();
            long refused = System.nanoTime();

            assertThat(status).isEqualTo(403);
            System.out.printf(
                    "enforcement gap: sync %d ms, then refused by the next request, %.1f ms round trip%n",
                    state.path("results").get(0).path("milliseconds").asLong(), (refused - seen) / 1e6);
            assertThat(sluice.cli("who", "pkg:npm/widget@1.0.0").succeeded().output())
                    .contains("anonymous")
                    .contains("pkg:npm/widget@1.0.0");
            assertThat(sluice.api("GET", "/api/events?kind=feed", "").toString())
                    .contains("synced osv/npm");

            publisher.breakDown(Answer.status(403));
            Run failed = sluice.cli("feeds", "sync");
            assertThat(failed.exitCode()).isEqualTo(1);
            assertThat(failed.output()).contains("osv/npm: failed, what is kept stays");
            assertThat(sluice.cli("feeds", "status").succeeded().output())
                    .contains("osv/npm failed 1 times in a row")
                    .contains("it answered 403");
            assertThat(sluice.get(tarball).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void a_feed_that_is_too_old_makes_status_end_with_1() throws Exception {
        publish("npm", Map.of("GHSA-1", record("GHSA-1", "other", daysAgo(3))));
        try (Sluice sluice = start(
                "--set", "feeds.ecosystems=npm", "--set", "feeds.interval=PT0S", "--set", "feeds.stale-after=PT0S")) {
            sluice.cli("feeds", "sync").succeeded();
            Run status = sluice.cli("feeds", "status");
            assertThat(status.exitCode()).isEqualTo(1);
            assertThat(status.output()).contains("stale");
            assertThat(Sluice.JSON
                            .readTree(sluice.cli("feeds", "status", "--json").output())
                            .path("sources")
                            .get(0)
                            .path("name")
                            .asString(""))
                    .isEqualTo("osv/npm");
        }
    }

    @Test
    void real_records_are_synced_by_the_server_itself() throws Exception {
        Optional<Path> shared = SharedFolder.find("data");
        assumeTrue(shared.isPresent());
        Path data = shared.orElseThrow();
        Map<String, String> npmRecords = lines(data.resolve("osv/npm-ghsa.jsonl.gz"));
        publish("npm", npmRecords);
        publish("PyPI", lines(data.resolve("osv/pypi-pysec.jsonl.gz")));
        publish("Maven", lines(data.resolve("osv/maven-ghsa.jsonl.gz")));
        publisher.serve(
                "/kev.json.gz",
                Answer.ok(Files.readAllBytes(data.resolve("kev/known_exploited_vulnerabilities.json.gz"))));
        publisher.serve("/epss.csv", Answer.ok(Files.readAllBytes(data.resolve("epss/epss_sample.csv"))));
        try (Sluice sluice = start(
                "--set", "feeds.kev=" + publisher.url("/kev.json.gz"),
                "--set", "feeds.epss=" + publisher.url("/epss.csv"))) {
            while (sluice.api("GET", "/api/feeds", "").path("sources").size() < 5
                    || sluice.api("GET", "/api/feeds", "")
                            .path("sources")
                            .valueStream()
                            .anyMatch(source -> source.path("updated_at").isNull()
                                    && source.path("failures").asInt() == 0)) {
                Thread.onSpinWait();
            }
            JsonNode feeds = sluice.api("GET", "/api/feeds", "");
            for (JsonNode source : feeds.path("sources")) {
                assertThat(source.path("failures").asInt())
                        .describedAs(source.toString())
                        .isZero();
                System.out.println(source.path("name").asString("") + " "
                        + source.path("records").asLong() + " records");
            }
            System.out.println(sluice.log()
                    .lines()
                    .filter(line -> line.contains(" synced in "))
                    .toList());
            assertThat(sluice.cli("feeds", "sync").succeeded().output())
                    .contains("osv/npm: up to date")
                    .contains("osv/PyPI: up to date");

            npmRecords.remove(npmRecords.keySet().iterator().next());
            npmRecords.put("MAL-2027-1", record("MAL-2027-1", "widget", daysAgo(1)));
            publish("npm", npmRecords);
            assertThat(sluice.cli("feeds", "sync", "osv/npm").succeeded().output())
                    .contains("osv/npm: took what changed")
                    .contains("1 new")
                    .contains("1 taken back");
        }
    }
}

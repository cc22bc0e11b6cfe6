package dev.sluice.app.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.Tarballs;
import dev.sluice.app.command.Api;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.feeds.FeedImport;
import dev.sluice.feeds.FeedLimits;
import dev.sluice.feeds.FeedSource;
import dev.sluice.feeds.FeedSync;
import dev.sluice.feeds.ImportSummary;
import dev.sluice.feeds.Progress;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.node.Leases;
import dev.sluice.storage.sql.Database;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Feeds of a whole installation: synced by the clock and on demand, killed, stale, and what that does to the next request. */
@Timeout(120)
final class FeedSyncsTest {

    @TempDir
    Path folder;

    private final ManualClock clock = ManualClock.at("2026-11-22T09:00:00Z");
    private final FakeUpstreamServer feeds = FakeUpstreamServer.start();
    private final FakeUpstreamServer npm = FakeUpstreamServer.start();
    private final HttpClient http = HttpClient.newHttpClient();

    FeedSyncsTest() throws IOException {}

    @AfterEach
    void close() {
        feeds.close();
        npm.close();
        http.close();
    }

    private Installation open(Map<String, String> more) throws IOException {
        Map<String, String> flags = new HashMap<>(more);
        flags.put(Setting.DATA.key(), folder.resolve("data").toString());
        flags.put("upstreams.npm.url", npm.url().toString());
        flags.put("upstreams.pypi.url", "none");
        flags.put("upstreams.maven.url", "none");
        return Installation.open(Configuration.of(flags, Map.of(), null), clock, new Machine(Map.of(), folder));
    }

    private Map<String, String> addresses() {
        return Map.of(
                "feeds.osv", feeds.url("/osv/").toString(),
                "feeds.ecosystems", "npm",
                "feeds.kev", feeds.url("/kev.json").toString());
    }

    private static String record(String id, String name) {
        return """
                {"schema_version":"1.7.4","id":"%s","modified":"2026-11-20T00:00:00Z","summary":"steals tokens",\
                "affected":[{"package":{"ecosystem":"npm","name":"%s"},"versions":["1.0.0"]}]}""".formatted(id, name);
    }

    private static byte[] zip(Map<String, String> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue().getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private void serveOsv(String list, Map<String, String> entries) throws IOException {
        feeds.serve("/osv/npm/modified_id.csv", Answer.ok(list).etag("\"" + list.hashCode() + "\""));
        feeds.serve("/osv/npm/all.zip", Answer.ok(zip(entries)));
        entries.forEach((name, text) -> feeds.serve("/osv/npm/" + name, Answer.ok(text)));
    }

    private void serveCatalogue() {
        feeds.serve(
                "/kev.json",
                Answer.ok("{\"vulnerabilities\":[{\"cveID\":\"CVE-2026-0001\",\"dateAdded\":\"2026-11-20\"}]}")
                        .etag("\"1\""));
    }

    private void servePackage() {
        byte[] tarball = Tarballs.npm("widget", "1.0.0", "", 100);
        npm.serve("/widget", Answer.ok("""
                        {"name":"widget","dist-tags":{"latest":"1.0.0"},"time":{"1.0.0":"2020-01-01T00:00:00Z"},
                         "versions":{"1.0.0":{"name":"widget","version":"1.0.0",
                           "dist":{"tarball":"%s","shasum":"%s"}}}}""".formatted(npm.url("/widget/-/widget-1.0.0.tgz"), sha1(tarball))));
        npm.serve("/widget/-/widget-1.0.0.tgz", Answer.ok(tarball));
    }

    private static String sha1(byte[] bytes) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(RunningServer server, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.address() + path))
                        .header("Authorization", "Bearer " + server.controlToken())
                        .header("Accept", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode json(RunningServer server, String path) throws IOException, InterruptedException {
        HttpResponse<String> response = get(server, path);
        assertThat(response.statusCode()).describedAs(response.body()).isEqualTo(200);
        return Api.JSON.readTree(response.body());
    }

    private JsonNode synced(RunningServer server, String body) throws IOException, InterruptedException {
        HttpResponse<String> started = http.send(
                HttpRequest.newBuilder(URI.create(server.address() + "/api/feeds/syncs"))
                        .header("Authorization", "Bearer " + server.controlToken())
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(started.statusCode()).describedAs(started.body()).isEqualTo(202);
        String id = Api.JSON.readTree(started.body()).path("id").asString("");
        while (true) {
            JsonNode state = json(server, "/api/feeds/syncs/" + id);
            if (state.path("state").asString("").equals("done")) {
                return state.path("results");
            }
        }
    }

    private static List<String> events(Installation installation) {
        installation.journal().settle();
        return installation.journal().query(Journal.Query.latest(100, Event.Kind.FEED)).stream()
                .map(Event::message)
                .toList();
    }

    @Test
    void an_advisory_that_appears_upstream_blocks_the_next_download_after_the_sync_and_who_took_it_is_told()
            throws Exception {
        servePackage();
        serveOsv(
                "2026-11-01T00:00:00Z,GHSA-1\n",
                Map.of("GHSA-1.json", record("GHSA-1", "other").replace("2026-11-20", "2026-11-01")));
        try (RunningServer server = RunningServer.start(open(addresses()), "127.0.0.1", 0)) {
            serveCatalogue();
            assertThat(synced(server, "{}").get(0).path("failure").isNull()).isTrue();
            String tarball = "/npm/main/widget/-/widget-1.0.0.tgz";
            assertThat(get(server, tarball).statusCode()).isEqualTo(200);
            assertThat(get(server, "/npm/main/widget").body()).contains("1.0.0");

            serveOsv(
                    "2026-11-20T00:00:00Z,MAL-2026-1\n2026-11-01T00:00:00Z,GHSA-1\n",
                    Map.of("MAL-2026-1.json", record("MAL-2026-1", "widget")));
            assertThat(get(server, tarball).statusCode())
                    .describedAs("nobody knows yet")
                    .isEqualTo(200);
            JsonNode result = synced(server, "{\"feeds\":[\"osv\"]}").get(0);
            HttpResponse<String> refused = get(server, tarball);

            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("MAL-2026-1");
            assertThat(result.path("whole").asBoolean(true)).isFalse();
            assertThat(json(server, "/api/who?purl=pkg:npm/widget@1.0.0").toString())
                    .contains("pkg:npm/widget@1.0.0");
        }
    }

    @Test
    void what_changed_and_what_failed_is_recorded_and_an_unchanged_poll_is_not() throws Exception {
        serveOsv("2026-11-20T00:00:00Z,MAL-2026-1\n", Map.of("MAL-2026-1.json", record("MAL-2026-1", "widget")));
        feeds.serve("/kev.json", Answer.status(403));
        Installation installation = open(addresses());
        try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
            synced(server, "{}");
            assertThat(events(installation))
                    .hasSize(2)
                    .anyMatch(detail -> String.valueOf(detail).startsWith("synced osv/npm: osv: 1 new"))
                    .anyMatch(detail ->
                            String.valueOf(detail).startsWith("sync of kev failed: kev.json: it answered 403"));
            synced(server, "{\"feeds\":[\"osv\"]}");
            assertThat(events(installation)).hasSize(2);
        }
    }

    @Test
    void an_outage_leaves_the_last_good_state_and_its_age_is_seen_everywhere() throws Exception {
        serveOsv("2026-11-20T00:00:00Z,MAL-2026-1\n", Map.of("MAL-2026-1.json", record("MAL-2026-1", "widget")));
        serveCatalogue();
        try (RunningServer server = RunningServer.start(open(addresses()), "127.0.0.1", 0)) {
            synced(server, "{}");
            JsonNode young = json(server, "/health").path("feeds");
            assertThat(young.valueStream().map(feed -> feed.path("stale").asBoolean(true)))
                    .containsOnly(false);

            feeds.breakDown(Answer.status(404));
            clock.advance(Duration.ofHours(25));
            assertThat(synced(server, "{}").get(0).path("failure").asString(""))
                    .contains("neither modified_id.csv nor all.zip");

            JsonNode health = json(server, "/health");
            assertThat(health.path("status").asString("")).isEqualTo("up");
            assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
            JsonNode osv = health.path("feeds")
                    .valueStream()
                    .filter(feed -> feed.path("name").asString("").equals("osv"))
                    .findFirst()
                    .orElseThrow();
            assertThat(osv.path("age_seconds").asLong())
                    .describedAs("since the newest record")
                    .isEqualTo(82 * 3600);
            assertThat(osv.path("updated_at").asString("")).isEqualTo("2026-11-22T09:00:00Z");
            assertThat(osv.path("newest").asString("")).isEqualTo("2026-11-20T00:00:00Z");
            assertThat(osv.path("stale").asBoolean(false)).isTrue();
            assertThat(osv.path("failing").asBoolean(false)).isTrue();
            assertThat(osv.path("records").asLong()).isEqualTo(1);
            assertThat(health.toString()).describedAs("open to anybody").doesNotContain("127.0.0.1");

            JsonNode source = json(server, "/api/feeds").path("sources").get(0);
            assertThat(source.path("name").asString("")).isEqualTo("kev");
            assertThat(source.path("failures").asInt()).isEqualTo(1);
            assertThat(source.path("failure").asString("")).contains("there is nothing at");
            assertThat(source.path("updated_at").asString("")).isEqualTo("2026-11-22T09:00:00Z");

            assertThat(get(server, "/metrics").body())
                    .contains("sluice_feed_age_seconds{feed=\"osv\"} 295200.0")
                    .contains("sluice_feed_age_seconds{feed=\"osv/npm\"} 295200.0")
                    .contains("sluice_feed_stale{feed=\"osv/npm\"} 1.0")
                    .contains("sluice_feed_stale{feed=\"kev\"} 1.0")
                    .contains("sluice_feed_failures{feed=\"kev\"} 1.0")
                    .contains("sluice_feed_records{feed=\"osv\"} 1.0")
                    .contains("sluice_feed_last_success_timestamp_seconds{feed=\"kev\"}");
        }
    }

    @Test
    void a_policy_that_asks_for_fresh_feeds_withholds_while_they_are_old_and_releases_once_they_are_not()
            throws Exception {
        servePackage();
        serveOsv("2026-11-20T00:00:00Z,GHSA-1\n", Map.of("GHSA-1.json", record("GHSA-1", "other")));
        serveCatalogue();
        Path policies = Files.createDirectory(folder.resolve("policies"));
        Files.writeString(policies.resolve("fresh.rego"), """
                # METADATA
                # title: Fresh feeds
                # custom:
                #   mode: enforce
                #   actions:
                #     - set_package_state: QUARANTINED
                package cloudsmith

                default match := false

                match if {
                	updated := time.parse_rfc3339_ns(input.v0.feeds.osv.updated_at)
                	time.now_ns() - updated > 24 * 3600 * 1000000000
                }
                """);
        Map<String, String> flags = new HashMap<>(addresses());
        flags.put("policies", policies.toString());
        String tarball = "/npm/main/widget/-/widget-1.0.0.tgz";
        try (RunningServer server = RunningServer.start(open(flags), "127.0.0.1", 0)) {
            synced(server, "{}");
            assertThat(get(server, tarball).statusCode()).isEqualTo(200);
            assertThat(get(server, "/npm/main/widget").body()).contains("1.0.0");

            clock.advance(Duration.ofHours(25)); // and nothing was synced in the meantime
            assertThat(get(server, tarball).statusCode()).isEqualTo(403);
            assertThat(get(server, "/npm/main/widget").statusCode()).isEqualTo(403);

            synced(server, "{\"feeds\":[\"osv\"]}"); // nothing changed there, which is news enough
            assertThat(get(server, "/npm/main/widget").body()).contains("1.0.0");
            assertThat(get(server, tarball).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_feed_without_news_for_longer_than_its_pace_is_stale_however_often_it_is_looked_at() throws Exception {
        servePackage();
        serveOsv("2026-11-20T00:00:00Z,GHSA-1\n", Map.of("GHSA-1.json", record("GHSA-1", "other")));
        Path policies = Files.createDirectory(folder.resolve("policies"));
        Files.writeString(policies.resolve("stale.rego"), """
                # METADATA
                # title: Stale feeds
                # custom:
                #   mode: enforce
                #   actions:
                #     - set_package_state: QUARANTINED
                package cloudsmith

                default match := false

                match if input.v0.feeds.osv.stale
                """);
        Map<String, String> flags = new HashMap<>(addresses());
        flags.put("policies", policies.toString());
        String tarball = "/npm/main/widget/-/widget-1.0.0.tgz";
        try (RunningServer server = RunningServer.start(open(flags), "127.0.0.1", 0)) {
            synced(server, "{\"feeds\":[\"osv\"]}");
            assertThat(get(server, tarball).statusCode()).isEqualTo(200);
            assertThat(get(server, "/npm/main/widget").body()).contains("1.0.0");

            clock.advance(Duration.ofHours(15)); // to three days after the newest record
            synced(server, "{\"feeds\":[\"osv\"]}");
            assertThat(get(server, tarball).statusCode()).isEqualTo(403);
            assertThat(get(server, "/npm/main/widget").statusCode()).isEqualTo(403);
            JsonNode osv = json(server, "/api/feeds").path("feeds").get(0);
            assertThat(osv.path("updated_at").asString("")).isEqualTo("2026-11-23T00:00:00Z");
            assertThat(osv.path("stale").asBoolean(false)).isTrue();

            serveOsv(
                    "2026-11-23T00:00:00Z,GHSA-2\n2026-11-20T00:00:00Z,GHSA-1\n",
                    Map.of(
                            "GHSA-1.json", record("GHSA-1", "other"),
                            "GHSA-2.json", record("GHSA-2", "other").replace("2026-11-20", "2026-11-23")));
            synced(server, "{\"feeds\":[\"osv\"]}");
            assertThat(get(server, "/npm/main/widget").body()).contains("1.0.0");
            assertThat(get(server, tarball).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_server_syncs_by_itself_from_its_start_on() throws Exception {
        serveCatalogue();
        serveOsv("2026-11-20T00:00:00Z,MAL-2026-1\n", Map.of("MAL-2026-1.json", record("MAL-2026-1", "widget")));
        try (Installation installation = open(addresses())) {
            installation.feedSyncs().schedule();
            while (installation.database().advisories().syncs().all().stream()
                    .anyMatch(state -> state.succeededAt() == null)) {
                Thread.onSpinWait();
            }
            assertThat(installation.database().advisories().find("MAL-2026-1")).hasSize(1);
        }
        int asked = feeds.received().size();
        try (Installation again = open(addresses())) {
            again.feedSyncs().schedule();
            assertThat(again.database().advisories().syncs().all())
                    .allMatch(state -> state.nextAt() != null && state.nextAt().isAfter(clock.instant()));
        }
        assertThat(feeds.received()).describedAs("not due yet").hasSize(asked);
    }

    @Test
    void what_is_configured_and_was_never_synced_is_seen_to_be_missing() throws Exception {
        feeds.breakDown(Answer.status(403));
        Installation installation = open(addresses());
        try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
            synced(server, "{}");
            JsonNode health = json(server, "/health");
            assertThat(health.path("advisory_data")).isEqualTo(Api.JSON.readTree("""
                    {"npm": false, "pypi": false, "maven": false}
                    """));
            assertThat(health.path("feeds")
                            .valueStream()
                            .map(feed -> feed.path("name").asString("")
                                    + " " + feed.path("stale").asBoolean(false) + " "
                                    + feed.path("updated_at").isNull()))
                    .containsExactly("kev true true", "osv/npm true true");
        }
    }

    @Test
    void without_addresses_nothing_is_asked_and_the_command_says_what_to_set() throws Exception {
        Installation installation = open(Map.of());
        try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
            installation.feedSyncs().schedule();
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(server.address() + "/api/feeds/syncs"))
                            .header("Authorization", "Bearer " + server.controlToken())
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).contains("feeds.osv");
        }
        assertThat(feeds.received()).isEmpty();
    }

    @Test
    void an_address_or_ecosystem_that_is_none_ends_the_start_and_no_password_is_told() {
        assertThatThrownBy(() -> open(Map.of("feeds.kev", "ftp://ann:s3cret@mirror.example/kev.json")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("feeds.kev")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(
                        () -> open(Map.of("feeds.osv", "https://mirror.example/", "feeds.ecosystems", "npm,Hackage")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'Hackage' is not served here; known are npm, PyPI, Maven");
    }

    @Test
    void a_record_that_the_store_refuses_is_counted_and_named_and_the_others_count() throws Exception {
        Path file = Files.writeString(
                folder.resolve("records.jsonl"),
                record("GHSA-1", "good") + "\n" + record("GHSA-2", "half a pair \\ud800".replace(" ", "-")) + "\n"
                        + record("GHSA-3", "also-good") + "\n");
        try (Database database = Database.open(folder.resolve("db"))) {
            ImportSummary.Feed osv = new FeedImport(database.advisories(), clock)
                    .run(List.of(file), Progress.NONE)
                    .feed("osv");
            assertThat(osv.added()).isEqualTo(2);
            assertThat(osv.rejected()).isEqualTo(1);
            assertThat(osv.rejections().getFirst().where()).contains("GHSA-2");
        }
    }

    @Test
    void a_process_that_ends_in_the_middle_of_an_import_leaves_the_last_good_state() throws Exception {
        Path mirror = Files.createDirectories(folder.resolve("mirror/npm"));
        StringBuilder list = new StringBuilder();
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < 4_000; i++) {
            entries.put("GHSA-" + i + ".json", record("GHSA-" + i, "package-" + i));
            list.append("2026-11-20T00:00:00Z,GHSA-").append(i).append('\n');
        }
        Files.writeString(mirror.resolve("modified_id.csv"), list);
        Files.write(mirror.resolve("all.zip"), zip(entries));
        FeedSource source = FeedSource.osv(folder.resolve("mirror").toString(), "npm");
        long revision;
        SyncState before;
        try (Database database = Database.open(folder.resolve("db"))) {
            try (AdvisoryStore.Import first = database.advisories().begin()) {
                first.feed(new AdvisoryStore.FeedState("osv", 0, clock.instant(), null));
                revision = first.commit();
            }
            FeedSync sync = sync(database, source);
            before = sync.state(source);
            database.advisories().syncs().save(before);
            assertThat(sync.run(source, false, (file, records) -> copyOnce()).failure())
                    .isNull();
        }
        try (Database database = Database.open(folder.resolve("copy"))) {
            assertThat(database.advisories().revision()).isEqualTo(revision);
            assertThat(database.advisories().find("GHSA-1")).isEmpty();
            assertThat(database.advisories().syncs().all()).containsExactly(before);

            FeedSync.Outcome outcome = sync(database, source).run(source, false, Progress.NONE);
            assertThat(outcome.failure()).isNull();
            assertThat(outcome.state().records()).isEqualTo(4_000);
            assertThat(database.advisories().about(new PackageName("npm", "package-3999")))
                    .hasSize(1);
        }
    }

    private FeedSync sync(Database database, FeedSource source) throws IOException {
        UpstreamClient nobody = ask -> {
            throw new UpstreamClient.UpstreamException("nothing is asked: the mirror is a folder");
        };
        return new FeedSync(
                database.advisories(),
                List.of(source),
                nobody,
                Leases.ALONE,
                clock,
                folder.resolve("work"),
                new FeedSync.Settings(Duration.ofHours(1), Duration.ofMinutes(1), FeedLimits.STANDARD));
    }

    /** What the disk holds at this instant, in the middle of the import: what a killed process leaves behind. */
    private void copyOnce() {
        Path copy = folder.resolve("copy");
        if (Files.exists(copy)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder.resolve("db"))) {
            Files.createDirectory(copy);
            for (Path file :
                    files.filter(file -> !file.toString().endsWith("-shm")).toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void only_one_of_several_nodes_syncs_at_a_time() throws Exception {
        serveCatalogue();
        try (Installation installation = open(addresses())) {
            Leases taken = (key, patience) -> Optional.empty();
            FeedSource kev = FeedSource.kev(feeds.url("/kev.json").toString());
            FeedSync sync = new FeedSync(
                    installation.database().advisories(),
                    List.of(kev),
                    ask -> {
                        throw new UpstreamClient.UpstreamException("not asked");
                    },
                    taken,
                    clock,
                    folder.resolve("work"),
                    new FeedSync.Settings(Duration.ofHours(1), Duration.ofMinutes(1), FeedLimits.STANDARD));
            assertThat(sync.runIfDue(kev, Progress.NONE)).isEmpty();
            assertThat(sync.run(kev, false, Progress.NONE).failure()).isEqualTo("another node is still syncing");
            assertThat(installation.database().advisories().syncs().find("kev")).isEmpty();
        }
    }

    @Test
    void administrators_alone_start_syncs() throws Exception {
        Installation installation = open(addresses());
        try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(server.address() + "/api/feeds/syncs"))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(401);
        }
        assertThat(feeds.received()).isEmpty();
    }
}

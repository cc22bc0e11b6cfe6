package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.contract.BlobStoreContract.Harm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bytes that are damaged where they are kept: no client gets them, what can be is fetched again, the rest is refused and told. */
@Timeout(120)
final class DamagedBytesTest {

    private static final String FETCHED = "/npm/main/widget/-/widget-1.0.0.tgz";
    private static final String PUBLISHED = "/npm/main/ours/-/ours-1.0.0.tgz";

    private final ManualClock clock = ManualClock.at("2026-03-10T12:00:00Z");
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private FakeUpstreamServer upstream;
    private Installation installation;
    private RunningServer server;
    private String token;
    private byte[] bytes = new byte[0];

    @BeforeEach
    void start() throws IOException {
        upstream = FakeUpstreamServer.start();
        open();
        token = String.valueOf(installation.newAdminToken());
    }

    private void open() throws IOException {
        Map<String, String> flags = Map.of(
                Setting.DATA.key(),
                folder.resolve("data").toString(),
                Setting.ALLOWED_HOSTS.key(),
                "127.0.0.1",
                Setting.OUTAGE.key(),
                "PT0S",
                "upstreams.npm.url",
                upstream.url("/npm/").toString(),
                "upstreams.pypi.url",
                "none",
                "upstreams.maven.url",
                "none");
        installation = Installation.open(Configuration.of(flags, Map.of(), null), clock, new Machine(Map.of(), folder));
        server = RunningServer.start(installation, "127.0.0.1", 0);
    }

    private void restart() throws IOException {
        server.close();
        open();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        upstream.close();
    }

    static Stream<Arguments> harms() {
        return Stream.of(Harm.values())
                .flatMap(harm -> Stream.of(40_000, 17_000_000)
                        .filter(size -> size < 100_000 || harm == Harm.FLIPPED || harm == Harm.TRUNCATED)
                        .flatMap(size -> Stream.of(true, false).map(restarted -> Arguments.of(harm, size, restarted))));
    }

    @ParameterizedTest
    @MethodSource("harms")
    void what_came_from_an_upstream_is_fetched_again(Harm harm, int size, boolean restarted) throws Exception {
        offer(size);
        assertThat(get(FETCHED).body()).isEqualTo(bytes);
        harm(harm);
        if (restarted) {
            restart();
        }

        HttpResponse<byte[]> first = brokenOffOr(FETCHED);
        if (first != null) {
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(first.body()).isEqualTo(bytes);
        }
        HttpResponse<byte[]> second = get(FETCHED);

        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(bytes);
        if (restarted && harm != Harm.MISSING) {
            assertThat(damages()).isNotEmpty();
            assertThat(folder.resolve("data/blobs/damaged")).isNotEmptyDirectory();
        }
    }

    @ParameterizedTest
    @MethodSource("harms")
    void what_was_published_here_is_refused_and_told(Harm harm, int size, boolean restarted) throws Exception {
        publish(size);
        harm(harm);
        if (restarted) {
            restart();
        }

        HttpResponse<byte[]> first = brokenOffOr(PUBLISHED);
        HttpResponse<byte[]> second = get(PUBLISHED);

        assertThat(first == null ? 503 : first.statusCode()).isEqualTo(503);
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(new String(second.body(), UTF_8)).contains("damaged or lost").contains("sluice doctor");
        assertThat(damages()).isNotEmpty();
        assertThat(get("/npm/main/ours").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Harm.class)
    void a_repair_beside_the_server_counts_for_what_it_has_in_memory(Harm harm) throws Exception {
        offer(600_000);
        assertThat(get(FETCHED).body()).isEqualTo(bytes);
        assertThat(get(FETCHED).body()).isEqualTo(bytes);
        harm(harm);

        JsonNode result = installation.checkup().run(true, true, step -> {});

        assertThat(result.path("repaired").asInt()).isEqualTo(1);
        assertThat(Arrays.equals(get(FETCHED).body(), bytes)).isTrue();
        assertThat(upstream.requests("/npm/widget/-/widget-1.0.0.tgz")).isEqualTo(2);
        assertThat(installation
                        .checkup()
                        .run(true, false, step -> {})
                        .path("sound")
                        .asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Harm.class)
    void a_damaged_index_is_asked_for_again(Harm harm) throws Exception {
        offer(1_000);
        byte[] index = get("/npm/main/widget").body();
        bytes = packument().getBytes(UTF_8);
        harm(harm);
        restart();

        HttpResponse<byte[]> answer = get("/npm/main/widget");

        assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
        assertThat(names(answer.body())).isEqualTo(names(index));
    }

    private static JsonNode names(byte[] packument) {
        return JsonMapper.shared()
                .readTree(packument)
                .path("versions")
                .path("1.0.0")
                .path("license");
    }

    @Test
    void a_restored_blob_of_a_published_version_counts_without_a_restart() throws Exception {
        publish(40_000);
        harm(Harm.MISSING);
        assertThat(get(PUBLISHED).statusCode()).isEqualTo(503);

        Files.write(blob(), bytes);

        assertThat(get(PUBLISHED).body()).isEqualTo(bytes);
    }

    private void offer(int size) {
        bytes = Tarballs.npm("widget", "1.0.0", "\"license\":\"MIT\",", size);
        upstream.serve("/npm/widget/-/widget-1.0.0.tgz", Answer.ok(bytes));
        upstream.serve("/npm/widget", Answer.ok(packument()).header("content-type", "application/json"));
    }

    private String packument() {
        return """
                {"name":"widget","dist-tags":{"latest":"1.0.0"},
                 "time":{"1.0.0":"2020-01-01T00:00:00.000Z"},
                 "versions":{"1.0.0":{"name":"widget","version":"1.0.0","license":"MIT",
                   "dist":{"tarball":"%s"}}}}""".formatted(upstream.url("/npm/widget/-/widget-1.0.0.tgz"));
    }

    private void publish(int size) throws Exception {
        bytes = Tarballs.npm("ours", "1.0.0", "", size);
        String body = """
                {"_id":"ours","name":"ours","dist-tags":{"latest":"1.0.0"},
                 "versions":{"1.0.0":{"name":"ours","version":"1.0.0","dist":{"integrity":"%s"}}},
                 "_attachments":{"ours-1.0.0.tgz":{"content_type":"application/octet-stream","length":%d,"data":"%s"}}}""".formatted(
                "sha512-"
                        + Base64.getEncoder()
                                .encodeToString(HexFormat.of()
                                        .parseHex(
                                                Samples.contents(bytes).sha512().hex())),
                bytes.length,
                Base64.getEncoder().encodeToString(bytes));
        HttpResponse<byte[]> answer = client.send(
                request("/npm/main/ours").PUT(BodyPublishers.ofString(body)).build(), BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isBetween(200, 201);
    }

    private Path blob() {
        String hex = Samples.contents(bytes).sha256().hex();
        return folder.resolve("data/blobs/sha256/" + hex.substring(0, 2) + "/" + hex.substring(2));
    }

    private void harm(Harm harm) throws IOException {
        byte[] instead = harm.of(bytes);
        if (instead == null) {
            Files.delete(blob());
        } else {
            Files.write(blob(), instead);
        }
    }

    private List<Event> damages() {
        // what was told before this is durable when this is
        installation.journal().append(marker()).toCompletableFuture().join();
        installation.journal().settle();
        return installation.journal().query(Journal.Query.latest(10, Event.Kind.DAMAGE));
    }

    private Event marker() {
        return Event.of(installation.ids().next(), clock.instant(), Event.Kind.ADMIN, Event.Actor.SYSTEM, "marker");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.address() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofByteArray());
    }

    /** The answer, or null when the connection ended before its last bytes: allowed for large files only. */
    private @Nullable HttpResponse<byte[]> brokenOffOr(String path) throws InterruptedException {
        try {
            return get(path);
        } catch (IOException brokenOff) {
            assertThat(bytes.length).isGreaterThan(16 << 20);
            return null;
        }
    }
}

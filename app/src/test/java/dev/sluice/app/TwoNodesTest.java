package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.S3Server;
import dev.sluice.testkit.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Two servers on one PostgreSQL database and one S3 bucket are one registry. */
@Timeout(180)
final class TwoNodesTest {

    private static final String TARBALL = "/npm/main/widget/-/widget-1.0.0.tgz";
    private static final String UP_INDEX = "/npm/widget";
    private static final String UP_FILE = "/npm/widget/-/widget-1.0.0.tgz";
    private static final byte[] BYTES = Tarballs.npm("widget", "1.0.0", "", 100);
    private static final byte[] MINE = Tarballs.npm("mine", "1.0.0", "", 100);

    private final ManualClock clock = ManualClock.at("2026-03-10T12:00:00Z");
    private final PostgresServer postgres = PostgresServer.get();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private String database;
    private S3Server s3;
    private FakeUpstreamServer upstream;
    private Path folder;
    private Installation first;
    private String token;
    private RunningServer one;
    private RunningServer two;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        folder = directory;
        database = postgres.database();
        s3 = S3Server.withKeys();
        upstream = FakeUpstreamServer.start();
        upstream.serve(UP_FILE, Answer.ok(BYTES));
        upstream.serve(UP_INDEX, Answer.ok(packument()).header("content-type", "application/json"));
        first = installation("one");
        token = String.valueOf(first.newAdminToken());
        one = RunningServer.start(first, "127.0.0.1", 0);
        two = RunningServer.start(installation("two"), "127.0.0.1", 0);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        one.close();
        two.close();
        upstream.close();
        s3.close();
        postgres.drop(database);
    }

    private Installation installation(String node) throws IOException {
        Map<String, String> flags = Map.of(
                Setting.DATA.key(),
                folder.resolve(node).toString(),
                Setting.DATABASE.key(),
                database,
                Setting.BLOBS.key(),
                s3.url("packages"),
                "s3.access-key",
                S3Server.ACCESS_KEY,
                "s3.secret-key",
                S3Server.SECRET_KEY,
                Setting.ALLOWED_HOSTS.key(),
                "127.0.0.1",
                Setting.DRAIN_DELAY.key(),
                "PT0.4S",
                "upstreams.npm.url",
                upstream.url("/npm/").toString(),
                "upstreams.pypi.url",
                "none",
                "upstreams.maven.url",
                "none");
        return Installation.open(Configuration.of(flags, Map.of(), null), clock, new Machine(Map.of(), folder));
    }

    private static String integrity(byte[] bytes) {
        return "sha512-"
                + Base64.getEncoder()
                        .encodeToString(HexFormat.of()
                                .parseHex(Samples.contents(bytes).sha512().hex()));
    }

    private String packument() {
        return """
                {"name":"widget","dist-tags":{"latest":"1.0.0"},
                 "time":{"1.0.0":"2020-01-01T00:00:00.000Z"},
                 "versions":{"1.0.0":{"name":"widget","version":"1.0.0","license":"MIT",
                   "dist":{"tarball":"%s","integrity":"%s"}}}}""".formatted(upstream.url(UP_FILE), integrity(BYTES));
    }

    private HttpResponse<byte[]> send(RunningServer server, String method, String path, String body, String secret) {
        return send(server.address(), method, path, body, secret);
    }

    private HttpResponse<byte[]> send(String address, String method, String path, String body, String secret) {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(address + path))
                            .timeout(Duration.ofSeconds(60))
                            .header("Authorization", "Bearer " + secret)
                            .header("Content-Type", "application/json")
                            .method(method, BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<byte[]> get(RunningServer server, String path) {
        return send(server, "GET", path, "", token);
    }

    private void expect(int status, HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(status);
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task));
    }

    private void policy(RunningServer server, String condition) {
        expect(
                201,
                send(
                        server,
                        "POST",
                        "/api/v2/workspaces/main/policies/",
                        JsonMapper.shared()
                                .writeValueAsString(Map.of(
                                        "name",
                                        "no widgets",
                                        "rego",
                                        "package cloudsmith\n\nmatch if " + condition + "\n",
                                        "actions",
                                        List.of(Map.of(
                                                "action_type", "SetPackageState", "package_state", "QUARANTINED")))),
                        token));
    }

    @Test
    void a_policy_made_on_one_refuses_at_the_others_next_request() {
        expect(200, get(two, TARBALL));
        expect(200, get(two, TARBALL)); // from memory

        policy(one, "input.v0.package.name == \"widget\"");

        expect(403, get(two, TARBALL));
        expect(403, get(one, TARBALL));
    }

    @Test
    void an_advisory_imported_on_one_refuses_at_the_others_next_request() {
        policy(one, "count(input.v0.vulnerabilities) > 0");
        expect(200, get(two, TARBALL));

        try (AdvisoryStore.Import begun = first.database().advisories().begin()) {
            begun.put(everyWidget());
            begun.feed(new AdvisoryStore.FeedState("osv", 1, clock.instant(), null));
            begun.commit();
        }

        expect(403, get(two, TARBALL));
    }

    private Advisory everyWidget() {
        AffectedRange range = new AffectedRange(
                AffectedRange.Type.ECOSYSTEM, List.of(new AffectedRange.Event(AffectedRange.Kind.INTRODUCED, "0")));
        return new Advisory(
                "HOLE-1",
                List.of(),
                "a hole",
                "",
                List.of(new Advisory.Severity("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8)),
                "CRITICAL",
                clock.instant(),
                clock.instant(),
                null,
                List.of(new Advisory.Affected(new PackageName("npm", "widget"), List.of(range), List.of(), List.of())),
                List.of(),
                "test",
                false);
    }

    @Test
    void a_token_revoked_on_one_is_refused_at_the_others_next_request() {
        HttpResponse<byte[]> made = send(one, "POST", "/api/tokens", "{\"name\":\"ci\",\"role\":\"reader\"}", token);
        expect(201, made);
        String secret = JsonMapper.shared().readTree(made.body()).get("token").stringValue();
        String id = JsonMapper.shared().readTree(made.body()).get("id").stringValue();
        expect(200, send(two, "GET", TARBALL, "", secret));

        expect(204, send(one, "DELETE", "/api/tokens/" + id, "", token));

        expect(401, send(two, "GET", TARBALL, "", secret));
    }

    @Test
    void what_is_published_on_one_is_installed_from_the_other() {
        expect(404, get(two, "/npm/main/mine"));

        String tarball = "/npm/main/mine/-/mine-1.0.0.tgz";
        String body = """
                {"_id":"mine","name":"mine","dist-tags":{"latest":"1.0.0"},
                 "versions":{"1.0.0":{"name":"mine","version":"1.0.0","dist":{"integrity":"%s","tarball":"%s"}}},
                 "_attachments":{"mine-1.0.0.tgz":{"content_type":"application/octet-stream","data":"%s","length":%d}}}""".formatted(
                integrity(MINE), one.address() + tarball, Base64.getEncoder().encodeToString(MINE), MINE.length);
        HttpResponse<byte[]> published = send(one, "PUT", "/npm/main/mine", body, token);
        assertThat(published.statusCode())
                .as(new String(published.body(), UTF_8))
                .isBetween(200, 201);

        expect(200, get(two, "/npm/main/mine"));
        HttpResponse<byte[]> file = get(two, tarball);
        expect(200, file);
        assertThat(file.body()).isEqualTo(MINE);
    }

    @Test
    void one_cold_file_asked_through_both_makes_one_upstream_request() throws InterruptedException {
        expect(200, get(one, "/npm/main/widget"));
        upstream.serve(UP_FILE, Answer.ok(BYTES).stalled());
        upstream.holdAgain();
        CompletableFuture<HttpResponse<byte[]>> left = inBackground(() -> get(one, TARBALL));
        CompletableFuture<HttpResponse<byte[]>> right = inBackground(() -> get(two, TARBALL));
        upstream.awaitRequests(UP_FILE, 1);
        upstream.release();

        expect(200, left.join());
        expect(200, right.join());
        assertThat(upstream.requests(UP_FILE)).isEqualTo(1);
        assertThat(upstream.requests(UP_INDEX)).isEqualTo(1);
    }

    @Test
    void a_rolling_restart_under_load_fails_no_request() throws Exception {
        expect(200, get(one, TARBALL));
        one.schedule();
        two.schedule();
        List<String> addresses = List.of(one.address(), two.address());
        List<AtomicBoolean> ready = List.of(new AtomicBoolean(true), new AtomicBoolean(true));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        try (ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor()) {
            var _ = checks.scheduleWithFixedDelay(
                    () -> {
                        for (int i = 0; i < 2; i++) {
                            ready.get(i).set(isReady(addresses.get(i)));
                        }
                    },
                    0,
                    20,
                    TimeUnit.MILLISECONDS);
            List<CompletableFuture<Boolean>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int turn = i;
                clients.add(inBackground(() -> {
                    for (int n = turn; !stop.get(); n++) {
                        String failure = balanced(addresses, ready, n);
                        served.incrementAndGet();
                        if (failure != null) {
                            failures.add(failure);
                        }
                    }
                    return true;
                }));
            }
            awaitMore(served, 50);
            one = restarted(one, "one", ready.get(0));
            awaitMore(served, 50);
            two = restarted(two, "two", ready.get(1));
            awaitMore(served, 50);
            stop.set(true);
            clients.forEach(CompletableFuture::join);
        }
        assertThat(failures).isEmpty();
    }

    /** Closes the server while the other one answers, and starts it again at the same port. */
    private RunningServer restarted(RunningServer server, String node, AtomicBoolean ready) throws IOException {
        int port = URI.create(server.address()).getPort();
        server.close();
        assertThat(ready).isFalse();
        RunningServer again = RunningServer.start(installation(node), "127.0.0.1", port);
        again.schedule();
        while (!ready.get()) {
            Thread.onSpinWait();
        }
        return again;
    }

    private static void awaitMore(AtomicInteger served, int more) {
        int wanted = served.get() + more;
        while (served.get() < wanted) {
            Thread.onSpinWait();
        }
    }

    private boolean isReady(String address) {
        try {
            return send(address, "GET", "/health/ready", "", token).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Asks a ready server as a load balancer does: another one when a connection is refused or was closed before any byte. */
    private @org.jspecify.annotations.Nullable String balanced(
            List<String> addresses, List<AtomicBoolean> ready, int turn) {
        String last = "no server is ready";
        for (int attempt = 0; attempt < 3; attempt++) {
            int index = (turn + attempt) % 2;
            if (!ready.get(index).get()) {
                index = 1 - index;
            }
            try {
                HttpResponse<byte[]> answer = send(addresses.get(index), "GET", TARBALL, "", token);
                return answer.statusCode() == 200 ? null : "answered " + answer.statusCode();
            } catch (UncheckedIOException e) {
                last = String.valueOf(e.getCause());
            }
        }
        return last;
    }
}

package dev.sluice.app.wiring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.Tarballs;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.machine.Machine;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.ManualClock;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a collector of OpenTelemetry learns of requests through the real front door, gate and HTTP client. */
@Timeout(180)
final class TracingTest {

    private static final String COLD = "/npm/main/widget/-/widget-1.0.0.tgz";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";

    private final FakeUpstreamServer upstream = FakeUpstreamServer.start();
    private final FakeUpstreamServer collector = FakeUpstreamServer.start();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path data;

    TracingTest(@TempDir Path data) throws IOException {
        this.data = data;
        collector.serve("/v1/traces", Answer.ok(""));
        byte[] bytes = Tarballs.npm("widget", "1.0.0", "", 100);
        upstream.serve("/widget", Answer.ok("""
                        {"name":"widget","dist-tags":{"latest":"1.0.0"},"time":{"1.0.0":"2020-01-01T00:00:00Z"},
                         "versions":{"1.0.0":{"name":"widget","version":"1.0.0",
                           "dist":{"tarball":"%s?sig=hush-query","shasum":"%s"}}}}""".formatted(upstream.url("/widget/-/widget-1.0.0.tgz"), sha1(bytes))));
        upstream.serve("/widget/-/widget-1.0.0.tgz", Answer.ok(bytes));
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        upstream.close();
        collector.close();
        http.close();
    }

    private Installation installation(String... more) throws IOException {
        Map<String, String> flags = new HashMap<>();
        flags.put("data", data.resolve("data").toString());
        flags.put("upstreams.npm.url", upstream.url().toString());
        flags.put("upstreams.npm.token", "hush-upstream");
        flags.put("tracing.otlp-endpoint", collector.url().toString());
        flags.put("tracing.headers", "x-key=hush-collector");
        for (int i = 0; i < more.length; i += 2) {
            flags.put(more[i], more[i + 1]);
        }
        return Installation.open(
                Configuration.of(flags, Map.of(), null),
                ManualClock.at("2026-11-22T09:00:00Z"),
                new Machine(Map.of(), data));
    }

    private int get(RunningServer server, String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                .statusCode();
    }

    /** Everything the collector got of one request, once the server has stopped; the request's own span is the first. */
    private List<Otlp.Span> traceOf(String path) {
        List<Otlp.Span> all = Otlp.spans(collector);
        Otlp.Span request = all.stream()
                .filter(s -> s.kind() == 2 && path.equals(s.attributes().get("url.path")))
                .reduce((first, second) -> second)
                .orElseThrow();
        return Stream.concat(
                        Stream.of(request),
                        all.stream().filter(s -> s.trace().equals(request.trace()) && !s.id().equals(request.id())))
                .toList();
    }

    private static Otlp.Span one(List<Otlp.Span> trace, String name) {
        return trace.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void a_cold_download_is_one_trace_of_its_stages_and_upstream_calls() throws Exception {
        try (RunningServer server = RunningServer.start(installation(), "127.0.0.1", 0)) {
            assertThat(get(server, COLD)).isEqualTo(200);
        }

        List<Otlp.Span> trace = traceOf(COLD);
        Otlp.Span request = trace.getFirst();
        assertThat(request.parent()).isEmpty();
        assertThat(request.name()).startsWith("GET npm.");
        assertThat(request.attributes())
                .containsEntry("http.request.method", "GET")
                .containsEntry("http.response.status_code", "200")
                .containsEntry("sluice.format", "npm")
                .containsEntry("sluice.repository", "main")
                .containsEntry("sluice.outcome", "released")
                .containsEntry("sluice.from", "upstream");
        for (String stage : List.of("authorise", "locate", "obtain", "judge", "record")) {
            assertThat(one(trace, stage).parent()).as(stage).isEqualTo(request.id());
        }
        assertThat(one(trace, "inspect").parent())
                .isEqualTo(one(trace, "obtain").id());
        List<Otlp.Span> calls = trace.stream().filter(s -> s.kind() == 3).toList();
        assertThat(calls)
                .extracting(s -> s.attributes().get("url.full"))
                .containsExactlyInAnyOrder(
                        upstream.url("/widget").toString(),
                        upstream.url("/widget/-/widget-1.0.0.tgz").toString());
        assertThat(calls)
                .extracting(Otlp.Span::parent)
                .containsExactlyInAnyOrder(
                        one(trace, "locate").id(), one(trace, "obtain").id());
        assertThat(trace).allSatisfy(s -> assertThat(s.end()).isGreaterThanOrEqualTo(s.start()));
        assertThat(Otlp.service(collector)).containsEntry("service.name", "sluice");
    }

    @Test
    void a_download_from_memory_is_a_request_and_its_record() throws Exception {
        try (RunningServer server = RunningServer.start(installation(), "127.0.0.1", 0)) {
            assertThat(get(server, COLD)).isEqualTo(200);
            assertThat(get(server, COLD)).isEqualTo(200);
        }

        List<Otlp.Span> trace = traceOf(COLD);
        assertThat(trace.getFirst().attributes()).containsEntry("sluice.from", "memory");
        assertThat(trace).extracting(Otlp.Span::name).hasSize(2).contains("record");
        assertThat(one(trace, "record").parent()).isEqualTo(trace.getFirst().id());
    }

    @Test
    void a_refusal_says_which_policy_it_was() throws Exception {
        Path policies = Files.createDirectory(data.resolve("policies"));
        Files.writeString(policies.resolve("no-widgets.rego"), """
                # METADATA
                # title: No widgets
                # custom:
                #   mode: enforce
                #   actions:
                #     - set_package_state: QUARANTINED
                package cloudsmith

                match if input.v0.package.name == "widget"
                """);
        try (RunningServer server =
                RunningServer.start(installation("policies", policies.toString()), "127.0.0.1", 0)) {
            assertThat(get(server, COLD)).isEqualTo(403);
        }

        Otlp.Span request = traceOf(COLD).getFirst();
        assertThat(request.attributes())
                .containsEntry("sluice.outcome", "refused")
                .containsEntry("sluice.policy", "[No widgets]")
                .containsEntry("http.response.status_code", "403");
        assertThat(request.error()).as("a refusal is no fault").isFalse();
    }

    @Test
    void no_secret_reaches_the_collector_but_the_one_that_is_for_it() throws Exception {
        Installation installation = installation();
        String token = Objects.requireNonNull(installation.newAdminToken());
        try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
            assertThat(get(server, COLD + "?token=hush-client", "Authorization", "Bearer " + token))
                    .isEqualTo(200);
            HttpRequest logout = HttpRequest.newBuilder(
                            URI.create(server.address() + "/npm/main/-/user/token/" + token))
                    .DELETE()
                    .build();
            assertThat(http.send(logout, HttpResponse.BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
        }

        assertThat(collector.received()).isNotEmpty().allSatisfy(request -> {
            assertThat(new String(Otlp.unpacked(request), ISO_8859_1))
                    .doesNotContain("hush")
                    .doesNotContain(token.substring(token.lastIndexOf('_') + 1));
            assertThat(request.headers()).containsEntry("x-key", "hush-collector");
        });
        assertThat(Otlp.spans(collector)).extracting(Otlp.Span::name).contains("DELETE npm.session");
    }

    @Test
    void only_a_trusted_proxy_makes_a_request_part_of_its_trace() throws Exception {
        try (RunningServer server = RunningServer.start(installation(), "127.0.0.1", 0)) {
            assertThat(get(server, COLD, "traceparent", TRACEPARENT)).isEqualTo(200);
        }
        Otlp.Span alone = traceOf(COLD).getFirst();
        assertThat(alone.trace()).isNotEqualTo(TRACE);
        assertThat(alone.parent()).isEmpty();
        assertThat(alone.links()).containsExactly(TRACE);

        try (RunningServer server = RunningServer.start(
                installation("trusted-proxies", "127.0.0.1", "anonymous-reads", "true"), "127.0.0.1", 0)) {
            assertThat(get(server, COLD, "traceparent", TRACEPARENT)).isEqualTo(200);
        }
        Otlp.Span within = traceOf(COLD).getFirst();
        assertThat(within.trace()).isEqualTo(TRACE);
        assertThat(within.parent()).isEqualTo(PARENT);
        assertThat(within.links()).isEmpty();
    }

    @Test
    void upstreams_learn_of_a_trace_only_where_they_are_said_to_lie_inside() throws Exception {
        try (RunningServer server = RunningServer.start(installation(), "127.0.0.1", 0)) {
            assertThat(get(server, COLD)).isEqualTo(200);
        }
        assertThat(upstream.received())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("traceparent"));

        int before = upstream.received().size();
        try (RunningServer server = RunningServer.start(
                installation("data", data.resolve("other").toString(), "upstream.allowed-hosts", "127.0.0.1"),
                "127.0.0.1",
                0)) {
            assertThat(get(server, COLD)).isEqualTo(200);
        }
        List<Otlp.Span> calls =
                traceOf(COLD).stream().filter(s -> s.kind() == 3).toList();
        assertThat(upstream.received().stream()
                        .skip(before)
                        .map(r -> r.headers().get("traceparent")))
                .containsExactlyInAnyOrderElementsOf(calls.stream()
                        .map(s -> "00-" + s.trace() + "-" + s.id() + "-03") // sampled, with a random id
                        .toList());
    }

    @Test
    void a_collector_that_refuses_costs_spans_and_no_request() throws Exception {
        collector.breakDown(Answer.status(500));
        Installation installation = installation();
        try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
            assertThat(get(server, COLD)).isEqualTo(200);
        }
        assertThat(installation.observing().tracing().fates())
                .containsEntry("sent", 0L)
                .hasEntrySatisfying("dropped-failed", count -> assertThat(count).isPositive());
    }

    @Test
    void a_collector_that_stalls_holds_up_neither_requests_nor_the_stop() throws Exception {
        collector.serve("/v1/traces", Answer.ok("never all of it").stalled());
        try (RunningServer server = RunningServer.start(installation(), "127.0.0.1", 0)) {
            assertThat(get(server, COLD)).isEqualTo(200);
            collector.awaitRequests("/v1/traces", 1);
            assertThat(get(server, COLD)).isEqualTo(200);
        }
        assertThat(collector.requests("/v1/traces")).isEqualTo(1);
    }

    @Test
    void a_part_of_the_requests_is_followed_as_configured() throws Exception {
        Installation installation = installation("tracing.sample", "0");
        try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
            assertThat(get(server, COLD)).isEqualTo(200);
        }
        assertThat(collector.received()).isEmpty();
        assertThat(installation.observing().tracing().fates()).containsEntry("dropped-full", 0L);
    }

    @Test
    void what_is_no_collector_or_no_ratio_is_said_at_the_start() {
        assertThatThrownBy(() -> installation("tracing.otlp-endpoint", "collector:4318"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("http://collector.example:4318");
        assertThatThrownBy(() -> installation("tracing.sample", "2")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> installation("tracing.headers", "hush"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("hush");
    }

    @Test
    void without_a_collector_it_runs_where_opentelemetry_is_not_even_there() throws Exception {
        String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("opentelemetry"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        without,
                        "dev.sluice.app.Main",
                        "serve",
                        "--data",
                        data.resolve("bare").toString(),
                        "--port",
                        "0",
                        "--upstream",
                        "npm=" + upstream.url())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = process.inputReader()) {
            StringBuilder said = new StringBuilder();
            String address = "";
            for (String line = out.readLine(); line != null && !line.contains("setup maven"); line = out.readLine()) {
                said.append(line).append('\n');
                address = line.contains(" answers at ") ? line.replaceFirst(".* answers at ", "") : address;
            }
            assertThat(address).as(said.toString()).startsWith("http://");
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(address + COLD)).build();
            assertThat(http.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
            process.toHandle().destroy(); // leaves what it said readable
            assertThat(out.lines()).noneMatch(line -> line.contains("NoClassDefFoundError"));
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}

package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateKey;
import dev.sluice.kernel.gate.Refusal;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.server.TestDoor.Answer;
import dev.sluice.server.TestDoor.Wire;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FrontDoorTest {

    private TestDoor door;

    @BeforeEach
    void open() throws IOException {
        door = new TestDoor();
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void an_encoded_slash_stays_inside_its_segment() {
        assertThat(door.get("/fake/main/segments/@scope%2fname/-/x%20y.tgz").body())
                .contains("[segments, @scope/name, -, x y.tgz]");
    }

    @Test
    void a_trailing_slash_is_an_empty_last_segment() {
        assertThat(door.get("/fake/main/segments/a/").body()).contains("[segments, a, ]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/fake/main/segments/../x",
                "/fake/main/segments/%2e%2e/x",
                "/fake/main/segments/.%2E",
                "/fake/main/segments/a%2f..%2fb",
                "/fake/main/segments/%00",
                "/fake/main/segments/%zz",
                "/fake/main/segments/%4",
                "/fake/main/segments/%",
                "/fake/main/segments/%ff%fe",
                "/fake/main/segments/a%5c..%5cb",
                "/fake/main/segments/%0d%0aX-Evil:1",
                "*",
                "fake/main"
            })
    void a_target_that_could_mean_another_place_is_refused(String target) throws IOException {
        try (Wire wire = door.open()) {
            Answer answer =
                    wire.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").answer();

            assertThat(answer.status()).isEqualTo(400);
        }
    }

    @Test
    void hosts_that_are_none_are_refused() throws IOException {
        for (String host : List.of("", "Host: a\r\nHost: b\r\n", "Host: a\"><script>\r\n", "Host: a/b\r\n")) {
            try (Wire wire = door.open()) {
                assertThat(wire.send("GET /health/live HTTP/1.1\r\n" + host + "\r\n")
                                .answer()
                                .status())
                        .as(host)
                        .isEqualTo(400);
            }
        }
    }

    @Test
    void ambiguous_body_lengths_are_refused() throws IOException {
        for (String lengths : List.of(
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")) {
            try (Wire wire = door.open()) {
                Answer answer = wire.send("PUT /fake/main/put HTTP/1.1\r\nHost: a\r\n" + lengths + "\r\n0\r\n\r\n")
                        .answer();

                assertThat(answer.status()).as(lengths).isEqualTo(400);
                assertThat(wire.isClosed()).as(lengths).isTrue();
            }
        }
    }

    @Test
    void requests_beyond_limits_get_their_status() throws IOException {
        try (Wire wire = door.open()) {
            assertThat(wire.send("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: a\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(414);
        }
        try (Wire wire = door.open()) {
            assertThat(wire.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(9000) + "\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(431);
        }
    }

    @Test
    void pipelined_requests_are_answered_in_order() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        door.format.get("slow", exchange -> {
            hold(go);
            return Response.text(200, "slow");
        });
        try (Wire wire = door.open()) {
            wire.send(asking("/fake/main/slow") + asking("/fake/main/echo"));
            go.countDown();

            assertThat(wire.answer().text()).isEqualTo("slow\n");
            assertThat(wire.answer().text()).isEqualTo("quick\n");
        }
    }

    @Test
    void a_refusal_reaches_the_status_line_and_the_body() throws IOException {
        Refusal refusal = new Refusal(
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                "x@1",
                "no-naïve-\r\nthings",
                List.of("because"),
                "",
                null,
                List.of(),
                null,
                PackageState.QUARANTINED);
        door.format.quick(
                "refused",
                exchange -> RefusalResponse.of(refusal, exchange.request().origin()));
        try (Wire wire = door.open()) {
            Answer answer = wire.send("GET /fake/main/refused HTTP/1.1\r\nHost: reg.example:81\r\n\r\n")
                    .answer();

            assertThat(answer.statusLine())
                    .startsWith("HTTP/1.1 403 Blocked by policy no-na?ve-  things. because. x@1 ")
                    .endsWith("http://reg.example:81/why/01ARZ3NDEKTSV4RRFFQ69G5FAV");
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
            assertThat(answer.text()).contains("\"policy\":\"no-naïve");
        }
    }

    @Test
    void a_status_line_that_is_cut_still_names_the_nearest_version_and_the_address() throws IOException {
        Refusal refusal = new Refusal(
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                "org.apache.logging.log4j:log4j-slf4j-impl-with-a-long-name@2.14.1-20210315.074312-17",
                "Exploited vulnerabilities",
                List.of("CVE-2021-44228 is known to be exploited (KEV), fixed in 2.15.0, 2.12.2, 2.3.1"),
                "A vulnerability in this version is being exploited.",
                "2.25.4",
                List.of(),
                Instant.parse("2026-03-13T12:00:00.123456789Z"),
                PackageState.QUARANTINED);
        door.format.quick(
                "long",
                exchange -> RefusalResponse.of(refusal, exchange.request().origin()));
        try (Wire wire = door.open()) {
            Answer answer = wire.send("GET /fake/main/long HTTP/1.1\r\nHost: registry.example.org\r\n\r\n")
                    .answer();

            assertThat(answer.statusLine())
                    .startsWith("HTTP/1.1 403 Blocked by policy Exploited vulnerabilities."
                            + " Nearest allowed version: 2.25.4. Allowed from 2026-03-13T12:00:00Z. CVE-2021-")
                    .endsWith("... http://registry.example.org/why/01ARZ3NDEKTSV4RRFFQ69G5FAV");
        }
    }

    @Test
    void nothing_leaves_before_its_record_is_durable() throws Exception {
        CompletableFuture<Void> record = new CompletableFuture<>();
        CountDownLatch asked = new CountDownLatch(1);
        door.format.quick("recorded", exchange -> {
            GateKey.awaits(exchange.visit(), record);
            asked.countDown();
            return Response.text(200, "released");
        });
        CompletableFuture<HttpResponse<String>> answer =
                CompletableFuture.supplyAsync(() -> door.get("/fake/main/recorded"));
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        // The event loop stays free meanwhile: other requests are answered.
        assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);
        assertThat(answer).isNotDone();

        record.complete(null);

        assertThat(get(answer).body()).isEqualTo("released\n");
    }

    @Test
    void what_must_be_written_down_before_it_happens_and_cannot_be_is_no_fault_of_the_program() {
        door.format.get("awaited", exchange -> {
            throw new CompletionException(new IOException("disk full: /secret"));
        });

        HttpResponse<String> answer = door.get("/fake/main/awaited");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("Journal not writable").doesNotContain("/secret");
    }

    @Test
    void what_cannot_be_written_down_is_not_released() {
        door.format.get("recorded", exchange -> {
            GateKey.awaits(exchange.visit(), CompletableFuture.failedFuture(new IOException("disk full: /secret")));
            return Response.text(200, "released");
        });

        HttpResponse<String> answer = door.get("/fake/main/recorded");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("nothing is released").doesNotContain("/secret");
    }

    @Test
    void faults_get_a_number_and_keep_their_details() {
        door.format.get("boom", exchange -> {
            throw new IllegalStateException("secret internals");
        });
        door.format.get("upstream", exchange -> {
            throw new UpstreamClient.UpstreamException("npm: connection reset by 10.1.2.3");
        });

        assertThat(door.get("/fake/main/boom")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(answer.body()).contains("incident").doesNotContain("secret internals");
        });
        assertThat(door.get("/fake/main/upstream")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).doesNotContain("10.1.2.3");
        });
    }

    @Test
    void unknown_addresses_and_methods() {
        assertThat(door.get("/nothing/here").statusCode()).isEqualTo(404);
        assertThat(door.get("/fake/nowhere/echo").statusCode()).isEqualTo(404);
        assertThat(door.get("/fake/main/unheard-of").statusCode()).isEqualTo(404);
        assertThat(door.get("/v2/").statusCode()).isEqualTo(404);
        assertThat(door.get("/v2/").body()).contains("UNSUPPORTED");
        assertThat(door.send("PUT", "/fake/main/echo", BodyPublishers.noBody())).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
        });
        assertThat(door.send("POST", "/health", BodyPublishers.noBody()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void head_is_get_without_its_body() throws IOException {
        try (Wire wire = door.open()) {
            wire.send("HEAD /fake/main/echo HTTP/1.1\r\nHost: a\r\n\r\n");
            Answer head = wire.head();
            assertThat(head.headers()).containsEntry("content-length", "6");
            wire.send(asking("/fake/main/echo"));
            assertThat(wire.answer().text()).isEqualTo("quick\n");
        }
    }

    @Test
    void large_metadata_is_compressed_for_who_takes_it() throws IOException {
        byte[] json = ("{\"a\":\"" + "lodash".repeat(20_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        door.format.quick(
                "big", exchange -> Response.of(200, "application/json", json).with("ETag", "\"v1\""));

        HttpResponse<byte[]> packed = door.send(
                "GET",
                "/fake/main/big",
                BodyPublishers.noBody(),
                BodyHandlers.ofByteArray(),
                "Accept-Encoding",
                "gzip");
        HttpResponse<byte[]> plain =
                door.send("GET", "/fake/main/big", BodyPublishers.noBody(), BodyHandlers.ofByteArray());
        HttpResponse<byte[]> refusing = door.send(
                "GET",
                "/fake/main/big",
                BodyPublishers.noBody(),
                BodyHandlers.ofByteArray(),
                "Accept-Encoding",
                "gzip;q=0, br");

        assertThat(packed.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(packed.headers().firstValue("etag")).contains("W/\"v1\"");
        assertThat(packed.headers().firstValue("vary")).contains("Accept-Encoding");
        assertThat(packed.body().length).isLessThan(json.length / 10);
        assertThat(new GZIPInputStream(new java.io.ByteArrayInputStream(packed.body())).readAllBytes())
                .isEqualTo(json);
        assertThat(plain.body()).isEqualTo(json);
        assertThat(refusing.body()).isEqualTo(json);
        assertThat(door.get("/fake/main/big", "If-None-Match", "W/\"v1\"").statusCode())
                .isEqualTo(304);
        assertThat(door.get("/fake/main/big", "If-None-Match", "\"v0\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void running_requests_finish_while_the_door_closes() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        door.format.get("slow", exchange -> {
            running.countDown();
            hold(go);
            return Response.text(200, "done");
        });
        try (Wire idle = door.open();
                Wire busy = door.open()) {
            idle.send(asking("/fake/main/echo")).answer();
            busy.send(asking("/fake/main/slow"));
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Void> closing = CompletableFuture.runAsync(door.door::close);
            assertThat(idle.isClosed()).isTrue();
            assertThat(closing).isNotDone();
            go.countDown();

            assertThat(busy.answer().text()).isEqualTo("done\n");
            closing.get(10, TimeUnit.SECONDS);
            assertThat(busy.isClosed()).isTrue();
        }
    }

    @Test
    void a_request_that_outlasts_the_time_to_drain_is_broken_off() throws Exception {
        Limits.Times t = TestDoor.TIMES;
        Limits hasty = TestDoor.LIMITS.with(new Limits.Times(
                t.firstRequest(), t.keepAlive(), t.idle(), t.stall(), java.time.Duration.ofMillis(100)));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (TestDoor own = new TestDoor(hasty);
                Wire busy = own.open()) {
            own.format.get("slow", exchange -> {
                running.countDown();
                hold(never);
                return Response.text(200, "done");
            });
            busy.send(asking("/fake/main/slow"));
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Void> closing = CompletableFuture.runAsync(own.door::close);

            assertThat(busy.isClosed()).isTrue();
            never.countDown();
            closing.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_request_that_blocks_does_not_hold_up_others() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(20);
        door.format.get("slow", exchange -> {
            running.countDown();
            hold(go);
            return Response.text(200, "slow");
        });
        List<CompletableFuture<HttpResponse<String>>> slow = java.util.stream.Stream.generate(
                        () -> CompletableFuture.supplyAsync(
                                () -> door.get("/fake/main/slow"),
                                r -> Thread.ofVirtual().start(r)))
                .limit(20)
                .toList();
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);
        assertThat(door.get("/health/live").statusCode()).isEqualTo(200);
        go.countDown();
        for (CompletableFuture<HttpResponse<String>> one : slow) {
            assertThat(get(one).body()).isEqualTo("slow\n");
        }
    }

    @Test
    void the_start_page_names_only_repositories_that_the_visitor_may_read() throws IOException {
        assertThat(door.get("/").body()).contains("\"main\"").doesNotContain("\"closed\"");
        try (TestDoor careful = new TestDoor(
                TestDoor.LIMITS, new FrontDoor.Binding("127.0.0.1", 0, null, null, Forwarding.NONE, true))) {
            assertThat(careful.get("/").body()).contains("\"main\"");
            assertThat(careful.get("/", "X-Forwarded-For", "6.6.6.6").body()).doesNotContain("main");
            assertThat(careful.get("/", "X-Forwarded-For", "6.6.6.6", "Accept", "text/html")
                            .body())
                    .doesNotContain("main/")
                    .contains("Reading needs a token here");
        }
    }

    @Test
    void every_file_says_that_no_shared_cache_may_keep_it_and_nothing_in_it_runs() throws IOException {
        door.format.get("page", exchange -> Response.of(200, "text/html", "<p>".getBytes(StandardCharsets.UTF_8)));
        HttpResponse<String> listing = door.get("/fake/main/page");
        assertThat(listing.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .doesNotContain("sandbox"); // people follow its links to downloads
        assertThat(door.get("/fake/main/echo").headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'none'; sandbox");
    }

    @Test
    void metrics_and_health() {
        String auditor = door.token(Role.AUDITOR);
        door.get("/fake/main/echo");

        assertThat(door.get("/health").body())
                .contains("\"status\":\"up\"")
                .contains("\"advisory_data\":{\"fake\":false}");
        assertThat(door.get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(door.get("/metrics").statusCode()).isEqualTo(401);
        assertThat(door.get("/metrics", "Authorization", "Bearer " + auditor).body())
                .contains(
                        "sluice_http_requests_total{endpoint=\"echo\",format=\"fake\",method=\"GET\",status=\"200\"} 1.0")
                .contains("jvm_");
    }

    @Test
    void the_start_page_shows_set_up_lines_escaped() {
        HttpResponse<String> page = door.get("/", "Accept", "text/html");

        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(page.body())
                .contains("fake config set registry &quot;" + door.door.address() + "/fake/main/&quot;")
                .doesNotContain("/fake/closed/")
                .doesNotContain("<script");
    }

    @Test
    void a_client_that_goes_away_while_waiting_leaves_the_server_well() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        door.format.get("slow", exchange -> {
            running.countDown();
            hold(go);
            interrupted.set(Thread.currentThread().isInterrupted());
            return Response.text(200, "slow");
        });
        try (Wire wire = door.open()) {
            wire.send(asking("/fake/main/slow"));
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        }
        go.countDown();

        assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);
        assertThat(interrupted).isFalse();
        assertThat(door.journal.events).noneMatch(event -> event.kind().equals(Event.Kind.LOGIN_FAILED));
    }

    private static String asking(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static <T> T get(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(10, TimeUnit.SECONDS);
    }

    static void hold(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("never let go");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}

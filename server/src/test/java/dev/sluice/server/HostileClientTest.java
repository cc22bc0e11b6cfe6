package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateKey;
import dev.sluice.server.TestDoor.Answer;
import dev.sluice.server.TestDoor.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients can do on a raw connection to hurt the server or others, and what becomes of it. */
@Timeout(60)
class HostileClientTest {

    private static final String HOST = "Host: a\r\n";

    @TempDir
    Path folder;

    private TestDoor door;

    @BeforeEach
    void open() throws IOException {
        door = new TestDoor();
    }

    @AfterEach
    void close() {
        assertThat(door.get("/fake/main/echo").statusCode())
                .as("others are served")
                .isEqualTo(200);
        door.close();
    }

    // ---- reading

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_reader_that_takes_nothing_is_cut_off_after_the_idle_limit(boolean local) throws IOException {
        Path large = folder.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(64L << 20);
        }
        try (TestDoor own = new TestDoor(idle(Duration.ofMillis(150)));
                Wire wire = own.open()) {
            own.format.quick(
                    "large",
                    exchange -> Response.artifact(
                            "application/octet-stream",
                            GateKey.release(new FileBlobs(large, local), DIGEST, 64L << 20)));
            assertThat(wire.send(asking("/fake/main/large")).head().status()).isEqualTo(200);

            assertThat(cutOff(own, wire)).isLessThan(64L << 20);
        }
    }

    @Test
    void a_reader_that_takes_nothing_of_a_large_index_is_cut_off_and_its_memory_given_back() throws IOException {
        byte[] index = new byte[16 << 20];
        try (TestDoor own = new TestDoor(idle(Duration.ofMillis(150)));
                Wire wire = own.open()) {
            own.format.quick("index", exchange -> Response.of(200, "application/octet-stream", index));
            assertThat(wire.send(asking("/fake/main/index")).head().status()).isEqualTo(200);

            assertThat(cutOff(own, wire)).isLessThan(index.length);
            assertThat(figure(own, "sluice_http_responses_held_bytes")).isEqualTo("0.0");
        }
    }

    @Test
    void large_indexes_that_nobody_reads_take_a_bounded_amount_of_memory() throws IOException {
        door.format.quick("index", exchange -> Response.of(200, "application/octet-stream", new byte[8 << 20]));
        List<Wire> stalled = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 10; i++) {
            Wire wire = door.open();
            stalled.add(wire);
            Answer head = wire.send(asking("/fake/main/index")).head();
            refused += head.status() == 503 ? 1 : 0;
            assertThat(head.status() == 200 || head.headers().containsKey("retry-after"))
                    .isTrue();
        }

        // 32 MB are allowed for, each answer is an array of 8 MB of its own
        assertThat(refused).isEqualTo(6);
        for (Wire wire : stalled) {
            wire.close();
        }
    }

    @Test
    void one_index_read_by_many_counts_once() throws IOException {
        byte[] index = new byte[8 << 20];
        Arrays.fill(index, (byte) 'x');
        door.format.quick("index", exchange -> Response.of(200, "application/octet-stream", index));
        List<Wire> readers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            readers.add(door.open().send(asking("/fake/main/index")));
        }
        for (Wire wire : readers) {
            assertThat(wire.answer().body()).isEqualTo(index);
            wire.close();
        }
    }

    // ---- uploading

    @Test
    void an_upload_that_stalls_is_ended() throws IOException {
        try (TestDoor own = new TestDoor(stall(Duration.ofMillis(50), 1));
                Wire wire = own.open()) {
            acceptUploads(own);
            wire.send(putting(own, "Content-Length: 10\r\n") + "abc");

            assertThat(wire.answer().status()).isEqualTo(408);
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void an_upload_that_trickles_is_ended() throws Exception {
        try (TestDoor own = new TestDoor(stall(Duration.ofMillis(200), 100_000));
                Wire wire = own.open()) {
            acceptUploads(own);
            wire.send(putting(own, "Content-Length: 1000000\r\n"));
            // never silent for long, yet never getting anywhere
            String answer = whileTrickling(wire);

            assertThat(answer).startsWith("HTTP/1.1 408").contains("less than 100000 bytes a second");
        }
    }

    @Test
    void an_upload_shorter_than_it_said_is_not_taken() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        CompletableFuture<Exception> outcome = new CompletableFuture<>();
        door.format.put("put", exchange -> {
            try {
                exchange.request().body().readAllBytes();
                taken.incrementAndGet();
            } catch (IOException e) {
                outcome.complete(e);
                throw e;
            }
            return Response.empty(201);
        });
        try (Wire wire = door.open()) {
            wire.send(putting(door, "Content-Length: 10\r\n") + "abc");
            wire.socket.shutdownOutput();

            assertThat(outcome.get(10, TimeUnit.SECONDS)).hasMessageContaining("client closed");
            assertThat(taken).hasValue(0);
        }
    }

    @Test
    void bytes_beyond_the_length_are_another_request() throws IOException {
        acceptUploads(door);
        try (Wire wire = door.open()) {
            wire.send(putting(door, "Content-Length: 3\r\n") + "abcGARBAGE\r\n\r\n");

            assertThat(wire.answer().text()).isEqualTo("3\n");
            assertThat(wire.answer().status()).isEqualTo(400);
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void an_upload_without_a_length_is_asked_for_one() throws IOException {
        acceptUploads(door);
        try (Wire wire = door.open()) {
            Answer answer = wire.send(putting(door, "")).answer();

            assertThat(answer.status()).isEqualTo(411);
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\nabc\r\n0\r\n\r\n",
                "-1\r\nabc\r\n0\r\n\r\n",
                "0x3\r\nabc\r\n0\r\n\r\n",
                "fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
                "3\r\nabcdef\r\n0\r\n\r\n",
                "3;ext=\u0000\nabc\r\n0\r\n\r\n"
            })
    void chunks_that_are_none_are_refused(String chunks) throws IOException {
        acceptUploads(door);
        try (Wire wire = door.open()) {
            wire.send(putting(door, "Transfer-Encoding: chunked\r\n") + chunks);

            assertThat(refusedOrClosed(wire)).isTrue();
        }
    }

    @Test
    void trailers_without_end_are_cut_off() throws IOException {
        acceptUploads(door);
        try (Wire wire = door.open()) {
            wire.send(putting(door, "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n");
            assertThat(flooded(wire, "X-T: " + "a".repeat(1000) + "\r\n", 1000)).isTrue();
        }
    }

    @Test
    void nobody_is_invited_to_send_what_will_be_refused() throws IOException {
        acceptUploads(door);
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/put HTTP/1.1\r\n" + HOST
                    + "Content-Length: 99999999\r\nExpect: 100-continue\r\nAuthorization: Bearer "
                    + door.token(Role.PUBLISHER) + "\r\n\r\n");

            assertThat(wire.answer().status()).isEqualTo(413);
            assertThat(wire.isClosed()).isTrue();
        }
    }

    // ---- what could be one request for a proxy and two for us

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5, 6\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 5 5\r\n",
                "Content-Length:\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "Transfer-Encoding:\u000bchunked\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding\u0000: chunked\r\n",
                "X: y\r\n Transfer-Encoding: chunked\r\n",
                "X\r\n",
                ": x\r\n",
                "X: a\rTransfer-Encoding: chunked\r\n",
                "X: a\u0000b\r\n"
            })
    void lengths_that_two_readers_could_understand_differently_are_refused(String header) throws IOException {
        acceptUploads(door);
        try (Wire wire = door.open()) {
            wire.send(putting(door, header) + "0\r\n\r\nGET /fake/main/echo HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(wire.head().status()).isIn(400, 411, 501);
            assertThat(afterwards(wire)).as("no second answer").doesNotContain("HTTP/1.1 200");
        }
    }

    @Test
    void http_1_0_has_no_chunks() throws IOException {
        acceptUploads(door);
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/put HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

            assertThat(wire.answer().status()).isEqualTo(400);
            assertThat(afterwards(wire)).isEmpty();
        }
    }

    @Test
    void a_target_that_names_another_host_than_the_host_header_is_refused() throws IOException {
        try (Wire wire = door.open()) {
            wire.send("GET http://evil.example/fake/main/echo HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(wire.answer().status()).isEqualTo(400);
        }
        try (Wire wire = door.open()) {
            wire.send("GET http://a/fake/main/echo HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(wire.answer().status()).isEqualTo(200);
        }
    }

    // ---- heads

    @Test
    void too_many_header_lines_are_refused() throws IOException {
        try (Wire wire = door.open()) {
            wire.send("GET /fake/main/echo HTTP/1.1\r\n" + HOST + "a: b\r\n".repeat(60) + "\r\n");

            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(431);
            assertThat(answer.text()).contains("at most 50 header lines");
        }
    }

    @ParameterizedTest
    @CsvSource({"5000,0,414", "10,9000,431"})
    void heads_that_are_too_long_are_refused_with_what_is_allowed(int path, int header, int status) throws IOException {
        try (Wire wire = door.open()) {
            wire.send("GET /" + "a".repeat(path) + " HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(header) + "\r\n\r\n");

            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
            assertThat(answer.text()).contains(status == 414 ? "4096" : "8192");
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void a_head_without_end_is_cut_off() throws IOException {
        try (Wire wire = door.open()) {
            assertThat(flooded(wire, "GET / HTTP/1.1\r\nX: " + "a".repeat(100_000), 100))
                    .isTrue();
        }
    }

    @Test
    void a_connection_that_asks_nothing_is_closed() throws IOException {
        try (TestDoor own = new TestDoor(waiting(Duration.ofMillis(50), Duration.ofSeconds(30)));
                Wire wire = own.open()) {
            wire.send("GET / HT");

            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void a_first_head_that_trickles_is_cut_off() throws IOException {
        try (TestDoor own = new TestDoor(waiting(Duration.ofMillis(150), Duration.ofSeconds(30)));
                Wire wire = own.open()) {
            assertThat(trickled(wire, "GET / HTTP/1.1\r\nX: ")).isTrue();
        }
    }

    @Test
    void a_later_head_that_trickles_is_cut_off() throws IOException {
        try (TestDoor own = new TestDoor(waiting(Duration.ofSeconds(30), Duration.ofMillis(150)));
                Wire wire = own.open()) {
            assertThat(wire.send(asking("/fake/main/echo")).answer().status()).isEqualTo(200);

            assertThat(trickled(wire, "GET / HTTP/1.1\r\nX: ")).isTrue();
        }
    }

    @Test
    void an_answer_that_takes_its_time_is_not_taken_for_silence() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestDoor own = new TestDoor(waiting(Duration.ofMillis(50), Duration.ofMillis(50)));
                Wire slow = own.open();
                Wire silent = own.open()) {
            own.format.get("slow", exchange -> {
                running.countDown();
                FrontDoorTest.hold(go);
                return Response.text(200, "slow");
            });
            slow.send(asking("/fake/main/slow"));
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(silent.isClosed()).isTrue(); // the time for silence has passed
            go.countDown();

            assertThat(slow.answer().text()).isEqualTo("slow\n");
        }
    }

    // ---- many

    @Test
    void connections_that_only_wait_give_way_to_new_ones() throws IOException {
        List<Wire> idle = new ArrayList<>();
        for (int i = 0; i < 300; i++) { // 200 are allowed
            Wire wire = door.open();
            if (i % 2 == 0) {
                wire.send(asking("/fake/main/echo"));
                assertThat(wire.answer().status()).isEqualTo(200);
            }
            idle.add(wire);
        }
        try (Wire honest = door.open()) {
            assertThat(honest.send(asking("/fake/main/echo")).answer().status()).isEqualTo(200);
        }
        String open = figure(door, "sluice_http_connections");
        assertThat(Double.parseDouble(open)).isLessThanOrEqualTo(201);
        for (Wire wire : idle) {
            wire.close();
        }
    }

    @Test
    void pipelined_requests_that_nobody_reads_are_not_read_either() throws IOException {
        byte[] some = new byte[60_000];
        AtomicInteger handled = new AtomicInteger();
        door.format.quick("some", exchange -> {
            handled.incrementAndGet();
            return Response.of(200, "application/octet-stream", some);
        });
        try (Wire wire = door.open()) {
            wire.socket.setSendBufferSize(64 * 1024);
            byte[] requests = asking("/fake/main/some").repeat(2000).getBytes(StandardCharsets.US_ASCII);
            // Writing blocks for good once the server stops reading.
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    OutputStream out = wire.socket.getOutputStream();
                    for (int i = 0; i < 500; i++) {
                        out.write(requests);
                    }
                } catch (IOException e) {
                    // closed at the end of the test
                }
            });
            int before = -1;
            int quiet = 0;
            while (quiet < 200) {
                assertThat(door.get("/fake/main/echo").statusCode()).isEqualTo(200);
                quiet = handled.get() == before ? quiet + 1 : 0;
                before = handled.get();
            }
            assertThat(writer.isAlive()).isTrue();
            assertThat(handled.get()).isLessThan(2000);
        }
    }

    // ---- ranges

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=-0 | 416",
                "bytes=1000- | 416",
                "bytes=1000-2000 | 416",
                "bytes=99999999999999999- | 416",
                "bytes=9999999999999999999999999999- | 200",
                "bytes=0-9999999999999999999999999999 | 200",
                "bytes=0-999999999999999999 | 206",
                "bytes=-999999999999999999 | 206",
                "bytes=0-0,0-0,0-0,0-0 | 200",
                "bytes=0-5,3-8 | 200",
                "bytes=5-3 | 200",
                "bytes=-- | 200",
                "bytes= | 200",
                "bytes=a-b | 200",
                "bytes=-1-2 | 200",
                "items=0-1 | 200"
            })
    void ranges_never_give_more_than_the_file(String range, int status) throws IOException {
        serveThousand();
        try (Wire wire = door.open()) {
            Answer answer = wire.send("GET /fake/main/file HTTP/1.1\r\n" + HOST + "Range: " + range + "\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body().length).isEqualTo(status == 416 ? 0 : 1000);
        }
    }

    @Test
    void a_thousand_ranges_are_one_answer() throws IOException {
        serveThousand();
        try (Wire wire = door.open()) {
            String many = "bytes=" + "0-,".repeat(1000) + "0-";
            Answer answer = wire.send("GET /fake/main/file HTTP/1.1\r\n" + HOST + "Range: " + many + "\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).hasSize(1000);
        }
    }

    // ---- paths and methods

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../etc/passwd",
                "/fake/main/segments/../../x",
                "/fake/main/segments/%2e%2e/x",
                "/fake/main/segments/%2E%2e%2fx",
                "/fake/main/segments/%252e%252e/../x",
                "/fake/main/segments/%c0%ae%c0%ae/x",
                "/fake/main/segments/%00",
                "/fake/main/segments/a%00.tgz",
                "/fake/main/segments/..%5c..%5cx",
                "/fake/main/segments/a\\b",
                "/fake/main/segments/%0a",
                "/fake/main/segments/%7f",
                "/fake/main/segments/%e2%82",
                "/fake/main/segments/%g0",
                "/fake/main/segments/%2",
                "/fake/main/segments/\u00e9",
                "/fake/main/segments/x#y",
                "http://",
                "ftp://a/fake/main/echo"
            })
    void a_path_that_means_another_place_to_somebody_is_refused(String path) throws IOException {
        try (Wire wire = door.open()) {
            Answer answer = wire.send(asking(path)).answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//fake/main/echo",
                "/fake//main/echo",
                "/fake/main//echo",
                "/fake/main/echo//",
                "//api/status",
                "/api//status",
                "/health//live",
                "///etc/passwd",
                "/%2f/fake"
            })
    void doubled_slashes_lead_nowhere(String path) throws IOException {
        try (Wire wire = door.open()) {
            assertThat(wire.send(asking(path)).answer().status()).isEqualTo(404);
        }
    }

    @Test
    void an_address_with_doubled_slashes_is_told_with_how_it_is_written() throws IOException {
        try (Wire wire = door.open()) {
            assertThat(wire.send(asking("/fake//main///echo")).answer().text())
                    .contains("write one slash where several follow each other, /fake/main/echo");
        }
    }

    @Test
    void a_path_of_many_or_long_segments_is_refused() throws IOException {
        for (String path : List.of("/fake/main/" + "a/".repeat(100), "/fake/main/segments/" + "a".repeat(2000))) {
            try (Wire wire = door.open()) {
                assertThat(wire.send(asking(path)).answer().status()).isEqualTo(400);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"CONNECT a:443,501", "TRACE /fake/main/echo,501", "OPTIONS *,400", "BREW /fake/main/echo,405"})
    void methods_that_are_not_served_change_nothing(String start, int status) throws IOException {
        try (Wire wire = door.open()) {
            assertThat(wire.send(start + " HTTP/1.1\r\n" + HOST + "Cookie: secret\r\n\r\n")
                            .head())
                    .satisfies(head -> assertThat(head.status()).isEqualTo(status));
            if (status == 501) {
                assertThat(afterwards(wire)).doesNotContain("secret");
            }
        }
    }

    @Test
    void a_client_that_speaks_http_2_is_told_that_nobody_does() throws IOException {
        try (Wire wire = door.open()) {
            wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000");

            assertThat(wire.head().status()).isIn(400, 501, 505);
            assertThat(afterwards(wire)).doesNotContain("HTTP/1.1 200");
        }
    }

    @Test
    void an_upgrade_is_not_taken_up() throws IOException {
        try (Wire wire = door.open()) {
            Answer answer = wire.send(
                            "GET /fake/main/echo HTTP/1.1\r\n" + HOST
                                    + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
                "\u0000\u0000\u0000",
                "\n\n\n\r\n x"
            })
    void what_is_no_http_at_all_is_refused_or_cut_off(String bytes) throws IOException {
        try (TestDoor own = new TestDoor(waiting(Duration.ofMillis(300), Duration.ofSeconds(30)));
                Wire wire = own.open()) {
            wire.send(bytes);

            assertThat(afterwards(wire)).doesNotContain("HTTP/1.1 200");
        }
    }

    // ---- words

    @Test
    void a_request_id_that_is_no_word_is_replaced() throws IOException {
        for (String sent : List.of("a b", "x\"><script>", "a".repeat(100), "\u00e9")) {
            try (Wire wire = door.open()) {
                Answer answer = wire.send("GET /nothing HTTP/1.1\r\n" + HOST + "X-Request-Id: " + sent + "\r\n\r\n")
                        .answer();

                assertThat(answer.headers().get("x-request-id")).matches("[0-9a-f]{24}");
                assertThat(answer.text())
                        .contains("\"request_id\":\"" + answer.headers().get("x-request-id") + "\"");
            }
        }
    }

    @Test
    void a_request_id_comes_back_in_the_header_and_in_problems() {
        var answer = door.get("/nothing/here", "X-Request-Id", "ci-run_42.7");

        assertThat(answer.headers().firstValue("x-request-id")).contains("ci-run_42.7");
        assertThat(answer.body()).contains("\"request_id\":\"ci-run_42.7\"");
        assertThat(door.get("/fake/main/echo", "X-Request-Id", "ci-run_42.7")
                        .headers()
                        .firstValue("x-request-id"))
                .contains("ci-run_42.7");
    }

    // ----

    private static final dev.sluice.kernel.artifact.Digest DIGEST =
            dev.sluice.kernel.artifact.Digest.sha256("0".repeat(64));

    private void serveThousand() throws IOException {
        Path file = folder.resolve("file");
        java.nio.file.Files.write(file, new byte[1000]);
        door.format.quick(
                "file",
                exchange -> Response.artifact(
                        "application/octet-stream", GateKey.release(new FileBlobs(file, true), DIGEST, 1000)));
    }

    private static void acceptUploads(TestDoor door) {
        door.format.put(
                "put", exchange -> Response.text(201, exchange.request().body().readAllBytes().length + ""));
    }

    private static String asking(String path) {
        return "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n";
    }

    private static String putting(TestDoor door, String headers) {
        return "PUT /fake/main/put HTTP/1.1\r\n" + HOST + "Authorization: Bearer " + door.token(Role.PUBLISHER) + "\r\n"
                + headers + "\r\n";
    }

    private static Limits idle(Duration idle) {
        Limits.Times t = TestDoor.TIMES;
        return TestDoor.LIMITS.with(new Limits.Times(t.firstRequest(), t.keepAlive(), idle, t.stall(), t.drain()));
    }

    private static Limits waiting(Duration first, Duration keepAlive) {
        Limits.Times t = TestDoor.TIMES;
        return TestDoor.LIMITS.with(new Limits.Times(first, keepAlive, t.idle(), t.stall(), t.drain()));
    }

    private static Limits stall(Duration stall, long rate) {
        Limits.Times t = TestDoor.TIMES;
        Limits l = TestDoor.LIMITS;
        return new Limits(
                l.connections(),
                l.requests(),
                l.requestLine(),
                l.headerBytes(),
                l.headers(),
                l.upload(),
                l.document(),
                rate,
                l.responses(),
                l.files(),
                new Limits.Times(t.firstRequest(), t.keepAlive(), t.idle(), stall, t.drain()));
    }

    private static String figure(TestDoor door, String name) {
        return door.get("/metrics", "Authorization", "Bearer " + door.token(Role.AUDITOR))
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Waits until the server has only the connection of the figures left, then reads what came of the body: how many bytes. The
     * head was read before, so that the server surely counts the connection.
     */
    private static long cutOff(TestDoor door, Wire wire) throws IOException {
        while (Double.parseDouble(figure(door, "sluice_http_connections")) > 1) {
            Thread.onSpinWait();
        }
        long read = 0;
        byte[] chunk = new byte[1 << 16];
        try {
            for (int n = wire.in().read(chunk); n >= 0; n = wire.in().read(chunk)) {
                read += n;
            }
        } catch (SocketException e) {
            // reset: cut off as well
        }
        return read;
    }

    /** Everything that still comes until the server closes. */
    private static String afterwards(Wire wire) throws IOException {
        InputStream in = wire.in();
        StringBuilder text = new StringBuilder();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                text.append((char) c);
            }
        } catch (SocketException e) {
            // reset
        }
        return text.toString();
    }

    private static boolean refusedOrClosed(Wire wire) throws IOException {
        String all = afterwards(wire);
        assertThat(all).doesNotContain("HTTP/1.1 20");
        return all.isEmpty() || all.startsWith("HTTP/1.1 400");
    }

    /** Whether the server answers with an error or closes while more and more is sent. */
    private static boolean flooded(Wire wire, String more, int times) throws IOException {
        try {
            for (int i = 0; i < times; i++) {
                wire.send(more);
            }
        } catch (SocketException e) {
            return true;
        }
        String all = afterwards(wire);
        return all.isEmpty() || all.startsWith("HTTP/1.1 4");
    }

    /** Whether the server closes while a head is sent byte by byte, without a pause that an idle timer would notice. */
    private static boolean trickled(Wire wire, String beginning) throws IOException {
        wire.send(beginning);
        return whileTrickling(wire).isEmpty();
    }

    /** What the server answers until it closes, while a byte is sent every 20 ms. */
    private static String whileTrickling(Wire wire) throws IOException {
        StringBuilder text = new StringBuilder();
        wire.socket.setSoTimeout(20);
        while (true) {
            try {
                wire.send("x");
                for (int c = wire.in().read(); c >= 0; c = wire.in().read()) {
                    text.append((char) c);
                }
                return text.toString();
            } catch (SocketTimeoutException e) {
                // nothing yet: the next byte
            } catch (SocketException e) {
                return text.toString();
            }
        }
    }
}

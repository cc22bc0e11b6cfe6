package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Zipped;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateKey;
import dev.sluice.kernel.gate.Released;
import dev.sluice.server.TestDoor.Answer;
import dev.sluice.server.TestDoor.Wire;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes in and out: files, ranges, uploads, clients that stall or leave. */
@Timeout(60)
class TransferTest {

    private static final String DIGEST = "ab".repeat(32);
    private static final String ETAG = '"' + DIGEST + '"';

    @TempDir
    private Path folder;

    private final byte[] content = new byte[300_000];
    private TestDoor door;

    @BeforeEach
    void open() throws IOException {
        door = new TestDoor();
        new Random(1).nextBytes(content);
        Path file = Files.write(folder.resolve("blob"), content);
        door.format.quick("local", exchange -> Response.artifact("application/octet-stream", release(file, true)));
        door.format.quick("remote", exchange -> Response.artifact("application/octet-stream", release(file, false)));
    }

    @AfterEach
    void close() {
        door.close();
    }

    private static Released release(Path file, boolean local) {
        try {
            return GateKey.release(new FileBlobs(file, local), Digest.sha256(DIGEST), Files.size(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "remote"})
    void a_file_leaves_whole(String kind) {
        HttpResponse<byte[]> answer = get(kind);

        assertThat(answer.body()).isEqualTo(content);
        assertThat(answer.headers().firstValue("etag")).contains(ETAG);
        assertThat(answer.headers().firstValue("accept-ranges")).contains("bytes");
        assertThat(answer.headers().firstValue("content-length")).contains("300000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "remote"})
    void a_range_leaves_alone(String kind) {
        HttpResponse<byte[]> middle = get(kind, "Range", "bytes=100-199");
        HttpResponse<byte[]> tail = get(kind, "Range", "bytes=-10");
        HttpResponse<byte[]> rest = get(kind, "Range", "bytes=299990-", "If-Range", ETAG);

        assertThat(middle.statusCode()).isEqualTo(206);
        assertThat(middle.headers().firstValue("content-range")).contains("bytes 100-199/300000");
        assertThat(middle.body()).isEqualTo(Arrays.copyOfRange(content, 100, 200));
        assertThat(tail.body()).isEqualTo(Arrays.copyOfRange(content, 299_990, 300_000));
        assertThat(rest.body()).isEqualTo(tail.body());
    }

    @Test
    void a_file_is_sandboxed_and_kept_by_no_shared_cache_whatever_its_format_says() {
        HttpResponse<byte[]> file = get("local");

        assertThat(file.headers().firstValue("Content-Security-Policy"))
                .contains("sandbox; default-src 'none'; frame-ancestors 'none'");
        assertThat(file.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(file.headers().firstValue("Cross-Origin-Resource-Policy")).contains("same-origin");
        assertThat(file.headers().firstValue("Cache-Control")).contains("private, no-cache");
    }

    @Test
    void ranges_that_cannot_be_served() {
        assertThat(get("local", "Range", "bytes=300000-").statusCode()).isEqualTo(416);
        assertThat(get("local", "Range", "bytes=300000-").headers().firstValue("content-range"))
                .contains("bytes */300000");
        // Nonsense, several ranges, another unit, or another version of the file: the whole is sent.
        assertThat(get("local", "Range", "bytes=5-1").body()).hasSize(300_000);
        assertThat(get("local", "Range", "bytes=0-1,5-6").body()).hasSize(300_000);
        assertThat(get("local", "Range", "lines=0-1").body()).hasSize(300_000);
        assertThat(get("local", "Range", "bytes=0-1", "If-Range", "\"other\"").body())
                .hasSize(300_000);
    }

    @Test
    void who_holds_the_file_gets_no_bytes() {
        HttpResponse<byte[]> answer = get("local", "If-None-Match", "\"x\", W/" + ETAG);

        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("etag")).contains(ETAG);
    }

    @Test
    void what_is_kept_compressed_arrives_whole_and_plain_where_gzip_is_not_taken() throws IOException {
        byte[] plain = halfRandom(5_000_000, 7);
        Zipped kept = Zipped.of(plain);
        door.format.quick(
                "packed", exchange -> Response.of(200, "application/json", kept).with("ETag", "\"p\""));

        HttpResponse<byte[]> answer = get("packed", "Accept-Encoding", "identity");

        assertThat(answer.body()).isEqualTo(plain);
        assertThat(answer.headers().firstValue("Content-Length")).contains("5000000");
        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(answer.headers().firstValue("Vary")).contains("Accept-Encoding");
        assertThat(answer.headers().firstValue("ETag")).contains("\"p\"");
        assertThat(get("packed", "If-None-Match", "\"p\"").statusCode()).isEqualTo(304);
        try (Wire wire = door.open()) {
            assertThat(wire.send("HEAD /fake/main/packed HTTP/1.1\r\nHost: a\r\n\r\n")
                            .head()
                            .headers())
                    .containsEntry("content-length", "5000000");
            wire.send("GET /fake/main/packed HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo(plain);
        }
        awaitNothingHeld(door);
    }

    /** Each unpacked answer would be thirty times what is kept of it. */
    @Test
    void many_who_do_not_take_gzip_share_one_copy_and_another_body_waits_for_room() throws IOException {
        Zipped kept = Zipped.of(halfRandom(60_000_000, 8));
        Zipped other = Zipped.of(halfRandom(60_000_000, 9));
        Limits narrow = new Limits(
                200, 100, 4096, 8192, 50, 1024 * 1024, 64 * 1024, 1024, kept.bytes().length, 1024, TestDoor.TIMES);
        try (TestDoor own = new TestDoor(narrow)) {
            own.format.quick("packed", exchange -> Response.of(200, "application/json", kept));
            own.format.quick("other", exchange -> Response.of(200, "application/json", other));
            Wire[] stalled = new Wire[20];
            for (int i = 0; i < stalled.length; i++) {
                stalled[i] = own.open();
                assertThat(stalled[i]
                                .send("GET /fake/main/packed HTTP/1.1\r\nHost: a\r\n\r\n")
                                .head()
                                .status())
                        .isEqualTo(200);
            }

            assertThat(held(own)).isEqualTo((double) kept.bytes().length);
            assertThat(own.get("/fake/main/other").statusCode()).isEqualTo(503);

            for (Wire wire : stalled) {
                wire.close();
            }
            awaitNothingHeld(own);
            assertThat(own.get("/fake/main/other").statusCode()).isEqualTo(200);
        }
    }

    private static byte[] halfRandom(int length, long seed) {
        byte[] bytes = new byte[length];
        byte[] random = new byte[length / 30];
        new Random(seed).nextBytes(random);
        for (int from = 0; from < random.length; from += 1000) {
            System.arraycopy(random, from, bytes, from * 30, Math.min(1000, random.length - from));
        }
        return bytes;
    }

    private static double held(TestDoor door) {
        String metrics = door.get("/metrics", "Authorization", "Bearer " + door.token(Role.AUDITOR))
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith("sluice_http_responses_held_bytes "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitNothingHeld(TestDoor door) {
        while (held(door) > 0) {
            Thread.onSpinWait(); // the test's timeout ends it
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "remote"})
    void head_tells_the_length(String kind) throws IOException {
        try (Wire wire = door.open()) {
            Answer head = wire.send("HEAD /fake/main/" + kind + " HTTP/1.1\r\nHost: a\r\n\r\n")
                    .head();

            assertThat(head.headers()).containsEntry("content-length", "300000").containsEntry("etag", ETAG);
            wire.send("GET /fake/main/echo HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(wire.answer().text()).isEqualTo("quick\n");
        }
    }

    @Test
    void files_are_closed_after_use() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        assumeThat(descriptors).exists();
        get("local");
        long before = blobsOpen(descriptors);
        for (int i = 0; i < 50; i++) {
            get("local");
            get("local", "Range", "bytes=1-2");
        }

        assertThat(blobsOpen(descriptors)).isLessThanOrEqualTo(before + 1);
    }

    private long blobsOpen(Path descriptors) throws IOException {
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.filter(each -> {
                        try {
                            return Files.readSymbolicLink(each).startsWith(folder.toRealPath());
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_file_that_its_store_cannot_open_is_told_with_a_status(boolean local) throws IOException {
        Path vanishing = Files.write(folder.resolve("vanishing"), content);
        Released released = release(vanishing, local);
        door.format.quick("vanishing", exchange -> Response.artifact("application/octet-stream", released));
        Files.delete(vanishing);

        HttpResponse<byte[]> refused = get("vanishing");

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(new String(refused.body(), UTF_8)).contains("Storage unavailable");

        Files.write(vanishing, content);
        assertThat(get("vanishing").body()).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_reader_that_stalls_holds_up_nobody(boolean local) throws IOException {
        Path large = folder.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(200L * 1024 * 1024);
        }
        door.format.quick("large", exchange -> Response.artifact("application/octet-stream", release(large, local)));
        Wire[] stalled = new Wire[20];
        for (int i = 0; i < stalled.length; i++) {
            stalled[i] = door.open();
            stalled[i].send("GET /fake/main/large HTTP/1.1\r\nHost: a\r\n\r\n").head();
        }

        assertThat(get("local").body()).isEqualTo(content);
        assertThat(get("remote").body()).isEqualTo(content);
        for (Wire wire : stalled) {
            wire.close();
        }
        assertThat(get("local").body()).isEqualTo(content);
    }

    @Test
    void an_upload_arrives_whole() throws Exception {
        acceptUploads();
        byte[] body = new byte[900_000];
        new Random(2).nextBytes(body);
        String expected =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        String token = door.token(Role.PUBLISHER);

        assertThat(put(BodyPublishers.ofByteArray(body), token).body()).isEqualTo("900000 " + expected + "\n");
        assertThat(put(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), token)
                        .body())
                .isEqualTo("900000 " + expected + "\n");
    }

    @Test
    void an_upload_beyond_the_limit_is_refused() throws IOException {
        acceptUploads();
        String token = door.token(Role.PUBLISHER);

        assertThat(put(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[1_200_000])), token)
                        .statusCode())
                .isEqualTo(413);
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/put HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\nAuthorization: Bearer "
                    + token + "\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(413);
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void who_may_not_publish_reads_why_before_the_connection_ends() throws IOException {
        acceptUploads();
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/put HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            wire.socket.getOutputStream().write(new byte[900_000]);

            Answer answer = wire.answer();

            // twine, pip, pnpm and Maven 3.8 show nothing but the reason phrase
            assertThat(answer.statusLine()).startsWith("HTTP/1.1 401 Token needed: ");
            assertThat(answer.headers()).containsEntry("connection", "close");
        }
    }

    @Test
    void a_client_that_asks_first_is_told_to_go_on_only_when_it_may() throws IOException {
        acceptUploads();
        String token = door.token(Role.PUBLISHER);
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/put HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
                    + "Authorization: Bearer " + token + "\r\n\r\n");
            assertThat(wire.head().status()).isEqualTo(100);
            wire.send("abc");
            assertThat(wire.answer().text()).startsWith("3 ba7816bf");
        }
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/put HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(401);
            assertThat(wire.isClosed()).isTrue();
        }
        door.format.put("taken", exchange -> Response.text(409, "there already"));
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/taken HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
                    + "Authorization: Bearer " + token + "\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(409);
            assertThat(wire.isClosed()).isTrue();
        }
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/put HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: miracles\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(417);
        }
    }

    @Test
    void an_upload_waits_for_a_slow_handler() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        door.format.put("slow", exchange -> {
            FrontDoorTest.hold(go);
            return Response.text(200, exchange.request().body().readAllBytes().length + "");
        });
        String token = door.token(Role.PUBLISHER);
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() -> door.send(
                "PUT",
                "/fake/main/slow",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[1_000_000])),
                "Authorization",
                "Bearer " + token));
        go.countDown();

        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("1000000\n");
    }

    @Test
    void an_upload_whose_client_leaves_ends() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CompletableFuture<Exception> outcome = new CompletableFuture<>();
        door.format.put("put", exchange -> {
            reading.countDown();
            try {
                exchange.request().body().readAllBytes();
            } catch (IOException e) {
                outcome.complete(e);
                throw e;
            }
            return Response.empty(201);
        });
        try (Wire wire = door.open()) {
            wire.send("PUT /fake/main/put HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\nAuthorization: Bearer "
                    + door.token(Role.PUBLISHER) + "\r\n\r\nabc");
            assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(outcome.get(10, TimeUnit.SECONDS)).hasMessageContaining("client closed");
    }

    @Test
    void more_requests_than_allowed_are_told_to_come_back() throws Exception {
        Limits narrow = new Limits(10, 1, 4096, 8192, 50, 1000, 1000, 1024, 1024 * 1024, 1, TestDoor.TIMES);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestDoor own = new TestDoor(narrow)) {
            own.format.get("slow", exchange -> {
                running.countDown();
                FrontDoorTest.hold(go);
                return Response.text(200, "slow");
            });
            CompletableFuture<HttpResponse<String>> first =
                    CompletableFuture.supplyAsync(() -> own.get("/fake/main/slow"));
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

            HttpResponse<String> second = own.get("/fake/main/slow");
            go.countDown();

            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(second.headers().firstValue("retry-after")).isPresent();
            assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    private void acceptUploads() {
        door.format.put("put", exchange -> {
            byte[] body = exchange.request().body().readAllBytes();
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
                return Response.text(201, body.length + " " + HexFormat.of().formatHex(hash));
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private HttpResponse<String> put(java.net.http.HttpRequest.BodyPublisher body, String token) {
        return door.send("PUT", "/fake/main/put", body, "Authorization", "Bearer " + token);
    }

    private HttpResponse<byte[]> get(String kind, String... headers) {
        return door.send("GET", "/fake/main/" + kind, BodyPublishers.noBody(), BodyHandlers.ofByteArray(), headers);
    }
}

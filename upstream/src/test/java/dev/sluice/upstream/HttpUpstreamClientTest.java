package dev.sluice.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.gate.UpstreamClient.Answer;
import dev.sluice.kernel.gate.UpstreamClient.Ask;
import dev.sluice.kernel.gate.UpstreamClient.Range;
import dev.sluice.kernel.gate.UpstreamClient.UnreachableException;
import dev.sluice.kernel.gate.UpstreamClient.UpstreamException;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.kernel.repository.Upstream.Trust;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The HTTP client against a real server that misbehaves on command. */
class HttpUpstreamClientTest {

    private static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofMillis(200));

    private final FakeUpstreamServer server = FakeUpstreamServer.start();
    private final FakeUpstreamServer elsewhere = FakeUpstreamServer.start();
    private final HttpUpstreamClient client = client(Set.of());

    HttpUpstreamClientTest() throws IOException {}

    private static HttpUpstreamClient client(Set<String> allowed) throws IOException {
        return new HttpUpstreamClient(new Reach(allowed), SHORT, "sluice-test", () -> TrustedRoots.context(List.of()));
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        elsewhere.close();
    }

    private Upstream upstream(Upstream.@Nullable Credentials credentials) {
        return new Upstream("up", "npm", server.url(), 0, Trust.TRUSTED, credentials);
    }

    private Ask document(String path) {
        return new Ask(upstream(null), server.url(path), "application/json", null, null, 1000);
    }

    private Ask artifact(String path) {
        return new Ask(upstream(null), server.url(path), "*/*", null, null, 1000);
    }

    private String body(Ask ask) throws IOException {
        try (Answer answer = client.ask(ask)) {
            assertThat(answer.status()).isEqualTo(200);
            return new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    private static byte[] zipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void asks_with_its_name_and_what_it_accepts() throws IOException {
        server.serve("/doc", dev.sluice.testkit.Answer.ok("hello"));
        assertThat(body(document("/doc"))).isEqualTo("hello");
        assertThat(server.received().getFirst().headers())
                .containsEntry("user-agent", "sluice-test")
                .containsEntry("accept", "application/json")
                .doesNotContainKey("authorization");
    }

    @Test
    void a_validator_is_sent_and_its_answer_passed_on() throws IOException {
        server.serve("/doc", dev.sluice.testkit.Answer.ok("hello").etag("\"v1\""));
        Ask ask =
                new Ask(upstream(null), server.url("/doc"), "text/html", "\"v1\"", "Mon, 01 Jan 2024 00:00:00 GMT", 9);
        try (Answer answer = client.ask(ask)) {
            assertThat(answer.status()).isEqualTo(304);
        }
        assertThat(server.received().getFirst().headers())
                .containsEntry("if-modified-since", "Mon, 01 Jan 2024 00:00:00 GMT");
    }

    private Ask part(String path, Range range) {
        return new Ask(upstream(null), server.url(path), "*/*", null, null, range.length(), range);
    }

    @Test
    void a_part_is_asked_for_wherever_the_way_leads_and_comes_as_it_is() throws IOException {
        server.serve("/from", dev.sluice.testkit.Answer.redirect("/to"));
        server.serve(
                "/to",
                new dev.sluice.testkit.Answer(
                        206, Map.of("Content-Range", "bytes 95-99/100"), "abcde".getBytes(UTF_8), 5, 5, false, false));
        try (Answer answer = client.ask(part("/from", new Range(-1, 5)))) {
            assertThat(answer.status()).isEqualTo(206);
            assertThat(answer.header("content-range")).isEqualTo("bytes 95-99/100");
            assertThat(answer.body().readAllBytes()).isEqualTo("abcde".getBytes(UTF_8));
        }
        client.ask(part("/to", new Range(10, 5))).close();
        assertThat(server.received())
                .extracting(received -> received.headers().get("range"))
                .containsExactly("bytes=-5", "bytes=-5", "bytes=10-14");
        assertThat(server.received().getFirst().headers()).containsEntry("accept-encoding", "identity");
    }

    @Test
    void a_part_that_has_no_end_or_leads_inward_or_breaks_off_is_a_failure() throws IOException {
        byte[] endless = new byte[10_000];
        server.serve("/long", new dev.sluice.testkit.Answer(206, Map.of(), endless, 10_000, -1, false, false));
        server.serve("/broken", new dev.sluice.testkit.Answer(206, Map.of(), endless, 10, 10_000, false, false));
        for (String path : List.of("/long", "/broken")) {
            try (Answer answer = client.ask(part(path, new Range(0, path.equals("/long") ? 100 : 10_000)))) {
                assertThatThrownBy(() -> answer.body().readAllBytes()).as(path).isInstanceOf(UpstreamException.class);
            }
        }
        server.serve("/inward", dev.sluice.testkit.Answer.redirect("http://169.254.169.254/latest/meta-data/"));
        assertThatThrownBy(() -> client.ask(part("/inward", new Range(0, 100))))
                .hasMessageContaining("points to an address which lies inside");
    }

    @Test
    void five_redirects_are_followed_and_no_sixth() throws IOException {
        for (int i = 1; i <= 6; i++) {
            server.serve("/r" + i, dev.sluice.testkit.Answer.redirect("/r" + (i - 1)));
        }
        server.serve("/r0", dev.sluice.testkit.Answer.ok("there"));
        assertThat(body(document("/r5"))).isEqualTo("there");
        assertThatThrownBy(() -> client.ask(document("/r6")))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("redirects more than 5 times");
    }

    @Test
    void the_address_that_answered_is_told() throws IOException {
        server.serve("/from", dev.sluice.testkit.Answer.redirect("/to"));
        server.serve("/to", dev.sluice.testkit.Answer.ok("there"));
        try (Answer answer = client.ask(document("/from"))) {
            assertThat(answer.uri()).isEqualTo(server.url("/to"));
        }
    }

    @Test
    void a_redirect_inward_is_not_followed() {
        for (String inside : List.of(
                elsewhere.url("/secret").toString(),
                "http://localhost:" + elsewhere.url().getPort() + "/secret",
                "http://10.0.0.1/",
                "http://192.168.1.1/",
                "http://172.16.0.1/",
                "http://169.254.169.254/latest/meta-data/",
                "http://100.64.0.1/",
                "http://0.0.0.0/",
                "http://[::1]/",
                "http://[fd00::1]/",
                "http://[fe80::1]/",
                "http://[::ffff:10.0.0.1]/",
                "http://[64:ff9b::a00:1]/")) {
            server.serve("/doc", dev.sluice.testkit.Answer.redirect(inside));
            assertThatThrownBy(() -> client.ask(document("/doc")))
                    .describedAs(inside)
                    .isInstanceOf(UpstreamException.class)
                    .hasMessageContaining("upstream 'up' points to an address which lies inside");
        }
        assertThat(elsewhere.received()).isEmpty();
    }

    @Test
    void a_redirect_to_what_is_no_web_address_is_not_followed() {
        for (String odd : List.of("file:///etc/passwd", "ftp://files.example/x", "http://user:pw@files.example/")) {
            server.serve("/doc", dev.sluice.testkit.Answer.redirect(odd));
            assertThatThrownBy(() -> client.ask(document("/doc")))
                    .describedAs(odd)
                    .isInstanceOf(UpstreamException.class)
                    .hasMessageNotContaining("pw@");
        }
        server.serve("/doc", dev.sluice.testkit.Answer.status(302));
        assertThatThrownBy(() -> client.ask(document("/doc"))).hasMessageContaining("redirects nowhere");
    }

    @Test
    void an_address_inside_may_be_asked_where_that_was_allowed_by_name() throws IOException {
        elsewhere.serve("/file", dev.sluice.testkit.Answer.ok("allowed"));
        server.serve(
                "/doc",
                dev.sluice.testkit.Answer.redirect(elsewhere.url("/file").toString()));
        try (HttpUpstreamClient allowing =
                        client(Set.of("127.0.0.1:" + elsewhere.url().getPort()));
                Answer answer = allowing.ask(document("/doc"))) {
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    @Test
    void tls_is_not_given_up() {
        Upstream secure = new Upstream("up", "npm", URI.create("https://files.example/"), 0, Trust.TRUSTED, null);
        Ask plain = new Ask(secure, URI.create("http://files.example/x"), "*/*", null, null, 10);
        assertThatThrownBy(() -> client.ask(plain)).hasMessageContaining("gives up TLS");
    }

    @Test
    void credentials_go_to_the_upstream_s_own_origin_only() throws IOException {
        elsewhere.serve("/file", dev.sluice.testkit.Answer.ok("file"));
        server.serve(
                "/doc",
                dev.sluice.testkit.Answer.redirect(elsewhere.url("/file").toString()));
        for (Upstream.Credentials credentials :
                List.of(new Upstream.Basic("ann", "hunter2"), new Upstream.Bearer("s3cret"))) {
            Ask ask = new Ask(upstream(credentials), server.url("/doc"), "text/html", null, null, 10);
            try (HttpUpstreamClient allowing = client(Set.of("127.0.0.1"));
                    Answer answer = allowing.ask(ask)) {
                assertThat(answer.status()).isEqualTo(200);
            }
        }
        assertThat(server.received().stream().map(r -> r.headers().get("authorization")))
                .containsExactly("Basic YW5uOmh1bnRlcjI=", "Bearer s3cret");
        assertThat(elsewhere.received())
                .hasSize(2)
                .allSatisfy(r -> assertThat(r.headers()).doesNotContainKey("authorization"));
    }

    @Test
    void a_document_is_decoded_and_an_artifact_is_not() throws IOException {
        byte[] zipped = zipped("hello".getBytes(UTF_8));
        server.serve("/x", dev.sluice.testkit.Answer.ok(zipped).header("Content-Encoding", "gzip"));
        assertThat(body(document("/x"))).isEqualTo("hello");
        try (Answer answer = client.ask(artifact("/x"))) {
            assertThat(answer.body().readAllBytes()).isEqualTo(zipped);
        }
        assertThat(server.received().stream().map(r -> r.headers().get("accept-encoding")))
                .containsExactly("gzip", "identity");
    }

    @Test
    void a_body_that_grows_beyond_the_limit_ends_there_zipped_or_not() throws IOException {
        server.serve(
                "/bomb",
                dev.sluice.testkit.Answer.ok(zipped(new byte[10_000_000])).header("Content-Encoding", "gzip"));
        server.serve("/long", dev.sluice.testkit.Answer.ok(new byte[1001]));
        server.serve("/exact", dev.sluice.testkit.Answer.ok("x".repeat(1000)));
        for (String path : List.of("/bomb", "/long")) {
            assertThatThrownBy(() -> body(document(path)))
                    .isInstanceOf(UpstreamException.class)
                    .hasMessageContaining("upstream 'up' sent more than 1000 bytes");
        }
        assertThat(body(document("/exact"))).hasSize(1000);
    }

    @Test
    void a_body_that_is_cut_off_is_a_failure_and_not_a_short_file() {
        server.serve("/file", dev.sluice.testkit.Answer.ok("x".repeat(100)).truncatedTo(40));
        assertThatThrownBy(() -> body(artifact("/file")))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("upstream 'up' broke off");
    }

    @Test
    void a_broken_gzip_body_is_a_failure() {
        server.serve("/doc", dev.sluice.testkit.Answer.ok("no gzip at all").header("Content-Encoding", "gzip"));
        assertThatThrownBy(() -> body(document("/doc"))).isInstanceOf(UpstreamException.class);
    }

    @Test
    void a_body_that_stalls_is_ended_by_the_watch() {
        server.serve("/file", dev.sluice.testkit.Answer.ok("x".repeat(100)).stalled());
        assertThatThrownBy(() -> body(artifact("/file")))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("upstream 'up' sent nothing for");
    }

    @Test
    void a_content_coding_nobody_asked_for_is_refused() {
        server.serve("/doc", dev.sluice.testkit.Answer.ok("?").header("Content-Encoding", "br"));
        assertThatThrownBy(() -> client.ask(document("/doc")))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("content coding br");
    }

    @Test
    void nobody_listening_is_said_without_a_secret() {
        URI closed = server.url();
        server.close();
        Upstream upstream = new Upstream("up", "npm", closed, 0, Trust.TRUSTED, new Upstream.Basic("ann", "hunter2"));
        assertThatThrownBy(() -> client.ask(new Ask(upstream, closed, "*/*", null, null, 10)))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("upstream 'up'")
                .hasMessageNotContaining("hunter2")
                .hasMessageNotContaining("YW5uOmh1bnRlcjI=");
        assertThat(upstream.toString()).doesNotContain("hunter2");
    }

    @Test
    void a_client_whose_thread_died_is_made_anew_and_the_request_goes_out_all_the_same() throws IOException {
        server.serve("/doc", dev.sluice.testkit.Answer.ok("body"));
        List<MortalClient> made = new ArrayList<>();
        try (HttpUpstreamClient mortal = new HttpUpstreamClient(
                new Reach(Set.of()),
                SHORT,
                "sluice-test",
                () -> TrustedRoots.context(List.of()),
                () -> null,
                (c, t) -> {
                    made.add(new MortalClient());
                    return made.getLast();
                })) {
            assertThat(mortal.isAlive()).isTrue();
            read(mortal, document("/doc"));

            made.getFirst().die();
            assertThat(mortal.isAlive()).isFalse();
            assertThat(read(mortal, document("/doc"))).isEqualTo("body");
            assertThat(mortal.isAlive()).isTrue();
            assertThat(made).hasSize(2);

            made.getLast().dieAtNextRequest();
            assertThat(read(mortal, document("/doc"))).isEqualTo("body");
            assertThat(made).hasSize(3);
            assertThat(mortal.isAlive()).isTrue();
        }
    }

    private static String read(HttpUpstreamClient client, Ask ask) throws IOException {
        try (Answer answer = client.ask(ask)) {
            return new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    @Test
    void says_who_could_not_be_reached_and_whether_there_was_a_connection() throws IOException {
        server.serve("/moved", dev.sluice.testkit.Answer.redirect("http://127.0.0.1:1/x"));
        HttpUpstreamClient here = client(Set.of("127.0.0.1"));
        assertThatThrownBy(() -> here.ask(document("/moved"))).isInstanceOfSatisfying(UnreachableException.class, e -> {
            assertThat(e.uri()).isEqualTo(URI.create("http://127.0.0.1:1/x"));
            assertThat(e.connected()).isFalse();
        });
        here.close();
        server.serve("/broken", dev.sluice.testkit.Answer.ok("x"));
        server.close();
        assertThatThrownBy(() -> client.ask(document("/broken")))
                .isInstanceOfSatisfying(
                        UnreachableException.class, e -> assertThat(e.uri()).isEqualTo(server.url("/broken")));
    }
}

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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Upstreams that break, lie and lure, asked through the real front door and the real HTTP client, in every format. */
@Timeout(180)
final class HostileUpstreamsTest {

    /** One package of one version in each format. */
    enum Kind {
        NPM("/widget", "/widget/-/widget-1.0.0.tgz", "/npm/main/widget"),
        PYPI("/simple/widget/", "/files/widget-1.0.0.tar.gz", "/pypi/main/simple/widget/"),
        MAVEN(
                "/org/acme/widget/maven-metadata.xml",
                "/org/acme/widget/1.0.0/widget-1.0.0.jar",
                "/maven/main/org/acme/widget/maven-metadata.xml");

        final String index;
        final String file;
        final String ours;

        Kind(String index, String file, String ours) {
            this.index = index;
            this.file = file;
            this.ours = ours;
        }
    }

    private final ManualClock clock = ManualClock.at("2026-11-22T09:00:00Z");
    private final FakeUpstreamServer upstream = FakeUpstreamServer.start();
    private final FakeUpstreamServer inside = FakeUpstreamServer.start();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Installation installation;
    private final RunningServer server;
    private final byte[] bytes = random(200_000, 1);

    HostileUpstreamsTest(@TempDir Path data) throws IOException {
        this.installation = Installation.open(
                Configuration.of(
                        Map.of(
                                Setting.DATA.key(),
                                data.toString(),
                                "upstreams.npm.url",
                                upstream.url().toString(),
                                "upstreams.pypi.url",
                                upstream.url("/simple/").toString(),
                                "upstreams.maven.url",
                                upstream.url().toString(),
                                "upstream.stall-timeout",
                                "PT0.3S",
                                "limits.artifact",
                                "1m",
                                "limits.index",
                                "1m"),
                        Map.of(),
                        null),
                clock,
                new Machine(Map.of(), data));
        // what travels here is no archive: the way it comes is what this is about
        installation.policies().list().stream()
                .filter(policy -> policy.name().equals("Index and artifact disagree"))
                .forEach(policy -> installation.policies().delete(policy.slug(), Event.Actor.SYSTEM));
        this.server = RunningServer.start(installation, "127.0.0.1", 0);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        upstream.close();
        inside.close();
        http.close();
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Serves the package: an index that promises those bytes, and the file as given. */
    private void publish(Kind kind, byte[] promised, Answer file) {
        switch (kind) {
            case NPM ->
                upstream.serve(kind.index, Answer.ok("""
                                {"name":"widget","dist-tags":{"latest":"1.0.0"},"time":{"1.0.0":"2020-01-01T00:00:00Z"},
                                 "versions":{"1.0.0":{"name":"widget","version":"1.0.0",
                                   "dist":{"tarball":"%s","shasum":"%s"}}}}""".formatted(upstream.url(kind.file), hex("SHA-1", promised))));
            case PYPI ->
                upstream.serve(
                        kind.index,
                        Answer.ok("""
                                        {"meta":{"api-version":"1.1"},"name":"widget","versions":["1.0.0"],
                                         "files":[{"filename":"widget-1.0.0.tar.gz","url":"%s","hashes":{"sha256":"%s"},
                                           "upload-time":"2020-01-01T00:00:00Z"}]}""".formatted(upstream.url(kind.file), hex("SHA-256", promised)))
                                .header("Content-Type", "application/vnd.pypi.simple.v1+json"));
            case MAVEN -> {
                upstream.serve(
                        kind.index,
                        Answer.ok("<metadata><groupId>org.acme</groupId><artifactId>widget</artifactId><versioning>"
                                + "<release>1.0.0</release><versions><version>1.0.0</version></versions>"
                                + "<lastUpdated>20200101000000</lastUpdated></versioning></metadata>"));
                upstream.serve(kind.file + ".sha1", Answer.ok(hex("SHA-1", promised)));
            }
        }
        upstream.serve(kind.file, file);
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** Asks for the file as this format's clients find it. */
    private HttpResponse<byte[]> file(Kind kind) throws IOException, InterruptedException {
        return switch (kind) {
            case NPM -> get("/npm/main/widget/-/widget-1.0.0.tgz");
            case MAVEN -> get("/maven/main" + kind.file);
            case PYPI -> {
                HttpResponse<byte[]> page = get(kind.ours);
                Matcher link = Pattern.compile("href=\"([^\"#]*)").matcher(new String(page.body(), UTF_8));
                assertThat(link.find())
                        .describedAs(new String(page.body(), UTF_8))
                        .isTrue();
                yield get(URI.create("http://x" + kind.ours)
                        .resolve(link.group(1))
                        .getPath());
            }
        };
    }

    /** The file cannot be had, is not kept, and can be had once the upstream behaves. */
    private void onlyNow(Kind kind, String why) throws IOException, InterruptedException {
        HttpResponse<byte[]> failed = file(kind);
        assertThat(failed.statusCode())
                .describedAs(new String(failed.body(), UTF_8))
                .isIn(502, 503);
        assertThat(new String(failed.body(), UTF_8)).contains(why);
        publish(kind, bytes, Answer.ok(bytes));
        clock.advance(Duration.ofMinutes(10));
        HttpResponse<byte[]> good = file(kind);
        assertThat(good.statusCode())
                .describedAs(new String(good.body(), UTF_8))
                .isEqualTo(200);
        assertThat(good.body()).isEqualTo(bytes);
    }

    private List<String> faults() {
        installation.journal().settle();
        return installation.journal().query(Journal.Query.latest(100, Event.Kind.UPSTREAM_FAULT)).stream()
                .map(Event::message)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_breaks_off_does_not_leave_and_is_not_kept(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes).truncatedTo(bytes.length - 1));
        onlyNow(kind, "broke off");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_whose_length_is_a_lie_does_not_leave(Kind kind) throws Exception {
        byte[] shorter = java.util.Arrays.copyOf(bytes, bytes.length / 2);
        publish(kind, bytes, Answer.ok(shorter));
        onlyNow(kind, "promised");
        assertThat(faults()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_file_with_another_digest_does_not_leave_and_is_recorded(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(random(bytes.length, 2)));
        onlyNow(kind, "not what it promised");
        assertThat(faults()).singleElement().asString().contains("promised").contains("received");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_stalls_is_given_up(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes).stalled());
        onlyNow(kind, "sent nothing for");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_trickles_is_given_up(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes).trickling());
        onlyNow(kind, "bytes a second");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_longer_than_the_limit_is_given_up(Kind kind) throws Exception {
        byte[] large = random(2 << 20, 3);
        publish(kind, large, Answer.ok(large).chunked());
        onlyNow(kind, "sent more than 1048576 bytes");
    }

    @ParameterizedTest
    @EnumSource
    void an_index_that_is_a_bomb_is_given_up(Kind kind) throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
            out.write(new byte[50 << 20]);
        }
        upstream.serve(kind.index, Answer.ok(bomb.toByteArray()).header("Content-Encoding", "gzip"));
        HttpResponse<byte[]> answer = get(kind.ours);
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(new String(answer.body(), UTF_8)).contains("sent more than 1048576 bytes");
    }

    @ParameterizedTest
    @EnumSource
    void an_encoding_that_is_a_lie_is_an_error_of_the_upstream(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes));
        upstream.serve(kind.index, Answer.ok("this is no gzip").header("Content-Encoding", "gzip"));
        assertThat(get(kind.ours).statusCode()).isEqualTo(502);
        upstream.serve(kind.index, Answer.ok("this is no brotli").header("Content-Encoding", "br"));
        clock.advance(Duration.ofMinutes(2));
        HttpResponse<byte[]> answer = get(kind.ours);
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(new String(answer.body(), UTF_8)).contains("content coding br");
    }

    @ParameterizedTest
    @EnumSource
    void a_file_labelled_with_an_encoding_is_kept_as_its_bytes_are(Kind kind) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        byte[] archive = packed.toByteArray();
        publish(kind, archive, Answer.ok(archive).header("Content-Encoding", "gzip"));
        HttpResponse<byte[]> answer = file(kind);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(archive);
    }

    @ParameterizedTest
    @EnumSource
    void a_web_page_with_status_200_is_no_index(Kind kind) throws Exception {
        upstream.serve(
                kind.index,
                Answer.ok("<html><head><title>Log in</title></head><body><p>Please log in")
                        .header("Content-Type", "text/html"));
        HttpResponse<byte[]> answer = get(kind.ours);
        if (kind == Kind.PYPI) { // a page without links is how that protocol says "no files"
            assertThat(new String(answer.body(), UTF_8)).doesNotContain("Please log in");
        } else {
            assertThat(answer.statusCode()).isEqualTo(502);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_web_page_with_status_200_is_no_file(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok("<html>Log in</html>").header("Content-Type", "text/html"));
        onlyNow(kind, "promised");
    }

    @ParameterizedTest
    @EnumSource
    void redirects_inward_are_not_followed_from_an_index_or_a_file(Kind kind) throws Exception {
        List<String> lures = List.of(
                inside.url("/secret").toString(),
                "http://169.254.169.254/latest/meta-data/",
                "http://10.0.0.1/",
                "http://[::1]:1/",
                "http://[fe80::1]/");
        for (String lure : lures) {
            upstream.serve(kind.index, Answer.redirect(lure));
            HttpResponse<byte[]> index = get(kind.ours);
            assertThat(index.statusCode()).describedAs(lure).isEqualTo(502);
            assertThat(new String(index.body(), UTF_8)).contains("lies inside");
            clock.advance(Duration.ofMinutes(10));
        }
        for (String lure : lures) {
            publish(kind, bytes, Answer.redirect(lure));
            HttpResponse<byte[]> file = file(kind);
            assertThat(file.statusCode()).describedAs(lure).isEqualTo(502);
            assertThat(new String(file.body(), UTF_8)).contains("lies inside");
            clock.advance(Duration.ofMinutes(10));
        }
        assertThat(inside.received()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void server_errors_are_502_and_what_is_kept_is_served(Kind kind) throws Exception {
        upstream.breakDown(Answer.status(500));
        assertThat(get(kind.ours).statusCode()).isEqualTo(502);
        upstream.recover();
        publish(kind, bytes, Answer.ok(bytes));
        clock.advance(Duration.ofMinutes(10));
        assertThat(file(kind).statusCode()).isEqualTo(200);
        byte[] index = get(kind.ours).body();
        upstream.breakDown(Answer.status(500));
        clock.advance(Duration.ofMinutes(10));
        assertThat(get(kind.ours).body()).isEqualTo(index);
        assertThat(file(kind).body()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void an_upstream_that_says_of_several_documents_when_to_come_back_is_not_asked_before_whatever_it_is_wanted_for(
            Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes));
        upstream.breakDown(Answer.status(429).header("Retry-After", "600"));
        for (String other : List.of("widget", "sprocket", "cog")) {
            assertThat(get(kind.ours.replace("widget", other)).statusCode()).isEqualTo(503);
        }
        int asked = upstream.received().size();
        clock.advance(Duration.ofMinutes(1));

        for (String path : List.of(kind.ours, kind.ours.replace("widget", "gadget"))) {
            HttpResponse<byte[]> answer = get(path);
            assertThat(answer.statusCode()).describedAs(path).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("540");
        }
        assertThat(upstream.received()).hasSize(asked);

        upstream.recover();
        clock.advance(Duration.ofMinutes(9));
        assertThat(get(kind.ours).statusCode()).isEqualTo(200);
        assertThat(file(kind).body()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void one_document_that_says_when_to_come_back_keeps_nobody_from_the_others(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes));
        upstream.serve(
                kind.index.replace("widget", "gadget"), Answer.status(503).header("Retry-After", "86400"));
        String gadget = kind.ours.replace("widget", "gadget");
        HttpResponse<byte[]> resting = get(gadget);
        assertThat(resting.statusCode()).isEqualTo(503);
        assertThat(resting.headers().firstValue("Retry-After")).contains("300");

        assertThat(get(kind.ours).statusCode()).isEqualTo(200);
        assertThat(file(kind).body()).isEqualTo(bytes);
        int asked = upstream.received().size();
        clock.advance(Duration.ofMinutes(4));
        assertThat(get(gadget).headers().firstValue("Retry-After")).contains("60");
        assertThat(upstream.received()).hasSize(asked);
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_leads_to_a_dead_host_keeps_nobody_from_the_others(Kind kind) throws Exception {
        publish(kind, bytes, Answer.redirect("http://127.0.0.1:1/widget"));
        assertThat(file(kind).statusCode()).isEqualTo(502);
        assertThat(get(kind.ours.replace("widget", "gadget")).statusCode()).isEqualTo(404);
        assertThat(installation.gate().caching().resting()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_kept_is_served_while_the_upstream_wants_to_be_left_alone(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes));
        assertThat(file(kind).statusCode()).isEqualTo(200);
        byte[] index = get(kind.ours).body();
        upstream.breakDown(Answer.status(503).header("Retry-After", "3600"));
        clock.advance(Duration.ofMinutes(10));
        assertThat(get(kind.ours).body()).isEqualTo(index);
        int asked = upstream.received().size();
        clock.advance(Duration.ofMinutes(4));
        HttpResponse<byte[]> stale = get(kind.ours);
        assertThat(stale.body()).isEqualTo(index);
        assertThat(stale.headers().firstValue("X-Sluice-Stale")).isPresent();
        assertThat(file(kind).body()).isEqualTo(bytes);
        assertThat(upstream.received()).hasSize(asked);
    }

    @ParameterizedTest
    @EnumSource(names = {"NPM", "PYPI"})
    void a_file_that_was_changed_is_reported_and_the_old_bytes_stay(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes));
        assertThat(file(kind).body()).isEqualTo(bytes);
        byte[] other = random(bytes.length, 9);
        publish(kind, other, Answer.ok(other));
        clock.advance(Duration.ofMinutes(10));
        get(kind.ours);
        HttpResponse<byte[]> again = file(kind);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(bytes);
        assertThat(faults())
                .isNotEmpty()
                .allSatisfy(fault -> assertThat(fault).contains("was changed").contains("stays"));
        int reported = faults().size();
        clock.advance(Duration.ofMinutes(10));
        get(kind.ours);
        file(kind);
        assertThat(faults()).describedAs("each change once").hasSize(reported);
        assertThat(upstream.requests(kind.file)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = "MAVEN")
    void a_release_file_is_never_asked_for_again_so_that_a_change_does_no_harm(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes));
        assertThat(file(kind).body()).isEqualTo(bytes);
        byte[] other = random(bytes.length, 9);
        publish(kind, other, Answer.ok(other));
        clock.advance(Duration.ofDays(10));
        assertThat(file(kind).body()).isEqualTo(bytes);
        assertThat(new String(get("/maven/main" + kind.file + ".sha1").body(), UTF_8))
                .contains(hex("SHA-1", bytes));
        assertThat(upstream.requests(kind.file)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void one_broken_document_does_not_keep_the_others_away(Kind kind) throws Exception {
        publish(kind, bytes, Answer.ok(bytes));
        upstream.serve(kind.index.replace("widget", "gadget"), Answer.status(500));
        assertThat(get(kind.ours.replace("widget", "gadget")).statusCode()).isEqualTo(502);
        assertThat(get(kind.ours).statusCode()).isEqualTo(200);
    }
}

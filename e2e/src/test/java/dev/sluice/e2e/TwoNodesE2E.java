package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two server processes on one PostgreSQL database and one S3 bucket are one registry, whatever becomes of one of them. */
@Timeout(900)
class TwoNodesE2E {

    private static final int CLIENTS = 4;

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicReferenceArray<Sluice> nodes = new AtomicReferenceArray<>(2);
    private Home home;
    private FakeUpstreamServer upstream;
    private FakeNpm widget;
    private String token;

    @BeforeEach
    void open() throws Exception {
        home = Home.shared();
        upstream = FakeUpstreamServer.start();
        widget = new FakeNpm(upstream, "widget").version("1.0.0");
        nodes.set(0, node(0));
        token = nodes.get(0).token();
        nodes.set(1, node(1));
    }

    @AfterEach
    void close() {
        nodes.get(0).close();
        nodes.get(1).close();
        http.close();
        upstream.close();
        home.close();
    }

    private Sluice node(int number) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none",
                "--set",
                "drain.delay=PT0.5S"));
        arguments.addAll(home.arguments());
        return Sluice.start(folder.resolve("node" + number), arguments.toArray(String[]::new));
    }

    private String tarball() {
        return "/npm/main" + widget.tarball("1.0.0");
    }

    /** The status; a body that breaks off is an UncheckedIOException, a connection without an answer an IOException. */
    private int send(Sluice node, String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(
                HttpRequest.newBuilder(URI.create(node.address() + path))
                        .timeout(Duration.ofMinutes(2))
                        .header("Authorization", "Bearer " + token)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(path + " broke off", e);
        }
        return answer.statusCode();
    }

    private int get(Sluice node, String path) {
        try {
            return send(node, "GET", path, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task));
    }

    @Test
    void a_policy_flipped_on_one_counts_at_the_others_next_request() throws Exception {
        Sluice one = nodes.get(0);
        Sluice two = nodes.get(1);
        NpmProject user = NpmProject.in(folder.resolve("user"), two);
        user.npm("install", "widget@1.0.0").succeeded();
        assertThat(get(two, tarball())).isEqualTo(200);

        String policy = one.withhold("widgets", "input.v0.package.name == \"widget\"");

        assertThat(get(two, tarball())).isEqualTo(403);
        assertThat(NpmProject.in(folder.resolve("colleague"), two)
                        .checkOut(user)
                        .npm("ci")
                        .failed()
                        .output())
                .contains("widgets is not wanted");

        for (int turn = 0; turn < 3; turn++) {
            two.drop(policy);
            assertThat(get(one, tarball())).isEqualTo(200);
            policy = two.withhold("widgets", "input.v0.package.name == \"widget\"");
            assertThat(get(one, tarball())).isEqualTo(403);
        }
    }

    @Test
    void one_cold_file_asked_for_through_both_makes_one_upstream_request() throws Exception {
        upstream.serveNext(
                widget.tarball("1.0.0"), Answer.ok(widget.archive("1.0.0")).stalled());
        CompletableFuture<Integer> left = inBackground(() -> get(nodes.get(0), tarball()));
        CompletableFuture<Integer> right = inBackground(() -> get(nodes.get(1), tarball()));
        upstream.awaitRequests(widget.tarball("1.0.0"), 1);
        upstream.release();

        assertThat(left.join()).isEqualTo(200);
        assertThat(right.join()).isEqualTo(200);
        assertThat(upstream.requests(widget.tarball("1.0.0"))).isEqualTo(1);
        assertThat(upstream.requests(widget.path())).isEqualTo(1);
    }

    @Test
    void a_node_killed_while_it_fetches_lets_the_other_fetch() throws Exception {
        upstream.serveNext(
                widget.tarball("1.0.0"), Answer.ok(widget.archive("1.0.0")).stalled());
        CompletableFuture<Integer> lost = inBackground(() -> get(nodes.get(0), tarball()));
        upstream.awaitRequests(widget.tarball("1.0.0"), 1); // the lease of the file is held until long after the kill

        nodes.get(0).kill();

        assertThatThrownBy(lost::join).hasRootCauseInstanceOf(IOException.class);
        assertThat(get(nodes.get(1), tarball())).isEqualTo(200);
        assertThat(upstream.requests(widget.tarball("1.0.0"))).isEqualTo(2);

        nodes.set(0, node(0));
        assertThat(get(nodes.get(0), tarball())).isEqualTo(200);
        assertThat(upstream.requests(widget.tarball("1.0.0"))).isEqualTo(2);
    }

    @Test
    void a_rolling_restart_under_load_fails_no_request() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger names = new AtomicInteger();
        Semaphore served = new Semaphore(0);
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Boolean>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int first = i;
            clients.add(inBackground(() -> {
                for (int turn = first; !stop.get() && failures.isEmpty(); turn++) {
                    String version = "1." + names.incrementAndGet();
                    String path = "/maven/main/com/example/lib/" + version + "/lib-" + version + ".bin";
                    String failure = turn % 3 == 0
                            ? balanced(turn, "PUT", path, "bytes of " + path)
                            : balanced(turn, "GET", tarball(), "");
                    if (failure != null) {
                        failures.add(failure);
                        served.release(1000); // nobody need wait for more
                    }
                    served.release();
                }
                return true;
            }));
        }
        for (int number = 0; number < nodes.length(); number++) {
            served.acquire(40);
            nodes.get(number).close(); // SIGTERM, and wait
            assertThat(failures).isEmpty();
            served.acquire(40);
            nodes.set(number, node(number));
        }
        served.acquire(40);
        stop.set(true);
        clients.forEach(CompletableFuture::join);
        assertThat(failures).isEmpty();
        assertThat(nodes.get(0).log() + nodes.get(1).log()).doesNotContain("ERROR");
    }

    /**
     * Sends to a node that says it is ready, as a load balancer does, and to the other one when a connection is refused or closed
     * before any byte of an answer. What went wrong, else null.
     */
    private @Nullable String balanced(int turn, String method, String path, String body) {
        String last = "";
        for (int attempt = 0; attempt < 4; attempt++) {
            Sluice node = nodes.get((turn + attempt) % 2);
            try {
                if (send(node, "GET", "/health/ready", "") == 200) {
                    int status = send(node, method, path, body);
                    return status / 100 == 2 ? null : method + " " + path + " answered " + status;
                }
                last += " not ready;";
            } catch (IOException e) {
                last += " " + e + ";";
            } catch (UncheckedIOException e) {
                return e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return e.toString();
            }
        }
        return "no node took it:" + last;
    }
}

package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that are each within the limits, and together more than heap and processors hold: the process stays up, tells the truth
 * about itself, serves others meanwhile, and everything afterwards.
 */
@Timeout(600)
final class HostileLoadE2E {

    /** What the neighbours of an attack wait at most, nine times of ten. */
    private static final double PATIENCE_SECONDS = 1.0;

    private static final int ROUNDS = 100;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private FakeUpstreamServer upstream;
    private Sluice sluice;
    private ExecutorService attackers;

    @BeforeEach
    void start() throws Exception {
        upstream = FakeUpstreamServer.start();
        sluice = Sluice.start(
                folder,
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none",
                "--set",
                "upstream.allowed-hosts=127.0.0.1");
        attackers = Executors.newVirtualThreadPerTaskExecutor();
        new FakeNpm(upstream, "bystander").version("1.0.0");
        new FakeNpm(upstream, "latecomer").version("1.0.0");
        assertThat(bystander()).isLessThan(60);
    }

    @AfterEach
    void stop() {
        attackers.shutdownNow();
        sluice.close();
        upstream.close();
    }

    @Test
    void a_hundred_large_indexes_at_once_take_down_neither_the_process_nor_its_neighbours() throws Exception {
        LiveHeap before = LiveHeap.of(sluice.pid());
        for (int i = 0; i < 4; i++) {
            serve(new LargePackument("huge" + i, 4_500));
        }
        for (int i = 0; i < 30; i++) {
            serve(new LargePackument("large" + i, 500));
        }
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            answers.add(asked("/npm/main/huge" + i % 4));
        }
        for (int i = 0; i < 60; i++) {
            answers.add(asked("/npm/main/large" + i % 30));
        }
        upstream.awaitRequests("/huge0", 1);

        neighboursAreServedWhile(answers);

        for (Future<Integer> each : answers) {
            assertThat(each.get()).as(this::errors).isIn(Set.of(200, 503));
        }
        assertThat(answers).as("some are served").anyMatch(each -> each.resultNow() == 200);
        assertThat(sluice.get("/npm/main/huge0/1.0.7").statusCode()).isEqualTo(200);
        everythingIsAsBefore(before);
    }

    @Test
    void archives_that_are_bombs_hold_up_nobody_else() throws Exception {
        LiveHeap before = LiveHeap.of(sluice.pid());
        List<Future<Integer>> answers = new ArrayList<>();
        for (ArchiveBomb bomb : ArchiveBomb.values()) {
            byte[] archive = bomb.archive();
            for (int i = 0; i < 16; i++) {
                String name = bomb.name().toLowerCase(Locale.ROOT).replace('_', '-') + i;
                new FakeNpm(upstream, name).version("1.0.0", archive);
                answers.add(asked("/npm/main/" + name + "/-/" + name + "-1.0.0.tgz"));
            }
        }

        neighboursAreServedWhile(answers);

        for (Future<Integer> each : answers) {
            assertThat(each.get()).as("what cannot be read is refused").isEqualTo(403);
        }
        everythingIsAsBefore(before);
    }

    @Test
    void readers_who_take_nothing_hold_up_nobody_else() throws Exception {
        serve(new LargePackument("huge", 4_500));
        assertThat(asked("/npm/main/huge").get()).isEqualTo(200);
        LiveHeap before = LiveHeap.of(sluice.pid());
        List<Socket> readers = new ArrayList<>();
        URI address = URI.create(sluice.address());
        try {
            for (int i = 0; i < 200; i++) {
                Socket reader = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
                readers.add(reader);
                reader.getOutputStream()
                        .write(("GET /npm/main/huge HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n\r\n")
                                .getBytes(UTF_8));
                reader.getOutputStream().flush();
            }
            for (Socket reader : readers) {
                assertThat(reader.getInputStream().read()).as("it is answered").isEqualTo('H');
            }

            neighboursAreServedWhile(List.of());
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
        everythingIsAsBefore(before);
    }

    private void serve(LargePackument packument) {
        upstream.serve("/" + packument.name(), packument::write);
    }

    private Future<Integer> asked(String path) {
        Callable<Integer> ask = () -> HTTP.send(
                        HttpRequest.newBuilder(URI.create(sluice.address() + path))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
        return attackers.submit(ask);
    }

    /** Seconds that a neighbour waits for its index, its file and the word of the server about itself together. */
    private double bystander() throws Exception {
        long begun = System.nanoTime();
        assertThat(sluice.get("/npm/main/bystander").statusCode()).isEqualTo(200);
        assertThat(sluice.get("/npm/main/bystander/-/bystander-1.0.0.tgz").statusCode())
                .isEqualTo(200);
        assertThat(sluice.get("/health/ready").statusCode()).isEqualTo(200);
        return (System.nanoTime() - begun) / 1e9;
    }

    private void neighboursAreServedWhile(List<Future<Integer>> attack) throws Exception {
        double[] waits = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            waits[i] = bystander();
        }
        long underAttack = attack.stream().filter(each -> !each.isDone()).count();
        assertThat(sluice.get("/npm/main/latecomer").statusCode()).isEqualTo(200);
        Arrays.sort(waits);
        assertThat(waits[ROUNDS * 9 / 10])
                .as(
                        "median %.3f s, longest %.3f s, %d of %d of the attack still open",
                        waits[ROUNDS / 2], waits[ROUNDS - 1], underAttack, attack.size())
                .isLessThan(PATIENCE_SECONDS);
    }

    /** What the server said of its own faults. */
    private String errors() {
        try {
            List<String> lines = sluice.log().lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).contains("ERROR")) {
                    return String.join("\n", lines.subList(i, Math.min(i + 40, lines.size())));
                }
            }
            return "no error is logged";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Up, ready, and with its memory back but for what it may keep. */
    private void everythingIsAsBefore(LiveHeap before) throws Exception {
        assertThat(sluice.isAlive()).isTrue();
        assertThat(sluice.get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(sluice.get("/npm/main/latecomer/-/latecomer-1.0.0.tgz").statusCode())
                .isEqualTo(200);
        assertThat(sluice.log()).doesNotContain("OutOfMemoryError");
        LiveHeap after = LiveHeap.of(sluice.pid());
        assertThat(after.megabytes())
                .as("limits.index-memory is a quarter of the heap of 512 MB: %s", after.since(before, 5))
                .isLessThan(before.megabytes() + 128);
    }
}

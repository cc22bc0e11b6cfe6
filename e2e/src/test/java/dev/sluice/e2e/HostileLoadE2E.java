package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that are each within the limits, and together more than the heap holds: the process stays up, tells the truth about itself,
 * serves others meanwhile, and everything afterwards.
 */
final class HostileLoadE2E {

    private static final int PACKAGES = 12;
    private static final int VERSIONS = 4_500;

    @TempDir
    private Path folder;

    /** A packument of some 90 MB. */
    private static byte[] packument(String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(96 << 20);
        String ballast = "x".repeat(20_000);
        out.writeBytes(("{\"_id\":\"" + name + "\",\"name\":\"" + name
                        + "\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{")
                .getBytes(UTF_8));
        for (int i = 0; i < VERSIONS; i++) {
            String version = "1.0." + i;
            out.writeBytes(
                    ((i == 0 ? "" : ",") + "\"" + version + "\":{\"name\":\"" + name + "\",\"version\":\"" + version
                                    + "\",\"license\":\"MIT\",\"description\":\"" + i + ballast
                                    + "\",\"dist\":{\"shasum\":\"0000000000000000000000000000000000000000\",\"tarball\":\"http://x.invalid/"
                                    + name + "-" + version + ".tgz\"}}")
                            .getBytes(UTF_8));
        }
        out.writeBytes("},\"time\":{".getBytes(UTF_8));
        for (int i = 0; i < VERSIONS; i++) {
            out.writeBytes(((i == 0 ? "" : ",") + "\"1.0." + i + "\":\"" + FakeNpm.LONG_AGO + "\"").getBytes(UTF_8));
        }
        out.writeBytes("}}".getBytes(UTF_8));
        return out.toByteArray();
    }

    @Test
    @Timeout(600)
    void large_indexes_at_once_take_down_neither_the_process_nor_its_neighbours() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start();
                Sluice sluice = Sluice.start(
                        folder,
                        "--upstream",
                        "npm=" + upstream.url(),
                        "--upstream",
                        "pypi=none",
                        "--upstream",
                        "maven=none",
                        "--set",
                        "upstream.allowed-hosts=127.0.0.1")) {
            new FakeNpm(upstream, "bystander").version("1.0.0");
            new FakeNpm(upstream, "latecomer").version("1.0.0");
            assertThat(sluice.get("/npm/main/bystander").statusCode()).isEqualTo(200);
            for (int i = 0; i < PACKAGES; i++) {
                String name = "huge" + i;
                upstream.serve("/" + name, Answer.ok(packument(name)).header("Content-Type", "application/json"));
            }
            List<Future<Integer>> huge = new ArrayList<>();
            try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 2 * PACKAGES; i++) {
                    String path = "/npm/main/huge" + i % PACKAGES;
                    huge.add(clients.submit(() -> sluice.get(path).statusCode()));
                }
                upstream.awaitRequests("/huge0", 1);
                for (int i = 0; i < 50; i++) {
                    assertThat(sluice.get("/npm/main/bystander").statusCode()).isEqualTo(200);
                    assertThat(sluice.get("/npm/main/bystander/-/bystander-1.0.0.tgz")
                                    .statusCode())
                            .isEqualTo(200);
                    assertThat(sluice.get("/health/ready").statusCode()).isEqualTo(200);
                }
                assertThat(sluice.get("/npm/main/latecomer").statusCode()).isEqualTo(200);
            }
            for (Future<Integer> each : huge) {
                assertThat(each.get()).isIn(Set.of(200, 503));
            }
            assertThat(huge).as("some are served").anyMatch(each -> each.resultNow() == 200);

            HttpResponse<String> after = sluice.get("/npm/main/huge0/1.0.7");

            assertThat(after.statusCode()).isEqualTo(200);
            assertThat(sluice.get("/health/ready").statusCode()).isEqualTo(200);
            assertThat(sluice.log()).doesNotContain("OutOfMemoryError");
        }
    }
}

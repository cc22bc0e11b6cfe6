package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the line per request says of a real process. */
@Timeout(180)
class AccessLogE2E {

    @TempDir
    Path folder;

    @Test
    void every_request_is_a_line_that_says_who_took_what_and_what_was_decided() throws Exception {
        Path file = folder.resolve("access.log");
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start();
                Sluice sluice = Sluice.start(
                        folder.resolve("server"),
                        "--upstream",
                        "npm=" + upstream.url(),
                        "--upstream",
                        "pypi=none",
                        "--upstream",
                        "maven=none",
                        "--set",
                        "log.format=json",
                        "--set",
                        "log.access-file=" + file)) {
            new FakeNpm(upstream, "logged").version("1.0.0", FakeNpm.LONG_AGO).version("2.0.0", FakeNpm.LONG_AGO);
            sluice.withhold("second-versions", "input.v0.package.version == \"2.0.0\"");

            sluice.get("/npm/main/logged/-/logged-1.0.0.tgz?secret=1", "X-Request-Id", "build-7", "User-Agent", "a\"b");
            sluice.get("/npm/main/logged/-/logged-2.0.0.tgz");
            sluice.get("/npm/main/logged", "Authorization", "Bearer " + sluice.token());

            sluice.close(); // lines are written in the background, all of them by the end

            List<JsonNode> lines = Files.readAllLines(file).stream()
                    .map(line -> Sluice.JSON.readTree(line))
                    .filter(line -> line.path("path").asString().startsWith("/npm/main/logged"))
                    .toList();
            assertThat(lines).hasSize(3);
            JsonNode released = lines.get(0);
            assertThat(released.path("path").asString()).isEqualTo("/npm/main/logged/-/logged-1.0.0.tgz");
            assertThat(released.path("decision").asString()).isEqualTo("released");
            assertThat(released.path("status").asInt()).isEqualTo(200);
            assertThat(released.path("format").asString()).isEqualTo("npm");
            assertThat(released.path("repository").asString()).isEqualTo("main");
            assertThat(released.path("request").asString()).isEqualTo("build-7");
            assertThat(released.path("address").asString()).isEqualTo("127.0.0.1");
            assertThat(released.path("agent").asString()).isEqualTo("a?b");
            assertThat(lines.get(1).path("decision").asString()).isEqualTo("refused");
            assertThat(lines.get(1).path("status").asInt()).isEqualTo(403);
            assertThat(lines.get(2).path("user").asString()).isEqualTo("admin");
            assertThat(lines.get(2).path("token").asString()).isNotEmpty();
            assertThat(Files.readString(file)).doesNotContain(sluice.token()).doesNotContain("secret=1");
        }
    }

    @Test
    void a_log_file_that_takes_nothing_holds_up_no_request() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
        Path pipe = folder.resolve("access.pipe");
        Run.of(folder, Map.of(), List.of("/usr/bin/mkfifo", pipe.toString())).succeeded();
        // Open on both sides and read by nobody: it takes 64 KiB, then every write waits.
        try (RandomAccessFile held = new RandomAccessFile(pipe.toFile(), "rw");
                Sluice sluice = Sluice.start(
                        folder.resolve("server"),
                        "--upstream",
                        "npm=none",
                        "--upstream",
                        "pypi=none",
                        "--upstream",
                        "maven=none",
                        "--set",
                        "log.access-file=" + pipe)) {
            for (int i = 0; i < 1_500; i++) { // some 300 KiB
                assertThat(sluice.get("/health/live").statusCode()).isEqualTo(200);
            }

            assertThat(held.read()).isPositive();
            sluice.kill(); // an orderly stop would wait a while for the pipe
        }
    }
}

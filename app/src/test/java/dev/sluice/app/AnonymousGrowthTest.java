package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.storage.sql.DatabaseCopy;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who asks for what nobody has costs no room: neither rows nor files grow with the names that strangers think of. */
@Timeout(120)
final class AnonymousGrowthTest {

    private static final int NAMES = 60;

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void names_that_nobody_has_leave_no_row_and_no_file() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            upstream.serve(
                    "/npm/widget",
                    Answer.ok("""
                    {"name":"widget","dist-tags":{"latest":"1.0.0"},"time":{"1.0.0":"2020-01-01T00:00:00.000Z"},
                     "versions":{"1.0.0":{"name":"widget","version":"1.0.0","license":"MIT",
                       "dist":{"tarball":"%s"}}}}""".formatted(upstream.url("/npm/widget/-/widget-1.0.0.tgz")))
                            .header("content-type", "application/json"));
            Installation installation = open(upstream);
            try (RunningServer server = RunningServer.start(installation, "127.0.0.1", 0)) {
                assertThat(get(server, "/npm/main/widget")).isEqualTo(200);
                askFor(server, 0); // whatever the first ask for a kind of thing makes once
                Map<String, Long> rows = DatabaseCopy.count(installation.database());
                long files = files();
                assertThat(rows).containsEntry("upstream_document", 1L);

                for (int i = 1; i < NAMES; i++) {
                    askFor(server, i);
                }

                assertThat(DatabaseCopy.count(installation.database())).isEqualTo(rows);
                assertThat(files()).isEqualTo(files);
            }
        }
    }

    private void askFor(RunningServer server, int number) throws Exception {
        for (String path : new String[] {
            "/npm/main/nobody-" + number,
            "/npm/main/nobody-" + number + "/1.0.0",
            "/npm/main/nobody-" + number + "/-/nobody-" + number + "-1.0.0.tgz",
            "/npm/main/widget/-/widget-9.0." + number + ".tgz",
            "/npm/main/@nobody" + number + "%2fwidget",
            "/pypi/main/simple/nobody-" + number + "/",
            "/maven/main/org/nobody" + number + "/lib/maven-metadata.xml",
            "/maven/main/org/nobody" + number + "/lib/1.0/lib-1.0.jar",
            "/maven/main/org/nobody" + number + "/lib/1.0/lib-1.0.pom"
        }) {
            assertThat(get(server, path)).as(path).isEqualTo(404);
        }
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data/blobs"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private int get(RunningServer server, String path) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create(server.address() + path))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private Installation open(FakeUpstreamServer upstream) throws IOException {
        Map<String, String> flags = Map.of(
                Setting.DATA.key(),
                folder.resolve("data").toString(),
                Setting.ALLOWED_HOSTS.key(),
                "127.0.0.1",
                "upstreams.npm.url",
                upstream.url("/npm/").toString(),
                "upstreams.pypi.url",
                upstream.url("/pypi/").toString(),
                "upstreams.maven.url",
                upstream.url("/maven/").toString());
        return Installation.open(
                Configuration.of(flags, Map.of(), null),
                ManualClock.at("2026-03-10T12:00:00Z"),
                new Machine(Map.of(), folder));
    }
}

package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Looking after an installation from the command line: doctor, gc, backup, restore. */
class UpkeepE2E {

    @TempDir
    Path folder;

    private Sluice serve(String name, FakeUpstreamServer upstream) throws Exception {
        return Sluice.start(
                folder.resolve(name),
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none");
    }

    private List<Path> blobs(Sluice sluice) throws IOException {
        try (Stream<Path> files = Files.walk(sluice.data().resolve("blobs/sha256"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static JsonNode json(Run run) {
        return Sluice.JSON.readTree(run.output().substring(run.output().indexOf('{')));
    }

    @Test
    void a_backup_of_a_running_server_becomes_another_server_with_everything_in_it() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            FakeNpm fetched = new FakeNpm(upstream, "fetched").version("1.0.0");
            Path backup = folder.resolve("backup");
            String token;
            try (Sluice sluice = serve("first", upstream)) {
                token = sluice.token();
                NpmProject.in(folder.resolve("publisher"), sluice)
                        .token(token)
                        .packageJson("ours", "1.0.0")
                        .npm("publish")
                        .succeeded();
                assertThat(sluice.get("/npm/main" + fetched.tarball("1.0.0")).statusCode())
                        .isEqualTo(200);

                Run doctor = sluice.cli("doctor", "--deep").succeeded();
                assertThat(doctor.output()).contains("Sound: 0 faults").contains("publications");
                Run taken = sluice.cli("backup", backup.toString()).succeeded();
                assertThat(taken.output()).contains("Backup as of").contains("secrets of upstreams");
                assertThat(json(sluice.cli("backup", backup.toString(), "--json"))
                                .path("copied")
                                .asLong())
                        .isZero();
                Run inside =
                        sluice.cli("backup", sluice.data().resolve("backup").toString());
                assertThat(inside.exitCode()).isEqualTo(2);
                assertThat(inside.output()).contains("outside the data directory");
            }
            assertThat(Sluice.command(folder, "backup", backup.toString(), "--verify")
                            .succeeded()
                            .output())
                    .contains("It can be restored");
            upstream.breakDown(dev.sluice.testkit.Answer.status(503));

            Path data = folder.resolve("second/data");
            assertThat(Sluice.command(folder, "restore", backup.toString(), "--data", data.toString())
                            .succeeded()
                            .output())
                    .contains("Restored the backup");
            assertThat(Sluice.command(folder, "doctor", "--data", data.toString())
                            .succeeded()
                            .output())
                    .as("what is restored is nobody else's from the beginning")
                    .doesNotContain("open to other users");
            try (Sluice sluice = serve("second", upstream)) {
                assertThat(sluice.cli("doctor", "--deep").succeeded().output()).contains("Sound: 0 faults");
                NpmProject user = NpmProject.in(folder.resolve("user"), sluice).token(token);
                user.npm("install", "ours@1.0.0").succeeded();
                assertThat(user.installed("ours")).isEqualTo("1.0.0");
                assertThat(sluice.get("/npm/main" + fetched.tarball("1.0.0")).statusCode())
                        .isEqualTo(200);
                assertThat(sluice.cli("decisions", "--kind", "publish")
                                .succeeded()
                                .output())
                        .contains("ours");
            }
            Run again = Sluice.command(folder, "restore", backup.toString(), "--data", data.toString());
            assertThat(again.exitCode()).isEqualTo(3);
            assertThat(again.output()).contains("is not empty");
        }
    }

    @Test
    void old_garbage_goes_and_a_lost_file_is_found_and_fetched_again() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            FakeNpm fetched = new FakeNpm(upstream, "fetched").version("1.0.0");
            String path = "/npm/main" + fetched.tarball("1.0.0");
            try (Sluice sluice = serve("server", upstream)) {
                assertThat(sluice.get(path).statusCode()).isEqualTo(200);
                List<Path> referenced = blobs(sluice);
                Path garbage = sluice.data().resolve("blobs/sha256/00/" + "0".repeat(62));
                Files.createDirectories(garbage.getParent());
                Files.writeString(garbage, "nobody's");
                Files.setLastModifiedTime(garbage, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

                Run dry = sluice.cli("gc", "--dry-run").succeeded();
                assertThat(dry.output())
                        .contains("would remove sha256:" + "0".repeat(64))
                        .contains("1 would go");
                assertThat(garbage).exists();
                assertThat(json(sluice.cli("gc", "--json").succeeded())
                                .path("removed")
                                .asLong())
                        .isEqualTo(1);
                assertThat(garbage).doesNotExist();
                assertThat(blobs(sluice)).containsExactlyInAnyOrderElementsOf(referenced);
                assertThat(sluice.cli("decisions", "--kind", "gc").succeeded().output())
                        .contains("removed 1 blobs");
                assertThat(sluice.cli("gc", "--grace", "PT1M").output()).contains("at least PT10M");
            }
            Sluice sluice = serve("server", upstream);
            for (Path blob : blobs(sluice)) {
                Files.delete(blob);
            }
            Run found = sluice.cli("doctor");
            assertThat(found.exitCode()).isEqualTo(1);
            assertThat(found.output())
                    .contains("fault")
                    .contains("bytes are missing")
                    .contains("--repair");
            sluice.cli("doctor", "--repair").succeeded();
            assertThat(sluice.get(path).statusCode()).isEqualTo(200);
            sluice.close();

            for (String suffix : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(sluice.data().resolve("journal/index.db" + suffix));
            }
            assertThat(sluice.cli("doctor").succeeded().output()).contains("Sound: 0 faults");
            assertThat(Sluice.command(
                                    folder,
                                    "doctor",
                                    "--data",
                                    folder.resolve("nowhere").toString())
                            .exitCode())
                    .isEqualTo(2);
        }
    }

    @Test
    void a_repository_takes_no_more_than_its_quota_and_says_so() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            FakeNpm fetched = new FakeNpm(upstream, "fetched").version("1.0.0", FakeNpm.LONG_AGO, 60_000, false);
            String path = "/npm/main" + fetched.tarball("1.0.0");
            try (Sluice sluice = serve("server", upstream)) {
                NpmProject publisher = NpmProject.in(folder.resolve("publisher"), sluice)
                        .token(sluice.token())
                        .packageJson("ours", "1.0.0");
                sluice.cli("repository", "quota", "main", "1k").succeeded();
                publisher.npm("publish").succeeded();
                assertThat(sluice.cli("repository", "list").succeeded().output())
                        .contains("quota 1.0 KiB");

                assertThat(sluice.get(path).statusCode()).isEqualTo(507);
                assertThat(sluice.get(path).body())
                        .contains("repository main is full")
                        .contains("its quota is 1,024");
                sluice.cli("repository", "quota", "main", "1").succeeded();
                Run refused =
                        publisher.packageJson("ours", "2.0.0").npm("publish").failed();
                assertThat(refused.output()).contains("403").contains("repository main is full");

                sluice.cli("repository", "quota", "main", "none").succeeded();
                publisher.npm("publish").succeeded();
                assertThat(sluice.get(path).statusCode()).isEqualTo(200);
                JsonNode usage =
                        json(sluice.cli("repository", "quota", "main", "--json").succeeded());
                assertThat(usage.path("files").asLong()).isEqualTo(3);
                assertThat(usage.path("bytes").asLong()).isGreaterThan(60_000);
                assertThat(sluice.cli("doctor").succeeded().output()).contains("Sound: 0 faults");
            }
        }
    }
}

package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.FakeUpstreamServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small tmpfs, where this user may mount one. */
class FullDiskE2E {

    @TempDir
    Path folder;

    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.toString());
        assumeTrue(mounted, "only where a tmpfs can be mounted (Linux, as root)");
    }

    @AfterEach
    void unmount() {
        if (mounted) {
            run("umount", "-l", disk.toString());
        }
    }

    private boolean run(String... command) {
        try {
            return Run.of(folder, Map.of(), List.of(command)).exitCode() == 0;
        } catch (IllegalStateException noSuchCommand) {
            return false;
        }
    }

    private Sluice serve(FakeUpstreamServer upstream) throws Exception {
        return Sluice.start(
                disk.resolve("server"),
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none",
                "--set",
                "log.access=false");
    }

    private void fill() throws Exception {
        try (var out = Files.newOutputStream(disk.resolve("ballast"))) {
            byte[] chunk = new byte[4096];
            while (true) {
                out.write(chunk);
            }
        } catch (java.io.IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private static boolean says(HttpResponse<String> response, String reason) {
        return (response.statusCode() == 507 || response.statusCode() == 503)
                && response.body().contains(reason);
    }

    @Test
    void on_a_full_disk_nothing_is_half_kept_and_space_that_returns_is_used_without_a_restart() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            FakeNpm npm = new FakeNpm(upstream, "big");
            npm.version("1.0.0", FakeNpm.LONG_AGO, 200_000, false);
            npm.version("2.0.0", FakeNpm.LONG_AGO, 300_000, false);
            try (Sluice sluice = serve(upstream)) {
                String kept = "/npm/main" + npm.tarball("1.0.0");
                String cold = "/npm/main" + npm.tarball("2.0.0");
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                fill();

                HttpResponse<String> refused = sluice.get(cold);
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(507);
                assertThat(refused.body()).contains("disk is full");
                // what cannot be written down is not released, and what is neither stays as it was
                HttpResponse<String> released = sluice.get(kept);
                assertThat(released.statusCode() == 200 || says(released, "written down"))
                        .as(released.body())
                        .isTrue();
                assertThat(sluice.get("/health/live").statusCode()).isEqualTo(200);

                Files.delete(disk.resolve("ballast"));
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                assertThat(sluice.get(cold).statusCode()).isEqualTo(200);
                assertThat(sluice.cli("doctor", "--deep").succeeded().output()).contains("Sound: 0 faults");
            }
        }
    }
}

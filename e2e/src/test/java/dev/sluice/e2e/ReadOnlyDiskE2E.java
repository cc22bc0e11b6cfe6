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

/** A disk that is really read-only: the data directory is a small tmpfs, where this user may mount one. */
class ReadOnlyDiskE2E {

    @TempDir
    Path folder;

    private Path data;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        data = Files.createDirectories(folder.resolve("server/data"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", data.toString());
        assumeTrue(mounted, "only where a tmpfs can be mounted (Linux, as root)");
    }

    @AfterEach
    void unmount() {
        if (mounted) {
            run("umount", "-l", data.toString());
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
                folder.resolve("server"),
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none",
                "--set",
                "log.access=false");
    }

    @Test
    void on_a_read_only_disk_nothing_is_fetched_nothing_is_lost_and_all_goes_on_when_it_can_be_written()
            throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            FakeNpm npm = new FakeNpm(upstream, "big");
            npm.version("1.0.0", FakeNpm.LONG_AGO, 2_000, false);
            npm.version("2.0.0", FakeNpm.LONG_AGO, 3_000, false);
            String kept = "/npm/main" + npm.tarball("1.0.0");
            String cold = "/npm/main" + npm.tarball("2.0.0");
            String blobs = data.resolve("blobs").toString();
            try (Sluice sluice = serve(upstream)) {
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                // a disk with files open for writing stays writable for them; for whatever is opened from now on it is
                // not
                assertThat(run("mount", "--bind", blobs, blobs)).isTrue();
                assertThat(run("mount", "-o", "remount,bind,ro", blobs)).isTrue();

                HttpResponse<String> refused = sluice.get(cold);
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                assertThat(refused.body()).contains("the place where artifacts are kept fails");
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                assertThat(sluice.get("/health/live").statusCode()).isEqualTo(200);

                assertThat(run("umount", blobs)).isTrue();
                assertThat(sluice.get(cold).statusCode()).isEqualTo(200);
            }

            assertThat(run("mount", "-o", "remount,ro", data.toString())).isTrue();
            Run refused = Sluice.command(folder, "serve", "--data", data.toString(), "--port", "0");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.output()).contains("Read-only file system").contains(data.toString());

            assertThat(run("mount", "-o", "remount,rw", data.toString())).isTrue();
            try (Sluice sluice = serve(upstream)) {
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                assertThat(sluice.get(cold).statusCode()).isEqualTo(200);
                assertThat(sluice.cli("doctor", "--deep").succeeded().output()).contains("Sound: 0 faults");
            }
        }
    }
}

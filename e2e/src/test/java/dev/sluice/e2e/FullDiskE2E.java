package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FakeUpstreamServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full. */
class FullDiskE2E {

    @TempDir
    Path folder;

    private static void fill(Path ballast) throws Exception {
        try (var out = Files.newOutputStream(ballast)) {
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
        try (SmallDisk disk = SmallDisk.mounted(folder.resolve("disk"), 48);
                FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            Path ballast = disk.path().resolve("ballast");
            FakeNpm npm = new FakeNpm(upstream, "big");
            npm.version("1.0.0", FakeNpm.LONG_AGO, 200_000, false);
            npm.version("2.0.0", FakeNpm.LONG_AGO, 300_000, false);
            try (Sluice sluice = SmallDisk.serve(disk.path().resolve("server"), upstream)) {
                String kept = "/npm/main" + npm.tarball("1.0.0");
                String cold = "/npm/main" + npm.tarball("2.0.0");
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                fill(ballast);

                HttpResponse<String> refused = sluice.get(cold);
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(507);
                assertThat(refused.body()).contains("disk is full");
                // what cannot be written down is not released, and what is neither stays as it was
                HttpResponse<String> released = sluice.get(kept);
                assertThat(released.statusCode() == 200 || says(released, "written down"))
                        .as(released.body())
                        .isTrue();
                assertThat(sluice.get("/health/live").statusCode()).isEqualTo(200);

                Files.delete(ballast);
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                assertThat(sluice.get(cold).statusCode()).isEqualTo(200);
                assertThat(sluice.cli("doctor", "--deep").succeeded().output()).contains("Sound: 0 faults");
            }
        }
    }
}

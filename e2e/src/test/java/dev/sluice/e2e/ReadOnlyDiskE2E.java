package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FakeUpstreamServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really read-only. */
class ReadOnlyDiskE2E {

    @TempDir
    Path folder;

    @Test
    void on_a_read_only_disk_nothing_is_fetched_nothing_is_lost_and_all_goes_on_when_it_can_be_written()
            throws Exception {
        Path data = folder.resolve("server/data");
        try (SmallDisk disk = SmallDisk.mounted(data, 200);
                FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            FakeNpm npm = new FakeNpm(upstream, "big");
            npm.version("1.0.0", FakeNpm.LONG_AGO, 2_000, false);
            npm.version("2.0.0", FakeNpm.LONG_AGO, 3_000, false);
            String kept = "/npm/main" + npm.tarball("1.0.0");
            String cold = "/npm/main" + npm.tarball("2.0.0");
            String blobs = data.resolve("blobs").toString();
            try (Sluice sluice = SmallDisk.serve(folder.resolve("server"), upstream)) {
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                // a disk with files open for writing stays writable for them; for whatever is opened from now on it is
                // not
                disk.mount("--bind", blobs, blobs);
                disk.mount("-o", "remount,bind,ro", blobs);

                HttpResponse<String> refused = sluice.get(cold);
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                assertThat(refused.body()).contains("the place where artifacts are kept fails");
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                assertThat(sluice.get("/health/live").statusCode()).isEqualTo(200);

                disk.unmount(data.resolve("blobs"));
                assertThat(sluice.get(cold).statusCode()).isEqualTo(200);
            }

            disk.mount("-o", "remount,ro", data.toString());
            Run refused = Sluice.command(folder, "serve", "--data", data.toString(), "--port", "0");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.output()).contains("Read-only file system").contains(data.toString());

            disk.mount("-o", "remount,rw", data.toString());
            try (Sluice sluice = SmallDisk.serve(folder.resolve("server"), upstream)) {
                assertThat(sluice.get(kept).statusCode()).isEqualTo(200);
                assertThat(sluice.get(cold).statusCode()).isEqualTo(200);
                assertThat(sluice.cli("doctor", "--deep").succeeded().output()).contains("Sound: 0 faults");
            }
        }
    }
}

package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a server needs does not grow while it works.
 *
 * <p>{@code bench/soak} runs it. {@code -Dsoak.seconds=N} says how long (20; flatness is only asked for from ten minutes on, when
 * every cache is as full as it gets: they are set small), {@code -Dsluice.soak.rate=N} how many requests a second, and
 * {@code -Dsluice.soak.report=FILE} keeps what was measured.
 */
class SoakE2E {

    @TempDir
    Path folder;

    @Test
    void a_server_under_mixed_load_keeps_answering_and_its_memory_and_file_handles_stay_flat() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "needs Linux's /proc to look at another process");
        int seconds = Integer.getInteger("sluice.soak.seconds", 20);
        int rate = Integer.getInteger("sluice.soak.rate", 50);

        SoakRun.Result result;
        try (SoakRun run = new SoakRun(folder.resolve("server"))) {
            result = run.load(seconds, rate);
        }

        String report = result.report();
        System.out.println(report);
        String file = System.getProperty("sluice.soak.report", "");
        if (!file.isEmpty()) {
            Files.writeString(Path.of(file), report);
        }
        assertThat(result.surprises()).isEmpty();
        assertThat(result.answered()).isGreaterThan(seconds * (rate / 2L));
        if (seconds >= 600) {
            assertThat(result.growth(SoakRun.Sample::liveMegabytes))
                    .as("live heap, last third beside the middle one")
                    .isLessThan(1.10);
            assertThat(result.growth(SoakRun.Sample::handles))
                    .as("file handles, last third beside the middle one")
                    .isLessThan(1.10);
            assertThat(result.growth(SoakRun.Sample::threads))
                    .as("threads, last third beside the middle one")
                    .isLessThan(1.25);
        }
    }
}

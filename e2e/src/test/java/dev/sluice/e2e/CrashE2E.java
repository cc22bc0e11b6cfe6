package dev.sluice.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills at random instants lose nothing that was answered.
 *
 * <p>{@code -Dcrash.kills=N} says how often (20, with {@code -Pslow} 200), {@code -Dsluice.crash.seed=N} repeats a run, and
 * {@code -Dsluice.crash.report=FILE} keeps what was done, the store's name appended.
 */
class CrashE2E {

    @TempDir
    Path folder;

    @Test
    void a_server_killed_at_random_instants_knows_all_that_it_answered_for() throws Exception {
        try (Home home = Home.embedded()) {
            kill("embedded", home);
        }
    }

    @Test
    void a_server_on_postgresql_and_s3_killed_at_random_instants_knows_all_that_it_answered_for() throws Exception {
        try (Home home = Home.shared()) {
            kill("shared", home);
        }
    }

    private void kill(String store, Home home) throws Exception {
        int kills = Integer.getInteger("sluice.crash.kills", 20);
        long seed = Long.getLong("sluice.crash.seed", 1);
        Sluice.prepareFastStarts(folder.resolve("once"));
        try (CrashRun run = new CrashRun(folder.resolve("server"), home, seed)) {
            String report = run.kill(kills, progress -> keep(store, progress));
            keep(store, report);
            System.out.println(store + ": " + report);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static void keep(String store, String report) {
        String file = System.getProperty("sluice.crash.report", "");
        if (!file.isEmpty()) {
            try {
                Files.writeString(Path.of(file + "." + store), report + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore.Import;
import dev.sluice.kernel.artifact.PackageName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShrunkLogTest {

    @TempDir
    Path folder;

    @Test
    void after_an_import_the_log_does_not_keep_its_size() throws IOException {
        Path log = folder.resolve("advisories.db-wal");
        try (Database database = Database.open(folder)) {
            for (int round = 0; round < 2; round++) {
                try (Import run = database.advisories().begin()) {
                    for (int i = 0; i < 1_000; i++) {
                        run.put(advisory(i, round));
                    }
                    run.commit();
                    assertThat(Files.size(log)).isGreaterThan(1L << 20);
                }
                assertThat(Files.size(log)).isZero();
                assertThat(database.advisories().about(new PackageName("npm", "p7")))
                        .hasSize(1);
            }
            try (Import undone = database.advisories().begin()) {
                undone.put(advisory(5_000, 0));
            }
            assertThat(database.advisories().about(new PackageName("npm", "p5000")))
                    .isEmpty();
        }
    }

    private static Advisory advisory(int number, int round) {
        return new Advisory(
                "A-" + number,
                List.of(),
                "summary",
                ("details " + round).repeat(300),
                List.of(),
                null,
                null,
                Instant.EPOCH.plusSeconds(round),
                null,
                List.of(new Advisory.Affected(
                        new PackageName("npm", "p" + number), List.of(), List.of("1"), List.of())),
                List.of(),
                "test",
                false);
    }
}

package dev.sluice.formats.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PendingTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Digest DIGEST = Digest.sha256("0".repeat(64));

    private final Pending pending = new Pending();

    @Test
    void a_checksum_waits_for_its_file_and_is_given_once() {
        pending.checksum("main", "g/a/1/a-1.jar", DIGEST, NOW);
        assertThat(pending.takeChecksums("other", "g/a/1/a-1.jar", NOW)).isEmpty();
        assertThat(pending.takeChecksums("main", "g/a/1/a-1.jar", NOW)).containsExactly(DIGEST);
        assertThat(pending.takeChecksums("main", "g/a/1/a-1.jar", NOW)).isEmpty();
    }

    @Test
    void it_waits_an_hour() {
        pending.checksum("main", "p", DIGEST, NOW);
        assertThat(pending.takeChecksums("main", "p", NOW.plus(Duration.ofMinutes(61))))
                .isEmpty();
    }

    @Test
    void many_promises_push_out_the_oldest() {
        for (int i = 0; i < 20_000; i++) {
            pending.checksum("main", "p" + i, DIGEST, NOW);
        }
        assertThat(pending.takeChecksums("main", "p0", NOW)).isEmpty();
        assertThat(pending.takeChecksums("main", "p19999", NOW)).containsExactly(DIGEST);
    }

    @Test
    void however_long_what_is_promised_it_takes_no_more_than_a_few_mebibytes() {
        int length = 8_000;
        for (int i = 0; i < 2_000; i++) {
            pending.checksum("main", i + "x".repeat(length), DIGEST, NOW);
            pending.plugin(
                    "main",
                    new PackageName("maven", "g" + i % 50),
                    new Metadata.Plugin("n".repeat(length) + i, "p" + i, "a"),
                    NOW);
        }

        long kept = 0;
        for (int i = 0; i < 2_000; i++) {
            kept += (long) length
                    * pending.takeChecksums("main", i + "x".repeat(length), NOW).size();
        }
        for (int i = 0; i < 50; i++) {
            kept += (long) length
                    * pending.takePlugins("main", new PackageName("maven", "g" + i), NOW)
                            .size();
        }
        assertThat(kept).isBetween(1L << 20, 4L << 20);
        assertThat(pending.takeChecksums("main", "0", NOW)).isEmpty();
    }
}

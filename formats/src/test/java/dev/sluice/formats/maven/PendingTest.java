package dev.sluice.formats.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Digest;
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
}

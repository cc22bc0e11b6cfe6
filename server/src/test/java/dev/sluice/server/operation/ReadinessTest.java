package dev.sluice.server.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Ready is who could do what the next request needs. */
class ReadinessTest {

    private final ManualClock clock = ManualClock.at("2026-03-10T12:00:00Z");

    @Test
    void what_fails_is_named_until_it_works_again() {
        AtomicBoolean broken = new AtomicBoolean();
        Readiness readiness = new Readiness(
                Map.of("journal", () -> {}, "blobs", () -> {
                    if (broken.get()) {
                        throw new IOException("No space left on device");
                    }
                }),
                clock);
        assertThat(readiness.failing()).isEmpty();

        broken.set(true);
        clock.advance(Duration.ofSeconds(2));
        assertThat(readiness.failing()).containsExactly("blobs");

        broken.set(false);
        clock.advance(Duration.ofSeconds(2));
        assertThat(readiness.failing()).isEmpty();
    }

    @Test
    void many_who_ask_cost_one_look() {
        AtomicInteger looks = new AtomicInteger();
        Readiness readiness = new Readiness(Map.of("disk", looks::incrementAndGet), clock);

        for (int i = 0; i < 100; i++) {
            readiness.failing();
        }

        assertThat(looks).hasValue(1);
    }
}

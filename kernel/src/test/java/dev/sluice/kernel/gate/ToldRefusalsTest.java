package dev.sluice.kernel.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.PackageState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ToldRefusalsTest {

    private final ToldRefusals refusals = new ToldRefusals(1 << 20);
    private final List<CompletableFuture<Void>> records = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-22T09:00:00Z");
    private int count;

    private ToldRefusals.Told tell() {
        Refusal refusal = new Refusal(
                "r" + count++, "lib@1.0", "old", List.of("old"), "", null, List.of(), null, PackageState.QUARANTINED);
        ToldRefusals.Key key = ToldRefusals.Key.of(
                new Event.Actor("ada", null, "10.0.0.1", "test"),
                "main",
                Coordinates.of("npm", "lib", "1.0"),
                "lib.tgz",
                refusal);
        return refusals.tell(key, refusal, now, former -> {
            records.add(new CompletableFuture<>());
            return records.getLast();
        });
    }

    @Test
    void whoever_is_told_again_waits_for_the_first_record() {
        ToldRefusals.Told first = tell();
        ToldRefusals.Told second = tell();

        assertThat(records).hasSize(1);
        assertThat(second.refusal()).isEqualTo(first.refusal());
        assertThat(second.written().toCompletableFuture()).isNotDone();
        records.getFirst().complete(null);
        assertThat(second.written().toCompletableFuture()).isCompleted();
    }

    @Test
    void a_record_that_could_not_be_written_stands_for_nobody() {
        ToldRefusals.Told first = tell();
        records.getFirst().completeExceptionally(new IllegalStateException("full"));
        assertThat(first.written().toCompletableFuture()).isCompletedExceptionally();

        assertThat(tell().refusal()).isNotEqualTo(first.refusal());
        assertThat(records).hasSize(2);
    }

    @Test
    void a_clock_that_steps_back_makes_a_record_of_its_own() {
        tell();
        now = now.minusSeconds(1);
        tell();
        assertThat(records).hasSize(2);
    }
}

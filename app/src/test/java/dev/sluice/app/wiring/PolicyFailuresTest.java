package dev.sluice.app.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.policy.Policy;
import dev.sluice.testkit.ManualClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How operators learn of policies that cannot be evaluated. */
class PolicyFailuresTest {

    private static Policy named(String name) {
        return new Policy(
                "slug",
                name,
                "",
                "package cloudsmith",
                true,
                false,
                1,
                Policy.Mode.ENFORCE,
                Policy.Scope.ALL,
                List.of(),
                Policy.Effect.REFUSE,
                Policy.OnUnknown.ALLOW,
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                null);
    }

    @Test
    void they_are_counted_by_policy_and_names_without_end_take_no_memory_without_end() {
        PolicyFailures failures = new PolicyFailures(ManualClock.at("2026-06-01T12:00:00Z"));
        failures.accept(named("a"), "p.rego:1: broken");
        failures.accept(named("a"), "p.rego:1: broken");
        assertThat(failures.counts()).isEqualTo(Map.of("a", 2L));
        for (int i = 0; i < 1_000; i++) {
            failures.accept(named("policy " + i), "broken");
        }
        assertThat(failures.counts()).hasSizeLessThanOrEqualTo(202).containsKey("other");
        assertThat(failures.counts().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(1_002);
    }
}

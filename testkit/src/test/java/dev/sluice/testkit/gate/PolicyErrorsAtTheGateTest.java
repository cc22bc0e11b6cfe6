package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.Refusal;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policy.Mode;
import dev.sluice.testkit.gate.Door.Draft;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies that cannot be evaluated, at the gate: what clients get, and what is recorded. */
class PolicyErrorsAtTheGateTest {

    private final Door door = Door.listing().trusting().has(UP, "1.0", "1.1");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "to_number(input.v0.package.name) > 0",
                "time.parse_rfc3339_ns(sprintf(\"%s-04-12T00:00:00Z\", [\"2262\"])) > 0",
                "count(numbers.range(1, 1000000000)) == 1000000000",
                "count(net.cidr_expand(\"10.0.0.0/8\")) > 0"
            })
    void in_enforce_the_file_is_refused_with_the_line_and_the_index_is_without_it(String condition) {
        door.policy(Draft.of("broken", condition));
        Refusal refusal = Door.refusal(door.file("1.0"));
        assertThat(refusal.policy()).isEqualTo("broken");
        assertThat(refusal.state()).isEqualTo(PackageState.QUARANTINED);
        assertThat(refusal.until()).isNull();
        assertThat(refusal.reasons())
                .singleElement()
                .asString()
                .startsWith("the policy could not be evaluated: ")
                .containsPattern("\\.rego:\\d+: eval_");
        assertThat(Door.refusal(door.index()).policy()).isEqualTo("broken");
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"AUDIT", "WARN"})
    void on_trial_the_bytes_leave_and_the_record_names_the_policy(Mode mode) {
        door.policy(Draft.of("broken", "to_number(input.v0.package.name) > 0").mode(mode));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(door.gate.journal().events(Event.Kind.DOWNLOAD))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.policies()).containsExactly("broken");
                });
    }
}

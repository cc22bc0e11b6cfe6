package dev.sluice.rego.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.rego.Limits;
import dev.sluice.rego.Rego;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.ObjectValue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestRunnerTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static List<TestResult> run(String tests) {
        String policy = """
                package cloudsmith

                default match := false

                match if input.v0.score >= 7
                """;
        return new TestRunner(ObjectValue.EMPTY, NOW, Limits.STANDARD)
                .run(Rego.compile(
                        List.of(new SourceFile("policy.rego", policy), new SourceFile("policy_test.rego", tests))));
    }

    @Test
    void tells_what_passed_failed_and_was_left_out() {
        List<TestResult> results = run("""
                package cloudsmith_test

                test_high if data.cloudsmith.match with input as {"v0": {"score": 9}}

                test_low if {
                	score := 6
                	data.cloudsmith.match with input as {"v0": {"score": score}}
                }

                todo_test_later if false

                test_conflict := 1

                test_conflict := 2

                helper if false
                """);
        assertThat(results)
                .extracting(TestResult::name, TestResult::outcome)
                .containsExactly(
                        tuple("data.cloudsmith_test.test_high", TestResult.Outcome.PASSED),
                        tuple("data.cloudsmith_test.test_low", TestResult.Outcome.FAILED),
                        tuple("data.cloudsmith_test.todo_test_later", TestResult.Outcome.SKIPPED),
                        tuple("data.cloudsmith_test.test_conflict", TestResult.Outcome.ERROR));
        assertThat(results.get(1).message())
                .isEqualTo("policy_test.rego:7:2: data.cloudsmith.match with input as {\"v0\": {\"score\": score}}"
                        + "   (false)");
        assertThat(results.get(1).row()).isEqualTo(5);
        assertThat(results.get(3).message()).contains("produced conflicting values");
    }
}

package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy that asks for too much fails alone, and says of what. */
class LimitsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration PATIENT = Duration.ofMinutes(10);
    private static final Limits SMALL = new Limits(100_000, 200, PATIENT, 8 << 20, 100_000);
    private static final Value NUMBERS = Json.read("[" + "1,".repeat(99) + "1]");

    private static PreparedQuery query(String body) {
        return Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p");
    }

    private static Evaluation.Result evaluate(String body, Value input, Limits limits) {
        return query(body).evaluate(new Evaluation.Request(input, ObjectValue.EMPTY, NOW, false, false, limits));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p if { some a in input; some b in input; some c in input; a + b + c == 0 }",
                "p if every a in input { every b in input { every c in input { a + b + c > 0 } } }",
                "p := {[a, b, c] | a := input[_]; b := input[_]; c := input[_]}",
                "p if { input[_] + input[_] + input[_] == 0 }",
                "f(x) := [y | some y in input; y == x]\np := [f(x) | some _ in input; some x in input]",
            })
    void loops_end_with_the_steps(String body) {
        assertThatThrownBy(() -> evaluate(body, NUMBERS, SMALL))
                .isInstanceOf(RegoEvaluationException.class)
                .hasMessageEndingWith("eval_cancel_error: the evaluation took more than 100000 steps");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := count([numbers.range(n, 100000) | some n in input])",
                "p := count(s)\ns contains sprintf(\"%d%100000s\", [i, \"x\"]) if some i, _ in input",
                "p := count(concat(\"\", [x | some _ in input; x := concat(\"\", [w | some _ in input; w := input_text])]))\n"
                        + "input_text := sprintf(\"%2000s\", [\"\"])",
                "a := numbers.range(1, 1000)\np := count([[x, y] | some x in a; some y in numbers.range(1, 90)])",
                "p := count({i: x | some i, _ in input; x := array.concat(r, [i])})\nr := numbers.range(1, 20000)",
            })
    void memory_ends_with_the_budget(String body) {
        Limits limits = new Limits(Long.MAX_VALUE >> 1, 200, PATIENT, 4 << 20, 100_000);
        assertThatThrownBy(() -> evaluate(body, NUMBERS, limits))
                .isInstanceOf(RegoEvaluationException.class)
                .hasMessageEndingWith("eval_cancel_error: the evaluation needed more than 4194304 bytes");
    }

    @Test
    void time_ends_with_the_deadline() {
        Limits hurried = new Limits(Long.MAX_VALUE >> 1, 200, Duration.ofMillis(50));
        String body = "p if { some a in input; some b in input; some c in input; some d in input; some e in input;"
                + " a + b + c + d + e == 0 }";
        assertThatThrownBy(() -> evaluate(body, NUMBERS, hurried))
                .isInstanceOf(RegoEvaluationException.class)
                .hasMessageEndingWith("eval_cancel_error: the evaluation took longer than 50 ms");
    }

    @Test
    void a_result_must_not_be_too_large() {
        assertThatThrownBy(() -> evaluate("p := numbers.range(1, 100000)", NUMBERS, SMALL))
                .hasMessage("eval_cancel_error: the result is larger than 100000");
        assertThatThrownBy(
                        () -> evaluate("p := {sprintf(\"%60000s%d\", [\"\", i]) | some i in [1, 2]}", NUMBERS, SMALL))
                .hasMessage("eval_cancel_error: the result is larger than 100000");
    }

    @Test
    void a_value_must_not_be_nested_too_deep() {
        Value deep = StringValue.of("bottom");
        for (int i = 0; i < 300; i++) {
            deep = ArrayValue.of(deep);
        }
        Value input = deep;
        assertThatThrownBy(() -> evaluate("p := input", input, SMALL))
                .hasMessage("eval_cancel_error: the result is nested more than 200 deep");
    }

    /** Deeper than any stack: whatever looks at all of it ends the evaluation, not the thread. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := input",
                "p := count([v | walk(input, [_, v])])",
                "p if input == [input]",
                "p contains input",
                "p := json.marshal(input)",
                "p := sprintf(\"%v\", [input])",
            })
    void a_bottomless_value_ends_the_evaluation(String body) {
        Value deep = StringValue.of("bottom");
        for (int i = 0; i < 200_000; i++) {
            deep = ArrayValue.of(deep);
        }
        Value input = deep;
        assertThatThrownBy(() -> evaluate(body, input, Limits.STANDARD))
                .isInstanceOf(RegoEvaluationException.class)
                .hasMessageContaining("eval_cancel_error")
                .hasMessageContaining("deep");
    }

    @ParameterizedTest
    @CsvSource({
        "(a+)+$, 100000",
        "(a|a)*b, 100000",
        "(.*)*x, 50000",
        "^(([a-z])+.)+[A-Z]([a-z])+$, 50000",
    })
    void what_ruins_other_engines_is_linear_here(String pattern, int length) {
        String body = "p := regex.match(`" + pattern + "`, input)";
        Value text = StringValue.of("a".repeat(length) + "!");
        assertThat(evaluate(body, text, new Limits(1_000_000, 100, PATIENT)).value())
                .hasToString("false");
    }

    @Test
    void a_large_pattern_on_a_long_text_ends_with_the_deadline() {
        Value text = StringValue.of("a".repeat(30 << 20));
        assertThatThrownBy(() -> evaluate(
                        "p := regex.match(`(a?){200}(a?){200}b`, input)",
                        text,
                        new Limits(1_000_000_000, 100, Duration.ofMillis(50))))
                .isInstanceOf(RegoEvaluationException.class)
                .hasMessageContaining("eval_cancel_error: ");
    }

    @Test
    void the_same_query_answers_the_next_request_as_if_nothing_had_been() {
        PreparedQuery query =
                query("p := count([1 | some a in input; some b in input; some c in input; a + b + c > 0])");
        assertThatThrownBy(() ->
                        query.evaluate(new Evaluation.Request(NUMBERS, ObjectValue.EMPTY, NOW, false, false, SMALL)))
                .hasMessageContaining("steps");
        assertThat(query.evaluate(Evaluation.Request.of(Json.read("[1, 2]"), ObjectValue.EMPTY, NOW))
                        .value())
                .hasToString("8");
    }

    @Test
    void an_interrupted_thread_ends_its_evaluation() throws InterruptedException {
        PreparedQuery query = query("p if { some a in input; some b in input; some c in input; some d in input;"
                + " some e in input; a + b + c + d + e == 0 }");
        List<String> message = new ArrayList<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            Thread.currentThread().interrupt();
            try {
                query.evaluate(new Evaluation.Request(
                        NUMBERS, ObjectValue.EMPTY, NOW, false, false, new Limits(Long.MAX_VALUE >> 1, 100, PATIENT)));
            } catch (RegoEvaluationException ended) {
                message.add(String.valueOf(ended.getMessage()));
            }
        });
        thread.join();
        assertThat(message).singleElement().asString().endsWith("eval_cancel_error: the evaluation was interrupted");
    }
}

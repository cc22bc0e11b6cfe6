package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HorizonTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String INPUT = "{\"published\": \"2026-11-21T09:30:00Z\", \"days\": 3}";

    private static Evaluation.Result evaluate(String body, Instant now) {
        return Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p")
                .evaluate(Evaluation.Request.of(Json.read(INPUT), ObjectValue.EMPTY, now));
    }

    @Test
    void without_a_clock_a_result_holds_for_ever() {
        assertThat(evaluate("p if input.days == 3", NOW).horizon()).isEqualTo(Instant.MAX);
    }

    @Test
    void a_cool_down_ends_on_the_second_it_says() {
        Evaluation.Result result = evaluate(
                "p if time.now_ns() - time.parse_rfc3339_ns(input.published) < input.days * 24 * 60 * 60 * 1000000000",
                NOW);
        assertThat(result.value()).hasToString("true");
        assertThat(result.horizon()).isEqualTo(Instant.parse("2026-11-24T09:30:00Z"));
    }

    @Test
    void a_failed_guard_counts_as_well() {
        Evaluation.Result result = evaluate(
                "default p := false\np if time.now_ns() > time.add_date(time.parse_rfc3339_ns(input.published), 0, 0, 3)",
                NOW);
        assertThat(result.value()).hasToString("false");
        assertThat(result.horizon()).isEqualTo(Instant.parse("2026-11-24T09:30:00.000000001Z"));
    }

    @Test
    void a_clock_in_the_output_holds_for_a_nanosecond() {
        assertThat(evaluate("p := {\"at\": time.now_ns()}", NOW).horizon()).isEqualTo(NOW.plusNanos(1));
        assertThat(evaluate("p contains time.now_ns()", NOW).horizon()).isEqualTo(NOW.plusNanos(1));
    }

    /** The promise itself: the same result just before the horizon, and for these policies another one at it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := time.now_ns() >= 1795780800000000000",
                "p := 1795780800000000000 - time.now_ns() > 1000",
                "p := \"old\" if time.now_ns() > time.parse_rfc3339_ns(\"2026-11-23T00:00:00Z\") else := \"new\"",
                "p := time.weekday(time.now_ns())",
                "p := time.date(time.now_ns())",
                "p := floor((time.now_ns() - time.parse_rfc3339_ns(input.published)) / 86400000000000)",
                "p := count([x | some x in [1, 2, 3]; time.now_ns() / 1000000000 > 1795348800 + x])",
                "p := {d: true | some d in [1, 2]; time.now_ns() < time.add_date(1795348800000000000, 0, 0, d)}",
                "age := time.now_ns() - time.parse_rfc3339_ns(input.published)\np := f(age)\nf(a) := a > 999999999999999",
            })
    void a_result_stands_until_its_horizon(String body) {
        Evaluation.Result first = evaluate(body, NOW);
        assertThat(first.horizon()).isAfter(NOW).isBefore(Instant.MAX);
        Instant before = first.horizon().minusNanos(1);
        Evaluation.Result last = evaluate(body, before);
        assertThat(last.value()).isEqualTo(first.value());
        assertThat(last.horizon()).isEqualTo(first.horizon());
        assertThat(evaluate(body, NOW.plusNanos((before.getEpochSecond() - NOW.getEpochSecond()) / 2 * 1_000_000_000L))
                        .value())
                .isEqualTo(first.value());
        assertThat(evaluate(body, first.horizon()).value()).isNotEqualTo(first.value());
    }
}

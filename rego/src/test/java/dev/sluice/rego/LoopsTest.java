package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not change in a loop is computed once, when it is first needed, and nobody can tell but by the time it takes. */
class LoopsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Limits FEW_STEPS = new Limits(1500, 200, Duration.ofMinutes(10));
    private static final Limits MANY_STEPS = new Limits(1 << 30, 200, Duration.ofMinutes(10));
    /** The numbers below 100. */
    private static final Value INPUT = Json.read(IntStream.range(0, 100)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "{\"xs\": [", "], \"least\": 98, \"a\": {\"b\": {\"c\": 97}}}")));

    private static Evaluation.Request request(Limits limits) {
        return new Evaluation.Request(INPUT, ObjectValue.EMPTY, NOW, false, false, limits);
    }

    private static PreparedQuery query(String body) {
        return Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p");
    }

    private static @Nullable Value value(String body, Evaluation.Request request) {
        return query(body).evaluate(request).value();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := [x | some x in input.xs; x > count([y | some y in input.xs; y < 98])] => [99]",
                "p := {x | some x in input.xs; x >= sum({y | some y in input.xs; y > 98})} => [99]",
                "p := [x | some x in input.xs; f(input.a.b.c) < x]\nf(n) := max([y | some y in input.xs; y <= n]) => [98, 99]",
                "p := [[x, y] | some x in [98, 99]; some y in input.xs; y > f(x)]\nf(n) := max([z | some z in input.xs; z <= n])"
                        + " => [[98, 99]]",
                "p := count({x | some x in input.xs; not count([1 | some y in input.xs; y > 98]) == x}) => 99",
                "p if every x in input.xs { x <= max([y | some y in input.xs]) } => true",
                "p := {n | some x in input.xs; n := count([y | some y in input.xs])} => [100]",
                "p := {$\"{count(input.xs)} {max({y | some y in input.xs})}\" | some _ in input.xs} => [\"100 99\"]",
                "p := [x | some x in input.xs; x in [y | some y in input.xs; y > 98]] => [99]",
                "p := [x | some x in input.xs; q := [y | some y in input.xs; y > 97]; x == q[1]] => [99]",
                "p := {x | x := input.xs[_]; x > max([y | y := input.xs[_]; y < 99])} => [99]",
                "p := {x | some [x, _] in [[x, x] | some x in input.xs]; x > max([y | some y in input.xs; y < 99])} => [99]",
                "p contains x if { some x in input.xs; x > max([y | some y in input.xs; y < 99]) } => [99]",
                "p := x if { some x in input.xs; x > max([y | some y in input.xs; y < 99]) } => 99",
                "p := [x | some x in input.xs; x > 98; count([1 | some y in input.xs; z := input.xs[y]; z == 7]) == 1] => [99]",
            })
    void what_does_not_change_in_a_loop_is_computed_once(String bodyAndValue) {
        int arrow = bodyAndValue.lastIndexOf(" => ");
        String body = bodyAndValue.substring(0, arrow);
        Value found = value(body, request(FEW_STEPS));
        assertThat(found == null ? "undefined" : Json.write(found))
                .isEqualTo(Json.write(Json.read(bodyAndValue.substring(arrow + 4))));
        assertThat(value(body, request(MANY_STEPS).traced())).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := [n | some x in [1, 2, 3]; n := count([y | some y in input.xs; y < x])] => [1, 2, 3]",
                "p := [[x, n] | some x in [1, 2]; some y in [3, 4]; n := sum([x, y])] => [[1, 4], [1, 5], [2, 5], [2, 6]]",
                "p := [n | some x in [1, 2]; n := q with input.least as x]\nq := input.least + 1 => [2, 3]",
                "p := [n | some x in [1, 2]; n := count([1 | some _ in [7, 8]; input.xs[0] == x]) with input.xs as [x]] => [2, 2]",
                "p := [n | some x in [1, 2]; y := x * 10; some z in [1, 2]; n := y + z] => [11, 12, 21, 22]",
                "p := [n | some x in [1, 2]; [y, _] := [x * 10, 0]; some z in [1, 2]; n := y + z] => [11, 12, 21, 22]",
                "p := [n | some x in [1, 2]; some i; y := [x, x * 10][i]; n := sum([y, i])] => [1, 11, 2, 21]",
                "p := [n | some x in [1, 2]; every z in [5, 6] { sum([x, z]) > 5 }; n := x] => [1, 2]",
                "p := [x | some x in [1, 2]; every z in [5, 6] { some w in [x]; w + z == sum([x, z]); sum([w, w]) > 2 }] => [2]",
                "p := [n | some x in [1, 2]; n := [m | some y in [3, 4]; m := [k | some z in [5, 6]; k := (x * y) + z]]]"
                        + " => [[[8, 9], [9, 10]], [[11, 12], [13, 14]]]",
                "p := [x | some x in [1, 2]; not sum([x, 0]) == 1] => [2]",
                "p := [n | some x in [1, 2, 3]; n := f(x, input.least)]\nf(a, b) := a + b if a < 3\nelse := 0 => [99, 100, 0]",
                "p := [w | some x in [[1, 2], [3]]; walk(x, [_, v]); is_number(v); w := v + count(x)] => [3, 4, 4]",
            })
    void what_changes_in_a_loop_is_computed_again(String bodyAndValue) {
        int arrow = bodyAndValue.lastIndexOf(" => ");
        String body = bodyAndValue.substring(0, arrow);
        Value expected = Json.read(bodyAndValue.substring(arrow + 4));
        assertThat(value(body, request(MANY_STEPS))).isEqualTo(expected);
        assertThat(value(body, request(MANY_STEPS).traced())).isEqualTo(expected);
    }

    @Test
    void what_is_undefined_is_found_out_once_too() {
        String body = "p := [x | some x in input.xs; x == f(1)]\nf(n) := 1 if { some y in input.xs; y > 99 + n }";
        assertThat(value(body, request(FEW_STEPS))).isEqualTo(Json.read("[]"));
    }

    @Test
    void what_the_loop_never_comes_to_is_not_computed() {
        String body = "p := [x | some x in input.xs; x > 99; x == to_number(\"none\")]";
        assertThat(value(body, request(MANY_STEPS).strict())).isEqualTo(Json.read("[]"));
        assertThatThrownBy(() -> value(
                        "p := [x | some x in input.xs; x == to_number(\"none\")]",
                        request(MANY_STEPS).strict()))
                .isInstanceOf(RegoEvaluationException.class)
                .hasMessageContaining("to_number");
    }

    @Test
    void a_conflict_in_what_does_not_change_ends_the_evaluation_only_where_the_loop_comes_to_it() {
        String rules = "\nc := 1 if input.least == 98\nc := 2 if input.least == 98";
        assertThat(value("p := [x | some x in input.xs; x > 99; x == f(c)]\nf(n) := n" + rules, request(MANY_STEPS)))
                .isEqualTo(Json.read("[]"));
        assertThatThrownBy(
                        () -> value("p := [x | some x in input.xs; x == f(c)]\nf(n) := n" + rules, request(MANY_STEPS)))
                .hasMessageContaining("conflicting values");
    }

    @Test
    void time_that_does_not_change_in_a_loop_keeps_its_horizon() {
        String body = "p := [x | some x in input.xs; x > 98; time.now_ns() < time.parse_rfc3339_ns(input_time)]\n"
                + "input_time := \"2026-11-22T12:00:01Z\"";
        assertThat(query(body).evaluate(request(MANY_STEPS)).horizon()).isEqualTo(NOW.plusSeconds(1));
    }

    @Test
    void reads_of_what_was_computed_once_are_all_reported() {
        Evaluation.Result result = query("p := [x | some x in input.xs; x > input.a.b.c]")
                .evaluate(request(MANY_STEPS).traced());
        assertThat(result.reads())
                .anySatisfy(read -> assertThat(read.path())
                        .containsExactly(
                                StringValue.of("input"),
                                StringValue.of("a"),
                                StringValue.of("b"),
                                StringValue.of("c")));
    }
}

package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A function that does much is computed once for the same arguments, and nobody can tell but by the time it takes. */
class CallsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Limits FEW_STEPS = new Limits(2000, 200, Duration.ofMinutes(10));
    private static final Value INPUT =
            Json.read("{\"a\": 1, \"b\": 1, \"s\": \"1\", \"o\": {\"v\": 5}, \"xs\": [1, 2, 3]}");

    private static PreparedQuery query(String body) {
        return Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p");
    }

    private static Evaluation.Request request() {
        return new Evaluation.Request(INPUT, ObjectValue.EMPTY, NOW, false, false, FEW_STEPS);
    }

    private static @Nullable Value value(String body) {
        Value plain = query(body).evaluate(request()).value();
        assertThat(query(body).evaluate(request().traced()).value()).isEqualTo(plain);
        return plain;
    }

    @Test
    void functions_that_call_each_other_twice_each_take_no_time_that_doubles() {
        String chain = IntStream.rangeClosed(1, 60)
                .mapToObj(i -> "f" + i + "(x) := f" + (i - 1) + "(x) + f" + (i - 1) + "(x)")
                .collect(Collectors.joining("\n", "p := f60(input.a)\nf0(x) := x\n", ""));
        assertThat(value(chain)).isEqualTo(Json.read("1152921504606846976"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '\u0000',
            value = {
                "p := [f(1), f(1.0), f(1)] => [1, 1.0, 1]",
                "p := [f(input.a), f(2), f(input.a)] => [1, 2, 1]",
                "p := [f(input.s), f(input.a), f(input.s)] => [\"1\", 1, \"1\"]",
                "p := [f(input.o), f({\"v\": 6}), f({\"v\": 7})] => [{\"v\": 5}, {\"v\": 6}, {\"v\": 7}]",
                "p := [n | some x in input.xs; n := [f(x), f(x)]] => [[1, 1], [2, 2], [3, 3]]",
                "p := [q | some x in input.xs; q := [g(x), g(x)] with input.a as x] => [[2, 2], [4, 4], [6, 6]]",
                "p := [g(1), q, g(1)] if { q := g(1) with input.a as 7 } => [2, 8, 2]",
                "p := [h(1), q, h(1)] if { q := h(1) with count as 7 } => [2, 8, 2]",
                "p := [u(1), u(2), u(1)] => undefined",
                "p := count([1 | some x in [1, 1, 2]; not u(x); not u(x)]) => 3",
            })
    void a_call_gives_what_it_would_give_if_it_were_computed_again(String body, String expected) {
        String functions = """

                f(x) := y if { some y in [x] }
                g(x) := y if { some z in [input.a]; y := x + z }
                h(x) := y if { some z in [[1]]; y := x + count(z) }
                u(x) := y if { some y in [x]; y > 2 }
                """;
        Value found = value(body + functions);
        assertThat(found == null ? "undefined" : found.toString()).isEqualTo(expected);
    }

    @Test
    void equal_arguments_that_stand_at_different_places_are_both_read() {
        Evaluation.Result result = query("p := [f(input.a), f(input.b)]\nf(x) := y if { some y in [x] }")
                .evaluate(request().traced());
        List<List<Value>> paths = new ArrayList<>();
        result.reads().forEach(read -> paths.add(read.path()));
        assertThat(paths)
                .contains(
                        List.of(StringValue.of("input"), StringValue.of("a")),
                        List.of(StringValue.of("input"), StringValue.of("b")));
    }
}

package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Elements of a large collection that equal what is known are found by an index, once it was searched a few times.
 * Evaluations that record reads use none, so they tell what the others must say.
 */
class SearchesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Limits FEW_STEPS = new Limits(50, 200, Duration.ofMinutes(10));
    private static final int ENOUGH = 8;

    private static PreparedQuery query(String body) {
        return Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p");
    }

    private static String outcome(PreparedQuery query, Evaluation.Request request) {
        try {
            Evaluation.Result result = query.evaluate(request);
            return result.value() + " until " + result.horizon();
        } catch (RegoEvaluationException failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    /** Rows with all kinds of keys, some equal though written differently, some missing, some no rows at all. */
    private static Value rows(Random random, int count) {
        String[] keys = {
            "1",
            "1.0",
            "10e-1",
            "\"1\"",
            "\"a\"",
            "\"b\"",
            "null",
            "true",
            "[1]",
            "[1.0]",
            "{\"x\": 1}",
            "{}",
            "2",
            "3.5",
            "\"\""
        };
        return Json.read(IntStream.range(0, count)
                .mapToObj(i -> switch (random.nextInt(12)) {
                    case 0 -> keys[random.nextInt(keys.length)];
                    case 1 -> "{\"v\": " + i + "}";
                    case 2 -> "{\"k\": {\"d\": " + keys[random.nextInt(keys.length)] + "}, \"v\": " + i + "}";
                    default -> "{\"k\": " + keys[random.nextInt(keys.length)] + ", \"v\": " + i % 7 + "}";
                })
                .collect(Collectors.joining(
                        ",",
                        "{\"rows\": [",
                        "], \"k\": " + keys[random.nextInt(keys.length)]
                                + ", \"ks\": [1, \"a\", null, 3.5, \"none\", {\"x\": 1.0}]}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := [x.v | some x in data.rows; x.k == input.k]",
                "p := [[i, x.v] | some i, x in data.rows; x.k == input.k]",
                "p := [[i, x.v] | some i, x in data.rows; input.k = x.k]",
                "p := [x.v | x := data.rows[_]; x.k == input.k]",
                "p := [[i, x.v] | x := data.rows[i]; input.k == x.k]",
                "p := [[i, x.v] | x = data.rows[i]; x.k = input.k; x.v > 3]",
                "p := [x | some x in data.rows; x.k.d == input.k]",
                "p := [i | some i, x in data.rows; x == input.k]",
                "p := [x | some 3, x in data.rows; x.k == input.k]",
                "p := x.v if { some x in data.rows; x.k == input.k }",
                "p if { some x in data.rows; x.k == input.k }",
                "p if { not q(input.k) }\nq(k) if { some x in data.rows; x.k == k }",
                "p := {k: vs | some k in input.ks; vs := [x.v | some x in data.rows; x.k == k]}",
                "p := [[x.v, y.v] | some x in data.rows; some y in data.rows; y.k == x.k; y.v < x.v]",
                "p := {v | some k in input.ks; some x in input.rows; x.k == k; v := x.v}",
                "p contains v if { some k in input.ks; some x in rows; x.k == k; v := x.v }\nrows := input.rows",
                "p := [x | some k in input.ks; some x in rows; x.k == k]\nrows := {x | some x in data.rows}",
                "p := [[x, y] | some k in input.ks; some x, y in rows; y.k == k]\nrows contains x if { some x in data.rows }",
                "p := [[x, y] | some k in input.ks; some x, y in rows; y.k == k]\nrows[sprintf(\"%d\", [i])] := x if { some i, x in data.rows }",
                "p := [[x, y] | some k in input.ks; y := rows[x]; y.k == k]\nrows := {i: x | some i, x in data.rows}",
                "p := [x.v | some data.t.c, x in data.rows; x.k == \"nowhere\"]\nc := 1 if data.rows\nc := 2 if data.rows",
                "p := [x.v | some x in data.rows; x.k == input.none]",
                "p := [x.v | some x in data.rows; x.none == input.k]",
                "p := [1 | some x in data.rows; x.k == time.now_ns()]",
                "p := [1 | t := time.now_ns(); some x in data.rows; x.k == t]",
                "p := [1 | t := time.now_ns(); some _ in input.ks; some x in data.rows; x.v == t - 1795348800000000000]",
                "p := [x.v | some x in data.rows; x.k == c]\nc := 1 if count(data.rows) > 1\nc := 2 if count(data.rows) > 2",
                "p := [x.v | some x in data.rows; x.none == c]\nc := 1 if count(data.rows) > 1\nc := 2 if count(data.rows) > 2",
                "p := [x.v | some k in input.ks; some x in data.rows with data.rows as [{\"k\": k, \"v\": 1}]; x.k == k]",
                "p := [x.v | some k in input.ks; some x in data.rows; x.k == k with input.ks as []]",
            })
    void searches_find_what_looking_at_every_element_finds(String body) {
        PreparedQuery query = query(body);
        Random random = new Random(body.hashCode());
        for (int round = 0; round < 20; round++) {
            Evaluation.Request request = Evaluation.Request.of(rows(random, 60), rows(random, 60), NOW);
            String expected = outcome(query, request.traced());
            for (int i = 0; i < ENOUGH; i++) {
                assertThat(outcome(query, request)).isEqualTo(expected);
            }
        }
    }

    private static Value thousand(String key) {
        return Json.read(IntStream.range(0, 1000)
                .mapToObj(i -> "{\"k\": \"" + key + i + "\", \"v\": " + i + "}")
                .collect(Collectors.joining(",", "{\"rows\": [", "]}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p := [x.v | some x in data.rows; x.k == input.k]",
                "p := [x.v | x := data.rows[_]; input.k == x.k]",
                "p := [x.v | some i; x := data.rows[i]; x.k = input.k]",
                "p := [f(k) | some k in [input.k]]\nf(k) := x.v if { some x in data.rows; x.k == k }",
            })
    void an_array_that_is_searched_often_is_not_looked_through(String body) {
        Value data = thousand("row");
        PreparedQuery query = query(body);
        Value input = Json.read("{\"k\": \"row7\"}");
        Evaluation.Request hurried = new Evaluation.Request(input, data, NOW, false, false, FEW_STEPS);
        assertThatThrownBy(() -> query.evaluate(hurried)).hasMessageContaining("more than 50 steps");
        for (int i = 0; i < ENOUGH; i++) {
            query.evaluate(Evaluation.Request.of(input, data, NOW));
        }
        assertThat(query.evaluate(hurried).value()).isEqualTo(Json.read("[7]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rows := {x | some x in input.rows}",
                "rows := {x.k: x | some x in input.rows}",
                "rows contains x if { some x in input.rows }",
                "rows[i] := x if { some i, x in input.rows }",
            })
    void sets_and_objects_are_searched_as_arrays_are(String rows) {
        Limits limits = new Limits(20_000, 200, Duration.ofMinutes(10));
        Evaluation.Request request =
                new Evaluation.Request(thousand("row"), Json.read("{}"), NOW, false, false, limits);
        assertThat(query("p := count([1 | some y in input.rows; some x in rows; x.k == y.k])\n" + rows)
                        .evaluate(request)
                        .value())
                .isEqualTo(Json.read("1000"));
    }

    @Test
    void values_that_nobody_supplied_yet_are_not_asked_for_by_a_search_that_ends_before_them() {
        ObjectValue.Builder rows = ObjectValue.builder();
        for (int i = 0; i < 20; i++) {
            rows.put("k" + (100 + i), Json.read("{\"k\": " + i + "}"));
        }
        rows.put("last", () -> {
            throw new AssertionError("asked for");
        });
        Value data = ObjectValue.builder().put("rows", rows.build()).build();
        PreparedQuery query = query("p if { some x in data.rows; x.k == 3 }");
        for (int i = 0; i < ENOUGH; i++) {
            assertThat(query.evaluate(Evaluation.Request.of(null, data, NOW)).value())
                    .isEqualTo(Json.read("true"));
        }
    }

    @Test
    void an_inner_loop_over_what_the_outer_one_gives_takes_steps_for_what_it_finds_only() {
        Value input = thousand("row");
        Limits limits = new Limits(20_000, 200, Duration.ofMinutes(10));
        Evaluation.Request request = new Evaluation.Request(input, Json.read("{}"), NOW, false, false, limits);
        assertThat(query("p := count([1 | some x in input.rows; some y in input.rows; y.k == x.k])")
                        .evaluate(request)
                        .value())
                .isEqualTo(Json.read("1000"));
    }

    @Test
    void keys_that_collide_on_purpose_make_no_index_and_change_no_answer() {
        // "Aa" and "BB" have the same hash, and so has every sequence of ten of them.
        String rows = IntStream.range(0, 1024)
                .mapToObj(i -> IntStream.range(0, 10)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                        .collect(Collectors.joining()))
                .map(key -> "{\"k\": \"" + key + "\", \"v\": 1}")
                .collect(Collectors.joining(",", "{\"rows\": [", "], \"k\": \"AaAaAaAaAaAaAaAaAaBB\"}"));
        Value data = Json.read(rows);
        PreparedQuery query = query("p := [x.v | some x in data.rows; x.k == data.k]");
        for (int i = 0; i < ENOUGH; i++) {
            assertThat(query.evaluate(Evaluation.Request.of(null, data, NOW)).value())
                    .isEqualTo(Json.read("[1]"));
        }
    }
}

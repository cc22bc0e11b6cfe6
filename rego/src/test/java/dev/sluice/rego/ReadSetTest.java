package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The promise of a read set: while everything read still stands as it was read, the result is the same. */
class ReadSetTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final List<String> KEYS = List.of("a", "b", "c", "xs");
    private static final int ROUNDS = 2000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p if input.a.b == 1",
                "p if { some x in input.xs; x.a > 1 } else := y if { y := input.b }",
                "p contains x if { x := input.xs[_].a }",
                "p contains k if { some k, v in input.a; v == input.b }",
                "p if not input.a.b",
                "p if { not input.xs[0].a == input.b.a }",
                "p := count(input.xs)",
                "p := {k: v | some k, v in input.a}",
                "p := [x | x := input[_][\"a\"]]",
                "p if { x := input.a }",
                "p if { _ = input.a.b; f(input.b) }\nf(_) := true",
                "p if { x := input.a; not x.b }",
                "p if every x in input.xs { x.a }",
                "p := f(input.a)\nf(x) := x.b if x.c\nf(x) := x.a if not x.c",
                "p := object.get(input, [\"a\", \"b\"], 0)",
                "p := v if { v := q with input.a as input.b }\nq := input.a.a",
                "p := r.b if { some r in input.xs; r == input.a }",
                "p if { x := input.a; y := x.b; y.c == input.c }",
                "p contains [k, w] if { some k; input.a[k]; w := input[k] }",
                "p := walked if { walked := [v | walk(input.a, [_, v])] }",
                "p if { \"a\" in input.xs }",
                "p := {\"out\": input.a, \"n\": input.b.a}",
                "p if { [x, y] := input.xs; x == y }",
                "p if { {\"a\": x, \"b\": y} = input.a; x == y }",
                "p := $\"{input.a.b} {input.c}\"",
                "s contains x if { some x in input.xs }\np if count(s) > 1",
                "d[k] := v if { some k, v in input.b }\np := d.a",
                "p if input.a > 1",
                "p if not input.a.b <= input.c",
                "p contains k if { some k, v in input; v < 2 }",
                "p if { x := input.a; y := x; y != 1; f(y) }\nf(n) if n < 2",
                "p if { input.a > 0; input.a < 2 } else := input.a if input.b",
                "p if q with input.a as 1\nq if { input.a < 2; input.b > input.a }",
            })
    void a_change_of_what_was_not_read_changes_nothing(String body) {
        PreparedQuery query = Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p");
        Random random = new Random(body.hashCode());
        int unaffected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Value before = document(random, 3);
            Value after = changed(before, random);
            Evaluation.Result first = query.evaluate(request(before).traced());
            if (stands(first.reads(), after)) {
                unaffected++;
                assertThat(query.evaluate(request(after)).value())
                        .as("%s%nfirst  %s%nthen   %s%nreads  %s", body, before, after, first.reads())
                        .isEqualTo(first.value());
            }
        }
        assertThat(unaffected).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"p := json.marshal(input.a)", "p := input.a", "p := sprintf(\"%s\", [{input.a}])"})
    void a_number_that_is_written_otherwise_is_no_longer_what_was_read(String body) {
        PreparedQuery query = Rego.compile(List.of(new SourceFile("p.rego", "package t\n" + body + "\n")))
                .prepare("data.t.p");
        Evaluation.Result first =
                query.evaluate(request(Json.read("{\"a\": {\"b\": [1.0]}}")).traced());
        assertThat(stands(first.reads(), Json.read("{\"a\": {\"b\": [1.0]}}"))).isTrue();
        assertThat(stands(first.reads(), Json.read("{\"a\": {\"b\": [1]}}"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x := input.a.b",
                "x = input.xs[i].a; x != 1",
                "some k, v in input.a; v == input.b",
                "x := input.a",
                "input.a[k]; not input.b[k]",
                "input.a > 1; y := input.b",
                "[x, y] = input.xs",
                "x := [v | v := input[_].a]; count(x) > 1",
                "every x in input.xs { x.a }",
                "x := input.a with input as input.b",
            })
    void the_same_holds_for_the_solutions_of_a_query(String text) {
        PreparedQuery query = Rego.compile(List.of()).prepareQuery(text);
        Random random = new Random(text.hashCode());
        int unaffected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Value before = document(random, 3);
            Value after = changed(before, random);
            Evaluation.Bindings first = query.solutions(request(before).traced());
            assertThat(query.solutions(request(before)).bindings()).isEqualTo(first.bindings());
            if (stands(first.reads(), after)) {
                unaffected++;
                assertThat(query.solutions(request(after)).bindings())
                        .as("%s%nfirst  %s%nthen   %s%nreads  %s", text, before, after, first.reads())
                        .isEqualTo(first.bindings());
            }
        }
        assertThat(unaffected).isPositive();
    }

    private static Evaluation.Request request(Value input) {
        return Evaluation.Request.of(input, ObjectValue.EMPTY, NOW);
    }

    private static boolean stands(List<Evaluation.Read> reads, Value input) {
        return reads.stream().allMatch(read -> read.holds(input, ObjectValue.EMPTY));
    }

    private static Value document(Random random, int depth) {
        int kind = random.nextInt(depth > 0 ? 10 : 4);
        if (depth == 3 || kind >= 6) {
            ObjectValue.Builder builder = ObjectValue.builder();
            for (String key : KEYS) {
                if (random.nextInt(3) > 0) {
                    builder.put(
                            key, key.equals("xs") && depth > 0 ? array(random, depth) : document(random, depth - 1));
                }
            }
            return builder.build();
        }
        return switch (kind) {
            case 0 -> NullValue.NULL;
            case 1 -> BooleanValue.of(random.nextBoolean());
            case 2 -> StringValue.of(KEYS.get(random.nextInt(KEYS.size())));
            case 3 -> NumberValue.of(random.nextInt(3));
            default -> array(random, depth);
        };
    }

    private static Value array(Random random, int depth) {
        Value[] items = new Value[random.nextInt(3)];
        for (int i = 0; i < items.length; i++) {
            items[i] = document(random, depth - 1);
        }
        return ArrayValue.of(items);
    }

    /** A copy with one place made anew. */
    private static Value changed(Value value, Random random) {
        if (value instanceof ObjectValue object && random.nextInt(4) > 0) {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            Value below = object.get(key);
            return ObjectValue.builder()
                    .putAll(object)
                    .put(key, below == null ? document(random, 1) : changed(below, random))
                    .build();
        }
        if (value instanceof ArrayValue array && array.size() > 0 && random.nextInt(4) > 0) {
            Value[] items = array.toArray();
            int at = random.nextInt(items.length);
            items[at] = changed(items[at], random);
            return ArrayValue.of(items);
        }
        return document(random, 2);
    }
}

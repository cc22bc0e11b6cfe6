package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who asks hears of builtins that failed, also where the answer is the same; and nothing takes the memory of the world. */
final class FailuresTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Limits SMALL = new Limits(2_000_000, 500, Duration.ofSeconds(20), 64L << 20, 1 << 20);

    private static PreparedQuery query(String rego) {
        return Rego.compile(List.of(new SourceFile("p.rego", "package p\n" + rego)))
                .prepare("data.p.match");
    }

    private static List<Evaluation.Failure> heard(PreparedQuery query, String input) {
        List<Evaluation.Failure> heard = new ArrayList<>();
        Evaluation.Result result =
                query.evaluate(new Evaluation.Request(Json.read(input), ObjectValue.EMPTY, NOW, false, false, SMALL)
                        .heardBy(heard::add));
        assertThat(result.value())
                .isEqualTo(query.evaluate(Evaluation.Request.of(Json.read(input), ObjectValue.EMPTY, NOW))
                        .value());
        return heard;
    }

    @Test
    void a_failure_is_told_with_its_line_its_text_and_its_operands() {
        PreparedQuery query = query("default match := false\nmatch if {\n  time.parse_rfc3339_ns(input.at) > 0\n}\n");
        assertThat(heard(query, "{\"at\": \"yesterday\"}")).singleElement().satisfies(failure -> {
            assertThat(failure.file()).isEqualTo("p.rego");
            assertThat(failure.row()).isEqualTo(4);
            assertThat(failure.code()).isEqualTo("eval_builtin_error");
            assertThat(failure.text()).startsWith("time.parse_rfc3339_ns: ");
            assertThat(failure.operands()).containsExactly(Json.read("\"yesterday\""));
        });
        assertThat(heard(query, "{\"at\": \"2026-01-01T00:00:00Z\"}")).isEmpty();
        assertThat(heard(query, "{}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "match if not to_number(input.at) > 0",
                "match if count([1 | to_number(input.at)]) == 0",
                "match if every _ in [1] { to_number(input.at) > 0 }",
                "f(x) := to_number(x)\nmatch if f(input.at) > 0",
                "s contains to_number(input.at)\nmatch if count(s) > 0",
                "match := {\"a\": to_number(input.at)}",
                "default match := false\nmatch if to_number(input.at) > 0\nelse := true if input.other",
                "match if { some x in [input.at]; to_number(x) == 1 }",
                "match if to_number(input.at) == 1 with input.other as 3"
            })
    void wherever_it_stands(String rule) {
        assertThat(heard(query(rule), "{\"at\": \"many\"}")).isNotEmpty();
    }

    @Test
    void also_where_rules_over_constants_alone_are_kept_from_one_evaluation_to_the_next() {
        PreparedQuery query = query("broken if to_number(\"many\") > 0\ndefault match := false\nmatch if broken\n");
        ObjectValue data = ObjectValue.EMPTY;
        for (int i = 0; i < 4; i++) {
            List<Evaluation.Failure> heard = new ArrayList<>();
            query.evaluate(
                    new Evaluation.Request(null, data, NOW, false, false, SMALL)); // who does not listen keeps it
            query.evaluate(new Evaluation.Request(null, data, NOW, false, false, SMALL).heardBy(heard::add));
            assertThat(heard).as("time " + i).hasSize(1);
        }
    }

    @Test
    void also_where_an_index_would_have_passed_the_rule_over() {
        PreparedQuery query = query("""
                default match := false
                match if startswith(input.id, "A")
                match if startswith(input.id, "B")
                match if startswith(input.id, "C")
                match if startswith(input.id, "D")
                """);
        assertThat(heard(query, "{\"id\": 7}")).isNotEmpty();
        assertThat(heard(query, "{\"id\": \"Dora\"}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "count(numbers.range(1, 1000000000)) == 1000000000",
                "count(numbers.range(1, 9000000)) == 9000000",
                "count(net.cidr_expand(\"10.0.0.0/8\")) > 0",
                "a := concat(\"\", [x | some _ in numbers.range(1, 160); x := sprintf(\"%1000000d\", [1])]); count(a) > 0",
                "a := sprintf(\"%1000000d\", [1]); count(split(replace(a, \" \", a), \"\")) > 0",
                "a := sprintf(\"%1000000d\", [1]); count(split(a, \"\")) == 1000000; count(json.unmarshal(concat(\"\", [\"[\", replace(a, \" \", \"0,\"), \"0]\"]))) > 0",
                "a := sprintf(\"%1000000d\", [1]); b := regex.replace(a, \" \", a); count(b) > 0",
                "a := 123456789012345678901234567890; b := ((a*a)*(a*a))*((a*a)*(a*a)); c := ((b*b)*(b*b))*((b*b)*(b*b)); d := ((c*c)*(c*c))*((c*c)*(c*c));"
                        + " e := ((d*d)*(d*d))*((d*d)*(d*d)); f := ((e*e)*(e*e))*((e*e)*(e*e)); f > 0",
                "bits.lsh(1, 1000000000) > 0",
                "to_number(\"1e999999999\") > 0",
                "json.unmarshal(\"1e999999999\") * json.unmarshal(\"1e999999999\") > 0"
            })
    @Timeout(20)
    void what_would_take_the_memory_of_the_world_ends_early_as_a_failure(String body) {
        PreparedQuery query = query("default match := false\nmatch if { " + body + " }\n");
        List<Evaluation.Failure> heard = new ArrayList<>();
        try {
            Value value = query.evaluate(new Evaluation.Request(null, ObjectValue.EMPTY, NOW, false, false, SMALL)
                            .heardBy(heard::add))
                    .value();
            assertThat(heard).as("it gave " + value).isNotEmpty();
        } catch (RegoEvaluationException limit) {
            assertThat(limit.code()).isEqualTo(RegoEvaluationException.CANCEL);
            assertThat(limit.row()).as(limit.getMessage()).isPositive();
        }
    }

    @Test
    void a_stand_in_that_takes_less_than_what_it_stands_for_is_refused() {
        assertThatThrownBy(() -> query("g(x) := 1\nmatch if { concat(\",\", [\"a\"]) == \"a\" with concat as g }"))
                .isInstanceOf(RegoException.class)
                .hasMessageContaining("p.rego:3:")
                .hasMessageContaining(
                        "concat: arity mismatch\n\thave: (any)\n\twant: (delimiter: string, collection: any<");
        assertThatThrownBy(() -> query("f(x) := x\ng(x, y) := 1\nmatch if f(1) == 1 with f as g"))
                .hasMessageContaining("arity mismatch");
        query("g(x, y) := \"a\"\nmatch if { concat(\",\", [\"a\"]) == \"a\" with concat as g }");
        query("match if { count([1]) == 1 with count as 1 }");
        query("f(x) := x\nmatch if f(1) == 1 with f as count");
    }
}

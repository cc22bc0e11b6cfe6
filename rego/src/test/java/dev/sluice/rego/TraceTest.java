package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static Evaluation.Result trace(String policy, String path, String input) {
        return Rego.compile(List.of(new SourceFile("p.rego", policy)))
                .prepare(path)
                .evaluate(Evaluation.Request.of(Json.read(input), ObjectValue.EMPTY, NOW)
                        .traced());
    }

    private static List<String> reads(Evaluation.Result result) {
        return result.reads().stream()
                .filter(r -> !r.path().getFirst().equals(StringValue.of("data")))
                .map(r -> r.path()
                        + switch (r.extent()) {
                            case KEYS -> " keys";
                            case RANGE -> " " + r.value() + " in " + r.interval();
                            case WHOLE, PRESENCE -> " " + r.value();
                        })
                .toList();
    }

    @Test
    void only_what_was_looked_at_is_a_read() {
        Evaluation.Result result = trace("""
                package t

                p if {
                	some v in input.vulns
                	v.cvss >= 7
                	v.fixed
                }
                """, "data.t.p", """
                {"vulns": [{"id": "A", "cvss": 6.1, "fixed": true}, {"id": "B", "cvss": 9, "fixed": true}, {"cvss": 1}],
                 "other": 1}""");
        assertThat(reads(result))
                .containsExactly(
                        "[\"input\", \"vulns\"] keys",
                        "[\"input\", \"vulns\", 0, \"cvss\"] 6.1 in (-∞, 7)",
                        "[\"input\", \"vulns\", 1, \"cvss\"] 9 in [7, ∞)",
                        "[\"input\", \"vulns\", 1, \"fixed\"] true");
    }

    @Test
    void what_is_absent_is_a_read_too() {
        Evaluation.Result result =
                trace("package t\np if input.a.b.c\nq if not input.x", "data.t", "{\"a\": {\"z\": 1}}");
        assertThat(reads(result)).containsExactly("[\"input\", \"a\", \"b\"] null", "[\"input\", \"x\"] null");
    }

    @Test
    void a_builtin_or_an_output_reads_everything_beneath() {
        Evaluation.Result result = trace(
                "package t\np := count(input.xs)\nq := x if { x := input.o }",
                "data.t",
                "{\"xs\": [1, 2], \"o\": {\"k\": [3]}}");
        assertThat(reads(result)).containsExactly("[\"input\", \"xs\"] [1, 2]", "[\"input\", \"o\"] {\"k\": [3]}");
    }

    @Test
    void an_alias_is_followed_to_where_it_came_from() {
        Evaluation.Result result = trace(
                "package t\np if { v := input.v0; f(v.a) }\nf(a) if a.b == 1",
                "data.t.p",
                "{\"v0\": {\"a\": {\"b\": 1, \"c\": 2}}}");
        assertThat(reads(result)).containsExactly("[\"input\", \"v0\", \"a\", \"b\"] 1 in [1, 1]");
    }

    @Test
    void a_number_that_is_only_compared_may_move_within_its_interval() {
        Evaluation.Result result = trace("""
                package t
                min := 0.2
                p if { not input.epss >= min; input.score > 4; input.score != 7; input.score <= 9.5 }
                """, "data.t.p", "{\"epss\": 0.02, \"score\": 6}");
        assertThat(reads(result))
                .containsExactly("[\"input\", \"epss\"] 0.02 in (-∞, 0.2)", "[\"input\", \"score\"] 6 in (4, 7)");
    }

    @Test
    void a_number_that_is_also_told_is_read_as_it_is() {
        Evaluation.Result result =
                trace("package t\np := x if { x := input.score; x > 4 }", "data.t.p", "{\"score\": 6}");
        assertThat(reads(result)).containsExactly("[\"input\", \"score\"] 6");
    }

    @Test
    void what_is_only_bound_counts_as_being_there() {
        Evaluation.Result result = trace("package t\np if { x := input.score }", "data.t.p", "{\"score\": 6}");
        assertThat(result.reads()).extracting(Evaluation.Read::extent).containsExactly(Evaluation.Extent.PRESENCE);
    }

    @Test
    void asking_for_a_package_reads_the_data_there() {
        Evaluation.Result result = trace("package t\np := 1", "data.t", "{}");
        assertThat(result.reads()).hasSize(1);
        assertThat(result.reads().getFirst().path()).hasToString("[\"data\", \"t\"]");
        assertThat(result.reads().getFirst().value()).isNull();
    }

    @Test
    void a_replaced_input_reports_what_really_stands_there() {
        Evaluation.Result result =
                trace("package t\np if q with input.a as 2\nq if input.a == 2", "data.t.p", "{\"a\": 1}");
        assertThat(result.value()).hasToString("true");
        assertThat(reads(result)).containsExactly("[\"input\", \"a\"] 1");
    }

    @Test
    void a_rule_that_failed_shows_the_expression_and_its_values() {
        Evaluation.Result result = trace(
                "package t\ndefault match := false\nmatch if {\n  input.a\n  input.score >= 7\n}\n",
                "data.t.match",
                "{\"a\": 1, \"score\": 6.1}");
        assertThat(result.steps())
                .containsExactly(
                        new Evaluation.Step(
                                "data.t.match",
                                "p.rego",
                                5,
                                3,
                                "input.score >= 7",
                                Evaluation.Outcome.FAILED,
                                "6.1 >= 7"),
                        new Evaluation.Step("data.t.match", "p.rego", 2, 1, "", Evaluation.Outcome.DEFAULTED, ""));
    }

    @Test
    void a_rule_that_succeeded_is_named_with_its_place() {
        Evaluation.Result result =
                trace("package t\nmatch if input.a == 1\nmatch if input.a == 2\n", "data.t.match", "{\"a\": 2}");
        assertThat(result.steps())
                .extracting(s -> s.row() + " " + s.outcome())
                .containsExactly("2 FAILED", "3 SUCCEEDED");
    }

    @Test
    void too_many_steps_end_the_evaluation() {
        PreparedQuery query =
                Rego.compile(List.of(new SourceFile("p.rego", """
                package t

                p := count([1 | some a in input; some b in input; some c in input; some d in input])
                """))).prepare("data.t.p");
        String input = "[" + "1,".repeat(99) + "1]";
        assertThatThrownBy(() -> query.evaluate(new Evaluation.Request(
                        Json.read(input),
                        ObjectValue.EMPTY,
                        NOW,
                        false,
                        false,
                        new Limits(50_000, 100, Duration.ofSeconds(30)))))
                .isInstanceOf(RegoEvaluationException.class)
                .hasMessage("p.rego:3: eval_cancel_error: the evaluation took more than 50000 steps");
    }

    @Test
    void rules_that_call_each_other_too_deep_end_the_evaluation() {
        StringBuilder policy = new StringBuilder("package t\np0 := 1\n");
        for (int i = 1; i <= 200; i++) {
            policy.append("p").append(i).append(" := p").append(i - 1).append('\n');
        }
        PreparedQuery query = Rego.compile(List.of(new SourceFile("p.rego", policy.toString())))
                .prepare("data.t.p200");
        assertThatThrownBy(() -> query.evaluate(new Evaluation.Request(
                        null, ObjectValue.EMPTY, NOW, false, false, new Limits(50_000, 100, Duration.ofSeconds(30)))))
                .hasMessageContaining("rules call each other more than 100 deep");
    }
}

package dev.sluice.rego.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.rego.Limits;
import dev.sluice.rego.Rego;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.ObjectValue;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What counts as a test, passes and fails, and how it is told, is what {@code opa test -v} 1.22.2 says of the same modules. */
class TestRunnerTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static List<TestResult> run(String tests) {
        String policy = """
                package cloudsmith

                default match := false

                match if input.v0.score >= 7
                """;
        return new TestRunner(ObjectValue.EMPTY, NOW, Limits.STANDARD)
                .run(List.of(new SourceFile("policy.rego", policy), new SourceFile("policy_test.rego", tests)));
    }

    /** Names with their verdicts, cases below as {@code name(fail)}, in the order of the source. */
    private static List<String> verdicts(String tests) {
        return run("package t\n\n" + tests).stream()
                .map(r -> r.rule() + " " + r.outcome() + shown(r.cases()))
                .toList();
    }

    private static String shown(List<TestResult.Case> cases) {
        StringBuilder text = new StringBuilder();
        for (TestResult.Case each : cases) {
            text.append(' ').append(each.name()).append(each.passed() ? "" : "!");
            text.append(each.cases().isEmpty() ? "" : "[" + shown(each.cases()).strip() + "]");
        }
        return text.toString();
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

                test_conflict if grade(1)

                grade(x) := 1

                grade(x) := 2 if x == 1

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
        assertThat(results.get(3).error()).satisfies(error -> {
            assertThat(error.code()).isEqualTo("eval_conflict_error");
            assertThat(error.row()).isEqualTo(16);
        });
    }

    @Test
    void only_true_passes() {
        assertThat(verdicts("""
                        test_one := 1
                        test_null := null
                        test_text := "a"
                        test_object := {"a": true}
                        test_set contains 1
                        test_yes := 1 == 1
                        test_no := 1 == 2
                        """))
                .containsExactly(
                        "test_one FAILED",
                        "test_null FAILED",
                        "test_text FAILED",
                        "test_object FAILED",
                        "test_set FAILED",
                        "test_yes PASSED",
                        "test_no FAILED");
        assertThat(run("package t\n\ntest_one := 1").getFirst().message()).isEqualTo("the rule is 1, not true");
    }

    @Test
    void each_definition_of_a_name_is_a_test_of_its_own() {
        assertThat(verdicts("""
                        test_a if false
                        test_a if true
                        test_a if 1 == 2
                        test_b if test_a
                        default test_c := false
                        test_c if true
                        todo_test_d if true
                        todo_test_d if true
                        a.test_e if true
                        a.test_e if false
                        """))
                .containsExactly(
                        "test_a FAILED",
                        "test_a#01 PASSED",
                        "test_a#02 FAILED",
                        "test_b FAILED",
                        "test_c FAILED",
                        "test_c#01 PASSED",
                        "todo_test_d SKIPPED",
                        "todo_test_d SKIPPED",
                        "a.test_e PASSED",
                        "a[\"test_e#01\"] FAILED");
    }

    @Test
    void definitions_are_counted_across_the_modules_of_a_package() {
        List<TestResult> results = new TestRunner(ObjectValue.EMPTY, NOW, Limits.STANDARD)
                .run(List.of(
                        new SourceFile("a_test.rego", "package t\n\ntest_x if true\n"),
                        new SourceFile("b_test.rego", "package t\n\ntest_x if false\n"),
                        new SourceFile("c_test.rego", "package u\n\ntest_x if true\n")));
        assertThat(results)
                .extracting(TestResult::name, TestResult::file, TestResult::ok)
                .containsExactly(
                        tuple("data.t.test_x", "a_test.rego", true),
                        tuple("data.t.test_x#01", "b_test.rego", false),
                        tuple("data.u.test_x", "c_test.rego", true));
    }

    @Test
    void functions_and_rules_whose_name_only_contains_test_are_none() {
        assertThat(verdicts("""
                        test_f(x) := x + 1
                        test_f(x) := 3 if x == 2
                        my_test_x if false
                        test if false
                        a.b.test_g if test_f(1) == 2
                        """)).containsExactly("a.b.test_g PASSED");
    }

    @Test
    void cases_are_told_apart_where_the_name_goes_on_with_a_variable() {
        List<TestResult> results = run("""
                package t

                test_concat[note] if {
                	some note, tc in {
                		"empty": {"a": [], "b": [], "exp": []},
                		"wrong": {"a": [1], "b": [], "exp": []},
                		"both": {"a": [1], "b": [2], "exp": [1, 2]},
                	}
                	act := array.concat(tc.a, tc.b)
                	act == tc.exp
                }
                """);
        TestResult only = results.getFirst();
        assertThat(only.outcome()).isEqualTo(TestResult.Outcome.FAILED);
        assertThat(only.message()).isEmpty();
        assertThat(only.cases())
                .containsExactly(
                        new TestResult.Case("both", "", List.of()),
                        new TestResult.Case("empty", "", List.of()),
                        new TestResult.Case("wrong", "policy_test.rego:10:2: act == tc.exp", List.of()));
        assertThat(only.count(TestResult.Outcome.PASSED)).isEqualTo(2);
        assertThat(only.count(TestResult.Outcome.FAILED)).isEqualTo(1);
    }

    @Test
    void cases_are_named_by_what_the_head_computes_and_by_parts() {
        assertThat(verdicts("""
                        test_notes[tc.note] if {
                        	some tc in [{"note": "n1", "a": 1}, {"note": "n2", "a": 2}]
                        	y := tc.a + 1
                        	y == 2
                        }

                        test_two[a][b] if {
                        	some a, tcs in {"g": {"one": 1, "two": 2}, "h": {"three": 3}}
                        	some b, tc in tcs
                        	tc < 3
                        }

                        test_between.x[y].z if {
                        	some y in [1, 2]
                        	y == 1
                        }

                        a.test_below[x] if {
                        	some x in ["p", "q"]
                        	x != "q"
                        }
                        """))
                .containsExactly(
                        "test_notes FAILED n1 n2!",
                        "test_two FAILED g[one two] h![three!]",
                        "test_between FAILED x![1[z] 2![z!]]",
                        "a.test_below FAILED p q!");
    }

    @Test
    void cases_are_found_wherever_the_body_binds_them() {
        assertThat(verdicts("""
                        test_declared[x] if {
                        	cases := {"a": 1, "b": 2}
                        	some x
                        	v := cases[x]
                        	v == 1
                        	x == "a"
                        }

                        test_late[name] if {
                        	some c in [{"n": "one", "v": 1}, {"n": "two", "v": 2}]
                        	c.v > 1
                        	name := c.n
                        	c.v < 3
                        }

                        test_none[x] if some x in []

                        test_by_hand[x] if {
                        	some x in ["a", "b"]
                        	internal.test_case([x])
                        	x == "a"
                        }
                        """))
                .containsExactly(
                        "test_declared FAILED a b!",
                        "test_late PASSED two",
                        "test_none PASSED",
                        "test_by_hand FAILED a b!");
    }

    @Test
    void a_case_must_be_true_too() {
        List<TestResult> results = run("""
                package t

                test_valued[x] := y if some x, y in {"a": true, "b": false, "c": 3, "d": {"e": true, "f": 1}, "g": {}}
                """);
        assertThat(shown(results.getFirst().cases())).isEqualTo(" a b! c! d![e f!] g");
        assertThat(results.getFirst().cases().get(2).message()).isEqualTo("its value is 3");
    }

    @Test
    void what_does_not_compile_is_told_as_without_the_tests() {
        String wrong = "package t\n\ntest_x[note] if 1 == 1\n\ntest_y[z.a] if z.b == 1\n";
        assertThat(errors(() -> run(wrong)))
                .isEqualTo(errors(() -> Rego.compile(List.of(new SourceFile("policy_test.rego", wrong)))));
    }

    private static List<RegoError> errors(ThrowingCallable compile) {
        return catchThrowableOfType(RegoException.class, compile).errors();
    }
}

package dev.sluice.app.command.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.CommandLineRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code sluice policy test}: output and exit codes are those of {@code opa test} 1.22.2. */
final class PolicyTestsTest {

    private static final String POLICY = """
            package cloudsmith

            default match := false

            match if {
            	input.v0.package.name == "lodash"
            	print("name", input.v0.package.name, input.v0.package.version)
            }

            match if {
            	input.v0.package.deprecated
            	input.v0.package.yanked
            }

            grade(x) := y if {
            	y := x + 1
            } else := 3
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void policy() throws IOException {
        file("a.rego", POLICY);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path tests(String rules) throws IOException {
        return file("a_test.rego", "package cloudsmith_test\n\nimport data.cloudsmith\n\n" + rules);
    }

    private static final String PASSES =
            "test_match if cloudsmith.match with input as {\"v0\": {\"package\": {\"name\": \"lodash\"}}}\n";
    private static final String FAILS =
            "test_fails if {\n\tprint(\"hello\", {\"a\": 1})\n\tcloudsmith.match with input as {\"v0\": {}}\n}\n";
    private static final String SKIPPED = "todo_test_later if false\n";

    private CommandLineRun run(Object... more) {
        Object[] all = new Object[more.length + 3];
        all[0] = "policy";
        all[1] = "test";
        all[2] = folder;
        System.arraycopy(more, 0, all, 3, more.length);
        return CommandLineRun.of(all);
    }

    private static String withoutTimes(String text) {
        return text.replaceAll("\\([0-9.]+ms\\)", "(TIME)");
    }

    @Test
    void it_is_now_in_tests() throws IOException {
        tests("test_now if time.now_ns() > time.parse_rfc3339_ns(\"2026-01-01T00:00:00Z\")\n");
        assertThat(run()).isEqualTo(new CommandLineRun(0, "PASS: 1/1\n", ""));
    }

    @Test
    void helpers_in_packages_of_their_own_are_compiled_with_every_policy() throws IOException {
        tests("test_match if cloudsmith.match with input as data.lib.samples.of(\"lodash\")\n");
        file("lodash.rego", "package lib.samples\n\nof(name) := {\"v0\": {\"package\": {\"name\": name}}}\n");
        assertThat(run()).isEqualTo(new CommandLineRun(0, "PASS: 1/1\n", ""));
    }

    @Test
    void the_schema_of_the_input_is_for_policies_alone() throws IOException {
        tests("test_other if input.licence == 1 with input as {\"licence\": 1}\n" + PASSES);
        assertThat(run()).isEqualTo(new CommandLineRun(0, "PASS: 2/2\n", ""));
    }

    @Test
    void all_pass() throws IOException {
        tests(PASSES);
        assertThat(run()).isEqualTo(new CommandLineRun(0, "PASS: 1/1\n", ""));
    }

    @Test
    void what_fails_is_shown_with_the_expression_and_what_it_printed() throws IOException {
        Path tests = tests(PASSES + "\n" + FAILS);
        CommandLineRun run = run();
        assertThat(run.code()).isEqualTo(2);
        assertThat(withoutTimes(run.out())).isEqualTo("""
                FILE:7:
                data.cloudsmith_test.test_fails: FAIL (TIME)
                  FILE:9:2: cloudsmith.match with input as {"v0": {}}   (false)

                  hello {"a": 1}

                --------------------------------------------------------------------------------
                PASS: 1/2
                FAIL: 1/2
                """.replace("FILE", tests.toString()));
    }

    @Test
    void verbosely_what_passes_is_shown_too() throws IOException {
        Path tests = tests(PASSES);
        CommandLineRun run = run("-v");
        assertThat(run.code()).isZero();
        assertThat(withoutTimes(run.out())).isEqualTo("""
                FILE:5:
                data.cloudsmith_test.test_match: PASS (TIME)

                  name lodash <undefined>

                --------------------------------------------------------------------------------
                PASS: 1/1
                """.replace("FILE", tests.toString()));
    }

    @Test
    void a_skipped_test_counts_unless_one_says_otherwise() throws IOException {
        Path tests = tests(PASSES + "\n" + SKIPPED);
        assertThat(run()).isEqualTo(new CommandLineRun(2, """
                FILE:7:
                data.cloudsmith_test.todo_test_later: SKIPPED
                --------------------------------------------------------------------------------
                PASS: 1/2
                SKIPPED: 1/2
                """.replace("FILE", tests.toString()), ""));
        assertThat(run("-z").code()).isZero();
    }

    @Test
    void what_does_not_compile_is_another_matter_than_what_fails() throws IOException {
        Path tests = tests(PASSES + "\ntest_x if y == 1\n");
        CommandLineRun run = run();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(tests + ":7:11: rego_unsafe_var_error").contains("\n\t          ^");
    }

    @Test
    void types_are_checked_as_saving_does() throws IOException {
        file("a.rego", "package cloudsmith\n\ndefault match := false\n\nmatch if input.v0.pakage.name == \"x\"\n");
        tests("test_a if not cloudsmith.match\n");
        assertThat(run().code()).isEqualTo(1);
        assertThat(run().err()).contains("rego_type_error").contains("pakage");
    }

    @Test
    void some_can_be_chosen() throws IOException {
        tests(PASSES + "\n" + FAILS);
        assertThat(run("--run", "test_match")).isEqualTo(new CommandLineRun(0, "PASS: 1/1\n", ""));
        assertThat(run("-r", "^data.cloudsmith_test.test_f").code()).isEqualTo(2);
        assertThat(run("-r", "nothing").out()).isEqualTo("no tests were run\n");
        assertThat(run("-r", "(").err()).contains("--run is no regular expression");
        assertThat(run("-r", "(").code()).isEqualTo(2);
    }

    @Test
    void programs_get_what_opa_gives_them() throws IOException {
        Path tests = tests(
                PASSES + "\n" + FAILS + "\n" + SKIPPED + "\ntest_c if f(1)\n\nf(x) := 1\n\nf(x) := 2 if x == 1\n");
        CommandLineRun run = run("--json");
        assertThat(run.code()).isEqualTo(2);
        JsonNode results = run.json();
        assertThat(results).hasSize(4);
        JsonNode failed = results.get(1);
        assertThat(failed.path("location").path("file").stringValue()).isEqualTo(tests.toString());
        assertThat(failed.path("location").path("row").intValue()).isEqualTo(7);
        assertThat(failed.path("package").stringValue()).isEqualTo("data.cloudsmith_test");
        assertThat(failed.path("name").stringValue()).isEqualTo("test_fails");
        assertThat(failed.path("fail").booleanValue()).isTrue();
        assertThat(failed.path("duration").longValue()).isPositive();
        assertThat(new String(Base64.getDecoder().decode(failed.path("output").stringValue()), StandardCharsets.UTF_8))
                .isEqualTo("hello {\"a\": 1}\n");
        assertThat(results.get(0).has("fail")).isFalse();
        assertThat(results.get(2).path("skip").booleanValue()).isTrue();
        JsonNode error = results.get(3).path("error");
        assertThat(error.path("code").stringValue()).isEqualTo("eval_conflict_error");
        assertThat(error.path("message").stringValue()).contains("conflicting");
        assertThat(error.path("location").path("row").intValue()).isEqualTo(18);
    }

    private static final String CASES = """
            test_grade[note] if {
            	some note, tc in {
            		"one": {"x": 1, "want": 2},
            		"two": {"x": 2, "want": 9},
            	}
            	got := cloudsmith.grade(tc.x)
            	got == tc.want
            }

            test_grade if cloudsmith.grade(3) == 4
            """;

    @Test
    void cases_count_each_for_itself_and_those_that_fail_are_named_with_their_expression() throws IOException {
        Path tests = tests(CASES);
        CommandLineRun run = run();
        assertThat(run.code()).isEqualTo(2);
        assertThat(withoutTimes(run.out())).isEqualTo("""
                FILE:5:
                data.cloudsmith_test.test_grade: FAIL (TIME)
                  two: FAIL
                    FILE:11:2: got == tc.want
                --------------------------------------------------------------------------------
                PASS: 2/3
                FAIL: 1/3
                """.replace("FILE", tests.toString()));
        assertThat(withoutTimes(run("-v").out())).isEqualTo("""
                FILE:5:
                data.cloudsmith_test.test_grade: FAIL (TIME)
                  one: PASS
                  two: FAIL
                    FILE:11:2: got == tc.want
                FILE:14:
                data.cloudsmith_test.test_grade#01: PASS (TIME)
                --------------------------------------------------------------------------------
                PASS: 2/3
                FAIL: 1/3
                """.replace("FILE", tests.toString()));
    }

    @Test
    void programs_get_cases_as_opa_gives_them() throws IOException {
        tests(CASES);
        JsonNode results = run("--json").json();
        JsonNode cases = results.get(0).path("sub_results");
        assertThat(cases.path("one").toString()).isEqualTo("{\"name\":\"one\"}");
        assertThat(cases.path("two").path("fail").booleanValue()).isTrue();
        assertThat(cases.path("two").path("message").stringValue()).endsWith(":11:2: got == tc.want");
        assertThat(results.get(1).path("name").stringValue()).isEqualTo("test_grade#01");
        assertThat(results.get(1).has("sub_results")).isFalse();
    }

    @Test
    void what_gives_no_result_is_shown_with_its_line() throws IOException {
        Path tests = tests("test_c if f(1)\n\nf(x) := 1\n\nf(x) := 2 if x == 1\n");
        CommandLineRun run = run();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out())
                .contains("data.cloudsmith_test.test_c: ERROR")
                .contains("  " + tests + ":9:")
                .contains("\n      f(x) := 2 if x == 1\n      ^\n")
                .endsWith("ERROR: 1/1\n");
    }

    @Test
    void coverage_names_the_lines_no_test_reached() throws IOException {
        tests(PASSES + "\ntest_grade if cloudsmith.grade(1) == 2\n");
        CommandLineRun run = run("--coverage");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("PASS: 2/2\n")
                .contains("covered  file")
                .containsPattern("50.0 %   .*a.rego +3, 10-12, 17\n")
                .containsPattern("100.0 %  .*a_test.rego")
                .containsPattern("58.3 %   all");
    }

    @Test
    void programs_get_coverage_as_opa_gives_it() throws IOException {
        Path tests = tests(PASSES + "\ntest_grade if cloudsmith.grade(1) == 2\n");
        JsonNode report = run("--coverage", "--json").json();
        assertThat(report.path("covered_lines").intValue()).isEqualTo(7);
        assertThat(report.path("not_covered_lines").intValue()).isEqualTo(5);
        assertThat(report.path("coverage").doubleValue()).isBetween(58.33, 58.34);
        JsonNode policy = report.path("files").path(folder.resolve("a.rego").toString());
        assertThat(policy.path("covered").get(0).toString())
                .isEqualTo("{\"start\":{\"row\":5,\"col\":1},\"end\":{\"row\":5,\"col\":6}}");
        assertThat(policy.path("not_covered")).hasSize(5);
        assertThat(report.path("files").path(tests.toString()).path("coverage").doubleValue())
                .isEqualTo(100);
    }

    @Test
    void too_little_coverage_is_a_failure_where_one_says_so() throws IOException {
        tests(PASSES);
        assertThat(run("--coverage", "--threshold", "10").code()).isZero();
        CommandLineRun run = run("--coverage", "--threshold", "99.5");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("Code coverage threshold not met").contains("instead of 99.50");
    }

    @Test
    void a_test_named_alone_is_run_with_the_policy_beside_it() throws IOException {
        Path tests = tests(PASSES);
        assertThat(CommandLineRun.of("policy", "test", tests)).isEqualTo(new CommandLineRun(0, "PASS: 1/1\n", ""));
    }
}

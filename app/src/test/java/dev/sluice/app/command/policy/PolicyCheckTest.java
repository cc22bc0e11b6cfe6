package dev.sluice.app.command.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.policies.StarterPolicies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code sluice policy check}. */
final class PolicyCheckTest {

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path policy(String name, String condition) throws IOException {
        return file(name, "package cloudsmith\n\ndefault match := false\n\nmatch if {\n\t" + condition + "\n}\n");
    }

    @Test
    void the_starter_policies_and_their_tests_are_fine() throws IOException {
        for (String name : StarterPolicies.FILES) {
            file(name, StarterPolicies.text(name));
            String tests = name.replace(".rego", "_test.rego");
            file(tests, StarterPolicies.text(tests));
        }
        CommandLineRun run = CommandLineRun.of("policy", "check", folder);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo(2 * StarterPolicies.FILES.size() + " files are fine\n");
        assertThat(run.code()).isZero();
    }

    @Test
    void an_error_is_shown_with_its_line_and_a_caret_below_the_place() throws IOException {
        Path file = policy("a.rego", "input.v0.package.naem == \"lodash\"");
        CommandLineRun run = CommandLineRun.of("policy", "check", file);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith(file + ":6:19: rego_type_error: undefined ref: input.v0.package.naem\n")
                .contains("[did you mean `input.v0.package.name`?]")
                .endsWith("\n\t\tinput.v0.package.naem == \"lodash\"\n\t\t                 ^\n");
    }

    @Test
    void every_file_that_is_wrong_is_told_of_and_programs_get_json() throws IOException {
        policy("a.rego", "x == 1");
        policy("b.rego", "input.v0.package.name ==");
        policy("c.rego", "input.v0.package.name == \"x\"");
        CommandLineRun run = CommandLineRun.of("policy", "check", folder, "--json");
        assertThat(run.code()).isEqualTo(1);
        JsonNode answer = run.json();
        assertThat(answer.path("files").intValue()).isEqualTo(3);
        assertThat(answer.path("errors")).hasSize(2);
        JsonNode first = answer.path("errors").get(0);
        assertThat(first.path("code").stringValue()).isEqualTo("rego_unsafe_var_error");
        assertThat(first.path("location").path("file").stringValue()).endsWith("a.rego");
        assertThat(first.path("location").path("row").intValue()).isEqualTo(6);
        assertThat(first.path("location").path("col").intValue()).isEqualTo(2);
        assertThat(first.path("excerpt").stringValue()).isEqualTo("\tx == 1\n\t^");
    }

    @Test
    void what_saving_refuses_is_refused() throws IOException {
        Path other = file("other.rego", "package other\n\nmatch := true\n");
        Path none = file("none.rego", "package cloudsmith\n\ndeny := true\n");
        Path member = file(
                "member.rego",
                "# METADATA\n# custom:\n#   presedence: 7\npackage cloudsmith\n\ndefault match := false\n");
        assertThat(CommandLineRun.of("policy", "check", other).err()).contains("package cloudsmith");
        assertThat(CommandLineRun.of("policy", "check", none).err()).contains("'match'");
        assertThat(CommandLineRun.of("policy", "check", member).err()).contains("presedence");
    }

    @Test
    void a_test_that_does_not_compile_with_its_policy_is_told_of() throws IOException {
        policy("a.rego", "input.v0.package.name == \"x\"");
        Path tests = file(
                "a_test.rego",
                "package cloudsmith_test\n\ntest_a if data.cloudsmith.mach\n\ntest_b if undefined_function(1)\n");
        CommandLineRun run = CommandLineRun.of("policy", "check", tests);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("a_test.rego:5:").contains("undefined_function");
    }

    @Test
    void a_server_that_refuses_a_policy_shows_the_line_too() throws IOException {
        Path file = policy("a.rego", "input.v0.package.naem == \"lodash\"");
        Path data = Files.createDirectory(folder.resolve("data"));
        CommandLineRun run = CommandLineRun.of("policy", "apply", file, "--data", data);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err())
                .startsWith(
                        "sluice: policy 'a' is refused:\n  a.rego:6:19: undefined ref: input.v0.package.naem\n    \t")
                .containsOnlyOnce("undefined ref")
                .doesNotContain("??")
                .contains("\n    \tinput.v0.package.naem == \"lodash\"\n    \t                 ^");
    }

    @Test
    void what_is_not_there_is_told() {
        CommandLineRun nowhere = CommandLineRun.of("policy", "check", folder.resolve("nowhere"));
        assertThat(nowhere.code()).isEqualTo(3);
        assertThat(nowhere.err()).contains("there is no file or directory").contains("nowhere");
        assertThat(CommandLineRun.of("policy", "check", folder).err()).contains("no .rego file in");
    }
}

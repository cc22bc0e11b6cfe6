package dev.sluice.app.command.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.policies.StarterPolicies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code sluice policy eval} and {@code sluice policy explain}. */
final class PolicyEvalTest {

    private static final String TIME = "2026-03-10T12:00:00Z";

    @TempDir
    private Path folder;

    private Path policy;
    private Path input;

    @BeforeEach
    void a_cool_down_and_a_version_of_yesterday() throws IOException {
        policy = file("cool-down.rego", StarterPolicies.text("cool-down.rego"));
        input = file("input.json", """
                {"v0": {"package": {"is_local": false,
                  "upstream_metadata": {"published_at": "2026-03-09T12:00:00Z"}}, "first_seen": "2026-03-09T13:00:00Z"}}
                """);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static CommandLineRun eval(Object... more) {
        Object[] all = new Object[more.length + 2];
        all[0] = "policy";
        all[1] = "eval";
        System.arraycopy(more, 0, all, 2, more.length);
        return CommandLineRun.of(all);
    }

    @Test
    void a_rule_has_a_value_and_an_instant_until_which_it_holds() {
        assertThat(eval("-d", policy, "-i", input, "--time", TIME, "data.cloudsmith.match"))
                .isEqualTo(new CommandLineRun(0, "true\nuntil 2026-03-12T12:00:00Z\n", ""));
    }

    @Test
    void programs_also_learn_what_it_depends_on() {
        JsonNode answer = eval("-d", policy, "-i", input, "--time", TIME, "data.cloudsmith.match", "--json")
                .json();
        assertThat(answer.path("result").toString())
                .isEqualTo("[{\"expressions\":[{\"text\":\"data.cloudsmith.match\",\"value\":true}]}]");
        assertThat(answer.path("horizon").stringValue()).isEqualTo("2026-03-12T12:00:00Z");
        assertThat(answer.path("reads").toString())
                .contains(
                        "{\"path\":[\"input\",\"v0\",\"package\",\"is_local\"],\"extent\":\"whole\",\"value\":false}");
    }

    @Test
    void any_query_is_answered_with_its_solutions() throws IOException {
        Path data = file("lists.yaml", "names: [a, b]\n");
        assertThat(eval("1 + 1").out()).isEqualTo("2\n");
        assertThat(eval("1 == 2").out()).isEqualTo("false\n");
        assertThat(eval("-d", data, "data.names[i]").out()).isEqualTo("\"a\"   i = 0\n\"b\"   i = 1\n");
        assertThat(eval("-d", data, "x := data.names[_]; x > \"a\"").out()).isEqualTo("x = \"b\"\n");
        assertThat(eval("-d", data, "data.names[i]", "--json").json().toString())
                .isEqualTo(
                        "{\"result\":[{\"expressions\":[{\"text\":\"data.names[i]\",\"value\":\"a\"}],\"bindings\":{\"i\":0}},"
                                + "{\"expressions\":[{\"text\":\"data.names[i]\",\"value\":\"b\"}],\"bindings\":{\"i\":1}}],\"horizon\":null,"
                                + "\"reads\":[{\"path\":[\"data\",\"names\"],\"extent\":\"keys\"},"
                                + "{\"path\":[\"data\",\"names\",0],\"extent\":\"whole\",\"value\":\"a\"},"
                                + "{\"path\":[\"data\",\"names\",1],\"extent\":\"whole\",\"value\":\"b\"}]}");
    }

    @Test
    void a_query_depends_on_what_it_compares_and_gives() {
        JsonNode answer = eval("-i", input, "input.v0.package.is_local == false; x := input.v0.first_seen", "--json")
                .json();
        assertThat(answer.path("result").toString()).isEqualTo("[{\"bindings\":{\"x\":\"2026-03-09T13:00:00Z\"}}]");
        assertThat(answer.path("reads").valueStream().map(r -> r.path("path").toString()))
                .contains("[\"input\",\"v0\",\"package\",\"is_local\"]", "[\"input\",\"v0\",\"first_seen\"]");
    }

    @Test
    void what_is_undefined_is_said_and_fails_where_one_says_so() {
        assertThat(eval("-d", policy, "data.cloudsmith.nothing")).isEqualTo(new CommandLineRun(0, "undefined\n", ""));
        assertThat(eval("-d", policy, "data.cloudsmith.nothing", "--fail").code())
                .isEqualTo(1);
        assertThat(eval("x := 1; x > 2", "--fail").code()).isEqualTo(1);
        assertThat(eval("input.a", "--json").json().has("result")).isFalse();
    }

    @Test
    void what_a_rule_prints_is_a_remark() throws IOException {
        Path prints = file("p.rego", "package p\n\nx := y if {\n\ty := 1\n\tprint(\"y is\", y)\n}\n");
        assertThat(eval("-d", prints, "data.p.x")).isEqualTo(new CommandLineRun(0, "1\n", "y is 1\n"));
        assertThat(eval("x := 2; print(\"x is\", x)")).isEqualTo(new CommandLineRun(0, "x = 2\n", "x is 2\n"));
    }

    @Test
    void a_wrong_query_is_shown_with_a_caret() {
        CommandLineRun run = eval("1 + count(input.x");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("query:1:")
                .contains("\n\t1 + count(input.x\n\t")
                .endsWith("^\n");
        assertThat(eval("cuont([1])").err()).contains("count").contains("\n\tcuont([1])\n\t^\n");
    }

    @Test
    void only_what_somebody_wrote_is_told_to_be_wrong() {
        assertThat(eval("x > 1").err().lines()).hasSize(3).first().asString().contains("var x is unsafe");
    }

    @Test
    void programs_get_errors_where_they_expect_the_answer() throws IOException {
        CommandLineRun wrong = eval("x > 1", "--json");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).isEmpty();
        assertThat(wrong.json().path("errors").get(0).path("code").stringValue())
                .isEqualTo("rego_unsafe_var_error");

        Path conflict = file("p.rego", "package p\n\nx := 1\n\nx := 2\n");
        JsonNode failed = eval("-d", conflict, "data.p.x", "--json").json();
        assertThat(failed.path("errors").get(0).path("location").path("row").intValue())
                .isEqualTo(5);

        Path broken = file("broken.rego", "package p\n\nx = {\n");
        CommandLineRun unexplained = CommandLineRun.of("policy", "explain", broken, "--json");
        assertThat(unexplained.code()).isEqualTo(1);
        assertThat(unexplained.json().path("errors").get(0).path("code").stringValue())
                .isEqualTo("rego_parse_error");
    }

    @Test
    void a_rule_that_is_not_there_is_not_explained() {
        CommandLineRun run = CommandLineRun.of("policy", "explain", policy, "--query", "data.cloudsmith.mtach");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith(
                        "query:1:1: rego_compile_error: no policy here has a rule data.cloudsmith.mtach [there are ")
                .contains("data.cloudsmith.match");
    }

    @Test
    void a_failing_evaluation_is_shown_with_its_line() throws IOException {
        Path conflict = file("p.rego", "package p\n\nx := 1\n\nx := 2\n");
        CommandLineRun run = eval("-d", conflict, "data.p.x");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("p.rego:5:1: eval_conflict_error").endsWith("\n\tx := 2\n\t^\n");
    }

    @Test
    void what_cannot_be_read_is_told() throws IOException {
        Path broken = file("broken.json", "{\"a\": ");
        assertThat(eval("-i", broken, "input").err()).contains("broken.json: ");
        CommandLineRun time = eval("-i", input, "--time", "yesterday", "input");
        assertThat(time.code()).isEqualTo(2);
        assertThat(time.err()).contains("--time is an instant such as");
        assertThat(eval("-i", folder.resolve("none.json"), "input").err())
                .isEqualTo("sluice: there is no file or directory '" + folder.resolve("none.json") + "'\n");
        assertThat(eval("-d", file("list.json", "[1]"), "data").err()).contains("cannot stand below data");
    }

    @Test
    void the_input_may_be_what_explain_printed_of_a_version() throws IOException {
        Path answer = file("answer.json", "{\"decision\": {\"allowed\": true}, \"input\": {\"v0\": {\"a\": 1}}}");
        assertThat(eval("-i", answer, "input.v0.a").out()).isEqualTo("1\n");
    }

    @Test
    void why_a_policy_matches_and_what_would_change_that() {
        CommandLineRun run = CommandLineRun.of("policy", "explain", policy, "-i", input, "--time", TIME);
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines())
                .startsWith("the answer is true", "until 2026-03-12T12:00:00Z")
                .contains(
                        policy + ":19: data.cloudsmith.match holds",
                        "it would be false from 2026-03-12T12:00:00Z on",
                        "it would be false with input.v0.package.is_local = true instead of false");
    }

    @Test
    void why_a_policy_does_not_match_for_programs() {
        JsonNode answer = CommandLineRun.of(
                        "policy", "explain", policy, "-i", input, "--time", "2026-04-10T12:00:00Z", "--json")
                .json();
        assertThat(answer.path("query").stringValue()).isEqualTo("data.cloudsmith.match");
        assertThat(answer.path("value").booleanValue()).isFalse();
        assertThat(answer.path("horizon").isNull()).isTrue();
        assertThat(answer.path("steps").valueStream()).anySatisfy(step -> {
            assertThat(step.path("outcome").stringValue()).isEqualTo("failed");
            assertThat(step.path("row").intValue()).isEqualTo(21);
            assertThat(step.path("text").stringValue()).startsWith("time.now_ns() < ");
            assertThat(step.path("detail").stringValue()).contains(" < ");
        });
    }
}

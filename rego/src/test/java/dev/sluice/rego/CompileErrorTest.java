package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.rego.value.ObjectValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CompileErrorTest {
    /** A module with the errors expected of it. */
    record Wrong(String module, List<String> errors) {
        @Override
        public String toString() {
            return "module " + module.replace("package t\n", "");
        }
    }

    static Stream<Wrong> modules() throws IOException {
        String text;
        try (InputStream in = CompileErrorTest.class.getResourceAsStream("compile-errors.txt")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Wrong> out = new ArrayList<>();
        String[] cases = text.split("===\n", -1);
        for (String one : Arrays.asList(cases).subList(1, cases.length)) {
            int split = one.indexOf("\n---\n");
            out.add(new Wrong(
                    one.substring(0, split) + "\n",
                    one.substring(split + 5).lines().toList()));
        }
        return out.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("modules")
    void reports_what_is_wrong_and_where(Wrong wrong) {
        RegoException error = catchThrowableOfType(RegoException.class, () -> compile(wrong.module));
        assertThat(error).isNotNull();
        List<String> found = error.errors().stream()
                .map(e -> e.row() + ":" + e.column() + " " + e.code() + " "
                        + e.message().split("\n\t", 2)[0].replace("\n", "\\n"))
                .toList();
        assertThat(found).isEqualTo(wrong.errors);
    }

    @Test
    void a_policy_in_old_syntax_is_told_the_new_form() {
        RegoException error = catchThrowableOfType(
                RegoException.class, () -> compile("package t\nreason[msg] { msg := \"a\" }\nmatch { input.x }\n"));
        assertThat(error.errors())
                .extracting(RegoError::hint)
                .containsExactly(
                        "this is Rego v0; in v1 write `reason contains msg if { ... }`",
                        "this is Rego v0; in v1 write `reason contains msg if { ... }`",
                        "this is Rego v0; in v1 write `match if { ... }`");
    }

    @Test
    void a_misspelt_function_gets_a_suggestion() {
        assertThatThrownBy(() -> compile("package t\np := cuont(input.x)\n"))
                .hasMessage("t.rego:2:6: rego_type_error: undefined function cuont [did you mean `count`?]");
    }

    @Test
    void nesting_is_bounded() {
        assertThatThrownBy(() -> compile("package t\np := " + "[".repeat(5000) + "]".repeat(5000)))
                .hasMessageContaining("max parser recursion depth exceeded");
        assertThatThrownBy(() -> compile("package t\np := " + "$\"{".repeat(5000)))
                .hasMessageContaining("nested too deep");
    }

    @Test
    void long_chains_end_in_an_error_or_a_program_but_never_in_a_crash() {
        for (String module : List.of(
                "p := 1" + " + 1".repeat(50_000),
                "p := 1 if false" + " else := 2 if false".repeat(50_000),
                "p if {\n" + "input.x\n".repeat(50_000) + "}",
                "p := " + "-x".repeat(50_000),
                "p := input" + ".a".repeat(50_000),
                "p if " + "not ".repeat(50_000) + "x")) {
            try {
                compile("package t\n" + module)
                        .prepare("data.t.p")
                        .evaluate(Evaluation.Request.of(null, ObjectValue.EMPTY, Instant.EPOCH));
            } catch (RegoException | RegoEvaluationException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }

    /** A literal is looked at again when something that it names was bound, not whenever anything was. */
    @Test
    @Timeout(30)
    void a_body_in_reverse_order_costs_about_as_much_as_one_in_order() {
        List<String> literals = new ArrayList<>(IntStream.rangeClosed(1, 12_000)
                .mapToObj(i -> "[v" + i + ", 1] = [v" + (i - 1) + ", 1]")
                .toList());
        Collections.reverse(literals);
        assertThat(compile("package t\np if {\n" + String.join("\n", literals) + "\nv0 = 1\n}\n"))
                .isNotNull();
    }

    /** Each bracket can be read in two ways; reading both at every level would take for ever. */
    @Test
    @Timeout(20)
    void nested_alternatives_are_not_tried_again_and_again() {
        for (String module : List.of(
                "p := " + "[".repeat(120) + "]".repeat(120),
                "p := " + "{".repeat(120) + "1" + "}".repeat(120),
                "p := " + "[1 | ".repeat(120) + "1, 2]".repeat(120),
                "p := " + "{1 | ".repeat(120) + "1, 2}".repeat(120),
                "p if " + "{".repeat(120) + "1, 2" + "}".repeat(120),
                "p if " + "(".repeat(120) + "a or b" + ")".repeat(120),
                "p if not " + "(".repeat(120) + "a" + ")".repeat(120))) {
            try {
                compile("package t\nimport rego.v2\n" + module);
            } catch (RegoException refused) {
                assertThat(refused.errors()).isNotEmpty();
            }
        }
    }

    private static Program compile(String module) {
        return Rego.compile(List.of(new SourceFile("t.rego", module)));
    }
}

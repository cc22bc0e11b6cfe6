package dev.sluice.rego.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.syntax.AstJson;
import dev.sluice.rego.syntax.Comment;
import dev.sluice.rego.syntax.Import;
import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.syntax.Written;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layout is that of {@code opa fmt} 1.22.2 (recorded by {@code e2e/opa/format.py}); meaning and comments stay. */
class RegoFormatTest {

    /** A module and what {@code opa fmt} makes of it. */
    record Recorded(String module, String formatted) {}

    private static List<String[]> corpus(String resource) throws IOException {
        String text;
        try (InputStream in = Objects.requireNonNull(RegoFormatTest.class.getResourceAsStream(resource))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String[] cases = text.split("(?m)^===\n", -1);
        return Arrays.stream(cases)
                .skip(1)
                .map(one -> one.split("(?m)^---\n", 2))
                .toList();
    }

    static Stream<Recorded> recorded() throws IOException {
        return corpus("opa-fmt.txt").stream().map(c -> new Recorded(c[0], c[1]));
    }

    private static String format(String module) {
        return RegoFormat.format(new SourceFile("t.rego", module));
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void a_module_is_laid_out_as_opa_does(Recorded recorded) {
        assertThat(format(recorded.module)).isEqualTo(recorded.formatted);
    }

    @Test
    void what_opa_would_change_stays() {
        assertThat(format("package a\nx := a == (b == c)\n"))
                .as("opa fmt leaves the brackets out, which is another expression")
                .isEqualTo("package a\n\nx := a == (b == c)\n");
        assertThat(format("package a\nx := -y\n")).isEqualTo("package a\n\nx := -y\n");
        assertThat(format("package a\nif.x :=  1\n")).isEqualTo("package a\n\nif.x := 1\n");
        assertThat(format("package a\nx := $\"{ 42 }\"\n")).isEqualTo("package a\n\nx := $\"{42}\"\n");
        assertThat(format("package a\nx := {1, 1.0}\n")).isEqualTo("package a\n\nx := {1, 1.0}\n");
    }

    @Test
    void a_rule_with_a_comment_where_there_is_no_place_for_one_stays_as_it_is() {
        String literal = "package a\n\np if {\n\tx ==\n\n      # why\n   3\n}\n";
        assertThat(format(literal)).isEqualTo(literal);
        String head = "package a\n\np :=   {\"a\":  # why\n  3}\n";
        assertThat(format(head)).isEqualTo(head);
    }

    @Test
    void what_cannot_be_parsed_is_refused() {
        assertThatThrownBy(() -> format("package a\np if {"))
                .isInstanceOf(RegoException.class)
                .hasMessageContaining("t.rego:2:");
    }

    @Test
    void windows_line_ends_become_plain_ones() {
        assertThat(format("package a\r\n\r\n# c\r\nx := 1\r\n")).isEqualTo("package a\n\n# c\nx := 1\n");
    }

    // --- properties ---

    /** Every module of this project's corpora that can be parsed. */
    private static List<String> modules() throws IOException {
        List<String> modules = new ArrayList<>();
        for (String resource : List.of("opa-fmt.txt", "../opa-verdicts.txt", "../compile-errors.txt")) {
            for (String[] one : corpus(resource)) {
                modules.add(one[0]);
                if (resource.equals("opa-fmt.txt")) {
                    modules.add(one[1]);
                }
            }
        }
        return modules.stream().filter(RegoFormatTest::isModule).toList();
    }

    private static boolean isModule(String text) {
        try {
            Parser.parse(new SourceFile("t.rego", text));
            return true;
        } catch (RegoException broken) {
            return false;
        }
    }

    /** Checks that the meaning and the comments stay, and that once is enough; true where something changed. */
    private static boolean check(String module) {
        String formatted = format(module);
        assertThat(format(formatted)).as("twice:\n%s", module).isEqualTo(formatted);
        Written before = Parser.parseWritten(new SourceFile("t.rego", module));
        Written after = Parser.parseWritten(new SourceFile("t.rego", formatted));
        assertThat(tree(after.module())).as("tree:\n%s", module).isEqualTo(tree(before.module()));
        assertThat(comments(after)).as("comments:\n%s", module).isEqualTo(comments(before));
        assertThat(after.module().annotations().stream().map(a -> a.fields()))
                .containsExactlyElementsOf(before.module().annotations().stream()
                        .map(a -> a.fields())
                        .toList());
        return !formatted.equals(module);
    }

    /** Sorted, as those of imports move with their imports. */
    private static List<String> comments(Written module) {
        return module.comments().stream().map(Comment::text).sorted().toList();
    }

    /** The tree without places, imports sorted; a body that is {@code true} is none. */
    private static Value tree(Module module) {
        List<Import> imports = new ArrayList<>(module.imports());
        imports.sort(Comparator.comparing(i -> i.path() + i.alias()));
        return stripped(AstJson.of(new Module(
                "", module.location(), module.packagePath(), List.of(), imports, module.rules(), List.of())));
    }

    private static Value stripped(Value value) {
        if (value instanceof ArrayValue array) {
            List<Value> out = new ArrayList<>();
            array.forEach(v -> out.add(stripped(v)));
            return ArrayValue.of(out);
        }
        if (value instanceof ObjectValue object) {
            ObjectValue.Builder out = ObjectValue.builder();
            object.entries().stream()
                    .filter(e -> !List.of(StringValue.of("assign"), StringValue.of("generated"))
                            .contains(e.key()))
                    .forEach(e -> out.put(e.key(), stripped(e.value())));
            return out.build();
        }
        return value;
    }

    @Test
    void meaning_and_comments_of_every_module_stay_and_once_is_enough() throws IOException {
        List<String> modules = modules();
        long changed = modules.stream().filter(RegoFormatTest::check).count();
        assertThat(modules).hasSizeGreaterThan(350);
        assertThat(changed).isGreaterThan(200);
    }

    @Test
    void the_same_holds_for_the_modules_of_the_suite_of_opa() throws IOException {
        Path suite = suite();
        if (suite == null) {
            System.out.println("Conformance suite not found: its modules are not formatted.");
            return;
        }
        int modules = 0;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(suite)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (((ObjectValue) Json.read(line)).get("modules") instanceof ArrayValue texts) {
                    for (Value text : texts) {
                        if (text instanceof StringValue module && isModule(module.value())) {
                            check(module.value());
                            modules++;
                        }
                    }
                }
            }
        }
        System.out.println("Formatted " + modules + " modules of the suite of OPA 1.22.2");
        assertThat(modules).isGreaterThan(2000);
    }

    private static @Nullable Path suite() {
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            Path found = up.resolve("shared/conformance/rego-v1-cases.jsonl.gz");
            if (Files.isRegularFile(found)) {
                return found;
            }
        }
        return null;
    }

    @Test
    void comments_and_line_breaks_anywhere_are_survived() throws IOException {
        List<String> modules = corpus("opa-fmt.txt").stream().map(c -> c[1]).toList();
        Random random = new Random(20261128);
        int tried = 0;
        for (int i = 0; i < 1000; i++) {
            String scattered = scattered(modules.get(random.nextInt(modules.size())), random);
            if (isModule(scattered)) {
                check(scattered);
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(300);
    }

    /** The module with comments, line breaks and blanks put in where blanks are. */
    private static String scattered(String module, Random random) {
        StringBuilder out = new StringBuilder();
        int rate = 3 + random.nextInt(60);
        for (int i = 0; i < module.length(); i++) {
            char c = module.charAt(i);
            boolean gap = c == ' ' || c == '\n' || c == '\t' || "([{}])".indexOf(c) >= 0;
            if (gap && random.nextInt(rate) == 0) {
                out.append(
                        switch (random.nextInt(4)) {
                            case 0 -> "\n";
                            case 1 -> " # c" + i + "\n";
                            case 2 -> "\n\n  # c" + i + "\n";
                            default -> "   ";
                        });
            }
            out.append(c);
        }
        return out.toString();
    }
}

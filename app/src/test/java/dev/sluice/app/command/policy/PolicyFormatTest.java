package dev.sluice.app.command.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.CommandLineRun;
import dev.sluice.app.policies.StarterPolicies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code sluice policy fmt}. */
final class PolicyFormatTest {

    private static final String UNTIDY = "package cloudsmith\ndefault match:=false # c\nmatch if { input.a }\n";
    private static final String TIDY = "package cloudsmith\n\ndefault match := false # c\n\nmatch if input.a\n";

    @TempDir
    private Path folder;

    private Path untidy;
    private Path tidy;

    @BeforeEach
    void files() throws IOException {
        untidy = Files.writeString(folder.resolve("a.rego"), UNTIDY);
        tidy = Files.writeString(folder.resolve("b.rego"), TIDY);
    }

    private static CommandLineRun fmt(Object... more) {
        Object[] all = new Object[more.length + 2];
        all[0] = "policy";
        all[1] = "fmt";
        System.arraycopy(more, 0, all, 2, more.length);
        return CommandLineRun.of(all);
    }

    @Test
    void a_file_is_printed_as_it_should_be() throws IOException {
        assertThat(fmt(untidy)).isEqualTo(new CommandLineRun(0, TIDY, ""));
        assertThat(untidy).hasContent(UNTIDY);
    }

    @Test
    void files_are_written_back_and_those_that_changed_are_named() throws IOException {
        Files.setPosixFilePermissions(untidy, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(fmt("--write", folder)).isEqualTo(new CommandLineRun(0, untidy + "\n", ""));
        assertThat(Files.readString(untidy)).isEqualTo(TIDY);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(untidy)))
                .isEqualTo("rw-r-----");
        assertThat(folder).isDirectoryNotContaining(f -> f.toString().endsWith("~"));
        assertThat(fmt("--write", folder)).isEqualTo(new CommandLineRun(0, "", ""));
    }

    @Test
    void a_check_changes_nothing_and_says_no_where_something_would_change() {
        assertThat(fmt("--check", folder)).isEqualTo(new CommandLineRun(1, untidy + "\n", ""));
        assertThat(fmt("--check", tidy)).isEqualTo(new CommandLineRun(0, "", ""));
        assertThat(untidy).hasContent(UNTIDY);
        assertThat(fmt("--check", "--write", folder).code()).isEqualTo(2);
    }

    @Test
    void a_difference_is_shown_as_diff_does() {
        assertThat(fmt("--diff", folder).out()).isEqualTo("""
                --- FILE
                +++ FILE
                @@ -1,3 +1,5 @@
                 package cloudsmith
                -default match:=false # c
                -match if { input.a }
                +
                +default match := false # c
                +
                +match if input.a
                """.replace("FILE", untidy.toString()));
    }

    @Test
    void far_apart_differences_are_hunks_of_their_own() {
        String before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
        assertThat(LineDiff.of("f", before, before.replace("2\n3", "2\nx").replace("11\n", "")))
                .isEqualTo("""
                --- f
                +++ f
                @@ -1,6 +1,6 @@
                 1
                 2
                -3
                +x
                 4
                 5
                 6
                @@ -8,5 +8,4 @@
                 8
                 9
                 10
                -11
                 12
                """);
        assertThat(LineDiff.of("f", before, before)).isEmpty();
    }

    @Test
    void what_cannot_be_parsed_is_shown_and_the_others_are_done() throws IOException {
        Path broken = Files.writeString(folder.resolve("c.rego"), "package cloudsmith\n\nmatch if {\n\tx ==\n}\n");
        CommandLineRun run = fmt("--write", folder);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEqualTo(untidy + "\n");
        assertThat(run.err()).startsWith(broken + ":5:1: rego_parse_error").endsWith("\n\t}\n\t^\n");
        assertThat(untidy).hasContent(TIDY);
    }

    @Test
    void programs_get_json() {
        CommandLineRun run = fmt("--check", "--json", folder);
        assertThat(run.code()).isEqualTo(1);
        JsonNode answer = run.json();
        assertThat(answer.path("files")).hasSize(2);
        assertThat(answer.path("files").get(0).path("file").stringValue()).isEqualTo(untidy.toString());
        assertThat(answer.path("files").get(0).path("formatted").booleanValue()).isFalse();
        assertThat(answer.path("files").get(1).path("formatted").booleanValue()).isTrue();
        assertThat(answer.path("errors")).isEmpty();
    }

    @Test
    void the_starter_policies_are_laid_out_so() throws IOException {
        for (String name : StarterPolicies.FILES) {
            Files.writeString(folder.resolve(name), StarterPolicies.text(name));
        }
        assertThat(fmt("--check", folder).out()).isEqualTo(untidy + "\n");
    }
}

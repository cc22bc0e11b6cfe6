package dev.sluice.rego.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.Capabilities;
import dev.sluice.rego.Limits;
import dev.sluice.rego.Schemas;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.ObjectValue;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What counts as reached is what {@code opa test --coverage} 1.22.2 says of the same modules. */
class CoverageTest {

    private static Coverage.FileReport report(String policy, String tests) {
        List<SourceFile> modules = List.of(new SourceFile("a.rego", policy), new SourceFile("a_test.rego", tests));
        Coverage coverage = new Coverage();
        new TestRunner(ObjectValue.EMPTY, Instant.EPOCH, Limits.STANDARD)
                .run(modules, Capabilities.ALL, Schemas.NONE, name -> true, coverage);
        return Objects.requireNonNull(coverage.report(modules).files().get("a.rego"));
    }

    @Test
    void literals_inside_template_strings_count() {
        Coverage.FileReport report = report("""
                package a

                xs := [1, 2, 3]

                msg := $"have {[x | some x in xs; x > 1]} of {count(xs)}"

                deep if {
                	y := $"a {{k: v | some k, v in xs}} b {$"inner {[z | some z in xs; z == 2]}"}"
                	y != ""
                }

                unused := $"no {[x | some x in xs; x > 1]}"
                """, """
                package a_test

                import data.a

                test_msg if a.msg != ""

                test_deep if a.deep
                """);
        assertThat(report.covered())
                .contains(new Coverage.Range(5, 35, 5, 40), new Coverage.Range(8, 69, 8, 75))
                .contains(new Coverage.Range(8, 2, 8, 80));
        assertThat(report.notCovered())
                .containsExactly(new Coverage.Range(12, 1, 12, 44), new Coverage.Range(12, 36, 12, 41));
        assertThat(report.linesNotCovered()).containsExactly(12);
    }
}

package dev.sluice.rego.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** OPA's own suite, where it lies beside the project. What does not pass is listed in {@code rego/CONFORMANCE.md}. */
class ConformanceTest {
    private static final String SUITE = "shared/conformance/rego-v1-cases.jsonl.gz";

    /** The ways in which OPA, too, runs its suite. */
    enum Language {
        PLAIN("plain", "", ""),
        NEW_NOT("new `not` in every module", "future.keywords.not", ""),
        V2("every module as Rego v2", "rego.v2", "logic_op/rego_v2_import: import is per module");

        private final String name;
        private final String extraImport;
        /** The one case that does not pass, or nothing. */
        private final String miss;

        Language(String name, String extraImport, String miss) {
            this.name = name;
            this.extraImport = extraImport;
            this.miss = miss;
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_case_of_the_suite_passes_but_those_listed(Language language) throws IOException {
        Path suite = find();
        if (suite == null) {
            System.out.println("Conformance suite not found (" + SUITE + " beside the project): nothing checked.");
            return;
        }
        List<String> failures = new ArrayList<>();
        Set<String> missed = new TreeSet<>();
        int total = 0;
        for (ConformanceCase one : ConformanceCase.read(suite)) {
            total++;
            String wrong = one.run(language.extraImport);
            if (wrong != null) {
                missed.add(one.note());
                failures.add(one.directory() + " " + one.number() + " " + one.note() + ": " + wrong);
            }
        }
        System.out.println("Rego v1 suite of OPA 1.22.2, " + language.name + ": passed " + (total - failures.size())
                + " of " + total);
        assertThat(missed)
                .as(String.join("\n", failures))
                .isEqualTo(language.miss.isEmpty() ? Set.of() : Set.of(language.miss));
    }

    @Test
    void what_does_not_pass_is_listed_with_its_cause() throws IOException {
        String page = Files.readString(module().resolve("CONFORMANCE.md"));
        for (Language language : Language.values()) {
            assertThat(page).contains(language.miss);
        }
    }

    /** A trace must not change the answer. */
    @Test
    void every_document_of_the_suite_is_the_same_with_and_without_trace() throws IOException {
        Path suite = find();
        if (suite == null) {
            return;
        }
        int compared = 0;
        for (ConformanceCase one : ConformanceCase.read(suite)) {
            if (one.hasDocument()) {
                assertThat(one.document(true)).as(one.note()).isEqualTo(one.document(false));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(2000);
    }

    private static Path module() {
        Path here = Path.of("").toAbsolutePath();
        return here.endsWith("rego") ? here : here.resolve("rego");
    }

    private static @Nullable Path find() {
        for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            Path file = dir.resolve(SUITE);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return null;
    }
}

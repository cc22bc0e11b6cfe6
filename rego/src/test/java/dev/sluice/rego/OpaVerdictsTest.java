package dev.sluice.rego;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Modules that OPA 1.22.2 refuses, and some that it takes, with what it said of them; see {@code e2e/opa/record.py}. */
class OpaVerdictsTest {
    /** A module and what OPA said: {@code row code text}; empty when it took it. */
    record Verdict(String module, List<String> errors, boolean deviates) {
        @Override
        public String toString() {
            return "module " + module.replace("package t\n", "");
        }
    }

    static Stream<Verdict> verdicts() throws IOException {
        String text;
        try (InputStream in = Objects.requireNonNull(OpaVerdictsTest.class.getResourceAsStream("opa-verdicts.txt"))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Verdict> out = new ArrayList<>();
        String[] cases = text.split("(?m)^===\n", -1);
        for (String one : Arrays.asList(cases).subList(1, cases.length)) {
            int split = one.indexOf("\n---\n");
            List<String> lines = one.substring(split + 5).lines().toList();
            out.add(new Verdict(
                    one.substring(0, split) + "\n",
                    lines.stream()
                            .filter(l -> !l.startsWith("#") && !l.equals("ok"))
                            .toList(),
                    lines.stream().anyMatch(l -> l.startsWith("# deviation:"))));
        }
        return out.stream();
    }

    @Test
    void the_corpus_has_at_least_300_modules_that_are_refused() throws IOException {
        assertThat(verdicts().filter(v -> !v.errors.isEmpty()).count()).isGreaterThanOrEqualTo(300);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verdicts")
    void the_rows_and_codes_of_errors_are_those_of_opa(Verdict verdict) {
        List<RegoError> errors = errors(verdict.module);
        if (!verdict.deviates) {
            TreeSet<String> found = new TreeSet<>();
            errors.forEach(e -> found.add(e.row() + " " + e.code()));
            TreeSet<String> wanted = new TreeSet<>();
            verdict.errors.forEach(e -> wanted.add(e.split(" ", 3)[0] + " " + e.split(" ", 3)[1]));
            assertThat(found).as("OPA: %s, here: %s", verdict.errors, errors).isEqualTo(wanted);
        }
        errors.forEach(e -> assertThat(e.column()).isPositive());
    }

    private static List<RegoError> errors(String module) {
        try {
            Rego.compile(List.of(new SourceFile("t.rego", module)));
            return List.of();
        } catch (RegoException refused) {
            return refused.errors();
        }
    }
}

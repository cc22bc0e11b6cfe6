package dev.sluice.rego.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConformanceTest {
    private static final String SUITE = "shared/conformance/rego-v1-cases.jsonl.gz";

    /** Passed and total of one directory. */
    private static final class Tally {
        int passed;
        int total;
    }

    @Test
    void no_directory_of_the_suite_passes_fewer_cases_than_before() throws IOException {
        Path suite = find();
        if (suite == null) {
            System.out.println("Conformance suite not found (" + SUITE + " beside the project): nothing checked.");
            return;
        }
        check(suite, "");
    }

    /** OPA runs its suite so too: a negation that takes bodies must not change what any case gives. */
    @Test
    void the_suite_passes_with_the_newer_negation() throws IOException {
        Path suite = find();
        if (suite != null) {
            check(suite, "future.keywords.not");
        }
    }

    private static void check(Path suite, String extraImport) throws IOException {
        Map<String, Tally> found = new TreeMap<>();
        Map<String, List<String>> failures = new TreeMap<>();
        for (ConformanceCase one : ConformanceCase.read(suite)) {
            Tally tally = found.computeIfAbsent(one.directory(), d -> new Tally());
            tally.total++;
            String wrong = one.run(extraImport);
            if (wrong == null) {
                tally.passed++;
            } else {
                failures.computeIfAbsent(one.directory(), d -> new ArrayList<>())
                        .add(one.number() + " " + one.note() + ": " + wrong);
            }
        }
        if (extraImport.isEmpty()) {
            report(found);
        }
        List<String> regressions = new ArrayList<>();
        floor().forEach((directory, least) -> {
            Tally tally = found.get(directory);
            int passed = tally == null ? 0 : tally.passed;
            if (passed < least) {
                regressions.add(directory + " passes " + passed + " of at least " + least + "\n  "
                        + String.join("\n  ", failures.getOrDefault(directory, List.of())));
            }
        });
        assertThat(regressions).isEmpty();
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

    private static void report(Map<String, Tally> found) {
        int passed = found.values().stream().mapToInt(t -> t.passed).sum();
        int total = found.values().stream().mapToInt(t -> t.total).sum();
        String incomplete = found.entrySet().stream()
                .filter(e -> e.getValue().passed < e.getValue().total)
                .map(e -> e.getKey() + " " + e.getValue().passed + "/" + e.getValue().total)
                .collect(Collectors.joining(", "));
        System.out.println("Rego v1 conformance suite of OPA 1.22.2: " + passed + " of " + total + " cases pass."
                + (incomplete.isEmpty() ? "" : " Incomplete: " + incomplete));
        Path list = Path.of("target", "conformance.txt");
        String lines = found.entrySet().stream()
                .filter(e -> e.getValue().passed > 0)
                .map(e -> e.getKey() + " " + e.getValue().passed + "\n")
                .collect(Collectors.joining());
        try {
            Files.writeString(list, lines);
        } catch (IOException unwritable) {
            System.out.println("Could not write " + list + ": " + unwritable.getMessage());
        }
    }

    private static Map<String, Integer> floor() throws IOException {
        Map<String, Integer> floor = new TreeMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(ConformanceTest.class.getResourceAsStream("floor.txt")),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.lastIndexOf(' ');
                if (space > 0 && !line.startsWith("#")) {
                    floor.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
                }
            }
        }
        return floor;
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

package dev.sluice.rego.test;

import dev.sluice.rego.RegoError;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How one test went.
 *
 * @param packagePath the package of the rule, for example {@code data.cloudsmith_test}
 * @param rule the rule's name in its package, for example {@code test_blocks_malware}; the second definition of a name has
 *     {@code #01} behind it
 * @param file the module it is defined in
 * @param row the line of the definition, from 1
 * @param outcome how it went
 * @param message why it did not pass, for example the expression that failed with its place; else empty
 * @param cases how its cases went, by name, where the rule's name ends in variables ({@code test_x[case]})
 * @param error why there is no result; only with {@link Outcome#ERROR}
 * @param output what {@code print} was called with on the way, at most 1,000 lines
 * @param duration how long it took on the wall clock
 */
public record TestResult(
        String packagePath,
        String rule,
        String file,
        int row,
        Outcome outcome,
        String message,
        List<Case> cases,
        @Nullable RegoError error,
        List<String> output,
        Duration duration) {

    public TestResult {
        cases = List.copyOf(cases);
        output = List.copyOf(output);
    }

    /** How a test can go. */
    public enum Outcome {
        /** The rule is true, or all of its cases are. */
        PASSED,
        /** The rule is undefined or anything but true, or one of its cases is. */
        FAILED,
        /** The evaluation gave no result. */
        ERROR,
        /** The rule's name begins with {@code todo_}. */
        SKIPPED
    }

    /**
     * A case of a test, or several whose names begin with the same part.
     *
     * @param name its name; other values than strings as JSON
     * @param message why it did not pass: the expression that no binding came beyond, with its place, or its value; empty when
     *     it passed, and where there are cases below it
     * @param cases those below it, by name
     */
    public record Case(String name, String message, List<Case> cases) {
        public Case {
            cases = List.copyOf(cases);
        }

        /** Whether nothing is wrong with it and with those below it. */
        public boolean passed() {
            return message.isEmpty() && cases.stream().allMatch(Case::passed);
        }

        /** The cases without others below them: those there are to count. */
        private Stream<Case> leaves() {
            return cases.isEmpty() ? Stream.of(this) : cases.stream().flatMap(Case::leaves);
        }
    }

    /** How many verdicts of that kind it counts for: a test with cases has one for each, any other one of its own. */
    public long count(Outcome wanted) {
        if (cases.isEmpty() || outcome == Outcome.ERROR || outcome == Outcome.SKIPPED) {
            return outcome == wanted ? 1 : 0;
        }
        return cases.stream()
                .flatMap(Case::leaves)
                .filter(c -> wanted == (c.passed() ? Outcome.PASSED : Outcome.FAILED))
                .count();
    }

    /** The rule's whole path, for example {@code data.cloudsmith_test.test_blocks_malware}. */
    public String name() {
        return packagePath + "." + rule;
    }

    /** Whether nothing is wrong. */
    public boolean ok() {
        return outcome == Outcome.PASSED || outcome == Outcome.SKIPPED;
    }

    /** One line: {@code file:row: name: PASSED (1 ms)}, with the message below. */
    @Override
    public String toString() {
        return file + ":" + row + ": " + name() + ": " + outcome + " (" + duration.toMillis() + " ms)"
                + (message.isEmpty() ? "" : "\n  " + message);
    }
}

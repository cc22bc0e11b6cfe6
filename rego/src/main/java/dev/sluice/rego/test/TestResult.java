package dev.sluice.rego.test;

import java.time.Duration;
import java.util.List;

/**
 * How one test went.
 *
 * @param packagePath the package of the rule, for example {@code data.cloudsmith_test}
 * @param rule the rule's name in its package, for example {@code test_blocks_malware}
 * @param file the module it is defined in
 * @param row the line of its first definition, from 1
 * @param outcome how it went
 * @param message why it did not pass, for example the expression that failed with its place; else empty
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
        List<String> output,
        Duration duration) {

    public TestResult {
        output = List.copyOf(output);
    }

    /** How a test can go. */
    public enum Outcome {
        /** The rule is defined and not false. */
        PASSED,
        /** The rule is undefined or false. */
        FAILED,
        /** The evaluation gave no result. */
        ERROR,
        /** The rule's name begins with {@code todo_}. */
        SKIPPED
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

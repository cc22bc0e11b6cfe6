package dev.sluice.rego.test;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Limits;
import dev.sluice.rego.Program;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Runs the tests of a program as {@code opa test} does: every rule without parameters whose name begins with
 * {@code test_} must be true, or at least defined and not false; {@code todo_test_} rules are skipped. Builtin errors make
 * a test fail only where they make it undefined.
 */
public final class TestRunner {
    private final Value data;
    private final Instant now;
    private final Limits limits;

    /**
     * A runner for tests that see these base documents at this instant.
     *
     * @param limits bounds on each test
     */
    public TestRunner(Value data, Instant now, Limits limits) {
        this.data = data;
        this.now = now;
        this.limits = limits;
    }

    /** Runs every test, in source order. */
    public List<TestResult> run(Program program) {
        return run(program, name -> true, new Coverage());
    }

    /**
     * Runs some tests, in source order.
     *
     * @param wanted asked with the path of each test, for example {@code data.cloudsmith_test.test_blocks_malware}
     * @param coverage is told what was evaluated
     */
    public List<TestResult> run(Program program, Predicate<String> wanted, Coverage coverage) {
        List<TestResult> results = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Program.RuleName rule : program.rules()) {
            boolean todo = rule.name().startsWith("todo_test_");
            if (rule.function()
                    || !(todo || rule.name().startsWith("test_"))
                    || !seen.add(rule.path())
                    || !wanted.test(rule.path())) {
                continue;
            }
            results.add(
                    todo
                            ? result(rule, TestResult.Outcome.SKIPPED, "", List.of(), Duration.ZERO)
                            : run(program, rule, coverage));
        }
        return results;
    }

    /** Hears what one test reaches and prints. */
    private record Ear(Coverage coverage, List<String> output) implements Evaluation.Observer {
        private static final int MAX_LINES = 1000;

        @Override
        public void reached(String file, int row, int column) {
            coverage.reached(file, row, column);
        }

        @Override
        public void printed(String file, int row, String text) {
            if (output.size() < MAX_LINES) {
                output.add(text);
            }
        }
    }

    private TestResult run(Program program, Program.RuleName rule, Coverage coverage) {
        long start = System.nanoTime();
        Ear ear = new Ear(coverage, new ArrayList<>());
        TestResult.Outcome outcome = TestResult.Outcome.PASSED;
        String message = "";
        try {
            Evaluation.Result result = program.prepare(rule.path())
                    .evaluate(new Evaluation.Request(null, data, now, false, true, limits, ear));
            if (result.value() == null || result.value() == BooleanValue.FALSE) {
                outcome = TestResult.Outcome.FAILED;
                message = reason(result, rule);
            }
        } catch (RegoEvaluationException error) {
            outcome = TestResult.Outcome.ERROR;
            message = String.valueOf(error.getMessage());
        }
        return result(rule, outcome, message, ear.output(), Duration.ofNanos(System.nanoTime() - start));
    }

    /** The expression of the test that failed. */
    private static String reason(Evaluation.Result traced, Program.RuleName rule) {
        for (Evaluation.Step step : traced.steps()) {
            if (step.rule().equals(rule.path()) && step.outcome() == Evaluation.Outcome.FAILED) {
                return step.file() + ":" + step.row() + ":" + step.column() + ": " + step.text()
                        + (step.detail().isEmpty() ? "" : "   (" + step.detail() + ")");
            }
        }
        return "the rule is false";
    }

    private static TestResult result(
            Program.RuleName rule, TestResult.Outcome outcome, String message, List<String> output, Duration duration) {
        String packagePath =
                rule.path().substring(0, rule.path().length() - rule.name().length() - 1);
        return new TestResult(packagePath, rule.name(), rule.file(), rule.row(), outcome, message, output, duration);
    }
}

package dev.sluice.rego.test;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Limits;
import dev.sluice.rego.PreparedQuery;
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
        List<TestResult> results = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Program.RuleName rule : program.rules()) {
            boolean todo = rule.name().startsWith("todo_test_");
            if (rule.function() || !(todo || rule.name().startsWith("test_")) || !seen.add(rule.path())) {
                continue;
            }
            results.add(
                    todo
                            ? result(rule, TestResult.Outcome.SKIPPED, "", Duration.ZERO)
                            : run(program.prepare(rule.path()), rule));
        }
        return results;
    }

    private TestResult run(PreparedQuery query, Program.RuleName rule) {
        long start = System.nanoTime();
        try {
            Value value = query.evaluate(new Evaluation.Request(null, data, now, false, false, limits))
                    .value();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            if (value != null && value != BooleanValue.FALSE) {
                return result(rule, TestResult.Outcome.PASSED, "", took);
            }
            return result(rule, TestResult.Outcome.FAILED, reason(query, rule), took);
        } catch (RegoEvaluationException error) {
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return result(rule, TestResult.Outcome.ERROR, String.valueOf(error.getMessage()), took);
        }
    }

    /** The expression of the test that failed. */
    private String reason(PreparedQuery query, Program.RuleName rule) {
        Evaluation.Result traced = query.evaluate(new Evaluation.Request(null, data, now, false, true, limits));
        for (Evaluation.Step step : traced.steps()) {
            if (step.rule().equals(rule.path()) && step.outcome() == Evaluation.Outcome.FAILED) {
                return step.file() + ":" + step.row() + ":" + step.column() + ": " + step.text()
                        + (step.detail().isEmpty() ? "" : "   (" + step.detail() + ")");
            }
        }
        return "the rule is false";
    }

    private static TestResult result(
            Program.RuleName rule, TestResult.Outcome outcome, String message, Duration duration) {
        return new TestResult(rule.path(), rule.file(), rule.row(), outcome, message, duration);
    }
}

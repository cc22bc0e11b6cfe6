package dev.sluice.rego.test;

import dev.sluice.rego.Capabilities;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.Limits;
import dev.sluice.rego.Program;
import dev.sluice.rego.Rego;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.Schemas;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Parameter;
import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tests of modules as {@code opa test} does: every rule without parameters whose name begins with {@code test_}
 * must be true; {@code todo_test_} rules are skipped. Each definition is a test of its own. Where the name goes on with
 * variables ({@code test_x[case]}) every case must be true that the rule came to. Builtin errors make a test fail only where
 * they make it undefined.
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

    /**
     * Runs every test of modules that may call every builtin.
     *
     * @throws RegoException when a module is wrong
     */
    public List<TestResult> run(List<SourceFile> modules) {
        return run(modules, Capabilities.ALL, Schemas.NONE, name -> true, new Coverage());
    }

    /**
     * Runs some tests of modules, in source order.
     *
     * @param wanted asked with the path of each test, for example {@code data.cloudsmith_test.test_blocks_malware}
     * @param coverage is told what was evaluated
     * @throws RegoException when a module is wrong
     */
    public List<TestResult> run(
            List<SourceFile> modules,
            Capabilities capabilities,
            Schemas schemas,
            Predicate<String> wanted,
            Coverage coverage) {
        AtomicReference<@Nullable Hearing> running = new AtomicReference<>();
        BuiltinDeclaration atCase = new BuiltinDeclaration(
                TestRule.CASE,
                List.of(new Parameter("test_case", Type.parse("array[any]"))),
                new Parameter("", Type.Scalar.BOOLEAN),
                false,
                true,
                false,
                (_, args) -> {
                    Hearing hearing = running.get();
                    if (hearing != null) {
                        hearing.at(args[0]);
                    }
                    return BooleanValue.TRUE;
                });
        Map<String, Integer> count = new HashMap<>();
        List<TestRule> tests = new ArrayList<>();
        Program program = Rego.compile(modules, capabilities.with(atCase), schemas, parsed -> {
            Module apart = TestRule.apart(parsed, count);
            tests.addAll(TestRule.of(apart));
            return apart;
        });
        List<TestResult> results = new ArrayList<>();
        for (TestRule test : tests) {
            if (wanted.test(test.path())) {
                Hearing hearing = new Hearing(test, coverage);
                running.set(hearing);
                results.add(test.isTodo() ? skipped(test) : run(program, test, hearing));
            }
        }
        return results;
    }

    private TestResult run(Program program, TestRule test, Hearing hearing) {
        long start = System.nanoTime();
        TestResult.Outcome outcome = TestResult.Outcome.PASSED;
        String message = "";
        List<TestResult.Case> cases = List.of();
        RegoError error = null;
        try {
            Evaluation.Result result = program.prepare(test.query())
                    .evaluate(new Evaluation.Request(null, data, now, false, true, limits, hearing));
            Value value = result.value();
            if (value != null && test.hasCases()) {
                cases = hearing.cases(value);
                outcome = cases.stream().allMatch(TestResult.Case::passed) ? outcome : TestResult.Outcome.FAILED;
            } else if (value != BooleanValue.TRUE) {
                outcome = TestResult.Outcome.FAILED;
                message = reason(result, test);
            }
        } catch (RegoEvaluationException failed) {
            outcome = TestResult.Outcome.ERROR;
            message = String.valueOf(failed.getMessage());
            error = new RegoError(failed.code(), failed.text(), failed.file(), failed.row(), failed.column());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return result(test, outcome, message, cases, error, hearing.output(), took);
    }

    /** The expression of the test that failed. */
    private static String reason(Evaluation.Result traced, TestRule test) {
        Value value = traced.value();
        if (value != null) {
            return "the rule is " + value + ", not true";
        }
        for (Evaluation.Step step : traced.steps()) {
            if (test.is(step.rule()) && step.outcome() == Evaluation.Outcome.FAILED) {
                return step.file() + ":" + step.row() + ":" + step.column() + ": " + step.text()
                        + (step.detail().isEmpty() ? "" : "   (" + step.detail() + ")");
            }
        }
        return "the rule is undefined";
    }

    private static TestResult skipped(TestRule test) {
        return result(test, TestResult.Outcome.SKIPPED, "", List.of(), null, List.of(), Duration.ZERO);
    }

    private static TestResult result(
            TestRule test,
            TestResult.Outcome outcome,
            String message,
            List<TestResult.Case> cases,
            @Nullable RegoError error,
            List<String> output,
            Duration took) {
        Location at = test.rule().location();
        return new TestResult(
                test.packagePath(), test.name(), at.file(), at.row(), outcome, message, cases, error, output, took);
    }
}

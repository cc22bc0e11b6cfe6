package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.kernel.facts.PolicyInputSchema;
import dev.sluice.rego.Capabilities;
import dev.sluice.rego.Limits;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.test.Coverage;
import dev.sluice.rego.test.TestResult;
import dev.sluice.rego.test.TestRunner;
import dev.sluice.rego.value.ObjectValue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice policy test PATH…}: runs the tests of policies as {@code opa test} does. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = {
            "Run the tests of policies: rules whose name begins with test_, in NAME_test.rego beside NAME.rego. Needs no server.",
            "A rule such as test_x[note] has a case for each note, and each counts.",
            "Exit code 0 when all pass, 2 when one fails or is skipped (see -z) or the threshold is missed, 1 when something does "
                    + "not compile: those of opa test."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice policy test policies/",
            "  sluice policy test cool-down.rego cool-down_test.rego -v",
            "  sluice policy test policies/ --run 'test_a_version' --json",
            "  sluice policy test policies/ --coverage --threshold 90"
        })
final class PolicyTests extends LocalCommand {

    private static final int NOT_ALL_PASSED = 2;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Rego files, or directories of them.")
    private List<Path> paths;

    @Option(
            names = {"-r", "--run"},
            paramLabel = "REGEX",
            description = "Run only tests in whose path this is found, for example data.cloudsmith_test.test_a.")
    private @Nullable String run;

    @Option(
            names = {"-v", "--verbose"},
            description = "Name tests that pass too, with what they print.")
    private boolean verbose;

    @Option(
            names = {"-c", "--coverage"},
            description = "Tell which lines were evaluated; with --json as opa test --coverage does.")
    private boolean coverage;

    @Option(
            names = {"-t", "--threshold"},
            paramLabel = "PERCENT",
            description = "With --coverage: how much must have been.")
    private double threshold;

    @Option(
            names = {"-z", "--exit-zero-on-skipped"},
            description = "Tests that are skipped (todo_test_…) do not count for the exit code.")
    private boolean skippedIsFine;

    @Override
    public Integer call() throws IOException {
        Pattern wanted;
        try {
            wanted = Pattern.compile(run == null ? "" : run);
        } catch (PatternSyntaxException wrong) {
            throw new ConfigurationException("--run is no regular expression: " + wrong.getMessage(), wrong);
        }
        Instant now = Api.clock().instant(); // one for all, as opa test has it
        Coverage reached = new Coverage();
        Map<String, SourceFile> modules = new TreeMap<>();
        List<TestResult> results = new ArrayList<>();
        boolean broken = false;
        for (List<SourceFile> sources : RegoFiles.groups(paths).values()) {
            try {
                TestRunner runner = new TestRunner(ObjectValue.EMPTY, now, Limits.STANDARD);
                results.addAll(runner.run(
                        sources,
                        Capabilities.ALL,
                        PolicyInputSchema.schemas(),
                        name -> wanted.matcher(name).find(),
                        reached));
                sources.forEach(source -> modules.put(source.name(), source));
            } catch (RegoException wrong) {
                broken = true;
                complain(wrong.errors());
            }
        }
        if (broken && results.isEmpty() && !json()) {
            return 1;
        }
        TestReport report = new TestReport(out(), verbose, modules);
        boolean allPassed = results.stream()
                .allMatch(r -> r.outcome() == TestResult.Outcome.PASSED
                        || (skippedIsFine && r.outcome() == TestResult.Outcome.SKIPPED));
        Coverage.Report lines = reached.report(List.copyOf(modules.values()));
        boolean enough = !coverage || lines.percent() >= threshold;
        if (!json()) {
            report.print(results);
            if (coverage) {
                report.print(lines);
            }
        } else if (!coverage) {
            print(TestReport.json(results));
        } else if (results.stream().allMatch(TestResult::ok)) {
            print(TestReport.json(lines));
        } else {
            report.print(results); // as opa test does: no coverage of tests that fail
        }
        if (!enough) {
            err().printf("Code coverage threshold not met: got %.2f instead of %.2f%n", lines.percent(), threshold);
            err().flush();
        }
        return broken ? 1 : allPassed && enough ? 0 : NOT_ALL_PASSED;
    }
}

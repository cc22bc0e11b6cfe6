package dev.sluice.app.command.policy;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.Output;
import dev.sluice.rego.RegoError;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.test.Coverage;
import dev.sluice.rego.test.TestResult;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How tests went and what they reached, told as {@code opa test} tells it. */
final class TestReport {

    private static final String LINE = "-".repeat(80);

    private final PrintWriter out;
    private final boolean verbose;
    private final Map<String, SourceFile> modules;

    /**
     * @param verbose whether tests that pass are named too
     * @param modules what was tested, by name
     */
    TestReport(PrintWriter out, boolean verbose, Map<String, SourceFile> modules) {
        this.out = out;
        this.verbose = verbose;
        this.modules = modules;
    }

    void print(List<TestResult> results) {
        boolean any = false;
        String lastFile = "";
        for (TestResult result : results) {
            if (!verbose && result.outcome() == TestResult.Outcome.PASSED) {
                continue;
            }
            any = true;
            if (!lastFile.isEmpty() && !lastFile.equals(result.file())) {
                out.println();
            }
            lastFile = result.file();
            out.println(result.file() + ":" + result.row() + ":");
            out.println(result.name() + ": " + word(result.outcome())
                    + (result.outcome() == TestResult.Outcome.SKIPPED ? "" : " (" + milliseconds(result) + ")"));
            indented(1, message(result));
            print(result.cases(), 1);
            if (!result.output().isEmpty()) {
                out.println();
                result.output().forEach(text -> indented(1, text));
                out.println();
            }
        }
        if (any) {
            out.println(LINE);
        }
        long total = Stream.of(TestResult.Outcome.values())
                .mapToLong(outcome -> count(results, outcome))
                .sum();
        for (TestResult.Outcome outcome : TestResult.Outcome.values()) {
            long count = count(results, outcome);
            if (count > 0) {
                out.println(word(outcome) + ": " + count + "/" + total);
            }
        }
        if (results.isEmpty()) {
            out.println("no tests were run");
        }
        out.flush();
    }

    private static long count(List<TestResult> results, TestResult.Outcome outcome) {
        return results.stream().mapToLong(r -> r.count(outcome)).sum();
    }

    /** Why a test did not pass; where there is no result, with the line it broke off at. */
    private String message(TestResult result) {
        RegoError error = result.error();
        SourceFile module = error == null ? null : modules.get(error.file());
        return error == null || module == null
                ? result.message()
                : error.in(module.text()).shown();
    }

    private void print(List<TestResult.Case> cases, int depth) {
        for (TestResult.Case each : cases) {
            if (verbose || !each.passed()) {
                indented(depth, each.name() + ": " + (each.passed() ? "PASS" : "FAIL"));
                indented(depth + 1, each.message());
                print(each.cases(), depth + 1);
            }
        }
    }

    private void indented(int depth, String text) {
        text.lines()
                .map(line -> line.replace("\t", "    "))
                .forEach(line -> out.println("  ".repeat(depth) + Output.plain(line)));
    }

    /** One row per file: how much of it was evaluated, and which lines were not. */
    void print(Coverage.Report report) {
        List<List<String>> rows = new ArrayList<>();
        report.files()
                .forEach((name, file) ->
                        rows.add(List.of(percent(file.percent()), name, lines(file.linesNotCovered()))));
        rows.add(List.of(percent(report.percent()), "all", ""));
        Output.table(out, List.of("covered", "file", "lines not covered"), rows);
    }

    private static String percent(double percent) {
        return String.format(Locale.ROOT, "%.1f %%", percent);
    }

    /** Line numbers with runs drawn together: {@code 3-5, 8}. */
    private static String lines(Set<Integer> rows) {
        List<String> parts = new ArrayList<>();
        Iterator<Integer> next = rows.iterator();
        int first = -1;
        int last = -1;
        while (next.hasNext()) {
            int row = next.next();
            if (first >= 0 && row > last + 1) {
                parts.add(first == last ? "" + first : first + "-" + last);
                first = -1;
            }
            first = first < 0 ? row : first;
            last = row;
        }
        if (first >= 0) {
            parts.add(first == last ? "" + first : first + "-" + last);
        }
        return String.join(", ", parts);
    }

    private static String word(TestResult.Outcome outcome) {
        return switch (outcome) {
            case PASSED -> "PASS";
            case FAILED -> "FAIL";
            case ERROR -> "ERROR";
            case SKIPPED -> "SKIPPED";
        };
    }

    private static String milliseconds(TestResult result) {
        Duration took = result.duration();
        return String.format(Locale.ROOT, "%.3fms", took.toNanos() / 1e6);
    }

    /** The results as {@code opa test --format=json} gives them, with what did not hold as {@code message}. */
    static ArrayNode json(List<TestResult> results) {
        ArrayNode list = Api.JSON.createArrayNode();
        for (TestResult result : results) {
            ObjectNode one = list.addObject();
            one.putObject("location")
                    .put("file", result.file())
                    .put("row", result.row())
                    .put("col", 1);
            one.put("package", result.packagePath()).put("name", result.rule());
            switch (result.outcome()) {
                case PASSED -> {}
                case FAILED -> one.put("fail", true).put("message", result.message());
                case ERROR -> one.set("error", error(result));
                case SKIPPED -> one.put("skip", true);
            }
            one.put("duration", result.duration().toNanos());
            if (!result.output().isEmpty()) {
                byte[] text = (String.join("\n", result.output()) + "\n").getBytes(StandardCharsets.UTF_8);
                one.put("output", Base64.getEncoder().encodeToString(text));
            }
            cases(one, result.cases());
        }
        return list;
    }

    private static ObjectNode error(TestResult result) {
        RegoError error = result.error();
        if (error == null) {
            return Api.object().put("message", result.message());
        }
        ObjectNode one = Api.object().put("code", error.code()).put("message", error.message());
        one.putObject("location")
                .put("file", error.file())
                .put("row", error.row())
                .put("col", error.column());
        return one;
    }

    private static void cases(ObjectNode above, List<TestResult.Case> cases) {
        if (cases.isEmpty()) {
            return;
        }
        ObjectNode all = above.putObject("sub_results");
        for (TestResult.Case each : cases) {
            ObjectNode one = all.putObject(each.name()).put("name", each.name());
            if (!each.passed()) {
                one.put("fail", true);
            }
            if (!each.message().isEmpty()) {
                one.put("message", each.message());
            }
            cases(one, each.cases());
        }
    }

    /** Coverage as {@code opa test --coverage} gives it. */
    static ObjectNode json(Coverage.Report report) {
        ObjectNode all = Api.object();
        ObjectNode files = all.putObject("files");
        report.files().forEach((name, file) -> {
            ObjectNode one = files.putObject(name);
            ranges(one, "covered", file.covered());
            ranges(one, "not_covered", file.notCovered());
            one.put("covered_lines", file.coveredLines())
                    .put("not_covered_lines", file.notCoveredLines())
                    .put("coverage", file.percent());
        });
        return all.put("covered_lines", report.coveredLines())
                .put("not_covered_lines", report.notCoveredLines())
                .put("coverage", report.percent());
    }

    private static void ranges(ObjectNode file, String name, List<Coverage.Range> ranges) {
        if (ranges.isEmpty()) {
            return;
        }
        ArrayNode list = file.putArray(name);
        for (Coverage.Range range : ranges) {
            ObjectNode one = list.addObject();
            one.putObject("start").put("row", range.row()).put("col", range.column());
            one.putObject("end").put("row", range.endRow()).put("col", range.endColumn());
        }
    }
}

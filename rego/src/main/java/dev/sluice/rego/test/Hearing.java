package dev.sluice.rego.test;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is heard of one test while it runs: what it reaches and prints, at which case it is, and how far each case came. */
final class Hearing implements Evaluation.Observer {
    private static final int MAX_LINES = 1000;

    private final Coverage coverage;
    private final Map<Location, Expr> literals = new HashMap<>();
    /** The literals in the order in which they were first heard, which is the one they are evaluated in. */
    private final Map<Location, Integer> order = new LinkedHashMap<>();

    private final List<String> output = new ArrayList<>();
    private final Map<Value, Progress> cases = new LinkedHashMap<>();
    private @Nullable Progress current;

    /** How far a case came. */
    private static final class Progress {
        private int furthest = -1;
        private @Nullable Expr literal;
    }

    Hearing(TestRule test, Coverage coverage) {
        this.coverage = coverage;
        test.rule().body().literals().stream()
                .filter(e -> !TestRule.tells(e))
                .forEach(e -> literals.put(e.location(), e));
    }

    @Override
    public void reached(String file, int row, int column) {
        coverage.reached(file, row, column);
        Location place = new Location(file, row, column);
        Expr literal = literals.get(place);
        if (literal == null) {
            return;
        }
        order.putIfAbsent(place, order.size());
        int position = order.get(place);
        if (current != null && position > current.furthest) {
            current.furthest = position;
            current.literal = literal;
        }
    }

    @Override
    public void printed(String file, int row, String text) {
        if (output.size() < MAX_LINES) {
            output.add(text);
        }
    }

    /** The test is at a case; the path is its names. */
    void at(Value path) {
        current = cases.computeIfAbsent(path, p -> new Progress());
    }

    List<String> output() {
        return output;
    }

    /** The cases: those the value has, true or not, and those that were begun and are not in it. */
    List<TestResult.Case> cases(Value value) {
        Branch root = new Branch();
        root.take(value);
        cases.forEach((path, progress) -> {
            if (path instanceof ArrayValue names) {
                root.begun(names, progress);
            }
        });
        return root.cases();
    }

    /** A case, or several that begin with the same name. */
    private static final class Branch {
        private final TreeMap<String, Branch> below = new TreeMap<>();
        private String fault = "";

        private void take(Value value) {
            if (value instanceof ObjectValue object) {
                object.entries().forEach(e -> below(e.key()).take(e.value()));
            } else if (value != BooleanValue.TRUE) {
                fault = "its value is " + value;
            }
        }

        private Branch below(Value key) {
            return below.computeIfAbsent(Json.key(key), n -> new Branch());
        }

        private void begun(ArrayValue names, Progress progress) {
            Branch at = this;
            boolean known = true;
            for (Value name : names) {
                known &= at.below.containsKey(Json.key(name));
                at = at.below(name);
            }
            if (!known) {
                Expr literal = progress.literal;
                at.fault = literal == null ? "undefined" : place(literal.location()) + ": " + literal.text();
            }
        }

        private static String place(Location at) {
            return at.file() + ":" + at.row() + ":" + at.column();
        }

        private List<TestResult.Case> cases() {
            List<TestResult.Case> cases = new ArrayList<>();
            below.forEach((name, branch) -> cases.add(new TestResult.Case(name, branch.fault, branch.cases())));
            return cases;
        }
    }
}

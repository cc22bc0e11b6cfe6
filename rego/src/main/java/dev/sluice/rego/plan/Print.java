package dev.sluice.rego.plan;

import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Emits calls of {@code print}, for evaluations that somebody may observe. */
final class Print {
    private static final int MAX_LINES = 1000;

    private final BodyPlanner planner;
    private final TermPlanner terms;

    Print(BodyPlanner planner, TermPlanner terms) {
        this.planner = planner;
        this.terms = terms;
    }

    /**
     * Always holds. Each operand is a set of its own, so that one that is undefined or has several values ends and repeats
     * nothing; every combination of values is printed.
     */
    void emit(Term.Call call) {
        List<Ev> operands = new ArrayList<>();
        for (Term argument : call.args()) {
            Location at = argument.location();
            Term.Var value = new Term.Var(at, planner.freshName());
            Expr is = new Expr(at, "", false, new Expr.Unify(value, argument), List.of());
            operands.add(terms.consumed(
                    new Term.Comprehension(at, Term.Comprehension.Kind.SET, null, value, new Body(List.of(is)))));
        }
        planner.emit(next -> frame -> {
            if (!Trace.of(frame).isObserved()) {
                return next.exec(frame);
            }
            List<String> lines = List.of("");
            for (Ev operand : operands) {
                List<String> longer = new ArrayList<>();
                for (String line : lines) {
                    for (String text : printed(operand.eval(frame))) {
                        if (longer.size() < MAX_LINES) {
                            longer.add(line.isEmpty() ? text : line + " " + text);
                        }
                    }
                }
                lines = longer;
            }
            lines.forEach(line -> Trace.of(frame).printed(call.location(), line));
            return next.exec(frame);
        });
    }

    private static List<String> printed(@Nullable Value values) {
        List<String> out = new ArrayList<>();
        if (values instanceof SetValue set) {
            for (Value value : set.toSortedArray()) {
                out.add(value instanceof StringValue text ? text.value() : value.toString());
            }
        }
        return out.isEmpty() ? List.of("<undefined>") : out;
    }
}

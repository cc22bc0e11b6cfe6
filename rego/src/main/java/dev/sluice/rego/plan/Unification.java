package dev.sluice.rego.plan;

import dev.sluice.rego.builtin.Clocks;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Emits the statements that make two terms equal: binding, comparing and taking apart. */
final class Unification {
    private final Plan plan;
    private final BodyPlanner planner;
    private final TermPlanner terms;

    Unification(Plan plan, BodyPlanner planner, TermPlanner terms) {
        this.plan = plan;
        this.planner = planner;
        this.terms = terms;
    }

    /** Makes two terms equal; both have been hoisted. */
    void unify(Term left, Term right) {
        Deque<Term[]> waiting = new ArrayDeque<>();
        waiting.add(new Term[] {left, right});
        int stuck = 0;
        while (!waiting.isEmpty() && stuck <= waiting.size()) {
            Term[] pair = waiting.removeFirst();
            if (unifyOne(pair[0], pair[1], waiting)) {
                stuck = 0;
            } else {
                waiting.addLast(pair);
                stuck++;
            }
        }
        if (!waiting.isEmpty()) {
            throw new IllegalStateException("not safe: " + left.location());
        }
    }

    private boolean unifyOne(Term a, Term b, Deque<Term[]> waiting) {
        if (a instanceof Term.Var x && x.isWildcard() && !planner.isBound(x.name()) && planner.isEvaluable(b)) {
            Ev value = terms.plan(b);
            planner.emit(next -> frame -> value.eval(frame) != null && next.exec(frame));
            return true;
        }
        if (b instanceof Term.Var y && y.isWildcard() && !planner.isBound(y.name()) && planner.isEvaluable(a)) {
            return unifyOne(b, a, waiting);
        }
        if (a instanceof Term.Var x && !planner.isBound(x.name()) && planner.isEvaluable(b)) {
            Ev value = terms.plan(b);
            planner.assign(planner.bind(x.name(), b), value);
            return true;
        }
        if (b instanceof Term.Var y && !planner.isBound(y.name()) && planner.isEvaluable(a)) {
            Ev value = terms.plan(a);
            planner.assign(planner.bind(y.name(), a), value);
            return true;
        }
        if (a instanceof Term.ArrayTerm x
                && b instanceof Term.ArrayTerm y
                && !(planner.isEvaluable(a) && planner.isEvaluable(b))) {
            if (x.items().size() != y.items().size()) {
                planner.emit(next -> frame -> false);
                bindAll(a);
                bindAll(b);
                return true;
            }
            for (int i = 0; i < x.items().size(); i++) {
                waiting.addLast(new Term[] {x.items().get(i), y.items().get(i)});
            }
            return true;
        }
        if (a instanceof Term.ObjectTerm x
                && b instanceof Term.ObjectTerm y
                && !planner.isEvaluable(a)
                && !planner.isEvaluable(b)) {
            return unifyObjects(x, y, waiting);
        }
        if (planner.isEvaluable(a) && planner.isEvaluable(b)) {
            Ev left = terms.plan(a);
            Ev right = terms.plan(b);
            if (plan.traced()) {
                boolean detailed = planner.isTracked();
                planner.emit(next ->
                        frame -> Comparison.EQUAL.tracedHolds(frame, left, right, detailed) && next.exec(frame));
                return true;
            }
            planner.emit(next -> frame -> {
                Value p = left.eval(frame);
                if (p == null) {
                    return false;
                }
                Value q = right.eval(frame);
                return q != null && Clocks.equal(frame.state.shared, p, q) && next.exec(frame);
            });
            return true;
        }
        if (planner.isEvaluable(b)) {
            takeApart(a, terms.consumed(b));
            return true;
        }
        if (planner.isEvaluable(a)) {
            takeApart(b, terms.consumed(a));
            return true;
        }
        return false;
    }

    private boolean unifyObjects(Term.ObjectTerm x, Term.ObjectTerm y, Deque<Term[]> waiting) {
        Map<Value, Term> left = constantKeys(x);
        Map<Value, Term> right = constantKeys(y);
        if (left == null || right == null) {
            return false;
        }
        if (!left.keySet().equals(right.keySet())) {
            planner.emit(next -> frame -> false);
            bindAll(x);
            bindAll(y);
            return true;
        }
        left.forEach((key, value) -> {
            Term other = right.get(key);
            if (other != null) {
                waiting.addLast(new Term[] {value, other});
            }
        });
        return true;
    }

    private static @Nullable Map<Value, Term> constantKeys(Term.ObjectTerm object) {
        Map<Value, Term> out = new HashMap<>();
        for (Term.Entry entry : object.entries()) {
            if (!(entry.key() instanceof Term.Constant c)) {
                return null;
            }
            out.put(c.value(), entry.value());
        }
        return out;
    }

    /** Treats the variables of a pattern that can never match as bound. */
    private void bindAll(Term pattern) {
        switch (pattern) {
            case Term.Var v -> planner.bind(v.name());
            case Term.ArrayTerm a -> a.items().forEach(this::bindAll);
            case Term.ObjectTerm o -> o.entries().forEach(e -> bindAll(e.value()));
            default -> {}
        }
    }

    /** Matches a pattern that has free variables against a value. */
    private void takeApart(Term pattern, Ev value) {
        switch (pattern) {
            case Term.ArrayTerm a -> {
                Term.Var whole = planner.temporary(a.location());
                int slot = planner.slot(whole.name());
                int size = a.items().size();
                planner.emit(next -> frame -> {
                    Value found = value.eval(frame);
                    if (!(found instanceof ArrayValue array) || array.size() != size) {
                        return false;
                    }
                    frame.slots[slot] = found;
                    return next.exec(frame);
                });
                List<Term[]> parts = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    int index = i;
                    parts.add(new Term[] {
                        a.items().get(i),
                        part(a.location(), frame -> frame.slots[slot] instanceof ArrayValue x ? x.get(index) : null)
                    });
                }
                parts.forEach(p -> unify(p[0], p[1]));
            }
            case Term.ObjectTerm o -> {
                Term.Var whole = planner.temporary(o.location());
                int slot = planner.slot(whole.name());
                int size = o.entries().size();
                planner.emit(next -> frame -> {
                    Value found = value.eval(frame);
                    if (!(found instanceof ObjectValue object) || object.size() != size) {
                        return false;
                    }
                    frame.slots[slot] = found;
                    return next.exec(frame);
                });
                for (Term.Entry entry : o.entries()) {
                    Ev key = terms.consumed(planner.hoist(entry.key()));
                    Term.Var at = part(o.location(), frame -> {
                        Value k = key.eval(frame);
                        return k != null && frame.slots[slot] instanceof ObjectValue x ? x.get(k) : null;
                    });
                    unify(entry.value(), at);
                }
            }
            default -> throw new IllegalStateException("not safe: " + pattern.location());
        }
    }

    /** A variable for a part of a value that was looked at as a whole. */
    private Term.Var part(Location location, Ev value) {
        Term.Var part = planner.temporary(location);
        int slot = planner.slot(part.name());
        planner.emit(next -> frame -> {
            Value found = value.eval(frame);
            if (found == null) {
                return false;
            }
            frame.slots[slot] = found;
            return next.exec(frame);
        });
        return part;
    }
}

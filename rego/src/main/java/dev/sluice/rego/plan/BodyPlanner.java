package dev.sluice.rego.plan;

import dev.sluice.rego.analysis.Analysis;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Clocks;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Turns the ordered literals of a body into statements. Because the order is safe, it is known for every variable at
 * every point whether it is bound; so unification becomes binding, comparing, taking apart or iterating.
 */
final class BodyPlanner {
    private static final int MAX_DETAIL = 80;
    private static final int MAX_PRINTED = 1000;

    private final Plan plan;
    private final Analysis analysis;
    private final TermPlanner terms;
    private final Map<String, Integer> slots = new HashMap<>();
    private Set<String> bound = new HashSet<>();
    private List<UnaryOperator<Node>> statements = new ArrayList<>();
    private int work;
    private int temporaries;
    private boolean iterates;
    private boolean tracked;

    BodyPlanner(Plan plan) {
        this.plan = plan;
        this.analysis = plan.analysis();
        this.terms = new TermPlanner(plan, this);
    }

    /** The slots of the variables so far that were written by somebody, by the names as written. */
    Map<String, Integer> names() {
        Map<String, Integer> names = new TreeMap<>();
        slots.forEach((unique, slot) -> {
            if (bound.contains(unique) && !unique.startsWith("%") && !unique.startsWith("$")) {
                int at = unique.indexOf('@');
                names.put(at < 0 ? unique : unique.substring(0, at), slot);
            }
        });
        return names;
    }

    int slotCount() {
        return slots.size();
    }

    int workCount() {
        return work;
    }

    int newWork() {
        return work++;
    }

    boolean isBound(String name) {
        return bound.contains(name);
    }

    int slot(String name) {
        return slots.computeIfAbsent(name, n -> slots.size());
    }

    /** Whether nothing iterates, so that the body holds in one way at most. */
    boolean bindsNothing() {
        return !iterates;
    }

    void track(boolean on) {
        tracked = on && plan.traced();
    }

    void emit(UnaryOperator<Node> statement) {
        statements.add(statement);
    }

    void iterates() {
        iterates = true;
    }

    /** The statements so far, with {@code end} after them. */
    Node link(Node end) {
        Node node = end;
        for (int i = statements.size() - 1; i >= 0; i--) {
            node = statements.get(i).apply(node);
        }
        return node;
    }

    /** What {@code inside} emits with the end it returns, as a block of its own that sees the variables bound so far and binds none. */
    Node block(Supplier<Node> inside) {
        List<UnaryOperator<Node>> outerStatements = statements;
        Set<String> outerBound = bound;
        boolean outerIterates = iterates;
        boolean outerTracked = tracked;
        statements = new ArrayList<>();
        bound = new HashSet<>(bound);
        tracked = false;
        Node node = link(inside.get());
        statements = outerStatements;
        bound = outerBound;
        iterates = outerIterates;
        tracked = outerTracked;
        return node;
    }

    /** A block that ends as soon as it holds. */
    private Node test(Runnable inside) {
        return block(() -> {
            inside.run();
            return frame -> true;
        });
    }

    /** A fresh variable, bound. */
    Term.Var temporary(Location location) {
        String name = "%" + temporaries++;
        slot(name);
        bound.add(name);
        return new Term.Var(location, name);
    }

    /** Emits the literals of a body. */
    void body(Body body) {
        int count = 0;
        for (Expr expr : body.literals()) {
            literal(expr);
            count++;
            if (tracked) {
                int held = count;
                emit(next -> frame -> {
                    if (held > frame.reached) {
                        frame.reached = held;
                        frame.detail = "";
                    }
                    return next.exec(frame);
                });
            }
        }
    }

    /** The parameters of a function; the arguments come in the first slots. */
    void parameters(List<Term> parameters) {
        List<Term.Var> inputs = new ArrayList<>();
        for (Term parameter : parameters) {
            if (parameter instanceof Term.Var v && !v.isWildcard() && !bound.contains(v.name())) {
                slot(v.name());
                bound.add(v.name());
                inputs.add(v);
            } else {
                inputs.add(temporary(parameter.location()));
            }
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (!inputs.get(i).equals(parameters.get(i))) {
                unify(parameters.get(i), inputs.get(i));
            }
        }
    }

    /** A term of the head, planned after the body. */
    Ev head(Term term) {
        return terms.consumed(hoist(term));
    }

    private void literal(Expr expr) {
        if (plan.traced()) {
            Location location = expr.location();
            emit(next -> frame -> {
                Trace.of(frame).reached(location);
                return next.exec(frame);
            });
        }
        boolean scoped = !expr.withs().isEmpty();
        if (scoped) {
            new WithPlanner(this, terms).enter(expr.withs());
        }
        if (expr.negated()) {
            Expr.Statement inner = hoistNegated(expr.statement());
            Node negated = test(() -> statement(inner));
            emit(next -> frame -> {
                return !negated.exec(frame) && next.exec(frame);
            });
        } else {
            statement(expr.statement());
        }
        if (scoped) {
            WithPlanner.leave(this);
        }
    }

    private void statement(Expr.Statement statement) {
        switch (statement) {
            case Expr.Truth s -> truth(s.term());
            case Expr.Unify s -> unify(hoist(s.left()), hoist(s.right()));
            case Expr.Assign s -> unify(s.left(), hoist(s.right()));
            case Expr.Some s -> {}
            case Expr.SomeIn s -> someIn(s);
            case Expr.Every s -> every(s);
            case Expr.NotBody s -> {
                Node inner = test(() -> body(s.body()));
                emit(next -> frame -> {
                    return !inner.exec(frame) && next.exec(frame);
                });
            }
            case Expr.Logic s -> {
                Node left = test(() -> body(s.left().body()));
                Node right = test(() -> body(s.right().body()));
                boolean and = s.and();
                emit(next -> frame -> {
                    boolean holds = left.exec(frame);
                    if (holds == and) {
                        holds = right.exec(frame);
                    }
                    return holds && next.exec(frame);
                });
            }
        }
    }

    private void truth(Term term) {
        if (term instanceof Term.Call call
                && call.name().equals("print")
                && analysis.function(call.operator()) == null) {
            print(call);
            return;
        }
        Term hoisted = hoist(term);
        if (hoisted instanceof Term.Call call) {
            int arity = terms.arity(call);
            if (arity >= 0 && call.args().size() == arity + 1) {
                Term.Call inputs = new Term.Call(
                        call.location(), call.operator(), call.args().subList(0, arity));
                unify(call.args().getLast(), hoist(inputs));
                return;
            }
            if (call.args().size() == 2) {
                Node2 comparison = comparison(call);
                if (comparison != null) {
                    emit(comparison::node);
                    return;
                }
            }
        }
        Ev value = terms.consumed(hoisted);
        if (tracked) {
            emit(next -> frame -> {
                Value found = value.eval(frame);
                if (found == null || found == BooleanValue.FALSE) {
                    frame.detail = shown(found);
                    return false;
                }
                return next.exec(frame);
            });
            return;
        }
        emit(next -> frame -> {
            Value found = value.eval(frame);
            return found != null && found != BooleanValue.FALSE && next.exec(frame);
        });
    }

    /**
     * Always holds. Each operand is a set of its own, so that one that is undefined or has several values ends and repeats
     * nothing; every combination of values is printed.
     */
    private void print(Term.Call call) {
        if (!plan.traced()) {
            return;
        }
        List<Ev> operands = new ArrayList<>();
        for (Term argument : call.args()) {
            Location at = argument.location();
            Term.Var value = new Term.Var(at, "%printed" + temporaries++);
            Expr is = new Expr(at, "", false, new Expr.Unify(value, argument), List.of());
            operands.add(terms.consumed(
                    new Term.Comprehension(at, Term.Comprehension.Kind.SET, null, value, new Body(List.of(is)))));
        }
        emit(next -> frame -> {
            if (!Trace.of(frame).isObserved()) {
                return next.exec(frame);
            }
            List<String> lines = List.of("");
            for (Ev operand : operands) {
                List<String> longer = new ArrayList<>();
                for (String line : lines) {
                    for (String text : printed(operand.eval(frame))) {
                        if (longer.size() < MAX_PRINTED) {
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

    /** A statement waiting for what follows it. */
    private interface Node2 {
        Node node(Node next);
    }

    private @Nullable Node2 comparison(Term.Call call) {
        String name = call.name();
        if (!Set.of("equal", "neq", "lt", "lte", "gt", "gte").contains(name) || analysis.builtin(name) == null) {
            return null;
        }
        Comparison test = Comparison.of(name);
        Ev left = terms.plan(call.args().get(0));
        Ev right = terms.plan(call.args().get(1));
        if (plan.traced()) {
            boolean detailed = tracked;
            return next -> frame -> {
                boolean holds = tracedComparison(frame, test, left, right, detailed);
                return holds && next.exec(frame);
            };
        }
        return next -> frame -> {
            Value a = left.eval(frame);
            if (a == null) {
                return false;
            }
            Value b = right.eval(frame);
            return b != null && test.holds(frame.state.shared, a, b) && next.exec(frame);
        };
    }

    private static boolean tracedComparison(Frame frame, Comparison test, Ev left, Ev right, boolean detailed) {
        Trace trace = Trace.of(frame);
        Value a = left.eval(frame);
        Place where = trace.at;
        Value b = a == null && !detailed ? null : right.eval(frame);
        boolean holds = a != null && b != null && test.holds(frame.state.shared, a, b);
        if (a != null && b != null) {
            trace.compared(test, a, where, b, trace.at, frame.state);
        }
        if (!holds && detailed) {
            frame.detail = shown(a) + " " + test.symbol() + " " + shown(b);
        }
        return holds;
    }

    private static String shown(@Nullable Value value) {
        String text = value == null ? "undefined" : value.toString();
        return text.length() > MAX_DETAIL ? text.substring(0, MAX_DETAIL) + "…" : text;
    }

    // --- what must be done before a literal ---

    /**
     * The term with every reference that iterates, and every relation, replaced by a variable that the statements
     * emitted for it bind.
     */
    Term hoist(Term term) {
        Term before;
        Term after = term;
        do {
            before = after;
            after = hoistOnce(before);
        } while (!after.equals(before));
        return after;
    }

    private List<Term> hoistAll(List<Term> terms) {
        List<Term> out = new ArrayList<>(terms.size());
        for (Term term : terms) {
            out.add(hoistOnce(term));
        }
        return out;
    }

    private Term hoistOnce(Term term) {
        return switch (term) {
            case Term.Constant c -> c;
            case Term.Var v -> v;
            case Term.Comprehension c -> c;
            case Term.TemplateString t -> t;
            case Term.ArrayTerm a -> new Term.ArrayTerm(a.location(), hoistAll(a.items()));
            case Term.SetTerm s -> new Term.SetTerm(s.location(), hoistAll(s.items()));
            case Term.ObjectTerm o -> {
                List<Term.Entry> entries = new ArrayList<>();
                for (Term.Entry e : o.entries()) {
                    entries.add(new Term.Entry(hoistOnce(e.key()), hoistOnce(e.value())));
                }
                yield new Term.ObjectTerm(o.location(), entries);
            }
            case Term.Call c -> {
                Term.Call call = new Term.Call(c.location(), c.operator(), hoistAll(c.args()));
                BuiltinDeclaration builtin = analysis.builtin(c.name());
                if (builtin != null && builtin.relation() && call.args().size() == builtin.arity()) {
                    yield relation(call);
                }
                yield call;
            }
            case Term.Ref r -> {
                Term head = hoistOnce(r.head());
                List<Term> path = hoistAll(r.path());
                if (head instanceof Term.Var v && !Roots.isRoot(v) && !bound.contains(v.name())) {
                    yield new Term.Ref(r.location(), head, path);
                }
                Term.Ref ref = new Term.Ref(r.location(), head, path);
                yield path.stream().allMatch(this::isEvaluable) ? ref : terms.iterate(ref);
            }
        };
    }

    private Term relation(Term.Call call) {
        Ev alternatives = terms.plan(call);
        Term.Var value = temporary(call.location());
        emit(Scan.over(plan, alternatives, -1, slot(value.name())));
        iterates = true;
        return value;
    }

    /** Whether every variable the term needs is bound. */
    boolean isEvaluable(Term term) {
        return switch (term) {
            case Term.Constant c -> true;
            case Term.Var v -> Roots.isRoot(v) || bound.contains(v.name());
            case Term.Comprehension c -> true;
            case Term.TemplateString t -> true;
            case Term.ArrayTerm a -> a.items().stream().allMatch(this::isEvaluable);
            case Term.SetTerm s -> s.items().stream().allMatch(this::isEvaluable);
            case Term.ObjectTerm o ->
                o.entries().stream().allMatch(e -> isEvaluable(e.key()) && isEvaluable(e.value()));
            case Term.Call c -> c.args().stream().allMatch(this::isEvaluable);
            case Term.Ref r -> isEvaluable(r.head()) && r.path().stream().allMatch(this::isEvaluable);
        };
    }

    /**
     * Takes calls and, for calls, also references among the operands out of a negated literal: they are evaluated before
     * the negation, and where they are undefined so is the literal.
     */
    private Expr.Statement hoistNegated(Expr.Statement statement) {
        return switch (statement) {
            case Expr.Truth s -> new Expr.Truth(negatedOperand(s.term(), false));
            case Expr.Unify s -> new Expr.Unify(negatedOperand(s.left(), true), negatedOperand(s.right(), true));
            default -> statement;
        };
    }

    private Term negatedOperand(Term term, boolean nested) {
        return switch (term) {
            case Term.Call c -> {
                if (nested) {
                    yield beforeNegation(c);
                }
                boolean equality = c.name().equals("equal") && c.args().size() == 2;
                List<Term> args = new ArrayList<>();
                for (Term arg : c.args()) {
                    args.add(equality ? negatedOperand(arg, true) : beforeNegation(arg));
                }
                yield new Term.Call(c.location(), c.operator(), args);
            }
            case Term.Ref r -> {
                List<Term> path = new ArrayList<>();
                for (Term part : r.path()) {
                    path.add(beforeNegation(part));
                }
                yield new Term.Ref(
                        r.location(), r.head() instanceof Term.Call ? beforeNegation(r.head()) : r.head(), path);
            }
            case Term.ArrayTerm a -> beforeNegation(a);
            case Term.SetTerm s -> beforeNegation(s);
            case Term.ObjectTerm o -> beforeNegation(o);
            default -> term;
        };
    }

    private Term beforeNegation(Term term) {
        if (term instanceof Term.Constant || term instanceof Term.Var || term instanceof Term.Comprehension) {
            return term;
        }
        if (term instanceof Term.TemplateString || !isEvaluable(term)) {
            return term;
        }
        Ev value = terms.plan(term);
        if (value instanceof Ev.Constant) {
            return term;
        }
        Term.Var temporary = temporary(term.location());
        bind(slot(temporary.name()), value);
        return temporary;
    }

    // --- unification ---

    void bind(int slot, Ev value) {
        if (plan.traced()) {
            emit(next -> frame -> {
                Value found = value.eval(frame);
                if (found == null) {
                    return false;
                }
                frame.slots[slot] = found;
                frame.places[slot] = Trace.of(frame).at;
                return next.exec(frame);
            });
            return;
        }
        emit(next -> frame -> {
            Value found = value.eval(frame);
            if (found == null) {
                return false;
            }
            frame.slots[slot] = found;
            return next.exec(frame);
        });
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
        if (a instanceof Term.Var x && x.isWildcard() && !bound.contains(x.name()) && isEvaluable(b)) {
            Ev value = terms.plan(b);
            emit(next -> frame -> value.eval(frame) != null && next.exec(frame));
            return true;
        }
        if (b instanceof Term.Var y && y.isWildcard() && !bound.contains(y.name()) && isEvaluable(a)) {
            return unifyOne(b, a, waiting);
        }
        if (a instanceof Term.Var x && !bound.contains(x.name()) && isEvaluable(b)) {
            bind(slot(x.name()), terms.plan(b));
            bound.add(x.name());
            return true;
        }
        if (b instanceof Term.Var y && !bound.contains(y.name()) && isEvaluable(a)) {
            bind(slot(y.name()), terms.plan(a));
            bound.add(y.name());
            return true;
        }
        if (a instanceof Term.ArrayTerm x && b instanceof Term.ArrayTerm y && !(isEvaluable(a) && isEvaluable(b))) {
            if (x.items().size() != y.items().size()) {
                emit(next -> frame -> false);
                bindAll(a);
                bindAll(b);
                return true;
            }
            for (int i = 0; i < x.items().size(); i++) {
                waiting.addLast(new Term[] {x.items().get(i), y.items().get(i)});
            }
            return true;
        }
        if (a instanceof Term.ObjectTerm x && b instanceof Term.ObjectTerm y && !isEvaluable(a) && !isEvaluable(b)) {
            return unifyObjects(x, y, waiting);
        }
        if (isEvaluable(a) && isEvaluable(b)) {
            Ev left = terms.plan(a);
            Ev right = terms.plan(b);
            if (plan.traced()) {
                boolean detailed = tracked;
                emit(next ->
                        frame -> tracedComparison(frame, Comparison.EQUAL, left, right, detailed) && next.exec(frame));
                return true;
            }
            emit(next -> frame -> {
                Value p = left.eval(frame);
                if (p == null) {
                    return false;
                }
                Value q = right.eval(frame);
                return q != null && Clocks.equal(frame.state.shared, p, q) && next.exec(frame);
            });
            return true;
        }
        if (isEvaluable(b)) {
            takeApart(a, terms.consumed(b));
            return true;
        }
        if (isEvaluable(a)) {
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
            emit(next -> frame -> false);
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
            case Term.Var v -> {
                slot(v.name());
                bound.add(v.name());
            }
            case Term.ArrayTerm a -> a.items().forEach(this::bindAll);
            case Term.ObjectTerm o -> o.entries().forEach(e -> bindAll(e.value()));
            default -> {}
        }
    }

    /** Matches a pattern that has free variables against a value. */
    private void takeApart(Term pattern, Ev value) {
        switch (pattern) {
            case Term.ArrayTerm a -> {
                Term.Var whole = temporary(a.location());
                int slot = slot(whole.name());
                int size = a.items().size();
                emit(next -> frame -> {
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
                Term.Var whole = temporary(o.location());
                int slot = slot(whole.name());
                int size = o.entries().size();
                emit(next -> frame -> {
                    Value found = value.eval(frame);
                    if (!(found instanceof ObjectValue object) || object.size() != size) {
                        return false;
                    }
                    frame.slots[slot] = found;
                    return next.exec(frame);
                });
                for (Term.Entry entry : o.entries()) {
                    Ev key = terms.consumed(hoist(entry.key()));
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
        Term.Var part = temporary(location);
        int slot = slot(part.name());
        emit(next -> frame -> {
            Value found = value.eval(frame);
            if (found == null) {
                return false;
            }
            frame.slots[slot] = found;
            return next.exec(frame);
        });
        return part;
    }

    // --- iteration ---

    private void someIn(Expr.SomeIn s) {
        Ev collection = terms.plan(hoist(s.collection()));
        Term.Var key = s.key() == null ? null : target(s.key());
        Term.Var value = target(s.value());
        emit(Scan.over(plan, collection, key == null ? -1 : slot(key.name()), slot(value.name())));
        iterates = true;
        if (key != null) {
            settle(s.key(), key);
        }
        settle(s.value(), value);
    }

    /** The variable to scan into: the pattern itself where it is a free variable, else a temporary one. */
    Term.Var target(Term pattern) {
        if (pattern instanceof Term.Var v && !bound.contains(v.name())) {
            slot(v.name());
            bound.add(v.name());
            return v;
        }
        return temporary(pattern.location());
    }

    /** Matches what was scanned with the pattern it was scanned for. */
    void settle(@Nullable Term pattern, Term.Var scanned) {
        if (pattern != null && !scanned.equals(pattern)) {
            unify(hoist(pattern), scanned);
        }
    }

    private void every(Expr.Every s) {
        Ev domain = terms.plan(hoist(s.domain()));
        int[] at = {-1, -1};
        Node body = test(() -> {
            if (s.key() instanceof Term.Var key) {
                at[0] = slot(target(key).name());
            }
            at[1] = slot(target(s.value()).name());
            body(s.body());
        });
        emit(next -> frame -> {
            Value found = domain.eval(frame);
            return found != null && Scan.all(plan, frame, found, at[0], at[1], body) && next.exec(frame);
        });
    }
}

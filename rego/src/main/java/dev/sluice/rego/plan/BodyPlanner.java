package dev.sluice.rego.plan;

import dev.sluice.rego.analysis.Analysis;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
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
    private final Plan plan;
    private final Analysis analysis;
    private final TermPlanner terms;
    private final Unification unification;
    private final Searches searches;
    private final Loops loops;
    private final Map<String, Integer> slots = new HashMap<>();
    private Set<String> bound = new HashSet<>();
    private List<UnaryOperator<Node>> statements = new ArrayList<>();
    private int work;
    private int temporaries;
    private boolean iterates;
    private boolean costly;
    private boolean tracked;

    BodyPlanner(Plan plan) {
        this.plan = plan;
        this.analysis = plan.analysis();
        this.loops = new Loops(this);
        this.terms = new TermPlanner(plan, this, loops);
        this.unification = new Unification(plan, this, terms);
        this.searches = new Searches(this, terms.references());
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

    /** Begins a loop with the next statement. */
    void loop() {
        emit(beginLoop()::then);
    }

    private Loops.Loop beginLoop() {
        iterates = true;
        costly = true;
        return loops.begin();
    }

    /** Says that the body calls a function of the program. */
    void calls() {
        costly = true;
    }

    /** Whether the body has loops or calls functions of the program, at any depth. */
    boolean isCostly() {
        return costly;
    }

    boolean isTraced() {
        return plan.traced();
    }

    /** Whether values are explained where a comparison fails. */
    boolean isTracked() {
        return tracked;
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
        Loops.Mark mark = loops.mark();
        statements = new ArrayList<>();
        bound = new HashSet<>(bound);
        tracked = false;
        Node node = link(inside.get());
        statements = outerStatements;
        bound = outerBound;
        iterates = outerIterates;
        tracked = outerTracked;
        loops.returnTo(mark);
        return node;
    }

    /** Emits that a variable gets a value; what follows does not happen where that is undefined. */
    void assign(int slot, Ev value) {
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

    /** A block that ends as soon as it holds. */
    private Node test(Runnable inside) {
        return block(() -> {
            inside.run();
            return frame -> true;
        });
    }

    /** A fresh variable, bound. */
    Term.Var temporary(Location location) {
        String name = freshName();
        bind(name);
        return new Term.Var(location, name);
    }

    /** The slot of a value without a name. */
    int temporarySlot() {
        return slot(freshName());
    }

    /** The name of a variable that nobody wrote. */
    String freshName() {
        return "%" + temporaries++;
    }

    /** The slot of a variable that has a value from here on, which may be another one in each round of the innermost loop. */
    int bind(String name) {
        bound.add(name);
        loops.bound(name);
        return slot(name);
    }

    /** The slot of a variable that has the value of a term from here on. */
    int bind(String name, Term value) {
        loops.bound(name, value);
        bound.add(name);
        return slot(name);
    }

    /** Emits the literals of a body. */
    void body(Body body) {
        int count = 0;
        for (Expr expr : body.literals()) {
            count++;
            literal(expr, count < body.literals().size() ? body.literals().get(count) : null);
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
                bind(v.name());
                inputs.add(v);
            } else {
                inputs.add(temporary(parameter.location()));
            }
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (!inputs.get(i).equals(parameters.get(i))) {
                unification.unify(parameters.get(i), inputs.get(i));
            }
        }
    }

    /** A term of the head, planned after the body. */
    Ev head(Term term) {
        return terms.consumed(hoist(term));
    }

    private void literal(Expr expr, @Nullable Expr following) {
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
            loops.enterScope();
        }
        if (expr.negated()) {
            Expr.Statement inner = new Negation(this, terms).hoisted(expr.statement());
            Node negated = test(() -> statement(inner));
            emit(next -> frame -> {
                return !negated.exec(frame) && next.exec(frame);
            });
        } else {
            Searches.Search search = plan.traced() ? null : searches.of(expr, following);
            if (search == null) {
                statement(expr.statement());
            } else {
                search(search);
            }
        }
        if (scoped) {
            loops.leaveScope();
            WithPlanner.leave(this);
        }
    }

    private void statement(Expr.Statement statement) {
        switch (statement) {
            case Expr.Truth s -> truth(s.term());
            case Expr.Unify s -> unification.unify(hoist(s.left()), hoist(s.right()));
            case Expr.Assign s -> unification.unify(s.left(), hoist(s.right()));
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
            if (plan.traced()) {
                new Print(this, terms).emit(call);
            }
            return;
        }
        Term hoisted = hoist(term);
        if (hoisted instanceof Term.Call call) {
            int arity = terms.arity(call);
            if (arity >= 0 && call.args().size() == arity + 1) {
                Term.Call inputs = new Term.Call(
                        call.location(), call.operator(), call.args().subList(0, arity));
                unification.unify(call.args().getLast(), hoist(inputs));
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
                    frame.detail = Comparison.shown(found);
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
                boolean holds = test.tracedHolds(frame, left, right, detailed);
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
        loop();
        Term.Var value = temporary(call.location());
        emit(Scan.over(plan, alternatives, -1, slot(value.name())));
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

    // --- iteration ---

    private void someIn(Expr.SomeIn s) {
        Ev collection = terms.plan(hoist(s.collection()));
        loop();
        Term.Var key = s.key() == null ? null : target(s.key());
        Term.Var value = target(s.value());
        emit(Scan.over(plan, collection, key == null ? -1 : slot(key.name()), slot(value.name())));
        if (key != null) {
            settle(s.key(), key);
        }
        settle(s.value(), value);
    }

    /** A scan in which an index may be used; the literal after it compares again. */
    private void search(Searches.Search s) {
        Ev collection = terms.plan(hoist(s.collection()));
        Ev wanted = terms.plan(s.wanted());
        loop();
        Term.Var key = s.key() == null ? null : target(s.key());
        Term.Var element = target(s.element());
        emit(Scan.search(collection, key == null ? -1 : slot(key.name()), slot(element.name()), s.path(), wanted));
        if (key != null) {
            settle(s.key(), key);
        }
    }

    /** The variable to scan into: the pattern itself where it is a free variable, else a temporary one. */
    Term.Var target(Term pattern) {
        if (pattern instanceof Term.Var v && !bound.contains(v.name())) {
            bind(v.name());
            return v;
        }
        return temporary(pattern.location());
    }

    /** Matches what was scanned with the pattern it was scanned for. */
    void settle(@Nullable Term pattern, Term.Var scanned) {
        if (pattern != null && !scanned.equals(pattern)) {
            unification.unify(hoist(pattern), scanned);
        }
    }

    private void every(Expr.Every s) {
        Ev domain = terms.plan(hoist(s.domain()));
        int[] at = {-1, -1};
        Loops.Loop[] loop = new Loops.Loop[1];
        Node body = test(() -> {
            loop[0] = beginLoop();
            if (s.key() instanceof Term.Var key) {
                at[0] = slot(target(key).name());
            }
            at[1] = slot(target(s.value()).name());
            body(s.body());
        });
        emit(loop[0]::then);
        emit(next -> frame -> {
            Value found = domain.eval(frame);
            return found != null && Scan.all(plan, frame, found, at[0], at[1], body) && next.exec(frame);
        });
    }
}

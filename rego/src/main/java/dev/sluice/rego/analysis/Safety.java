package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Puts the literals of every body into an order in which each variable is bound before it is needed, and reports the
 * variables for which there is none. The order is OPA's: source order, except that a literal waits for what it needs.
 */
final class Safety {
    private final ToIntFunction<Term.Call> arity;
    private final List<RegoError> errors;
    private final Set<String> reported = new HashSet<>();

    /** @param arity how many arguments a call takes before its output */
    Safety(ToIntFunction<Term.Call> arity, List<RegoError> errors) {
        this.arity = arity;
        this.errors = errors;
    }

    Rule rule(Rule rule) {
        Set<String> bound = new HashSet<>();
        if (rule.args() != null) {
            rule.args().forEach(a -> Vars.direct(a, v -> bound.add(v.name())));
        }
        Set<String> inBody = new HashSet<>(bound);
        Body body = body(rule.body(), inBody);
        List<Term> ref = new ArrayList<>();
        for (Term part : rule.ref()) {
            ref.add(head(part, inBody));
        }
        Term key = rule.key() == null ? null : head(rule.key(), inBody);
        Term value = head(rule.value(), inBody);
        return new Rule(
                rule.location(),
                rule.isDefault(),
                ref,
                rule.args(),
                key,
                value,
                body,
                otherwise(rule.otherwise(), bound),
                rule.annotations());
    }

    private Rule.@Nullable Else otherwise(Rule.@Nullable Else branch, Set<String> args) {
        if (branch == null) {
            return null;
        }
        Set<String> bound = new HashSet<>(args);
        Body body = body(branch.body(), bound);
        Term value = head(branch.value(), bound);
        return new Rule.Else(branch.location(), value, body, otherwise(branch.otherwise(), args));
    }

    /** A term of the head, evaluated after the body; references in it may bind their own variables. */
    private Term head(Term term, Set<String> bound) {
        refOutputs(term, bound, bound);
        Vars.direct(term, v -> {
            if (!bound.contains(v.name())) {
                unsafe(v);
            }
        });
        return nested(term, bound);
    }

    private void unsafe(Term.Var v) {
        if (reported.add(v.name())) {
            errors.add(v.location()
                    .error(RegoError.UNSAFE_VAR, "var " + Resolver.written(v.name()) + " is unsafe")
                    .withHint(hint(Resolver.written(v.name()))));
        }
    }

    private static @Nullable String hint(String name) {
        return name.equals("_")
                ? "an iteration cannot stand here; bind it to a name in a literal of its own"
                : "nothing gives `" + name + "` a value: assign it, iterate with `some " + name
                        + " in ...`, or import it";
    }

    /** A literal that has no place yet, and whether a variable of it was bound since it was looked at. */
    private static final class Waiting {
        private final Expr expr;
        private boolean due = true;

        private Waiting(Expr expr) {
            this.expr = expr;
        }
    }

    /** Orders a body; {@code bound} holds what is known before and afterwards also what the body binds. */
    Body body(Body body, Set<String> bound) {
        List<Waiting> waiting = body.literals().stream().map(Waiting::new).toList();
        List<Expr> ordered = new ArrayList<>();
        Set<String> own = new HashSet<>(bound);
        Map<String, List<Waiting>> concerned = new HashMap<>();
        for (Waiting literal : waiting) {
            Vars.direct(literal.expr, v -> own.add(v.name()));
            if (waiting.size() > 1) {
                Consumer<Term.Var> note = v -> concerned
                        .computeIfAbsent(v.name(), name -> new ArrayList<>())
                        .add(literal);
                Vars.direct(literal.expr, note);
                Vars.closed(literal.expr, note);
            }
        }
        boolean progress = true;
        while (progress && !waiting.isEmpty()) {
            progress = false;
            List<Waiting> later = new ArrayList<>();
            for (Waiting literal : waiting) {
                Expr expr = literal.expr;
                Set<String> out = literal.due ? outputs(expr, bound) : Set.of();
                if (literal.due && missing(expr, bound, out, own).isEmpty()) {
                    ordered.add(nested(expr, bound, out));
                    for (String name : out) {
                        if (bound.add(name)) {
                            concerned.getOrDefault(name, List.of()).forEach(each -> each.due = true);
                        }
                    }
                    progress = true;
                } else {
                    literal.due = false;
                    later.add(literal);
                }
            }
            waiting = later;
        }
        for (Waiting literal : waiting) {
            Expr expr = literal.expr;
            missing(expr, bound, outputs(expr, bound), own).values().forEach(v -> unsafe(v));
            ordered.add(expr);
        }
        if (!waiting.isEmpty()) {
            waiting.forEach(literal -> Vars.direct(literal.expr, v -> bound.add(v.name())));
        }
        return new Body(ordered);
    }

    private Map<String, Term.Var> missing(Expr expr, Set<String> bound, Set<String> out, Set<String> own) {
        Map<String, Term.Var> missing = new LinkedHashMap<>();
        Vars.direct(expr, v -> {
            if (!bound.contains(v.name()) && !out.contains(v.name())) {
                missing.putIfAbsent(v.name(), v);
            }
        });
        if (expr.statement() instanceof Expr.Assign assign && missing.size() > 1) {
            // The variables being assigned are not at fault when the value has unsafe ones.
            Set<String> assigned = new HashSet<>();
            patternVars(assign.left(), assigned);
            missing.keySet().removeAll(assigned);
        }
        Vars.closed(expr, v -> {
            if (own.contains(v.name()) && !bound.contains(v.name())) {
                missing.putIfAbsent(v.name(), v);
            }
        });
        return missing;
    }

    private Set<String> outputs(Expr expr, Set<String> bound) {
        Set<String> out = new LinkedHashSet<>();
        if (expr.negated()) {
            return out;
        }
        for (With with : expr.withs()) {
            boolean[] ready = {true};
            Vars.direct(with.value(), v -> ready[0] &= bound.contains(v.name()));
            if (!ready[0]) {
                return out;
            }
        }
        switch (expr.statement()) {
            case Expr.Truth s -> callOutputs(s.term(), bound, out);
            case Expr.Unify s -> {
                callOutputs(s.left(), bound, out);
                callOutputs(s.right(), bound, out);
                int before;
                do {
                    before = out.size();
                    unify(s.left(), s.right(), bound, out);
                } while (out.size() > before);
            }
            case Expr.Assign s -> {
                refOutputs(s.right(), bound, out);
                if (ready(s.right(), bound, out)) {
                    patternVars(s.left(), out);
                }
            }
            case Expr.SomeIn s -> {
                refOutputs(s.collection(), bound, out);
                if (ready(s.collection(), bound, out)) {
                    patternVars(s.value(), out);
                    if (s.key() != null) {
                        patternVars(s.key(), out);
                    }
                    refOutputs(s.value(), bound, out);
                }
            }
            case Expr.Every s -> refOutputs(s.domain(), bound, out);
            case Expr.Some s -> {}
            case Expr.NotBody s -> {}
            case Expr.Logic s -> {}
        }
        return out;
    }

    /** As {@link #refOutputs}, and for a call with one argument too many the variables of that output pattern. */
    private void callOutputs(Term term, Set<String> bound, Set<String> out) {
        refOutputs(term, bound, out);
        if (term instanceof Term.Call call) {
            int inputs = arity.applyAsInt(call);
            if (inputs >= 0 && call.args().size() == inputs + 1) {
                for (Term arg : call.args().subList(0, inputs)) {
                    if (!ready(arg, bound, out)) {
                        return;
                    }
                }
                patternVars(call.args().getLast(), out);
            }
        }
    }

    private static boolean ready(Term term, Set<String> bound, Set<String> out) {
        boolean[] ready = {true};
        Vars.direct(term, v -> ready[0] &= bound.contains(v.name()) || out.contains(v.name()));
        return ready[0];
    }

    private void unify(Term a, Term b, Set<String> bound, Set<String> out) {
        if (ready(a, bound, out)) {
            patternVars(b, out);
        }
        if (ready(b, bound, out)) {
            patternVars(a, out);
        }
        if (a instanceof Term.ArrayTerm x
                && b instanceof Term.ArrayTerm y
                && x.items().size() == y.items().size()) {
            for (int i = 0; i < x.items().size(); i++) {
                unify(x.items().get(i), y.items().get(i), bound, out);
            }
        }
        if (a instanceof Term.ObjectTerm x && b instanceof Term.ObjectTerm y) {
            for (Term.Entry e : x.entries()) {
                for (Term.Entry f : y.entries()) {
                    if (e.key() instanceof Term.Constant k
                            && f.key() instanceof Term.Constant l
                            && k.value().equals(l.value())) {
                        unify(e.value(), f.value(), bound, out);
                    }
                }
            }
        }
    }

    static void patternVars(Term term, Set<String> out) {
        switch (term) {
            case Term.Var v -> {
                if (!Vars.isRoot(v)) {
                    out.add(v.name());
                }
            }
            case Term.ArrayTerm a -> a.items().forEach(t -> patternVars(t, out));
            case Term.ObjectTerm o -> o.entries().forEach(e -> patternVars(e.value(), out));
            default -> {}
        }
    }

    /** The variables that references in a term bind by iterating. */
    private static void refOutputs(Term term, Set<String> bound, Set<String> out) {
        switch (term) {
            case Term.Ref r -> {
                refOutputs(r.head(), bound, out);
                if (r.head() instanceof Term.Var v
                        && !Vars.isRoot(v)
                        && !bound.contains(v.name())
                        && !out.contains(v.name())) {
                    return;
                }
                if (!(r.head() instanceof Term.Var) && !ready(r.head(), bound, out)) {
                    return;
                }
                for (Term part : r.path()) {
                    refOutputs(part, bound, out);
                    patternVars(part, out);
                }
            }
            case Term.ArrayTerm a -> a.items().forEach(t -> refOutputs(t, bound, out));
            case Term.SetTerm s -> s.items().forEach(t -> refOutputs(t, bound, out));
            case Term.ObjectTerm o ->
                o.entries().forEach(e -> {
                    refOutputs(e.key(), bound, out);
                    refOutputs(e.value(), bound, out);
                });
            case Term.Call c -> c.args().forEach(t -> refOutputs(t, bound, out));
            case Term.Constant c -> {}
            case Term.Var v -> {}
            case Term.Comprehension c -> {}
            case Term.TemplateString t -> {}
        }
    }

    /** Whether there is a body in the literal that may use what is bound before it; most have none, and need no set of their own. */
    private static boolean encloses(Expr expr) {
        if (expr.statement() instanceof Expr.Every
                || expr.statement() instanceof Expr.NotBody
                || expr.statement() instanceof Expr.Logic) {
            return true;
        }
        boolean[] closed = {false};
        Vars.closed(expr, v -> closed[0] = true);
        return closed[0];
    }

    private Expr nested(Expr expr, Set<String> bound, Set<String> out) {
        Set<String> known = bound;
        if (!out.isEmpty() && encloses(expr)) {
            known = new HashSet<>(bound);
            known.addAll(out);
        }
        List<With> withs = new ArrayList<>();
        for (With with : expr.withs()) {
            withs.add(new With(with.location(), with.target(), nested(with.value(), bound)));
        }
        Expr.Statement statement = switch (expr.statement()) {
            case Expr.Truth s -> new Expr.Truth(nested(s.term(), known));
            case Expr.Unify s -> new Expr.Unify(nested(s.left(), known), nested(s.right(), known));
            case Expr.Assign s -> new Expr.Assign(nested(s.left(), known), nested(s.right(), bound));
            case Expr.SomeIn s ->
                new Expr.SomeIn(
                        s.key() == null ? null : nested(s.key(), known),
                        nested(s.value(), known),
                        nested(s.collection(), known));
            case Expr.Every s -> {
                Set<String> inner = new HashSet<>(known);
                patternVars(s.value(), inner);
                if (s.key() != null) {
                    patternVars(s.key(), inner);
                }
                yield new Expr.Every(s.key(), s.value(), nested(s.domain(), known), body(s.body(), inner));
            }
            case Expr.NotBody s -> {
                if (!s.braced()) {
                    bare(s.body(), known);
                }
                yield new Expr.NotBody(body(s.body(), new HashSet<>(known)), s.braced());
            }
            case Expr.Logic s -> new Expr.Logic(s.and(), nested(s.left(), known), nested(s.right(), known));
            case Expr.Some s -> s;
        };
        return new Expr(expr.location(), expr.text(), expr.negated(), statement, withs);
    }

    /** A literal that stands in a negation or chain without braces must find its variables bound. */
    private void bare(Body body, Set<String> known) {
        for (Expr expr : body.literals()) {
            Vars.direct(expr, v -> {
                if (!known.contains(v.name())) {
                    unsafe(v);
                }
            });
        }
    }

    private Expr.Operand nested(Expr.Operand operand, Set<String> known) {
        if (!operand.braced()) {
            bare(operand.body(), known);
        }
        return new Expr.Operand(operand.location(), body(operand.body(), new HashSet<>(known)), operand.braced());
    }

    private List<Term> nested(List<Term> terms, Set<String> bound) {
        List<Term> out = new ArrayList<>(terms.size());
        for (Term term : terms) {
            out.add(nested(term, bound));
        }
        return out;
    }

    /** The term with the bodies of its comprehensions ordered. */
    private Term nested(Term term, Set<String> bound) {
        return switch (term) {
            case Term.Constant c -> c;
            case Term.Var v -> v;
            case Term.Ref r -> new Term.Ref(r.location(), nested(r.head(), bound), nested(r.path(), bound));
            case Term.ArrayTerm a -> new Term.ArrayTerm(a.location(), nested(a.items(), bound));
            case Term.SetTerm s -> new Term.SetTerm(s.location(), nested(s.items(), bound));
            case Term.ObjectTerm o ->
                new Term.ObjectTerm(
                        o.location(),
                        o.entries().stream()
                                .map(e -> new Term.Entry(nested(e.key(), bound), nested(e.value(), bound)))
                                .toList());
            case Term.Call c -> new Term.Call(c.location(), c.operator(), nested(c.args(), bound));
            case Term.TemplateString t -> new Term.TemplateString(t.location(), nested(t.parts(), bound));
            case Term.Comprehension c -> {
                Set<String> inner = new HashSet<>(bound);
                Body body = body(c.body(), inner);
                Term key = c.key() == null ? null : comprehensionHead(c.key(), inner);
                yield new Term.Comprehension(c.location(), c.kind(), key, comprehensionHead(c.value(), inner), body);
            }
        };
    }

    private Term comprehensionHead(Term term, Set<String> bound) {
        refOutputs(term, bound, bound);
        Vars.direct(term, v -> {
            if (!bound.contains(v.name())) {
                unsafe(v);
            }
        });
        return nested(term, bound);
    }
}

package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives every name of a module its meaning: variables get names unique in their rule, names of rules and imports become
 * references below {@code data} and {@code input}.
 */
final class Resolver {
    private final Map<String, List<String>> globals;
    private final Predicate<List<String>> isFunction;
    private final List<RegoError> errors;
    private final Map<String, Term.Var> mustBeUsed = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();
    private Map<String, Value> metadata = Map.of();
    private int counter;

    /**
     * @param globals the names of rules and imports with the paths they stand for
     * @param isFunction whether a path is that of a function, of the program's own or builtin
     */
    Resolver(Map<String, List<String>> globals, Predicate<List<String>> isFunction, List<RegoError> errors) {
        this.globals = globals;
        this.isFunction = isFunction;
        this.errors = errors;
    }

    /** The name as written, of a variable made unique. */
    static String written(String unique) {
        if (unique.startsWith("$")) {
            return "_";
        }
        int at = unique.indexOf('@');
        return at < 0 ? unique : unique.substring(0, at);
    }

    private String unique(String name) {
        return name + "@" + counter++;
    }

    /** @param says what the functions {@code rego.metadata.*} give in the rule, by their names */
    Rule rule(Rule rule, Map<String, Value> says) {
        metadata = says;
        Scope outer = new Scope(null);
        List<Term> args = null;
        List<Expr> computed = new ArrayList<>();
        if (rule.args() != null) {
            List<Term> patterns = new ArrayList<>();
            for (Term arg : rule.args()) {
                patterns.add(pattern(arg, computed));
            }
            for (Term arg : patterns) {
                Vars.direct(arg, v -> {
                    if (!v.isWildcard() && outer.find(v.name()) == null) {
                        outer.declareArgument(v.name(), unique(v.name()));
                    }
                });
            }
            args = terms(patterns, outer);
        }
        List<Term> heads = new ArrayList<>(rule.ref().subList(1, rule.ref().size()));
        if (rule.key() != null) {
            heads.add(rule.key());
        }
        heads.add(rule.value());
        Scope scope = new Scope(outer);
        Body body = body(with(rule.body(), computed), scope, heads);
        List<Term> ref = new ArrayList<>();
        ref.add(rule.ref().getFirst());
        for (Term part : rule.ref().subList(1, rule.ref().size())) {
            ref.add(term(part, scope));
        }
        Term key = rule.key() == null ? null : term(rule.key(), scope);
        Term value = term(rule.value(), scope);
        Rule.Else otherwise = otherwise(rule.otherwise(), outer, computed);
        reportUnused();
        return new Rule(rule.location(), rule.isDefault(), ref, args, key, value, body, otherwise, rule.annotations());
    }

    private Rule.@Nullable Else otherwise(Rule.@Nullable Else branch, Scope outer, List<Expr> computed) {
        if (branch == null) {
            return null;
        }
        Scope scope = new Scope(outer);
        Body body = body(with(branch.body(), computed), scope, List.of(branch.value()));
        return new Rule.Else(
                branch.location(), body(branch, scope), body, otherwise(branch.otherwise(), outer, computed));
    }

    private Term body(Rule.Else branch, Scope scope) {
        return term(branch.value(), scope);
    }

    private static Body with(Body body, List<Expr> more) {
        if (more.isEmpty()) {
            return body;
        }
        List<Expr> literals = new ArrayList<>(body.literals());
        literals.addAll(more);
        return new Body(literals);
    }

    /** A parameter without computed parts; each is replaced by a variable that a literal of the body compares. */
    private Term pattern(Term arg, List<Expr> computed) {
        return switch (arg) {
            case Term.Constant c -> c;
            case Term.Var v -> v;
            case Term.ArrayTerm a ->
                new Term.ArrayTerm(
                        a.location(),
                        a.items().stream().map(t -> pattern(t, computed)).toList());
            case Term.ObjectTerm o ->
                new Term.ObjectTerm(
                        o.location(),
                        o.entries().stream()
                                .map(e -> new Term.Entry(e.key(), pattern(e.value(), computed)))
                                .toList());
            default -> {
                Term.Var value = new Term.Var(arg.location(), "parameter " + counter++);
                computed.add(new Expr(arg.location(), "", false, new Expr.Unify(value, arg), List.of()));
                yield value;
            }
        };
    }

    /** A query and the unique names of its variables. */
    record Query(Body body, Map<String, String> names) {}

    Query query(Body body) {
        Scope scope = new Scope(null);
        Body resolved = body(body, scope, List.of());
        reportUnused();
        Map<String, String> names = new LinkedHashMap<>();
        Vars.all(resolved, v -> {
            String name = written(v.name());
            if (!v.isWildcard() && v.name().equals(scope.find(name))) {
                names.put(name, v.name());
            }
        });
        return new Query(resolved, names);
    }

    private Body body(Body body, Scope scope, List<Term> heads) {
        Set<String> declared = new HashSet<>();
        for (Expr expr : body.literals()) {
            declared(expr, declared);
        }
        Set<String> implicit = new HashSet<>();
        for (Expr expr : body.literals()) {
            Vars.direct(withoutFunctions(expr), v -> implicit.add(v.name()));
        }
        for (Term head : heads) {
            Vars.direct(head, v -> implicit.add(v.name()));
        }
        for (String name : implicit) {
            if (!name.startsWith("$")
                    && !declared.contains(name)
                    && scope.find(name) == null
                    && !globals.containsKey(name)) {
                scope.put(name, unique(name));
            }
        }
        List<Expr> out = new ArrayList<>();
        for (Expr expr : body.literals()) {
            Expr resolved = expr(expr, scope);
            if (resolved != null) {
                out.add(resolved);
            }
        }
        return new Body(out);
    }

    /** The literal without the modifiers that put one function in place of another, whose names are no variables. */
    private Expr withoutFunctions(Expr expr) {
        List<With> withs = new ArrayList<>();
        for (With with : expr.withs()) {
            List<String> value = names(with.value());
            if (value == null || !isFunction.test(absolute(value))) {
                withs.add(with);
            }
        }
        return withs.size() == expr.withs().size()
                ? expr
                : new Expr(expr.location(), expr.text(), expr.negated(), expr.statement(), withs);
    }

    private static void declared(Expr expr, Set<String> out) {
        switch (expr.statement()) {
            case Expr.Assign s -> patternVars(s.left(), out);
            case Expr.Some s -> s.vars().forEach(v -> out.add(v.name()));
            case Expr.SomeIn s -> {
                patternVars(s.key(), out);
                patternVars(s.value(), out);
            }
            default -> {}
        }
    }

    private static void patternVars(@Nullable Term term, Set<String> out) {
        switch (term) {
            case null -> {}
            case Term.Var v -> {
                if (!v.isWildcard()) {
                    out.add(v.name());
                }
            }
            case Term.ArrayTerm a -> a.items().forEach(t -> patternVars(t, out));
            case Term.ObjectTerm o -> o.entries().forEach(e -> patternVars(e.value(), out));
            default -> {}
        }
    }

    private @Nullable Expr expr(Expr expr, Scope scope) {
        List<With> withs = new ArrayList<>();
        for (With with : expr.withs()) {
            withs.add(with(with, scope));
        }
        Expr.Statement statement = switch (expr.statement()) {
            case Expr.Truth s -> {
                if (s.term() instanceof Term.Call c && c.args().size() == 1 && metadata.containsKey(c.name())) {
                    // The argument stands for what the call gives.
                    yield new Expr.Unify(term(c.args().getFirst(), scope), said(c));
                }
                yield new Expr.Truth(term(s.term(), scope));
            }
            case Expr.Unify s -> new Expr.Unify(term(s.left(), scope), term(s.right(), scope));
            case Expr.Assign s -> {
                if (expr.negated()) {
                    compileError(expr.location(), "cannot assign vars inside negated expression");
                }
                if (s.left() instanceof Term.Constant constant) {
                    cannotAssign(constant, constant.value().kind().word());
                }
                Term right = term(s.right(), scope);
                yield new Expr.Assign(declare(s.left(), scope, true), right);
            }
            case Expr.Some s -> {
                s.vars().forEach(v -> mustUse(declare(v, scope, false)));
                yield null;
            }
            case Expr.SomeIn s -> {
                Term collection = term(s.collection(), scope);
                Term key = s.key() == null ? null : declareSome(s.key(), scope);
                yield new Expr.SomeIn(key, declareSome(s.value(), scope), collection);
            }
            case Expr.Every s -> {
                Term domain = term(s.domain(), scope);
                Scope inner = new Scope(scope);
                Term key = s.key() == null ? null : mustUse(declare(s.key(), inner, false));
                Term value = mustUse(declare(s.value(), inner, false));
                yield new Expr.Every(key, value, domain, body(s.body(), new Scope(inner), List.of()));
            }
            case Expr.NotBody s -> notBody(s, scope);
            case Expr.Logic s ->
                new Expr.Logic(s.and(), operand(s.left(), s.and(), scope), operand(s.right(), s.and(), scope));
        };
        return statement == null ? null : new Expr(expr.location(), expr.text(), expr.negated(), statement, withs);
    }

    private Term mustUse(Term declared) {
        if (declared instanceof Term.Var v && !v.isWildcard()) {
            mustBeUsed.put(v.name(), v);
        }
        return declared;
    }

    /** Reports the variables declared so far that nothing reads. */
    private void reportUnused() {
        mustBeUsed.forEach((unique, v) -> {
            if (!used.contains(unique)) {
                compileError(v.location(), "declared var " + written(unique) + " unused");
            }
        });
        mustBeUsed.clear();
    }

    private Expr.NotBody notBody(Expr.NotBody s, Scope scope) {
        if (!s.braced()) {
            bare(s.body(), "negated expression");
        }
        return new Expr.NotBody(body(s.body(), new Scope(scope), List.of()), s.braced());
    }

    private void bare(Body body, String where) {
        for (Expr expr : body.literals()) {
            if (expr.statement() instanceof Expr.Assign) {
                compileError(expr.location(), "cannot assign vars inside " + where);
            }
        }
    }

    private Expr.Operand operand(Expr.Operand operand, boolean and, Scope scope) {
        if (!operand.braced()) {
            bare(operand.body(), "implicit " + (and ? "and" : "or") + " operand");
        }
        return new Expr.Operand(
                operand.location(), body(operand.body(), new Scope(scope), List.of()), operand.braced());
    }

    private With with(With with, Scope scope) {
        Term target = with.target();
        List<String> path = names(target);
        if (path != null) {
            List<String> full = absolute(path);
            if (isFunction.test(full)) {
                List<String> replacement = names(with.value());
                Term value = replacement != null
                                && scope.find(replacement.getFirst()) == null
                                && isFunction.test(absolute(replacement))
                        ? new Term.Call(with.value().location(), absolute(replacement), List.of())
                        : term(with.value(), scope);
                return new With(with.location(), new Term.Call(target.location(), full, List.of()), value);
            }
        }
        Term resolved = term(target, scope);
        Term value = term(with.value(), scope);
        if (!(resolved instanceof Term.Ref r && Vars.isRoot(r.head()))) {
            errors.add(target.location()
                    .error(RegoError.TYPE, "with keyword target must reference existing input, data, or a function"));
            return new With(
                    with.location(),
                    new Term.Ref(target.location(), new Term.Var(target.location(), "input"), List.of()),
                    value);
        }
        for (Term part : r.path()) {
            if (!(part instanceof Term.Constant)) {
                errors.add(target.location()
                        .error(
                                RegoError.TYPE,
                                "with keyword target must reference existing input, data, or a function"));
                break;
            }
        }
        return new With(with.location(), resolved, value);
    }

    private static @Nullable List<String> names(Term term) {
        if (term instanceof Term.Var v) {
            return List.of(v.name());
        }
        if (!(term instanceof Term.Ref r) || !(r.head() instanceof Term.Var v)) {
            return null;
        }
        List<String> out = new ArrayList<>();
        out.add(v.name());
        for (Term part : r.path()) {
            String name = Term.constantString(part);
            if (name == null) {
                return null;
            }
            out.add(name);
        }
        return out;
    }

    private List<String> absolute(List<String> path) {
        List<String> global = globals.get(path.getFirst());
        if (global == null) {
            return path;
        }
        List<String> out = new ArrayList<>(global);
        out.addAll(path.subList(1, path.size()));
        return out;
    }

    /** The pattern on the left of {@code :=}, with its variables made new. */
    private Term declare(Term pattern, Scope scope, boolean assignment) {
        return switch (pattern) {
            case Term.Var v -> {
                if (v.isWildcard()) {
                    yield v;
                }
                String name = v.name();
                if (name.equals("input") || name.equals("data")) {
                    compileError(
                            v.location(), "variables must not shadow " + name + " (use a different variable name)");
                } else if (scope.isDeclaredHere(name)) {
                    compileError(v.location(), "var " + name + (assignment ? " assigned" : " declared") + " above");
                } else if (scope.parent() != null && scope.parent().isArgumentHere(name)) {
                    compileError(v.location(), "arg " + name + " redeclared");
                } else if (scope.isReferenced(name)) {
                    compileError(v.location(), "var " + name + " referenced above");
                }
                String unique = unique(name);
                scope.declare(name, unique);
                yield new Term.Var(v.location(), unique);
            }
            case Term.ArrayTerm a ->
                new Term.ArrayTerm(
                        a.location(),
                        a.items().stream()
                                .map(t -> declare(t, scope, assignment))
                                .toList());
            case Term.ObjectTerm o ->
                new Term.ObjectTerm(
                        o.location(),
                        o.entries().stream()
                                .map(e -> new Term.Entry(term(e.key(), scope), declare(e.value(), scope, assignment)))
                                .toList());
            case Term.Constant c -> c;
            case Term.Ref r -> cannotAssign(r, "ref");
            case Term.Call c -> cannotAssign(c, "call");
            case Term.SetTerm s -> cannotAssign(s, "set");
            case Term.Comprehension c ->
                cannotAssign(c, c.kind().name().toLowerCase(java.util.Locale.ROOT) + "comprehension");
            case Term.TemplateString t -> cannotAssign(t, "templatestring");
        };
    }

    private Term cannotAssign(Term term, String kind) {
        compileError(term.location(), "cannot assign to " + kind);
        return new Term.Var(term.location(), "$bad");
    }

    /** The pattern of {@code some ... in}: variables are new, anything else is read. */
    private Term declareSome(Term pattern, Scope scope) {
        return switch (pattern) {
            case Term.Var v -> declare(v, scope, false);
            case Term.ArrayTerm a ->
                new Term.ArrayTerm(
                        a.location(),
                        a.items().stream().map(t -> declareSome(t, scope)).toList());
            case Term.ObjectTerm o ->
                new Term.ObjectTerm(
                        o.location(),
                        o.entries().stream()
                                .map(e -> new Term.Entry(term(e.key(), scope), declareSome(e.value(), scope)))
                                .toList());
            default -> term(pattern, scope);
        };
    }

    private List<Term> terms(List<Term> terms, Scope scope) {
        List<Term> out = new ArrayList<>(terms.size());
        for (Term term : terms) {
            out.add(term(term, scope));
        }
        return out;
    }

    private Term term(Term term, Scope scope) {
        return switch (term) {
            case Term.Constant c -> c;
            case Term.Var v -> variable(v, scope);
            case Term.Ref r -> reference(r, scope);
            case Term.ArrayTerm a -> new Term.ArrayTerm(a.location(), terms(a.items(), scope));
            case Term.SetTerm s -> new Term.SetTerm(s.location(), terms(s.items(), scope));
            case Term.ObjectTerm o ->
                new Term.ObjectTerm(
                        o.location(),
                        o.entries().stream()
                                .map(e -> new Term.Entry(term(e.key(), scope), term(e.value(), scope)))
                                .toList());
            case Term.Call c when c.args().isEmpty() && metadata.containsKey(c.name()) -> said(c);
            case Term.Call c ->
                new Term.Call(c.location(), absoluteUnlessLocal(c.operator(), scope), terms(c.args(), scope));
            case Term.TemplateString t -> new Term.TemplateString(t.location(), terms(t.parts(), scope));
            case Term.Comprehension c -> {
                Scope inner = new Scope(scope);
                List<Term> heads = c.key() == null ? List.of(c.value()) : List.of(c.key(), c.value());
                Body body = body(c.body(), inner, heads);
                Term key = c.key() == null ? null : term(c.key(), inner);
                yield new Term.Comprehension(c.location(), c.kind(), key, term(c.value(), inner), body);
            }
        };
    }

    private Term said(Term.Call c) {
        return new Term.Constant(c.location(), metadata.getOrDefault(c.name(), NullValue.NULL));
    }

    private List<String> absoluteUnlessLocal(List<String> operator, Scope scope) {
        return scope.find(operator.getFirst()) != null
                        && operator.size() == 1
                        && !globals.containsKey(operator.getFirst())
                ? operator
                : absolute(operator);
    }

    private Term variable(Term.Var v, Scope scope) {
        if (v.isWildcard()) {
            return v;
        }
        String unique = scope.find(v.name());
        if (unique != null) {
            scope.reference(v.name());
            used.add(unique);
            return new Term.Var(v.location(), unique);
        }
        List<String> global = globals.get(v.name());
        if (global != null) {
            scope.reference(v.name());
            return path(v.location(), global, List.of());
        }
        scope.reference(v.name());
        return new Term.Var(v.location(), v.name());
    }

    private Term reference(Term.Ref r, Scope scope) {
        List<Term> path = terms(r.path(), scope);
        Term head = term(r.head(), scope);
        if (head instanceof Term.Ref inner) {
            List<Term> joined = new ArrayList<>(inner.path());
            joined.addAll(path);
            return new Term.Ref(r.location(), inner.head(), joined);
        }
        return new Term.Ref(r.location(), head, path);
    }

    private static Term path(Location location, List<String> global, List<Term> rest) {
        List<Term> path = new ArrayList<>();
        for (String name : global.subList(1, global.size())) {
            path.add(new Term.Constant(location, dev.sluice.rego.value.StringValue.ofName(name)));
        }
        path.addAll(rest);
        return new Term.Ref(location, new Term.Var(location, global.getFirst()), path);
    }

    private void compileError(Location location, String message) {
        errors.add(location.error(RegoError.COMPILE, message));
    }
}

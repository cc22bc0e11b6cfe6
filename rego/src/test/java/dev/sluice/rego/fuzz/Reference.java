package dev.sluice.rego.fuzz;

import dev.sluice.rego.SourceFile;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.BuiltinException;
import dev.sluice.rego.builtin.Builtins;
import dev.sluice.rego.builtin.CallContext;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Module;
import dev.sluice.rego.syntax.Parser;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The plainest evaluator there could be: it walks the syntax tree of one module, literal by literal in the order written,
 * with a copy of all bindings for every alternative; nothing is compiled, ordered, indexed, remembered or cut short.
 */
final class Reference {
    /** Two values for one rule. */
    static final class Conflict extends RuntimeException {
        Conflict() {
            super("conflict", null, false, false);
        }
    }

    /** Ends a search that has found what it was for. */
    private static final class Found extends RuntimeException {
        Found() {
            super("found", null, false, false);
        }
    }

    /** What follows once a term has a value under some bindings. */
    private interface Then {
        void with(Value value, Map<String, Value> bound);
    }

    /** More work than was to be done. */
    private static final class TooMuch extends RuntimeException {
        TooMuch() {
            super("too much", null, false, false);
        }
    }

    private final Module module;
    private int work;
    private int maxWork = Integer.MAX_VALUE;
    private Value data;
    private Value input;

    Reference(String text, Value input, Value data) {
        this.module = Parser.parse(new SourceFile("p.rego", text));
        this.input = input;
        this.data = data;
    }

    /** Whether {@code data.t.NAME} is found out, be it a conflict, in not more than so many looks at a term. */
    boolean isEasy(String name, int looks) {
        maxWork = looks;
        try {
            rule(name);
            return true;
        } catch (Conflict found) {
            return true;
        } catch (TooMuch more) {
            return false;
        }
    }

    /** The value of {@code data.t.NAME}, or null. */
    @Nullable
    Value rule(String name) {
        List<Rule> rules = named(name);
        if (rules.getFirst().key() != null) {
            SetValue.Builder set = SetValue.builder();
            rules.forEach(r -> body(
                    r.body(), Map.of(), bound -> each(Objects.requireNonNull(r.key()), bound, (v, b) -> set.add(v))));
            return set.build();
        }
        if (rules.getFirst().ref().size() > 1) {
            Map<Value, Value> entries = new HashMap<>();
            for (Rule rule : rules) {
                body(
                        rule.body(),
                        Map.of(),
                        bound -> each(
                                rule.ref().get(1),
                                bound,
                                (k, b) -> each(rule.value(), b, (v, c) -> {
                                    Value before = entries.putIfAbsent(k, v);
                                    if (before != null && !before.equals(v)) {
                                        throw new Conflict();
                                    }
                                })));
            }
            ObjectValue.Builder object = ObjectValue.builder();
            entries.forEach(object::put);
            return object.build();
        }
        return complete(rules, List.of());
    }

    private List<Rule> named(String name) {
        return module.rules().stream().filter(r -> r.name().equals(name)).toList();
    }

    private @Nullable Value complete(List<Rule> rules, List<Value> args) {
        List<Value> found = new ArrayList<>();
        if (agree(rules)) {
            // Another solution could only say the same: what would come after the first is not looked at.
            holds(solution -> definitions(rules, args, (v, b) -> {
                found.add(v);
                solution.under(b);
            }));
        } else {
            definitions(rules, args, (v, b) -> found.add(v));
        }
        for (Value value : found) {
            if (!value.equals(found.getFirst())) {
                throw new Conflict();
            }
        }
        if (!found.isEmpty()) {
            return found.getFirst();
        }
        for (Rule rule : rules) {
            if (rule.isDefault()) {
                each(rule.value(), Map.of(), (v, b) -> found.add(v));
            }
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    private void definitions(List<Rule> rules, List<Value> args, Then then) {
        for (Rule rule : rules) {
            if (rule.isDefault()) {
                continue;
            }
            Map<String, Value> bound = new HashMap<>();
            for (int i = 0; i < args.size(); i++) {
                bound.put(((Term.Var) Objects.requireNonNull(rule.args()).get(i)).name(), args.get(i));
            }
            boolean[] any = {false};
            Then noted = (v, b) -> {
                any[0] = true;
                then.with(v, b);
            };
            body(rule.body(), bound, b -> each(rule.value(), b, noted));
            for (Rule.Else branch = rule.otherwise(); branch != null && !any[0]; branch = branch.otherwise()) {
                Rule.Else here = branch;
                body(here.body(), bound, b -> each(here.value(), b, noted));
            }
        }
    }

    /** Whether whatever holds gives the same constant. */
    private static boolean agree(List<Rule> rules) {
        Set<Term> values = new HashSet<>();
        for (Rule rule : rules) {
            if (!rule.isDefault()) {
                values.add(rule.value());
                for (Rule.Else branch = rule.otherwise(); branch != null; branch = branch.otherwise()) {
                    values.add(branch.value());
                }
            }
        }
        return values.stream().allMatch(Term.Constant.class::isInstance)
                && values.stream()
                                .map(v -> ((Term.Constant) v).value())
                                .distinct()
                                .count()
                        == 1;
    }

    /** Whether something has a solution; nothing is looked at after the first one. */
    private static boolean holds(Consumer<Holds> search) {
        Found found = new Found();
        try {
            search.accept(b -> {
                throw found;
            });
            return false;
        } catch (Found thrown) {
            if (thrown != found) {
                throw thrown;
            }
            return true;
        }
    }

    // --- bodies ---

    private interface Holds {
        void under(Map<String, Value> bound);
    }

    private void body(Body body, Map<String, Value> bound, Holds then) {
        literals(body.literals(), bound, then);
    }

    private void literals(List<Expr> literals, Map<String, Value> bound, Holds then) {
        if (literals.isEmpty()) {
            then.under(bound);
            return;
        }
        List<Expr> rest = literals.subList(1, literals.size());
        literal(literals.getFirst(), bound, b -> literals(rest, b, then));
    }

    private void literal(Expr literal, Map<String, Value> bound, Holds then) {
        if (!literal.withs().isEmpty()) {
            under(literal, bound, then);
            return;
        }
        plain(literal, bound, then);
    }

    private void under(Expr literal, Map<String, Value> bound, Holds then) {
        Value inputBefore = input;
        Value dataBefore = data;
        Value changedInput = input;
        Value changedData = data;
        for (With with : literal.withs()) {
            List<Value> value = new ArrayList<>();
            each(with.value(), bound, (v, b) -> value.add(v));
            if (value.isEmpty()) {
                return;
            }
            Term.Ref target = (Term.Ref) with.target();
            if (target.head() instanceof Term.Var head && head.name().equals("data")) {
                changedData = put(changedData, target.path(), value.getFirst());
            } else {
                changedInput = put(changedInput, target.path(), value.getFirst());
            }
        }
        Value inputUnder = changedInput;
        Value dataUnder = changedData;
        input = inputUnder;
        data = dataUnder;
        try {
            plain(literal, bound, b -> {
                input = inputBefore;
                data = dataBefore;
                then.under(b);
                input = inputUnder;
                data = dataUnder;
            });
        } finally {
            input = inputBefore;
            data = dataBefore;
        }
    }

    private void plain(Expr literal, Map<String, Value> bound, Holds then) {
        if (literal.negated()) {
            operands(literal.statement(), bound, statement -> {
                if (!holds(solution -> statement(statement, bound, solution))) {
                    then.under(bound);
                }
            });
            return;
        }
        statement(literal.statement(), bound, then);
    }

    /**
     * The operands of a call that is negated are not part of the negation: where one is undefined, so is the literal. Only
     * what is compared for equality is part of it, unless it is computed.
     */
    private void operands(Expr.Statement statement, Map<String, Value> bound, Consumer<Expr.Statement> then) {
        if (!(statement instanceof Expr.Truth(Term.Call call))) {
            then.accept(statement);
            return;
        }
        List<Term> inside = new ArrayList<>();
        for (Term arg : call.args()) {
            if (call.name().equals("equal") && !(arg instanceof Term.Call)) {
                inside.add(arg);
                continue;
            }
            List<Value> value = new ArrayList<>();
            each(arg, bound, (v, b) -> value.add(v));
            if (value.isEmpty()) {
                return;
            }
            inside.add(new Term.Constant(call.location(), value.getFirst()));
        }
        then.accept(new Expr.Truth(new Term.Call(call.location(), call.operator(), inside)));
    }

    private static Value put(@Nullable Value base, List<Term> path, Value value) {
        if (path.isEmpty()) {
            return value;
        }
        Value key = ((Term.Constant) path.getFirst()).value();
        ObjectValue.Builder builder = ObjectValue.builder();
        if (base instanceof ObjectValue object) {
            builder.putAll(object);
        }
        Value below = base instanceof ObjectValue object ? object.get(key) : null;
        return builder.put(key, put(below, path.subList(1, path.size()), value)).build();
    }

    private void statement(Expr.Statement statement, Map<String, Value> bound, Holds then) {
        switch (statement) {
            case Expr.Truth s ->
                each(s.term(), bound, (v, b) -> {
                    if (!v.equals(BooleanValue.FALSE)) {
                        then.under(b);
                    }
                });
            case Expr.Assign s -> each(s.right(), bound, (v, b) -> match(s.left(), v, b, then));
            case Expr.Unify s -> each(s.right(), bound, (v, b) -> match(s.left(), v, b, then));
            case Expr.Some s -> then.under(bound);
            case Expr.SomeIn s ->
                each(
                        s.collection(),
                        bound,
                        (collection, b) -> elements(collection, (k, v) -> {
                            Holds inner = c -> match(s.value(), v, c, then);
                            if (s.key() == null) {
                                inner.under(b);
                            } else {
                                match(s.key(), k, b, inner);
                            }
                        }));
            case Expr.Every s ->
                each(s.domain(), bound, (domain, b) -> {
                    boolean[] all = {
                        domain instanceof ArrayValue || domain instanceof ObjectValue || domain instanceof SetValue
                    };
                    elements(domain, (k, v) -> {
                        if (!all[0]) {
                            return; // one that fails is enough
                        }
                        all[0] = holds(solution -> {
                            Holds inner = c -> match(s.value(), v, c, d -> body(s.body(), d, solution));
                            if (s.key() == null) {
                                inner.under(b);
                            } else {
                                match(s.key(), k, b, inner);
                            }
                        });
                    });
                    if (all[0]) {
                        then.under(b);
                    }
                });
            default -> throw new IllegalStateException("not generated: " + statement);
        }
    }

    private interface Pair {
        void of(Value key, Value value);
    }

    private static void elements(Value collection, Pair pair) {
        switch (collection) {
            case ArrayValue array -> {
                for (int i = 0; i < array.size(); i++) {
                    pair.of(NumberValue.of(i), array.get(i));
                }
            }
            case ObjectValue object -> object.entries().forEach(e -> pair.of(e.key(), e.value()));
            case SetValue set -> set.forEach(v -> pair.of(v, v));
            default -> {}
        }
    }

    private void match(Term pattern, Value value, Map<String, Value> bound, Holds then) {
        if (pattern instanceof Term.Var v) {
            Value before = bound.get(v.name());
            if (before != null) {
                if (before.equals(value)) {
                    then.under(bound);
                }
                return;
            }
            Map<String, Value> more = new HashMap<>(bound);
            more.put(v.name(), value);
            then.under(more);
        } else if (pattern instanceof Term.ArrayTerm array) {
            if (value instanceof ArrayValue found
                    && found.size() == array.items().size()) {
                parts(array.items(), found, 0, bound, then);
            }
        } else {
            each(pattern, bound, (v, b) -> {
                if (v.equals(value)) {
                    then.under(b);
                }
            });
        }
    }

    private void parts(List<Term> items, ArrayValue found, int at, Map<String, Value> bound, Holds then) {
        if (at == items.size()) {
            then.under(bound);
        } else {
            match(items.get(at), found.get(at), bound, b -> parts(items, found, at + 1, b, then));
        }
    }

    // --- terms ---

    private void all(
            List<Term> terms, int at, List<Value> values, Map<String, Value> bound, Then then, Builder builder) {
        if (at == terms.size()) {
            Value value = builder.of(values);
            if (value != null) {
                then.with(value, bound);
            }
            return;
        }
        each(terms.get(at), bound, (v, b) -> {
            List<Value> more = new ArrayList<>(values);
            more.add(v);
            all(terms, at + 1, more, b, then, builder);
        });
    }

    private interface Builder {
        @Nullable
        Value of(List<Value> values);
    }

    private void each(Term term, Map<String, Value> bound, Then then) {
        if (++work > maxWork) {
            throw new TooMuch();
        }
        switch (term) {
            case Term.Constant c -> then.with(c.value(), bound);
            case Term.Var v -> variable(v.name(), bound, then);
            case Term.ArrayTerm a -> all(a.items(), 0, List.of(), bound, then, ArrayValue::of);
            case Term.SetTerm s -> all(s.items(), 0, List.of(), bound, then, SetValue::of);
            case Term.ObjectTerm o -> {
                List<Term> parts = new ArrayList<>();
                o.entries().forEach(e -> parts.addAll(List.of(e.key(), e.value())));
                all(parts, 0, List.of(), bound, then, values -> {
                    ObjectValue.Builder builder = ObjectValue.builder();
                    for (int i = 0; i < values.size(); i += 2) {
                        builder.put(values.get(i), values.get(i + 1));
                    }
                    return builder.build();
                });
            }
            case Term.Call c -> all(c.args(), 0, List.of(), bound, then, values -> call(c, values));
            case Term.Ref r -> each(r.head(), bound, (head, b) -> path(head, r.path(), b, then));
            case Term.Comprehension c -> then.with(comprehension(c, bound), bound);
            case Term.TemplateString t -> throw new IllegalStateException("not generated");
        }
    }

    private void variable(String name, Map<String, Value> bound, Then then) {
        Value value = bound.get(name);
        if (value == null && name.equals("input")) {
            value = input;
        } else if (value == null && name.equals("data")) {
            value = data;
        } else if (value == null) {
            value = rule(name);
        }
        if (value != null) {
            then.with(value, bound);
        }
    }

    private void path(Value base, List<Term> path, Map<String, Value> bound, Then then) {
        if (path.isEmpty()) {
            then.with(base, bound);
            return;
        }
        List<Term> rest = path.subList(1, path.size());
        elements(base, (key, value) -> match(path.getFirst(), key, bound, b -> path(value, rest, b, then)));
    }

    private Value comprehension(Term.Comprehension c, Map<String, Value> bound) {
        List<Value> values = new ArrayList<>();
        ObjectValue.Builder object = ObjectValue.builder();
        body(c.body(), bound, b -> {
            if (c.key() == null) {
                each(c.value(), b, (v, x) -> values.add(v));
                return;
            }
            each(
                    c.key(),
                    b,
                    (k, x) -> each(c.value(), x, (v, y) -> {
                        Value before = object.get(k);
                        if (before != null && !before.equals(v)) {
                            throw new Conflict();
                        }
                        object.put(k, v);
                    }));
        });
        return switch (c.kind()) {
            case ARRAY -> ArrayValue.of(values);
            case SET -> SetValue.of(values);
            case OBJECT -> object.build();
        };
    }

    private @Nullable Value call(Term.Call call, List<Value> args) {
        if (call.operator().size() == 1) {
            List<Rule> rules = named(call.name());
            if (!rules.isEmpty()) {
                return complete(rules, args);
            }
        }
        BuiltinDeclaration builtin = Objects.requireNonNull(Builtins.find(call.name()), call.name());
        try {
            return builtin.call(CONTEXT, args.toArray(Value[]::new));
        } catch (BuiltinException failure) {
            return null;
        }
    }

    private static final CallContext CONTEXT = new CallContext() {
        @Override
        public long nowNanos() {
            return 0;
        }

        @Override
        public void changesAt(long epochNanos) {}

        @Override
        public boolean strict() {
            return false;
        }

        @Override
        public void checkDeadline() {}
    };

    /** What {@code data.t.out} says: the names of rules with their values. */
    static String show(@Nullable Value value) {
        return value == null ? "undefined" : value.toString();
    }
}

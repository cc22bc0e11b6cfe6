package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.Schemas;
import dev.sluice.rego.builtin.BuiltinDeclaration;
import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.builtin.Type.ArrayType;
import dev.sluice.rego.builtin.Type.ObjectType;
import dev.sluice.rego.builtin.Type.Scalar;
import dev.sluice.rego.builtin.Type.SetType;
import dev.sluice.rego.schema.JsonSchema;
import dev.sluice.rego.schema.SchemaException;
import dev.sluice.rego.schema.SchemaTypes;
import dev.sluice.rego.syntax.Annotations;
import dev.sluice.rego.syntax.Body;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.syntax.Rule;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.syntax.With;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Infers the types of rules and variables and reports what can never hold: operands of the wrong type, references to
 * what cannot be there, comparisons of values that cannot be equal. Verdicts are OPA's; what is not known is accepted.
 * Bodies must be in safe order, so that what gives a variable its type stands before what uses it.
 */
final class TypeChecker {
    private final Analysis analysis;
    private final AnnotationSet annotations;
    private final Schemas schemas;
    private final List<RegoError> errors;
    private final IdentityHashMap<RuleNode, @Nullable Type> values = new IdentityHashMap<>();
    private final IdentityHashMap<RuleNode, FunctionType> functions = new IdentityHashMap<>();
    private final IdentityHashMap<Term, @Nullable Type> computed = new IdentityHashMap<>();
    private final IdentityHashMap<Term.Call, Boolean> called = new IdentityHashMap<>();
    private final Doubts doubts;
    private final RefTypes refs;
    private @Nullable Needs needs;

    /** What a function takes and gives, as far as known. */
    record FunctionType(List<Type> args, Type result) {}

    TypeChecker(
            Analysis analysis,
            AnnotationSet annotations,
            Schemas schemas,
            List<RegoError> errors,
            List<RegoError> warnings) {
        this.analysis = analysis;
        this.annotations = annotations;
        this.schemas = schemas;
        this.errors = errors;
        this.doubts = new Doubts(warnings);
        this.refs = new RefTypes(this, analysis.root(), errors, doubts, schemas.lenient());
    }

    /** Checks every rule. */
    void check(RuleNode node) {
        value(node);
        node.children().values().forEach(this::check);
    }

    /** Checks the body of a query. */
    void check(Body body) {
        body(body, TypeEnv.of(documents(List.of(), null, List.of())));
    }

    /** The type of a rule's value, over all of its definitions. */
    @Nullable
    Type value(RuleNode node) {
        if (values.containsKey(node)) {
            return values.get(node);
        }
        values.put(node, Type.ANY);
        functions.put(node, new FunctionType(List.of(), Type.ANY));
        Type merged = null;
        FunctionType function = null;
        for (RuleNode.Definition definition : node.definitions()) {
            int before = errors.size();
            TypeEnv env = TypeEnv.of(documents(
                    annotations.applying(definition.module(), definition.rule()),
                    definition.rule(),
                    definition.module().packagePath()));
            Type type = definition(definition, env);
            List<Term> args = definition.rule().args();
            if (args != null) {
                function = merge(function, args, type, env);
            }
            for (Rule.Else branch = definition.rule().otherwise(); branch != null; branch = branch.otherwise()) {
                // What the body above tells of the arguments does not hold where it failed.
                TypeEnv own = TypeEnv.of(env.documents());
                body(branch.body(), own);
                calls(branch.value(), own);
                Type value = check(branch.value(), own);
                type = Types.or(type, value);
                if (args != null) {
                    function = merge(function, args, value, own);
                }
            }
            merged = errors.size() > before ? Type.ANY : Types.merge(merged, type);
        }
        if (function != null) {
            functions.put(node, function);
        }
        values.put(node, merged);
        return merged;
    }

    private FunctionType merge(@Nullable FunctionType known, List<Term> args, @Nullable Type result, TypeEnv env) {
        List<Type> types = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            Type own = type(args.get(i), env);
            Type type = known == null || i >= known.args.size() ? own : Types.or(known.args.get(i), own);
            types.add(type == null || own == null ? Type.ANY : type);
        }
        Type all = known == null ? result : Types.or(known.result, result);
        return new FunctionType(types, all == null || result == null ? Type.ANY : all);
    }

    FunctionType function(RuleNode node) {
        value(node);
        return functions.getOrDefault(node, new FunctionType(List.of(), Type.ANY));
    }

    private @Nullable Type definition(RuleNode.Definition definition, TypeEnv env) {
        Rule rule = definition.rule();
        body(rule.body(), env);
        List<Term> suffix = definition.suffix();
        suffix.forEach(part -> check(part, env));
        Type type;
        if (rule.key() != null) {
            calls(rule.key(), env);
            Type key = check(rule.key(), env);
            type = key == null ? new SetType(Type.ANY) : new SetType(key);
        } else {
            calls(rule.value(), env);
            type = check(rule.value(), env);
        }
        for (int i = suffix.size() - 1; i >= 0; i--) {
            Type key = type(suffix.get(i), env);
            type = new ObjectType(List.of(), key == null ? Type.ANY : key, type == null ? Type.ANY : type);
        }
        return type;
    }

    /** The types that schemas give to places: the host's, and those of METADATA, the nearest last. */
    private Map<List<String>, Type> documents(
            List<AnnotationSet.Applied> applying, @Nullable Rule rule, List<String> packagePath) {
        Map<List<String>, Type> out = new HashMap<>();
        JsonSchema input = schemas.input(packagePath);
        if (input != null) {
            out.put(List.of("input"), SchemaTypes.of(input));
        }
        for (AnnotationSet.Applied one : applying.reversed()) {
            for (Annotations.SchemaUse use : one.annotations().schemas()) {
                Type type = type(use, rule);
                if (type != null) {
                    out.put(use.path(), type);
                }
            }
        }
        return out;
    }

    private @Nullable Type type(Annotations.SchemaUse use, @Nullable Rule rule) {
        try {
            if (use.definition() != null) {
                return SchemaTypes.of(JsonSchema.of(use.definition()));
            }
            String name = use.reference() == null ? "" : String.join(".", use.reference());
            JsonSchema schema = schemas.named().get(name);
            if (schema == null) {
                // A host that knows no schemas at all does not check them.
                if (!schemas.named().isEmpty() && rule != null) {
                    errors.add(rule.location().error(RegoError.TYPE, "undefined schema: " + name));
                }
                return null;
            }
            return SchemaTypes.of(schema);
        } catch (SchemaException malformed) {
            if (rule != null) {
                errors.add(rule.location().error(RegoError.TYPE, String.valueOf(malformed.getMessage())));
            }
            return null;
        }
    }

    private void body(Body body, TypeEnv env) {
        body.literals().forEach(e -> literal(e, env));
    }

    private void literal(Expr expr, TypeEnv outer) {
        TypeEnv env = expr.withs().isEmpty() ? outer : replacing(expr.withs(), outer);
        calls(expr.statement(), env);
        switch (expr.statement()) {
            case Expr.Truth s -> truth(s.term(), expr, env);
            case Expr.Unify s -> equal(s.left(), s.right(), expr.location(), env);
            case Expr.Assign s -> {
                doubts.constant(s.left(), s.right());
                equal(s.left(), s.right(), expr.location(), env);
            }
            case Expr.Some _ -> {}
            case Expr.SomeIn s -> {
                int before = errors.size();
                Type collection = check(s.collection(), env);
                refs.iterated(s, env);
                if (errors.size() > before) {
                    return;
                }
                if (s.key() != null) {
                    element(s.key(), Types.keys(collection), expr.location(), env);
                }
                element(s.value(), Types.values(collection), expr.location(), env);
            }
            case Expr.Every s -> {
                Type domain = check(s.domain(), env);
                unify(s.domain(), Type.ANY, env);
                if (env.isDescribed()) {
                    // OPA does not; without it a schema would tell nothing of the elements.
                    if (s.key() != null) {
                        unify(s.key(), orAny(Types.keys(domain)), env);
                    }
                    unify(s.value(), orAny(Types.values(domain)), env);
                }
                closed(s.body(), env);
            }
            case Expr.NotBody s -> closed(s.body(), env);
            case Expr.Logic s -> {
                closed(s.left().body(), env);
                closed(s.right().body(), env);
            }
        }
    }

    /** As OPA, which computes the calls in a literal before it looks anything up there: what they tell of variables is known. */
    private void calls(Expr.Statement statement, TypeEnv env) {
        switch (statement) {
            case Expr.Truth(Term.Call call) -> call.args().forEach(arg -> calls(arg, env));
            case Expr.Truth s -> calls(s.term(), env);
            case Expr.Unify s -> {
                calls(s.left(), env);
                calls(s.right(), env);
            }
            case Expr.Assign s -> {
                calls(s.left(), env);
                calls(s.right(), env);
            }
            case Expr.SomeIn s -> calls(s.collection(), env);
            case Expr.Every s -> calls(s.domain(), env);
            case Expr.Some _ -> {}
            case Expr.NotBody _ -> {}
            case Expr.Logic _ -> {}
        }
    }

    private void calls(Term term, TypeEnv env) {
        switch (term) {
            case Term.Call c -> {
                c.args().forEach(arg -> calls(arg, env));
                call(c, false, env);
                called.put(c, true);
            }
            case Term.Ref r -> {
                calls(r.head(), env);
                r.path().forEach(part -> calls(part, env));
            }
            default -> parts(term).forEach(part -> calls(part, env));
        }
    }

    private TypeEnv replacing(List<With> withs, TypeEnv outer) {
        Map<List<String>, Type> places = new HashMap<>();
        Set<RuleNode> rules = new HashSet<>();
        for (With with : withs) {
            boolean named =
                    with.value() instanceof Term.Call call && call.args().isEmpty();
            Type value = named ? Type.ANY : check(with.value(), outer);
            List<RuleNode> touched = new ArrayList<>();
            if (with.target() instanceof Term.Call call) {
                RuleNode function = analysis.function(call.operator());
                if (function != null) {
                    touched.add(function);
                }
                if (named) {
                    standIn(with, call, (Term.Call) with.value(), outer);
                }
            } else if (with.target() instanceof Term.Ref target) {
                Dependencies.reached(analysis.root(), target, touched);
                List<String> place = new ArrayList<>(List.of(((Term.Var) target.head()).name()));
                target.path().stream()
                        .map(Term::constantString)
                        .takeWhile(Objects::nonNull)
                        .forEach(place::add);
                boolean whole = place.size() == target.path().size() + 1;
                Type before = type(target, outer);
                places.put(place, whole && before != null && value != null ? orAny(Types.or(before, value)) : Type.ANY);
            }
            rules.addAll(touched.isEmpty() ? touched : needs().of(touched));
        }
        return outer.replacing(new Replaced(outer.replaced(), places, rules));
    }

    /** A function in place of another takes what that one takes. */
    private void standIn(With with, Term.Call replaced, Term.Call by, TypeEnv env) {
        List<Type> wanted = parameters(replaced, env);
        List<Type> have = parameters(by, env);
        if (wanted == null || have == null) {
            return; // a value, or nothing that is known, about which other errors are told
        }
        boolean fits = wanted.size() == have.size();
        for (int i = 0; fits && i < wanted.size(); i++) {
            fits = Types.unifies(wanted.get(i), have.get(i));
        }
        if (!fits) {
            BuiltinDeclaration builtin = analysis.builtin(replaced.name());
            errors.add(with.location()
                    .error(
                            RegoError.TYPE,
                            replaced.name() + ": arity mismatch\n\thave: "
                                    + have.stream().map(Types::show).collect(Collectors.joining(", ", "(", ")"))
                                    + "\n\twant: "
                                    + (builtin == null
                                            ? wanted.stream()
                                                    .map(Types::show)
                                                    .collect(Collectors.joining(", ", "(", ")"))
                                            : builtin.parameters().stream()
                                                    .map(Object::toString)
                                                    .collect(Collectors.joining(", ", "(", ")")))));
        }
    }

    /** What a function takes; null where there is no such function. */
    private @Nullable List<Type> parameters(Term.Call function, TypeEnv env) {
        RuleNode node = analysis.function(function.operator());
        if (node != null) {
            int arity = analysis.arity(function);
            List<Type> known = Replaced.isUnknown(env.replaced(), node)
                    ? List.of()
                    : function(node).args();
            return known.size() == arity ? known : Collections.nCopies(Math.max(arity, 0), Type.ANY);
        }
        BuiltinDeclaration builtin = analysis.builtin(function.name());
        return builtin == null ? null : builtin.argTypes();
    }

    private Needs needs() {
        if (needs == null) {
            needs = new Needs(analysis.root());
        }
        return needs;
    }

    /** The body of {@code every}, {@code not}, {@code and} or {@code or}, of which OPA looks only at comprehensions and references. */
    private void closed(Body body, TypeEnv env) {
        Closures closures = Closures.of(body);
        closures.comprehensions().forEach(c -> computed.put(c, comprehension(c, env)));
        closures.looks().forEach(look -> look.accept(refs, env));
    }

    private static Type orAny(@Nullable Type type) {
        return type == null ? Type.ANY : type;
    }

    private void truth(Term term, Expr expr, TypeEnv env) {
        if (term instanceof Term.Call call && analysis.function(call.operator()) == null) {
            if (call.name().equals("equal") && call.args().size() == 2) {
                equal(call.args().get(0), call.args().get(1), expr.location(), env);
                return;
            }
        }
        if (term instanceof Term.Call call) {
            call(call, true, env);
        } else {
            check(term, env);
        }
    }

    /** Two terms that are to be equal. */
    private void equal(Term left, Term right, Location at, TypeEnv env) {
        int before = errors.size();
        // As OPA: comprehensions first, then from left to right.
        boolean isRightFirst = right instanceof Term.Comprehension && !(left instanceof Term.Comprehension);
        check(isRightFirst ? right : left, env);
        check(isRightFirst ? left : right, env);
        if (errors.size() == before && !unify(left, right, env)) {
            matchError(type(left, env), type(right, env), at);
        } else if (env.isDescribed()) {
            doubts.equal(left, type(left, env), right, type(right, env), at);
        }
    }

    /** The constant that a term is known to be, also as the value of a rule; null where it is not known. */
    @Nullable
    Value constant(Term term) {
        if (term instanceof Term.Ref ref
                && ref.head() instanceof Term.Var v
                && v.name().equals("data")) {
            RuleNode node = analysis.root();
            for (Term part : ref.path()) {
                String name = Term.constantString(part);
                node = name == null || node == null ? null : node.child(name);
            }
            return node != null
                            && node.definitions().size() == 1
                            && node.definitions().getFirst().rule().key() == null
                            && node.definitions().getFirst().rule().args() == null
                            && node.definitions().getFirst().rule().value() instanceof Term.Constant c
                    ? c.value()
                    : null;
        }
        return doubts.constant(term);
    }

    private void matchError(@Nullable Type left, @Nullable Type right, Location at) {
        errors.add(at.error(
                RegoError.TYPE, "match error\n\tleft  : " + Types.show(left) + "\n\tright : " + Types.show(right)));
    }

    private void element(Term pattern, @Nullable Type type, Location at, TypeEnv env) {
        check(pattern, env);
        if (type != null && !unify(pattern, type, env)) {
            matchError(type(pattern, env), type, at);
        } else if (type == null) {
            unify(pattern, Type.ANY, env);
        }
    }

    /** Checks a term and what is in it; gives its type, or null where that is not known. */
    @Nullable
    Type check(Term term, TypeEnv env) {
        switch (term) {
            case Term.Constant _ -> {}
            case Term.Var _ -> {}
            case Term.Ref r -> {
                if (!(r.head() instanceof Term.Var)) {
                    check(r.head(), env);
                }
                r.path().forEach(p -> check(p, env));
                refs.check(r, env);
            }
            case Term.ArrayTerm a -> a.items().forEach(t -> check(t, env));
            case Term.SetTerm s -> s.items().forEach(t -> check(t, env));
            case Term.ObjectTerm o ->
                o.entries().forEach(e -> {
                    check(e.key(), env);
                    check(e.value(), env);
                });
            case Term.Call c -> {
                if (called.remove(c) == null) {
                    call(c, false, env);
                }
            }
            case Term.TemplateString t -> t.parts().forEach(p -> check(p, env));
            case Term.Comprehension c -> computed.put(c, comprehension(c, env));
        }
        return type(term, env);
    }

    private @Nullable Type comprehension(Term.Comprehension c, TypeEnv env) {
        int before = errors.size();
        TypeEnv inner = env.inner();
        body(c.body(), inner);
        if (c.key() != null) {
            calls(c.key(), inner);
        }
        calls(c.value(), inner);
        Type key = c.key() == null ? null : check(c.key(), inner);
        Type value = check(c.value(), inner);
        if (errors.size() > before) {
            return null;
        }
        return switch (c.kind()) {
            case ARRAY -> new ArrayType(List.of(), orAny(value));
            case SET -> new SetType(orAny(value));
            case OBJECT -> new ObjectType(List.of(), orAny(key), orAny(value));
        };
    }

    /** The type of a term that was checked, or null where it is not known. */
    @Nullable
    Type type(Term term, TypeEnv env) {
        return switch (term) {
            case Term.Constant c -> Types.of(c.value());
            case Term.Var v ->
                Vars.isRoot(v) ? refs.type(new Term.Ref(v.location(), v, List.of()), env) : env.variable(v.name());
            case Term.Ref r -> refs.type(r, env);
            case Term.ArrayTerm a -> {
                List<Type> items = new ArrayList<>();
                a.items().forEach(t -> items.add(orAny(type(t, env))));
                yield new ArrayType(List.copyOf(items), null);
            }
            case Term.SetTerm s -> {
                Type element = null;
                for (Term item : s.items()) {
                    element = Types.or(element, orAny(type(item, env)));
                }
                yield new SetType(element);
            }
            case Term.ObjectTerm o -> {
                Map<String, Type> fields = new LinkedHashMap<>();
                Type key = null;
                Type value = null;
                for (Term.Entry entry : o.entries()) {
                    String name = Term.constantString(entry.key());
                    Type type = orAny(type(entry.value(), env));
                    if (name != null) {
                        fields.put(name, type);
                    } else {
                        key = Types.or(key, orAny(type(entry.key(), env)));
                        value = Types.or(value, type);
                    }
                }
                yield Types.object(fields, key, value);
            }
            case Term.Call c -> computed.get(c);
            case Term.TemplateString _ -> Scalar.STRING;
            case Term.Comprehension c -> computed.get(c);
        };
    }

    private boolean isKnown(Term term, TypeEnv env) {
        return switch (term) {
            case Term.Var v -> Vars.isRoot(v) || env.variable(v.name()) != null;
            case Term.ArrayTerm a -> a.items().stream().allMatch(t -> isKnown(t, env));
            case Term.SetTerm s -> s.items().stream().allMatch(t -> isKnown(t, env));
            case Term.ObjectTerm o ->
                o.entries().stream().allMatch(e -> isKnown(e.key(), env) && isKnown(e.value(), env));
            default -> type(term, env) != null;
        };
    }

    private boolean unify(Term a, Term b, TypeEnv env) {
        boolean knownA = isKnown(a, env);
        boolean knownB = isKnown(b, env);
        if (knownA && knownB) {
            return Types.unifies(type(a, env), type(b, env));
        }
        if (knownA || knownB) {
            Type type = type(knownA ? a : b, env);
            return type == null || unify(knownA ? b : a, type, env);
        }
        if (a instanceof Term.ArrayTerm x && b instanceof Term.ArrayTerm y) {
            if (x.items().size() != y.items().size()) {
                return false;
            }
            for (int i = 0; i < x.items().size(); i++) {
                if (!unify(x.items().get(i), y.items().get(i), env)) {
                    return false;
                }
            }
            return true;
        }
        Type type = type(a, env);
        if (b instanceof Term.Var) {
            unify(a, Type.ANY, env);
            return unify(b, orAny(type), env);
        }
        unify(b, Type.ANY, env);
        return unify(a, orAny(type(b, env)), env);
    }

    /** Whether a term can be of a type; gives its variables their types on the way. */
    boolean unify(Term term, Type type, TypeEnv env) {
        return unify(term, type, env, false);
    }

    /** @param widen whether the type is one of several, so that a variable may be of it besides what it is */
    private boolean unify(Term term, Type type, TypeEnv env, boolean widen) {
        if (type instanceof Type.AnyOf any
                && (term instanceof Term.ArrayTerm
                        || term instanceof Term.ObjectTerm
                        || term instanceof Term.SetTerm)) {
            if (any.options().isEmpty()) {
                parts(term).forEach(p -> unify(p, Type.ANY, env, true));
                return true;
            }
            boolean fits = false;
            for (Type option : any.options()) {
                fits |= unify(term, option, env, true);
            }
            return fits;
        }
        switch (term) {
            case Term.Var v
            when !Vars.isRoot(v) -> {
                Type known = env.variable(v.name());
                if (known != null && !widen) {
                    return Types.unifies(known, type);
                }
                env.learn(v.name(), orAny(Types.or(known, type)));
                return true;
            }
            case Term.ArrayTerm a -> {
                if (!(type instanceof ArrayType array)
                        || (a.items().size() != array.items().size() && array.rest() == null)) {
                    return false;
                }
                for (int i = 0; i < a.items().size(); i++) {
                    Type item = i < array.items().size() ? array.items().get(i) : array.rest();
                    if (item == null || !unify(a.items().get(i), item, env, widen)) {
                        return false;
                    }
                }
                return true;
            }
            case Term.ObjectTerm o -> {
                return type instanceof ObjectType object && unify(o, object, env, widen);
            }
            case Term.SetTerm s -> {
                if (!(type instanceof SetType set)) {
                    return false;
                }
                return set.element() == null
                        || s.items().stream().allMatch(i -> unify(i, orAny(set.element()), env, widen));
            }
            default -> {
                Type known = type(term, env);
                return known == null || Types.unifies(known, type);
            }
        }
    }

    private boolean unify(Term.ObjectTerm term, ObjectType type, TypeEnv env, boolean widen) {
        if (term.entries().size() != type.fields().size() && type.value() == null) {
            return false;
        }
        for (Term.Entry entry : term.entries()) {
            if (entry.key() instanceof Term.Constant key) {
                Type field = Types.select(type, key.value());
                if (field == null || !unify(entry.value(), field, env, widen)) {
                    return false;
                }
            } else {
                unify(entry.value(), Type.ANY, env, widen);
            }
        }
        return true;
    }

    private static List<Term> parts(Term term) {
        return switch (term) {
            case Term.ArrayTerm a -> a.items();
            case Term.SetTerm s -> s.items();
            case Term.ObjectTerm o ->
                o.entries().stream()
                        .flatMap(e -> java.util.stream.Stream.of(e.key(), e.value()))
                        .toList();
            default -> List.of();
        };
    }

    /** @param statement whether the call is a literal by itself, so that its last argument may be what it gives */
    private void call(Term.Call c, boolean statement, TypeEnv env) {
        int before = errors.size();
        c.args().forEach(a -> check(a, env));
        if (c.name().equals("print")) {
            return;
        }
        RuleNode node = analysis.function(c.operator());
        BuiltinDeclaration builtin = node == null ? analysis.builtin(c.name()) : null;
        if (node == null && builtin == null) {
            return;
        }
        FunctionType type = new FunctionType(List.of(), Type.ANY);
        if (builtin != null) {
            type = new FunctionType(builtin.argTypes(), builtin.resultType());
        } else if (node != null && !Replaced.isUnknown(env.replaced(), node)) {
            type = function(node);
        }
        computed.put(c, errors.size() > before ? null : type.result());
        if (errors.size() > before) {
            return;
        }
        if (c.name().equals("internal.member_2") || c.name().equals("internal.member_3")) {
            membership(c, env);
            if (errors.size() > before) {
                return;
            }
        }
        for (int i = 0; i < c.args().size(); i++) {
            Term arg = c.args().get(i);
            Type wanted = i < type.args().size()
                    ? type.args().get(i)
                    : i == type.args().size() && statement ? type.result() : Type.ANY;
            Type have = type(arg, env);
            boolean wrong =
                    (have != null && isKnown(arg, env) && !Types.unifies(have, wanted)) || !unify(arg, wanted, env);
            if (wrong) {
                argumentError(c, builtin, type, statement, env);
                computed.put(c, null);
                return;
            }
        }
        if (builtin != null && env.isDescribed()) {
            doubt(c, env);
        }
    }

    /** What nobody can mean who calls a builtin so. */
    private void doubt(Term.Call c, TypeEnv env) {
        List<Term> args = c.args();
        switch (c.name()) {
            case "object.get" -> {
                if (args.size() == 3) {
                    doubts.looked(args.get(0), type(args.get(0), env), args.get(1), c.location());
                }
            }
            case "internal.member_2" -> doubts.member(args.get(0), type(args.get(0), env), args.get(1), c.location());
            case "neq", "equal" ->
                doubts.equal(args.get(0), type(args.get(0), env), args.get(1), type(args.get(1), env), c.location());
            default -> {
                if (args.size() == 2) {
                    doubts.ordered(
                            c.name(),
                            args.get(0),
                            type(args.get(0), env),
                            args.get(1),
                            type(args.get(1), env),
                            c.location());
                }
            }
        }
    }

    private void argumentError(
            Term.Call c, @Nullable BuiltinDeclaration builtin, FunctionType type, boolean statement, TypeEnv env) {
        String have = c.args().stream().map(a -> Types.show(type(a, env))).collect(Collectors.joining(", "));
        String wanted = builtin == null
                ? type.args().stream().map(Types::show).collect(Collectors.joining(", "))
                        + (type.args().isEmpty() ? "" : ", ")
                        + type.result()
                : builtin.parameters().stream().map(Object::toString).collect(Collectors.joining(", ")) + ", "
                        + builtin.result();
        errors.add(c.location()
                .error(
                        RegoError.TYPE,
                        c.name() + ": invalid argument(s)\n\thave: (" + have + (statement ? "" : ", ???")
                                + ")\n\twant: (" + wanted + ")"));
    }

    private void membership(Term.Call c, TypeEnv env) {
        int keyed = c.name().equals("internal.member_3") ? 1 : 0;
        if (c.args().size() < 2 + keyed) {
            return;
        }
        Type collection = type(c.args().get(1 + keyed), env);
        Type elements = Types.values(collection);
        if (elements == null) {
            return;
        }
        if (keyed == 1) {
            element(c.args().get(0), Types.keys(collection), c.location(), env);
        }
        element(c.args().get(keyed), elements, c.location(), env);
    }
}

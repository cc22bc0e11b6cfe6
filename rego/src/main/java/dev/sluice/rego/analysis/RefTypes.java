package dev.sluice.rego.analysis;

import dev.sluice.rego.RegoError;
import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.builtin.Type.Scalar;
import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types of references, and what is wrong with those that can lead nowhere. */
final class RefTypes {
    private final TypeChecker checker;
    private final RuleNode root;
    private final List<RegoError> errors;
    private final Doubts doubts;
    private final boolean lenient;

    /** @param lenient whether what no schema knows is a doubt and no error */
    RefTypes(TypeChecker checker, RuleNode root, List<RegoError> errors, Doubts doubts, boolean lenient) {
        this.doubts = doubts;
        this.lenient = lenient;
        this.checker = checker;
        this.root = root;
        this.errors = errors;
    }

    /** Reports a reference that leads nowhere, and gives its variables the types of what they iterate. */
    void check(Term.Ref ref, TypeEnv env) {
        walk(ref, env, true);
    }

    /** Reports a collection in {@code some … in} that cannot be iterated. */
    void iterated(Expr.SomeIn some, TypeEnv env) {
        Term collection = some.collection();
        if (collection instanceof Term.Constant) {
            return; // OPA looks at variables only
        }
        learn(collection, Type.ANY, env, true);
        Term key = some.key() instanceof Term.Var v ? v : new Term.Var(collection.location(), "$some");
        walk(
                new Term.Ref(collection.location(), collection, List.of(key)),
                some.key() == key ? env : env.inner(),
                true);
    }

    /** The type of what a reference leads to, or null where it is not known. */
    @Nullable
    Type type(Term.Ref ref, TypeEnv env) {
        return walk(ref, env, false);
    }

    private @Nullable Type walk(Term.Ref ref, TypeEnv env, boolean report) {
        if (!(ref.head() instanceof Term.Var head) || !Vars.isRoot(head)) {
            learn(ref.head(), Type.ANY, env, report); // as OPA: what is looked into may be anything from then on
            return leaf(checker.type(ref.head(), env), ref, 0, env, report);
        }
        return under(env.replaced(), head, ref, env, report);
    }

    /** What a reference leads to where documents are replaced, and from there what lies under it. */
    private @Nullable Type under(
            @Nullable Replaced replaced, Term.Var head, Term.Ref ref, TypeEnv env, boolean report) {
        if (replaced == null) {
            return known(head, ref, env, report);
        }
        List<String> place = new ArrayList<>(List.of(head.name()));
        for (int at = 0; replaced.reaches(place); at++) {
            Type type = replaced.type(place);
            if (replaced.places().containsKey(place) || at == ref.path().size()) {
                return leaf(type, ref, at, env, report);
            }
            Term part = ref.path().get(at);
            String name = Term.constantString(part);
            if (name != null) {
                place.add(name);
                continue;
            }
            if (!isComputed(part)) {
                // As OPA: what holds the place replaced has names for keys, next to the root.
                if (report && at < 2) {
                    return invalid(ref, at, type, true);
                }
                break;
            }
            if (!report) {
                return leaf(type, ref, at, env, false);
            }
            Type key = checker.type(part, env);
            if (key != null && !Types.unifies(key, Scalar.STRING)) {
                return invalid(ref, at, type, true);
            }
            learn(part, Scalar.STRING, env, true);
            break;
        }
        return under(replaced.outer(), head, ref, env, report);
    }

    private static boolean isComputed(Term part) {
        return !(part instanceof Term.Constant
                || part instanceof Term.ArrayTerm
                || part instanceof Term.ObjectTerm
                || part instanceof Term.SetTerm);
    }

    private @Nullable Type known(Term.Var head, Term.Ref ref, TypeEnv env, boolean report) {
        List<String> names = new ArrayList<>();
        names.add(head.name());
        for (Term part : ref.path()) {
            String name = Term.constantString(part);
            if (name == null) {
                break;
            }
            names.add(name);
        }
        List<String> described = env.described(names);
        if (described != null) {
            return leaf(env.document(described), ref, described.size() - 1, env, report);
        }
        if (head.name().equals("input")) {
            return leaf(Type.ANY, ref, 0, env, report);
        }
        return rules(ref, env, report);
    }

    private @Nullable Type rules(Term.Ref ref, TypeEnv env, boolean report) {
        RuleNode node = root;
        for (int i = 0; i < ref.path().size(); i++) {
            String name = Term.constantString(ref.path().get(i));
            RuleNode child = name == null ? null : node.child(name);
            if (child != null) {
                node = child;
                continue;
            }
            if (node.definitions().isEmpty()) {
                return beyond(ref, i, name == null, env, report);
            }
            return value(node, ref, i, env, report);
        }
        return node.isFunction() ? Type.ANY : value(node, ref, ref.path().size(), env, report);
    }

    /** What is known of everything at a node: rules below it are fields of an object that may have others, from base data. */
    private @Nullable Type extent(RuleNode node) {
        if (node.definitions().isEmpty()) {
            Map<String, Type> fields = new LinkedHashMap<>();
            node.children().forEach((name, child) -> {
                Type type = child.isFunction() ? Type.ANY : extent(child);
                fields.put(name, type == null ? Type.ANY : type);
            });
            return Types.object(fields, Scalar.STRING, Type.ANY);
        }
        return checker.value(node);
    }

    private @Nullable Type value(RuleNode node, Term.Ref ref, int at, TypeEnv env, boolean report) {
        boolean unknown = node.definitions().isEmpty()
                ? env.replaced() != null
                : node.isFunction()
                        || Replaced.isUnknown(env.replaced(), node)
                        // A rule with others below it is an object of which only some keys are known.
                        || (at < ref.path().size() && !node.children().isEmpty());
        return leaf(unknown ? Type.ANY : extent(node), ref, at, env, report);
    }

    /** What follows a package: base data that nobody knows, or, for a variable, any of its rules. */
    private @Nullable Type beyond(Term.Ref ref, int at, boolean variable, TypeEnv env, boolean report) {
        if (variable && report && ref.path().get(at) instanceof Term.Var v && env.variable(v.name()) == null) {
            env.learn(v.name(), Scalar.STRING);
        }
        return leaf(Type.ANY, ref, at, env, report);
    }

    /** The type below {@code type}, from the part {@code at} of the path on. */
    private @Nullable Type leaf(@Nullable Type from, Term.Ref ref, int start, TypeEnv env, boolean report) {
        Type type = from;
        for (int at = start; at < ref.path().size(); at++) {
            if (type == null) {
                type = Type.ANY;
            }
            Term part = ref.path().get(at);
            boolean constant = part instanceof Term.Constant;
            if (Types.isEmptyCollection(type)) {
                if (constant) {
                    return invalid(ref, at, type, report);
                }
                learn(part, Type.ANY, env, report);
                return Type.ANY;
            }
            Type keys = Types.keys(type);
            if (keys == null) {
                return unsupported(ref, at, type, report);
            }
            if (part instanceof Term.Constant c) {
                Type next = Types.select(type, c.value());
                if (next == null) {
                    return invalid(ref, at, type, report);
                }
                type = next;
                continue;
            }
            Type known = checker.type(part, env);
            boolean composite =
                    part instanceof Term.ArrayTerm || part instanceof Term.ObjectTerm || part instanceof Term.SetTerm;
            if (composite && report) {
                if (!checker.unify(part, keys, env)) {
                    return invalid(ref, at, type, true);
                }
            } else if (known != null && !composite && !Types.unifies(known, keys)) {
                return invalid(ref, at, type, report);
            }
            learn(part, keys, env, report);
            Value key = report ? checker.constant(part) : null;
            type = key == null ? Types.values(type) : doubts.computed(ref, at, type, key, part.location());
        }
        return type;
    }

    private static void learn(Term part, Type type, TypeEnv env, boolean report) {
        if (report && part instanceof Term.Var v && !Vars.isRoot(v) && env.variable(v.name()) == null) {
            env.learn(v.name(), type);
        }
    }

    private @Nullable Type unsupported(Term.Ref ref, int at, Type have, boolean report) {
        if (report) {
            String text = show(ref, ref.path().size());
            errors.add(ref.location()
                    .error(
                            RegoError.TYPE,
                            "undefined ref: " + text + "\n\t" + text + "\n\t"
                                    + "^".repeat(show(ref, at).length()) + "\n\thave: " + Types.show(have)));
        }
        return null;
    }

    private @Nullable Type invalid(Term.Ref ref, int at, Type type, boolean report) {
        if (!report) {
            return lenient ? Type.ANY : null;
        }
        String text = show(ref, ref.path().size());
        String pad = " ".repeat(show(ref, at).length() + 1);
        Term part = ref.path().get(at);
        List<String> names = Types.names(type);
        String wanted;
        if (!names.isEmpty()) {
            wanted = "want (one of): "
                    + names.stream().map(n -> StringValue.of(n).toString()).toList();
        } else {
            wanted = Types.isEmptyCollection(type)
                    ? "want (one of): []"
                    : "want (type): " + Types.show(Types.keys(type));
        }
        String have = part instanceof Term.Constant c ? "have: " + c.value() : "have (type): any";
        RegoError error = part.location()
                .error(
                        RegoError.TYPE,
                        "undefined ref: " + text + "\n\t" + text + "\n\t" + pad + "^\n\t" + pad + have + "\n\t" + pad
                                + wanted);
        String near = nearest(ref, at, names);
        if (lenient && near == null && !names.isEmpty() && Term.constantString(part) != null) {
            // nothing of that name is known here, and nothing was misspelt: others may know it
            doubts.warn(
                    part.location(),
                    "unknown to this server: " + text + "; it is undefined here, as long as nobody tells it",
                    null);
            return Type.ANY;
        }
        errors.add(error.withHint(near));
        return null;
    }

    private static @Nullable String nearest(Term.Ref ref, int at, List<String> names) {
        String given = Term.constantString(ref.path().get(at));
        if (given == null) {
            return null;
        }
        String best = Spelling.nearest(given, names);
        if (best == null) {
            return null;
        }
        List<Term> path = new ArrayList<>(ref.path().subList(0, at));
        path.add(new Term.Constant(ref.location(), StringValue.of(best)));
        Term.Ref right = new Term.Ref(ref.location(), ref.head(), path);
        return "did you mean `" + show(right, path.size()) + "`?";
    }

    /** A reference as it is written, up to a part. */
    static String show(Term.Ref ref, int parts) {
        StringBuilder out = new StringBuilder(show(ref.head()));
        for (Term part : ref.path().subList(0, parts)) {
            String name = Term.constantString(part);
            if (name != null && name.matches("[a-zA-Z_][a-zA-Z0-9_]*")) {
                out.append('.').append(name);
            } else {
                out.append('[').append(show(part)).append(']');
            }
        }
        return out.toString();
    }

    static String show(Term term) {
        return switch (term) {
            case Term.Constant c -> value(c.value());
            case Term.Var v -> Resolver.written(v.name());
            case Term.Ref r -> show(r, r.path().size());
            case Term.Call c -> c.name() + "(...)";
            case Term.ArrayTerm a ->
                "[" + String.join(", ", a.items().stream().map(RefTypes::show).toList()) + "]";
            case Term.SetTerm s ->
                "{" + String.join(", ", s.items().stream().map(RefTypes::show).toList()) + "}";
            case Term.ObjectTerm o ->
                "{"
                        + String.join(
                                ", ",
                                o.entries().stream()
                                        .map(e -> show(e.key()) + ": " + show(e.value()))
                                        .toList())
                        + "}";
            case Term.Comprehension _ -> "[...]";
            case Term.TemplateString _ -> "$\"...\"";
        };
    }

    private static String value(Value value) {
        return value.toString();
    }
}

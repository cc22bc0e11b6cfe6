package dev.sluice.rego.plan;

import dev.sluice.rego.syntax.Expr;
import dev.sluice.rego.syntax.Term;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognises scans that look for elements at which something equals what is known before the scan begins: then an index
 * of the collection finds them, in whatever loop, comprehension or function the scan stands.
 *
 * <p>Only where nobody can tell that the other elements were not looked at: what is known must be a value that is there
 * already (a variable, a place in the input or in base data), so that no rule is evaluated that would not have been.
 */
final class Searches {
    private final BodyPlanner planner;
    private final References references;

    Searches(BodyPlanner planner, References references) {
        this.planner = planner;
        this.references = references;
    }

    /**
     * A scan in search of elements.
     *
     * @param key what the key is matched with, or null
     * @param element the variable for the element
     * @param collection what is scanned
     * @param path the keys below the element
     * @param wanted what stands there in the elements that are looked for
     */
    record Search(@Nullable Term key, Term.Var element, Term collection, Value[] path, Term wanted) {}

    /** A scan. */
    private record Found(@Nullable Term key, Term.Var element, Term collection) {}

    /** The search that a literal is together with the one after it, or null. */
    @Nullable
    Search of(Expr literal, @Nullable Expr following) {
        if (following == null || !isPlain(literal) || !isPlain(following)) {
            return null;
        }
        Found scan = scan(literal.statement());
        return scan == null || planner.isBound(scan.element.name()) ? null : of(scan, following.statement());
    }

    private static boolean isPlain(Expr literal) {
        return !literal.negated() && literal.withs().isEmpty();
    }

    private @Nullable Found scan(Expr.Statement statement) {
        return switch (statement) {
            case Expr.SomeIn s
            when s.value() instanceof Term.Var v && !v.isWildcard() && isQuiet(s.key()) ->
                new Found(s.key(), v, s.collection());
            case Expr.Assign s when s.left() instanceof Term.Var v && !v.isWildcard() -> lookup(v, s.right());
            case Expr.Unify s when s.left() instanceof Term.Var v && !v.isWildcard() -> lookup(v, s.right());
            default -> null;
        };
    }

    /** Whether matching a key with the term evaluates no rule, which it would for every element. */
    private static boolean isQuiet(@Nullable Term key) {
        return key == null || key instanceof Term.Var || key instanceof Term.Constant;
    }

    /** {@code x := collection[key]} with a key that is free. */
    private @Nullable Found lookup(Term.Var element, Term term) {
        if (!(term instanceof Term.Ref ref)
                || ref.path().isEmpty()
                || !(ref.path().getLast() instanceof Term.Var key)
                || planner.isBound(key.name())
                || key.name().equals(element.name())) {
            return null;
        }
        List<Term> before = ref.path().subList(0, ref.path().size() - 1);
        Term.Ref collection = new Term.Ref(ref.location(), ref.head(), before);
        return planner.isEvaluable(collection) && references.readsNoRule(collection)
                ? new Found(key.isWildcard() ? null : key, element, collection)
                : null;
    }

    private @Nullable Search of(Found scan, Expr.Statement statement) {
        return switch (statement) {
            case Expr.Truth s
            when s.term() instanceof Term.Call call
                    && call.name().equals("equal")
                    && call.args().size() == 2 ->
                of(scan, call.args().getFirst(), call.args().getLast());
            case Expr.Unify s -> of(scan, s.left(), s.right());
            default -> null;
        };
    }

    private @Nullable Search of(Found scan, Term left, Term right) {
        Value[] path = pathBelow(scan.element, left);
        Term wanted = right;
        if (path == null) {
            path = pathBelow(scan.element, right);
            wanted = left;
        }
        return path != null && isThere(wanted)
                ? new Search(scan.key, scan.element, scan.collection, path, wanted)
                : null;
    }

    private static Value @Nullable [] pathBelow(Term.Var element, Term term) {
        if (term instanceof Term.Var v) {
            return v.name().equals(element.name()) ? new Value[0] : null;
        }
        if (!(term instanceof Term.Ref ref
                && ref.head() instanceof Term.Var head
                && head.name().equals(element.name()))) {
            return null;
        }
        Value[] path = new Value[ref.path().size()];
        for (int i = 0; i < path.length; i++) {
            if (!(ref.path().get(i) instanceof Term.Constant c && c.value() instanceof StringValue key)) {
                return null;
            }
            path[i] = key;
        }
        return path;
    }

    private boolean isThere(Term term) {
        return switch (term) {
            case Term.Constant c -> true;
            case Term.Var v -> !Roots.isRoot(v) && planner.isBound(v.name());
            case Term.Ref r -> planner.isEvaluable(r) && references.readsNoRule(r);
            default -> false;
        };
    }
}

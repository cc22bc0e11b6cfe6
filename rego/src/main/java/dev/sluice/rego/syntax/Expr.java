package dev.sluice.rego.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One literal of a body: a statement, perhaps negated, perhaps with replaced documents.
 *
 * @param text the literal as written
 */
public record Expr(Location location, String text, boolean negated, Statement statement, List<With> withs) {
    public Expr {
        withs = List.copyOf(withs);
    }

    /** The same literal with another statement. */
    public Expr with(Statement other) {
        return new Expr(location, text, negated, other, withs);
    }

    /** What a literal says. */
    public sealed interface Statement {}

    /** A term that must be defined and not false. */
    public record Truth(Term term) implements Statement {}

    /** {@code left = right}, or after analysis also {@code left := right}. */
    public record Unify(Term left, Term right) implements Statement {}

    /** {@code left := right} as written. */
    public record Assign(Term left, Term right) implements Statement {}

    /** {@code some x, y}. */
    public record Some(List<Term.Var> vars) implements Statement {
        public Some {
            vars = List.copyOf(vars);
        }
    }

    /** {@code some k, v in collection}. */
    public record SomeIn(@Nullable Term key, Term value, Term collection) implements Statement {}

    /** {@code every k, v in domain { body }}. */
    public record Every(@Nullable Term key, Term value, Term domain, Body body) implements Statement {}

    /**
     * The {@code not} of {@code future.keywords.not}: everything the body expands to is inside the negation.
     *
     * @param braced whether the body is a scope of its own; otherwise it is one literal that binds nothing
     */
    public record NotBody(Body body, boolean braced) implements Statement {}

    /** {@code left and right} or {@code left or right}; each side is a scope of its own. */
    public record Logic(boolean and, Operand left, Operand right) implements Statement {}

    /** One side of {@link Logic}. */
    public record Operand(Location location, Body body, boolean braced) {}
}

package dev.sluice.rego.syntax;

import java.util.List;

/**
 * The literals of a rule, comprehension, every or negation, all of which must hold.
 *
 * @param literals in source order, after analysis in safe order
 */
public record Body(List<Expr> literals) {
    /** A body that always holds. */
    public static final Body EMPTY = new Body(List.of());

    public Body {
        literals = List.copyOf(literals);
    }
}

package dev.sluice.rego.plan;

import dev.sluice.rego.builtin.CallContext;
import dev.sluice.rego.builtin.Clocks;
import dev.sluice.rego.value.Value;

/** The comparison operators, which are defined for every two values. */
enum Comparison {
    EQUAL,
    NEQ,
    LT,
    LTE,
    GT,
    GTE;

    static Comparison of(String builtin) {
        return switch (builtin) {
            case "equal" -> EQUAL;
            case "neq" -> NEQ;
            case "lt" -> LT;
            case "lte" -> LTE;
            case "gt" -> GT;
            case "gte" -> GTE;
            default -> throw new IllegalArgumentException(builtin);
        };
    }

    /** As written in modules. */
    String symbol() {
        return switch (this) {
            case EQUAL -> "==";
            case NEQ -> "!=";
            case LT -> "<";
            case LTE -> "<=";
            case GT -> ">";
            case GTE -> ">=";
        };
    }

    boolean holds(CallContext ctx, Value a, Value b) {
        return switch (this) {
            case EQUAL -> Clocks.equal(ctx, a, b);
            case NEQ -> !Clocks.equal(ctx, a, b);
            case LT -> Clocks.less(ctx, a, b);
            case LTE -> Clocks.lessOrEqual(ctx, a, b);
            case GT -> Clocks.less(ctx, b, a);
            case GTE -> Clocks.lessOrEqual(ctx, b, a);
        };
    }
}

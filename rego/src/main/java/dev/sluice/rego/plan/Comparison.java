package dev.sluice.rego.plan;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.builtin.CallContext;
import dev.sluice.rego.builtin.Clocks;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.Value;
import org.jspecify.annotations.Nullable;

/** The comparison operators, which are defined for every two values. */
enum Comparison {
    EQUAL,
    NEQ,
    LT,
    LTE,
    GT,
    GTE;

    private static final int MAX_DETAIL = 80;

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

    /** The comparison that holds for (b, a) where this one holds for (a, b). */
    Comparison swapped() {
        return switch (this) {
            case EQUAL, NEQ -> this;
            case LT -> GT;
            case LTE -> GTE;
            case GT -> LT;
            case GTE -> LTE;
        };
    }

    /** Where {@code a} may lie for the outcome of the comparison with {@code b} to stay what it is. */
    Evaluation.Interval interval(NumberValue a, NumberValue b) {
        int order = a.compareTo(b);
        boolean below;
        boolean withBound;
        switch (this) {
            case EQUAL, NEQ -> {
                if (order == 0) {
                    return new Evaluation.Interval(b, true, b, true);
                }
                below = order < 0;
                withBound = false;
            }
            case LT, GTE -> {
                below = order < 0;
                withBound = !below;
            }
            default -> {
                below = order <= 0;
                withBound = below;
            }
        }
        return below
                ? new Evaluation.Interval(null, false, b, withBound)
                : new Evaluation.Interval(b, withBound, null, false);
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

    /**
     * Whether the comparison holds, in evaluations that record what they read.
     *
     * @param detailed whether the frame remembers the values where it does not hold
     */
    boolean tracedHolds(Frame frame, Ev left, Ev right, boolean detailed) {
        Trace trace = Trace.of(frame);
        Value a = left.eval(frame);
        Place where = trace.at;
        Value b = a == null && !detailed ? null : right.eval(frame);
        boolean holds = a != null && b != null && holds(frame.state.shared, a, b);
        if (a != null && b != null) {
            trace.compared(this, a, where, b, trace.at, frame.state);
        }
        if (!holds && detailed) {
            frame.detail = shown(a) + " " + symbol() + " " + shown(b);
        }
        return holds;
    }

    /** A value in few words. */
    static String shown(@Nullable Value value) {
        String text = value == null ? "undefined" : value.toString();
        return text.length() > MAX_DETAIL ? text.substring(0, MAX_DETAIL) + "…" : text;
    }
}

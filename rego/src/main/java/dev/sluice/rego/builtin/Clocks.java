package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.ClockNumber;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;

/**
 * Comparisons of values that may move with the clock. Each tells the evaluation the first instant after the present at
 * which its answer could be another one.
 */
public final class Clocks {
    private Clocks() {}

    /** Whether the values are equal now. */
    public static boolean equal(CallContext ctx, Value a, Value b) {
        if (!a.dependsOnClock() && !b.dependsOnClock()) {
            return a.equals(b);
        }
        return compare(ctx, a, b, Question.EQUAL) == 0;
    }

    /** The order of the values now: negative, zero or positive. */
    public static int compare(CallContext ctx, Value a, Value b) {
        return compare(ctx, a, b, Question.EQUAL);
    }

    /** Whether {@code a} comes before {@code b} now. */
    public static boolean less(CallContext ctx, Value a, Value b) {
        return compare(ctx, a, b, Question.LESS) < 0;
    }

    /** Whether {@code a} comes before {@code b} or equals it now. */
    public static boolean lessOrEqual(CallContext ctx, Value a, Value b) {
        return compare(ctx, a, b, Question.LESS_OR_EQUAL) <= 0;
    }

    /** What is asked about a left and a right value; the instant of change depends on it. */
    private enum Question {
        EQUAL,
        LESS,
        LESS_OR_EQUAL
    }

    private static int compare(CallContext ctx, Value a, Value b, Question question) {
        if (a.dependsOnClock() || b.dependsOnClock()) {
            if (a instanceof ClockNumber x && b instanceof ClockNumber y) {
                return twoClocks(ctx, x, y);
            } else if (a instanceof ClockNumber x && b instanceof NumberValue y) {
                // x < y stops or starts to hold where a growing x reaches y, or a falling x passes it.
                note(ctx, x, y, question, x.direction() > 0 == (question == Question.LESS));
            } else if (a instanceof NumberValue x && b instanceof ClockNumber y) {
                note(ctx, y, x, question, y.direction() > 0 == (question == Question.LESS_OR_EQUAL));
            } else if (a.kind() == b.kind()) {
                return freeze(ctx, a).compareTo(freeze(ctx, b));
            }
        }
        return a.compareTo(b);
    }

    private static void note(CallContext ctx, ClockNumber clock, NumberValue bound, Question question, boolean reach) {
        if (question == Question.EQUAL) {
            ctx.changesAt(Math.min(clock.reaches(bound), clock.passes(bound)));
        } else {
            ctx.changesAt(reach ? clock.reaches(bound) : clock.passes(bound));
        }
    }

    private static int twoClocks(CallContext ctx, ClockNumber a, ClockNumber b) {
        NumberValue difference = a.minusClock(b);
        if (difference != null) {
            return difference.signum();
        }
        ctx.changesAt(Math.min(a.changes(), b.changes()));
        return a.present().compareTo(b.present());
    }

    /**
     * The value as it is now, without anything that moves with the clock; tells the evaluation when it will be another
     * one. Whatever leaves the evaluation, enters a set or becomes a key must go through here.
     */
    public static Value freeze(CallContext ctx, Value value) {
        if (!value.dependsOnClock()) {
            return value;
        }
        return switch (value) {
            case ClockNumber clock -> {
                ctx.changesAt(clock.changes());
                yield clock.present();
            }
            case ArrayValue array -> {
                Value[] elements = array.toArray();
                for (int i = 0; i < elements.length; i++) {
                    elements[i] = freeze(ctx, elements[i]);
                }
                yield ArrayValue.ofOwned(elements);
            }
            case ObjectValue object -> {
                ObjectValue.Builder builder = ObjectValue.builder(object.size());
                for (ObjectValue.Entry entry : object.entries()) {
                    builder.put(freeze(ctx, entry.key()), freeze(ctx, entry.value()));
                }
                yield builder.build();
            }
            case SetValue set -> {
                SetValue.Builder builder = SetValue.builder();
                for (Value element : set) {
                    builder.add(freeze(ctx, element));
                }
                yield builder.build();
            }
            default -> value;
        };
    }
}

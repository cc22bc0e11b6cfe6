package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ClockNumber;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;
import java.util.function.UnaryOperator;

/** Arithmetic. A number that moves with the clock goes on moving through every monotone operation. */
final class Numbers {
    private static final String BINARY = "(x: number, y: number) -> z: number";
    /** No product takes more bits: what costs seconds is no number of a policy. */
    static final int MAX_BITS = 1 << 20;

    private static final String UNARY = "(x: number) -> y: number";
    private static final String NUMBER_OR_SET = "any<number, set[any]>";

    private Numbers() {}

    static void declare(Registry registry) {
        registry.addClockAware("plus", BINARY, Numbers::plus);
        registry.addClockAware(
                "minus", "(x: " + NUMBER_OR_SET + ", y: " + NUMBER_OR_SET + ") -> z: " + NUMBER_OR_SET, Numbers::minus);
        registry.addClockAware("mul", BINARY, Numbers::times);
        registry.addClockAware("div", BINARY, Numbers::divide);
        registry.add("rem", BINARY, (_, args) -> {
            NumberValue x = Operands.number(args, 0);
            NumberValue y = Operands.number(args, 1);
            try {
                return x.remainder(y);
            } catch (ArithmeticException failure) {
                throw failed(failure);
            }
        });
        registry.add("abs", UNARY, (_, args) -> Operands.number(args, 0).abs());
        registry.addClockAware("round", UNARY, (_, args) -> monotone(Operands.number(args, 0), NumberValue::round));
        registry.addClockAware("ceil", UNARY, (_, args) -> monotone(Operands.number(args, 0), NumberValue::ceil));
        registry.addClockAware("floor", UNARY, (_, args) -> monotone(Operands.number(args, 0), NumberValue::floor));
    }

    private static NumberValue monotone(NumberValue x, UnaryOperator<NumberValue> function) {
        return x instanceof ClockNumber clock ? clock.mapped(1, function) : function.apply(x);
    }

    private static NumberValue plus(CallContext ctx, Value[] args) throws BuiltinException {
        NumberValue x = Operands.number(args, 0);
        NumberValue y = Operands.number(args, 1);
        if (x instanceof ClockNumber clock && !y.dependsOnClock()) {
            return clock.plusConstant(y);
        } else if (y instanceof ClockNumber clock && !x.dependsOnClock()) {
            return clock.plusConstant(x);
        }
        return now(ctx, x).plus(now(ctx, y));
    }

    private static Value minus(CallContext ctx, Value[] args) throws BuiltinException {
        if (args[0] instanceof NumberValue x && args[1] instanceof NumberValue y) {
            return difference(ctx, x, y);
        }
        if (args[0] instanceof SetValue x && args[1] instanceof SetValue y) {
            SetValue.Builder rest = SetValue.builder();
            for (Value element : x) {
                if (!y.contains(element)) {
                    rest.add(element);
                }
            }
            return rest.build();
        }
        if (!(args[0] instanceof NumberValue) && !(args[0] instanceof SetValue)) {
            throw BuiltinException.wrongType(1, args[0], Kind.NUMBER, Kind.SET);
        }
        throw BuiltinException.wrongType(2, args[1], args[1] instanceof NumberValue ? Kind.SET : Kind.NUMBER);
    }

    private static NumberValue difference(CallContext ctx, NumberValue x, NumberValue y) {
        if (x instanceof ClockNumber clock && !y.dependsOnClock()) {
            return clock.minusConstant(y);
        } else if (y instanceof ClockNumber clock && !x.dependsOnClock()) {
            return clock.subtractedFrom(x);
        } else if (x instanceof ClockNumber one && y instanceof ClockNumber other) {
            NumberValue constant = one.minusClock(other);
            if (constant != null) {
                return constant;
            }
        }
        return now(ctx, x).minus(now(ctx, y));
    }

    private static NumberValue times(CallContext ctx, Value[] args) throws BuiltinException {
        NumberValue x = Operands.number(args, 0);
        NumberValue y = Operands.number(args, 1);
        if (x instanceof ClockNumber clock && !y.dependsOnClock()) {
            return y.signum() == 0 ? x.times(y) : clock.mapped(y.signum(), value -> value.times(y));
        } else if (y instanceof ClockNumber clock && !x.dependsOnClock()) {
            return x.signum() == 0 ? x.times(y) : clock.mapped(x.signum(), value -> x.times(value));
        }
        if (bits(x) + bits(y) > MAX_BITS) {
            throw BuiltinException.value("number too big");
        }
        return now(ctx, x).times(now(ctx, y));
    }

    /** Roughly the bits that a number takes. */
    static long bits(NumberValue number) {
        return number.isLong() ? 64 : number.text().length() * 4L + 64;
    }

    private static NumberValue divide(CallContext ctx, Value[] args) throws BuiltinException {
        NumberValue x = Operands.number(args, 0);
        NumberValue y = Operands.number(args, 1);
        try {
            if (x instanceof ClockNumber clock && !y.dependsOnClock() && y.signum() != 0) {
                return clock.mapped(y.signum(), value -> value.dividedBy(y));
            }
            return now(ctx, x).dividedBy(now(ctx, y));
        } catch (ArithmeticException failure) {
            throw failed(failure);
        }
    }

    private static NumberValue now(CallContext ctx, NumberValue number) {
        return Clocks.freeze(ctx, number) instanceof NumberValue present ? present : number;
    }

    private static BuiltinException failed(ArithmeticException failure) {
        String message = failure.getMessage();
        return BuiltinException.value(message == null ? "arithmetic error" : message);
    }
}

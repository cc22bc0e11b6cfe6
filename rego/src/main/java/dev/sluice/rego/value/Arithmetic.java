package dev.sluice.rego.value;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The arithmetic of numbers: exact on integers, 64-bit floating point otherwise (OPA 1.22, arithmetic.go). */
final class Arithmetic {
    private static final int DOUBLE_PRECISION = 53;

    private Arithmetic() {}

    static NumberValue plus(NumberValue a, NumberValue b) {
        if (a.isLong() && b.isLong()) {
            long x = a.longValue();
            long y = b.longValue();
            long sum = x + y;
            if (((x ^ sum) & (y ^ sum)) >= 0) {
                return NumberValue.of(sum);
            }
        }
        if (a.isInteger() && b.isInteger()) {
            return NumberValue.of(integer(a).add(integer(b)));
        }
        return BigFloat.of(a).plus(BigFloat.of(b)).toNumber();
    }

    static NumberValue minus(NumberValue a, NumberValue b) {
        if (a.isLong() && b.isLong()) {
            long x = a.longValue();
            long y = b.longValue();
            long difference = x - y;
            if (((x ^ y) & (x ^ difference)) >= 0) {
                return NumberValue.of(difference);
            }
        }
        if (a.isInteger() && b.isInteger()) {
            return NumberValue.of(integer(a).subtract(integer(b)));
        }
        return BigFloat.of(a).plus(BigFloat.of(b).negated()).toNumber();
    }

    static NumberValue times(NumberValue a, NumberValue b) {
        if (a.isLong() && b.isLong()) {
            long x = a.longValue();
            long y = b.longValue();
            long product = x * y;
            if (Math.multiplyHigh(x, y) == product >> 63) {
                return NumberValue.of(product);
            }
        }
        if (a.isInteger() && b.isInteger()) {
            return NumberValue.of(integer(a).multiply(integer(b)));
        }
        return BigFloat.of(a).times(BigFloat.of(b)).toNumber();
    }

    static NumberValue divide(NumberValue a, NumberValue b) {
        if (b.signum() == 0) {
            throw new ArithmeticException("divide by zero");
        }
        if (isWindow(a) && isWindow(b)) {
            long x = a.longValue();
            long y = b.longValue();
            if (x != 0 && x % y == 0) {
                return NumberValue.of(x / y);
            }
        }
        return BigFloat.of(a).dividedBy(BigFloat.of(b)).toNumber();
    }

    static NumberValue remainder(NumberValue a, NumberValue b) {
        if (!a.isInteger() || !b.isInteger()) {
            throw new ArithmeticException("modulo on floating-point number");
        }
        if (b.signum() == 0) {
            throw new ArithmeticException("modulo by zero");
        }
        if (a.isLong() && b.isLong()) {
            return NumberValue.of(a.longValue() % b.longValue());
        }
        return NumberValue.of(integer(a).remainder(integer(b)));
    }

    static NumberValue sum(Iterable<NumberValue> numbers) {
        NumberValue exact = NumberValue.ZERO;
        for (NumberValue number : numbers) {
            if (!number.isInteger()) {
                return floatSum(numbers);
            }
            exact = plus(exact, number);
        }
        return exact;
    }

    private static NumberValue floatSum(Iterable<NumberValue> numbers) {
        BigFloat sum = BigFloat.of(NumberValue.ZERO);
        for (NumberValue number : numbers) {
            sum = sum.plus(BigFloat.of(number));
        }
        return sum.toNumber();
    }

    static NumberValue product(Iterable<NumberValue> numbers) {
        NumberValue exact = NumberValue.ONE;
        for (NumberValue number : numbers) {
            if (!number.isInteger()) {
                return floatProduct(numbers);
            }
            exact = times(exact, number);
        }
        return exact;
    }

    private static NumberValue floatProduct(Iterable<NumberValue> numbers) {
        BigFloat product = BigFloat.of(NumberValue.ONE);
        for (NumberValue number : numbers) {
            product = product.times(BigFloat.of(number), DOUBLE_PRECISION);
        }
        return product.toNumber(DOUBLE_PRECISION);
    }

    static NumberValue abs(NumberValue a) {
        return isWindow(a)
                ? NumberValue.of(Math.abs(a.longValue()))
                : BigFloat.of(a).abs().toNumber();
    }

    static NumberValue round(NumberValue a) {
        return isWindow(a)
                ? NumberValue.of(a.longValue())
                : BigFloat.of(a).round().toNumber();
    }

    static NumberValue ceil(NumberValue a) {
        return isWindow(a)
                ? NumberValue.of(a.longValue())
                : BigFloat.of(a).ceil().toNumber();
    }

    static NumberValue floor(NumberValue a) {
        return isWindow(a)
                ? NumberValue.of(a.longValue())
                : BigFloat.of(a).floor().toNumber();
    }

    /** Whether the number is a whole number of 32 bits that is not written as a negative zero. */
    private static boolean isWindow(NumberValue a) {
        return a.isLong() && a.longValue() == (int) a.longValue() && a.isWrittenAsInteger();
    }

    private static BigInteger integer(NumberValue a) {
        @Nullable BigInteger value = a.bigIntegerValue();
        if (value == null) {
            throw new ArithmeticException("not an integer: " + a);
        }
        return value;
    }
}

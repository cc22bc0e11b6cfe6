package dev.sluice.rego.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A decimal number of any size and precision that remembers how it was written.
 *
 * <p>Comparison and equality are by exact numeric value: {@code 10.0}, {@code 1e1} and {@code 10} are equal. Printing
 * gives the text as written ({@code 10.0} stays {@code 10.0}) until arithmetic makes a new number.
 *
 * <p>Arithmetic follows OPA 1.22: {@code + - * %} of integral numbers are exact at any size; everything else is computed
 * in binary floating point with a mantissa of 64 bits and printed with the fewest digits that tell the result apart.
 * {@code /} gives an integer only where both operands fit in 32 bits and the division leaves no remainder.
 *
 * <p>Exponents are limited: {@link #parse} refuses numbers beyond about 2^±100000.
 */
public abstract sealed class NumberValue implements Value permits LongNumber, DecimalNumber, ClockNumber {
    /** Zero. */
    public static final NumberValue ZERO = of(0);
    /** One. */
    public static final NumberValue ONE = of(1);

    private static final int MAX_SHORTEST = 15;
    private static final int MAX_WHOLE = 6;

    NumberValue() {}

    /** The integer {@code value}. */
    public static NumberValue of(long value) {
        return LongNumber.number(value);
    }

    /** The integer {@code value}. */
    public static NumberValue of(BigInteger value) {
        return value.bitLength() <= 63 ? LongNumber.number(value.longValue()) : new DecimalNumber(value.toString());
    }

    /** The number with the fewest digits that denotes {@code value}; not for NaN or infinities (IllegalArgumentException). */
    public static NumberValue of(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return LongNumber.number((long) value);
        }
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("not a number: " + value);
        }
        return new DecimalNumber(Shortest.text(value));
    }

    /**
     * The number that {@code text} denotes in JSON's grammar, which it keeps as its text.
     *
     * @throws NumberFormatException if it is not a JSON number, or is too large or too small to compute with
     */
    public static NumberValue parse(String text) {
        if (!isJsonNumber(text)) {
            throw new NumberFormatException(
                    "not a number: " + (text.length() > 40 ? text.substring(0, 40) + "…" : text));
        }
        if (text.length() < 19 && isPlainInteger(text)) {
            return LongNumber.number(Long.parseLong(text));
        }
        return new DecimalNumber(text);
    }

    private static boolean isPlainInteger(String text) {
        for (int i = text.charAt(0) == '-' ? 1 : 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.equals("-0");
    }

    private static boolean isJsonNumber(String text) {
        int at = text.startsWith("-") ? 1 : 0;
        int digits = digits(text, at);
        if (digits == at || (digits > at + 1 && text.charAt(at) == '0')) {
            return false;
        }
        at = digits;
        if (at < text.length() && text.charAt(at) == '.') {
            digits = digits(text, at + 1);
            if (digits == at + 1) {
                return false;
            }
            at = digits;
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            digits = digits(text, at);
            if (digits == at) {
                return false;
            }
            at = digits;
        }
        return at == text.length();
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** The number as written, or as arithmetic prints it. */
    public abstract String text();

    /** The nearest double; infinite where the number is out of its range. */
    public abstract double asDouble();

    /** The exact value. */
    public abstract BigDecimal asDecimal();

    /** Whether the value is a whole number, however it is written ({@code 10.0} is). */
    public abstract boolean isInteger();

    /** The value where it is a whole number that fits a long. */
    public abstract OptionalLong longValueExact();

    /** Whether the value is a whole number that fits a long; then {@link #longValue} is exact. */
    public abstract boolean isLong();

    /** The value as a long; meaningless unless {@link #isLong}. */
    public abstract long longValue();

    /** The value where it is a whole number, of any size; null otherwise. */
    public @Nullable BigInteger bigIntegerValue() {
        if (isLong()) {
            return BigInteger.valueOf(longValue());
        }
        return isInteger() ? asDecimal().toBigIntegerExact() : null;
    }

    /** Whether the number is written with digits only, so that programs that look at the text see an integer. */
    public boolean isWrittenAsInteger() {
        String text = text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' || c == 'e' || c == 'E') {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the text is known to be what Go prints for the nearest double with {@code %v}: the fewest digits that tell it
     * apart, and no exponent. A double holds every decimal number of up to 15 digits; exponents begin at a million.
     */
    public boolean isWrittenAsGoPrints() {
        String text = text();
        int length = text.length();
        if (length > MAX_SHORTEST) {
            return false;
        }
        int point = -1;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 'e' || c == 'E') {
                return false;
            }
            point = c == '.' ? i : point;
        }
        if (point < 0) {
            return isLong() && (longValue() != 0 || length == 1);
        }
        int sign = text.charAt(0) == '-' ? 1 : 0;
        return point - sign <= MAX_WHOLE && text.charAt(length - 1) != '0' && !text.startsWith("0.0000", sign);
    }

    /** -1, 0 or 1 as the number is negative, zero or positive. */
    public int signum() {
        double approximate = asDouble();
        return approximate > 0 ? 1 : approximate < 0 ? -1 : asDecimal().signum();
    }

    /** The sum. */
    public NumberValue plus(NumberValue other) {
        return Arithmetic.plus(this, other);
    }

    /** The difference. */
    public NumberValue minus(NumberValue other) {
        return Arithmetic.minus(this, other);
    }

    /** The product. */
    public NumberValue times(NumberValue other) {
        return Arithmetic.times(this, other);
    }

    /**
     * The quotient.
     *
     * @throws ArithmeticException with the message {@code divide by zero}
     */
    public NumberValue dividedBy(NumberValue other) {
        return Arithmetic.divide(this, other);
    }

    /**
     * The remainder, with the sign of the dividend.
     *
     * @throws ArithmeticException with the message {@code modulo by zero} or {@code modulo on floating-point number}
     */
    public NumberValue remainder(NumberValue other) {
        return Arithmetic.remainder(this, other);
    }

    /** The sum of numbers: exact if all are integral, otherwise in 64-bit floating point throughout. */
    public static NumberValue sum(Iterable<NumberValue> numbers) {
        return Arithmetic.sum(numbers);
    }

    /** The product of numbers: exact if all are integral, otherwise rounded to 53 bits after every step, as OPA does. */
    public static NumberValue product(Iterable<NumberValue> numbers) {
        return Arithmetic.product(numbers);
    }

    /** The number without its fraction, computed in 64-bit floating point where it is not integral. */
    public BigInteger truncated() {
        BigInteger whole = bigIntegerValue();
        return whole == null ? BigFloat.of(this).truncated() : whole;
    }

    /** The absolute value. */
    public NumberValue abs() {
        return Arithmetic.abs(this);
    }

    /** The nearest integer; halves go away from zero. */
    public NumberValue round() {
        return Arithmetic.round(this);
    }

    /** The smallest integer not below the number. */
    public NumberValue ceil() {
        return Arithmetic.ceil(this);
    }

    /** The largest integer not above the number. */
    public NumberValue floor() {
        return Arithmetic.floor(this);
    }

    @Override
    public Kind kind() {
        return Kind.NUMBER;
    }

    @Override
    public int compareTo(Value other) {
        return other instanceof NumberValue that ? compare(that) : Kind.NUMBER.compareTo(other.kind());
    }

    private int compare(NumberValue that) {
        if (isLong() && that.isLong()) {
            return Long.compare(longValue(), that.longValue());
        }
        // Rounding to double is monotone: where the doubles differ, so do the numbers, in the same direction.
        double a = asDouble();
        double b = that.asDouble();
        return a < b ? -1 : a > b ? 1 : asDecimal().compareTo(that.asDecimal());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof NumberValue that && compare(that) == 0);
    }

    @Override
    public int hashCode() {
        // Equal numbers round to the same double; adding 0.0 makes one zero of two.
        return Double.hashCode(asDouble() + 0.0);
    }

    @Override
    public void appendTo(StringBuilder out) {
        out.append(text());
    }

    @Override
    public String toString() {
        return text();
    }
}

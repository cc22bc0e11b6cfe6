package dev.sluice.rego.value;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A binary floating-point number with a mantissa of 64 bits, rounded to nearest, ties to even.
 *
 * <p>It computes what Go's {@code big.Float} computes at its default precision, and prints as {@code Text('g', -1)} does.
 *
 * @param negative the sign, which zero has too
 * @param mantissa at most 64 bits, without sign
 * @param exponent the value is mantissa × 2^exponent
 */
record BigFloat(boolean negative, BigInteger mantissa, int exponent) {
    private static final int PRECISION = 64;
    private static final BigInteger FIVE = BigInteger.valueOf(5);
    private static final BigFloat HALF = new BigFloat(false, BigInteger.ONE, -1);

    static BigFloat of(NumberValue number) {
        if (number.isLong() && number.longValue() != 0) {
            long value = number.longValue();
            return new BigFloat(value < 0, BigInteger.valueOf(value).abs(), 0);
        }
        BigDecimal exact = number.asDecimal();
        boolean negative = number.text().startsWith("-");
        BigInteger unscaled = exact.unscaledValue().abs();
        int scale = exact.scale();
        return scale > 0
                ? quotient(negative, unscaled, FIVE.pow(scale), -scale)
                : rounded(negative, unscaled.multiply(FIVE.pow(-scale)), -scale);
    }

    private static BigFloat quotient(boolean negative, BigInteger dividend, BigInteger divisor, int exponent) {
        int shift = Math.max(0, PRECISION + 3 - (dividend.bitLength() - divisor.bitLength()));
        BigInteger[] parts = dividend.shiftLeft(shift).divideAndRemainder(divisor);
        // A last bit that stands for the remainder keeps the rounding right.
        BigInteger sticky = parts[0].shiftLeft(1);
        return rounded(negative, parts[1].signum() == 0 ? sticky : sticky.setBit(0), exponent - shift - 1);
    }

    private static BigFloat rounded(boolean negative, BigInteger magnitude, int exponent) {
        return rounded(negative, magnitude, exponent, PRECISION);
    }

    private static BigFloat rounded(boolean negative, BigInteger magnitude, int exponent, int precision) {
        int excess = magnitude.bitLength() - precision;
        if (excess <= 0) {
            return new BigFloat(negative, magnitude, exponent);
        }
        BigInteger kept = magnitude.shiftRight(excess);
        boolean half = magnitude.testBit(excess - 1);
        boolean more = magnitude.getLowestSetBit() < excess - 1;
        if (half && (more || kept.testBit(0))) {
            kept = kept.add(BigInteger.ONE);
        }
        return new BigFloat(negative, kept, exponent + excess);
    }

    BigFloat plus(BigFloat other) {
        int low = Math.min(exponent, other.exponent);
        BigInteger sum = signed(low).add(other.signed(low));
        boolean sign = sum.signum() == 0 ? negative && other.negative : sum.signum() < 0;
        return rounded(sign, sum.abs(), low);
    }

    private BigInteger signed(int low) {
        BigInteger shifted = mantissa.shiftLeft(exponent - low);
        return negative ? shifted.negate() : shifted;
    }

    BigFloat negated() {
        return new BigFloat(!negative, mantissa, exponent);
    }

    BigFloat times(BigFloat other) {
        return times(other, PRECISION);
    }

    /** The product rounded to {@code precision} bits. */
    BigFloat times(BigFloat other, int precision) {
        BigInteger product = mantissa.multiply(other.mantissa);
        return rounded(negative != other.negative, product, exponent + other.exponent, precision);
    }

    BigFloat dividedBy(BigFloat other) {
        return quotient(negative != other.negative, mantissa, other.mantissa, exponent - other.exponent);
    }

    boolean isZero() {
        return mantissa.signum() == 0;
    }

    BigFloat abs() {
        return new BigFloat(false, mantissa, exponent);
    }

    BigFloat round() {
        return integer((negative ? plus(HALF.negated()) : plus(HALF)).truncated());
    }

    BigFloat ceil() {
        BigInteger whole = truncated();
        return negative || isInteger() ? integer(whole) : integer(whole.add(BigInteger.ONE));
    }

    BigFloat floor() {
        BigInteger whole = truncated();
        return !negative || isInteger() ? integer(whole) : integer(whole.subtract(BigInteger.ONE));
    }

    private static BigFloat integer(BigInteger value) {
        return rounded(value.signum() < 0, value.abs(), 0);
    }

    BigInteger truncated() {
        BigInteger magnitude = exponent >= 0 ? mantissa.shiftLeft(exponent) : mantissa.shiftRight(-exponent);
        return negative ? magnitude.negate() : magnitude;
    }

    private boolean isInteger() {
        return exponent >= 0 || isZero() || mantissa.getLowestSetBit() >= -exponent;
    }

    NumberValue toNumber() {
        return toNumber(PRECISION);
    }

    /** The number with the fewest digits that, rounded to {@code precision} bits, give this one. */
    NumberValue toNumber(int precision) {
        if (isInteger()) {
            BigInteger whole = truncated();
            return negative && whole.signum() == 0
                    ? new DecimalNumber("-0")
                    : NumberValue.of(shortestInteger(whole, precision));
        }
        return new DecimalNumber(Shortest.text(negative, shortest(precision), -4, 6));
    }

    private BigInteger shortestInteger(BigInteger whole, int precision) {
        if (whole.bitLength() <= precision) {
            return whole;
        }
        Decimal digits = shortest(precision);
        BigInteger magnitude = new BigInteger(digits.digits())
                .multiply(BigInteger.TEN.pow(digits.point() - digits.digits().length()));
        return negative ? magnitude.negate() : magnitude;
    }

    private Decimal shortest(int precision) {
        int up = precision + 1 - mantissa.bitLength();
        BigInteger fine = mantissa.shiftLeft(up);
        int scale = exponent - up;
        Decimal exact = Decimal.of(fine, scale);
        Decimal lower = Decimal.of(fine.subtract(BigInteger.ONE), scale);
        Decimal upper = Decimal.of(fine.add(BigInteger.ONE), scale);
        // The bounds themselves round to this number only if its last bit is 0.
        boolean inclusive = !fine.testBit(1);
        for (int i = 0; i < exact.digits().length(); i++) {
            char low = lower.at(i);
            char here = exact.at(i);
            char high = upper.at(i);
            boolean down = low != here || (inclusive && i + 1 == lower.digits().length());
            boolean upward = here != high
                    && (inclusive || here + 1 < high || i + 1 < upper.digits().length());
            if (down && upward) {
                return exact.rounded(i + 1);
            } else if (down) {
                return exact.cut(i + 1);
            } else if (upward) {
                return exact.cutUp(i + 1);
            }
        }
        return exact;
    }

    /**
     * A positive decimal 0.DIGITS × 10^point without leading or trailing zeros.
     *
     * @param digits the digits
     * @param point where the decimal point stands, counted from before the first digit
     */
    record Decimal(String digits, int point) {
        static Decimal of(BigInteger magnitude, int exponent) {
            BigDecimal value = exponent >= 0
                    ? new BigDecimal(magnitude.shiftLeft(exponent))
                    : new BigDecimal(magnitude.multiply(FIVE.pow(-exponent)), -exponent);
            return of(value);
        }

        static Decimal of(BigDecimal value) {
            BigDecimal plain = value.stripTrailingZeros();
            String digits = plain.unscaledValue().toString();
            return new Decimal(digits, digits.length() - plain.scale());
        }

        char at(int i) {
            return i < digits.length() ? digits.charAt(i) : '0';
        }

        Decimal rounded(int length) {
            if (length >= digits.length()) {
                return this;
            }
            boolean exactlyHalf = digits.charAt(length) == '5' && length + 1 == digits.length();
            boolean up = exactlyHalf
                    ? length > 0 && (digits.charAt(length - 1) - '0') % 2 != 0
                    : digits.charAt(length) >= '5';
            return up ? cutUp(length) : cut(length);
        }

        Decimal cut(int length) {
            return length >= digits.length() ? this : trimmed(digits.substring(0, length), point);
        }

        Decimal cutUp(int length) {
            if (length >= digits.length()) {
                return this;
            }
            int at = length;
            while (at > 0 && digits.charAt(at - 1) == '9') {
                at--;
            }
            return at == 0
                    ? new Decimal("1", point + 1)
                    : new Decimal(digits.substring(0, at - 1) + (char) (digits.charAt(at - 1) + 1), point);
        }

        private static Decimal trimmed(String digits, int point) {
            int end = digits.length();
            while (end > 0 && digits.charAt(end - 1) == '0') {
                end--;
            }
            return new Decimal(digits.substring(0, end), point);
        }
    }
}

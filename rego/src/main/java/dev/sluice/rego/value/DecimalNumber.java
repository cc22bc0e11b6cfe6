package dev.sluice.rego.value;

import java.math.BigDecimal;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A number that is not a plain long: a fraction, an exponent, a large integer, or {@code -0}. */
final class DecimalNumber extends NumberValue {
    private static final int MAX_DECIMAL_EXPONENT = 30_103;
    private static final double LONG_LIMIT = 9.3e18;

    private final String text;
    private final double approximate;
    private final long whole;
    private final byte shape;
    private @Nullable BigDecimal decimal;

    private static final byte FRACTION = 0;
    private static final byte INTEGER = 1;
    private static final byte LONG = 2;

    DecimalNumber(String text) {
        this.text = text;
        BigDecimal exact = new BigDecimal(text);
        long magnitude = (long) exact.precision() - exact.scale();
        if (exact.signum() != 0 && Math.abs(magnitude) > MAX_DECIMAL_EXPONENT) {
            throw new NumberFormatException("number too big");
        }
        // A decimal has no negative zero, a double has.
        this.approximate = exact.signum() == 0 && text.charAt(0) == '-' ? -0.0 : exact.doubleValue();
        long fits = 0;
        byte found = FRACTION;
        if (exact.signum() == 0) {
            found = LONG;
        } else if (exact.scale() <= 0 || exact.stripTrailingZeros().scale() <= 0) {
            found = INTEGER;
            if (Math.abs(approximate) < LONG_LIMIT) {
                try {
                    fits = exact.longValueExact();
                    found = LONG;
                } catch (ArithmeticException tooLarge) {
                    found = INTEGER;
                }
            }
        }
        this.whole = fits;
        this.shape = found;
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public double asDouble() {
        return approximate;
    }

    @Override
    public BigDecimal asDecimal() {
        BigDecimal known = decimal;
        if (known == null) {
            known = new BigDecimal(text);
            decimal = known;
        }
        return known;
    }

    @Override
    public boolean isInteger() {
        return shape != FRACTION;
    }

    @Override
    public OptionalLong longValueExact() {
        return shape == LONG ? OptionalLong.of(whole) : OptionalLong.empty();
    }

    @Override
    public boolean isLong() {
        return shape == LONG;
    }

    @Override
    public long longValue() {
        return whole;
    }
}

package dev.sluice.rego.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A number that moves with the clock: the present time in nanoseconds since 1970, or what arithmetic made of it.
 *
 * <p>As a number it is its value at the instant of evaluation. Beyond that it knows its value at every other instant:
 * {@code direction × time + offset}, or any monotone function of such a number. So for every comparison the instant can
 * be computed at which the outcome changes, which is how an evaluation learns until when its result holds.
 */
public final class ClockNumber extends NumberValue {
    /** The answer "at no instant". */
    public static final long NEVER = Long.MAX_VALUE;

    private static final BigDecimal FIRST = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal LAST = BigDecimal.valueOf(Long.MAX_VALUE);

    private final long now;
    private final int direction;
    private final NumberValue present;
    private final @Nullable BigInteger offset;
    private final @Nullable ClockNumber source;
    private final @Nullable UnaryOperator<NumberValue> step;

    private ClockNumber(
            long now,
            int direction,
            NumberValue present,
            @Nullable BigInteger offset,
            @Nullable ClockNumber source,
            @Nullable UnaryOperator<NumberValue> step) {
        this.now = now;
        this.direction = direction;
        this.present = present;
        this.offset = offset;
        this.source = source;
        this.step = step;
    }

    /** The time itself, in nanoseconds since 1970. */
    public static ClockNumber now(long epochNanos) {
        return new ClockNumber(epochNanos, 1, NumberValue.of(epochNanos), BigInteger.ZERO, null, null);
    }

    /** The instant of the evaluation, in nanoseconds since 1970. */
    public long now() {
        return now;
    }

    /** 1 if the number grows with time or stays, -1 if it falls or stays. */
    public int direction() {
        return direction;
    }

    /** The value at the instant of evaluation, as an ordinary number. */
    public NumberValue present() {
        return present;
    }

    /** Whether the number is {@code direction × time + offset}, so that it moves in every nanosecond by one. */
    public boolean isAffine() {
        return offset != null;
    }

    /** The value at another instant. */
    public NumberValue at(long epochNanos) {
        BigInteger shift = offset;
        if (shift != null) {
            BigInteger time = BigInteger.valueOf(epochNanos);
            return NumberValue.of((direction > 0 ? time : time.negate()).add(shift));
        }
        ClockNumber from = source;
        UnaryOperator<NumberValue> function = step;
        if (from == null || function == null) {
            throw new IllegalStateException("neither affine nor derived");
        }
        return function.apply(from.at(epochNanos));
    }

    /** This number plus a constant. */
    public ClockNumber plusConstant(NumberValue constant) {
        BigInteger whole = constant.bigIntegerValue();
        BigInteger shift = offset;
        return whole != null && shift != null
                ? affine(direction, shift.add(whole))
                : mapped(1, value -> value.plus(constant));
    }

    /** A constant minus this number. */
    public ClockNumber subtractedFrom(NumberValue constant) {
        BigInteger whole = constant.bigIntegerValue();
        BigInteger shift = offset;
        return whole != null && shift != null
                ? affine(-direction, whole.subtract(shift))
                : mapped(-1, value -> constant.minus(value));
    }

    /** This number minus a constant. */
    public ClockNumber minusConstant(NumberValue constant) {
        BigInteger whole = constant.bigIntegerValue();
        BigInteger shift = offset;
        return whole != null && shift != null
                ? affine(direction, shift.subtract(whole))
                : mapped(1, value -> value.minus(constant));
    }

    /** The constant that this number and {@code other} always differ by, or null if the difference moves with time. */
    public @Nullable NumberValue minusClock(ClockNumber other) {
        BigInteger mine = offset;
        BigInteger theirs = other.offset;
        return mine != null && theirs != null && direction == other.direction
                ? NumberValue.of(mine.subtract(theirs))
                : null;
    }

    private ClockNumber affine(int towards, BigInteger shift) {
        BigInteger time = BigInteger.valueOf(now);
        NumberValue value = NumberValue.of((towards > 0 ? time : time.negate()).add(shift));
        return new ClockNumber(now, towards, value, shift, null, null);
    }

    /**
     * The result of a monotone function of this number.
     *
     * @param sense 1 if the function never falls, -1 if it never rises
     */
    public ClockNumber mapped(int sense, UnaryOperator<NumberValue> function) {
        return new ClockNumber(now, sense * direction, function.apply(present), null, this, function);
    }

    /**
     * The first instant after the present at which the number has come to {@code bound}: at least {@code bound} if it
     * grows, at most {@code bound} if it falls. {@link #NEVER} if it is there already or never comes there.
     */
    public long reaches(NumberValue bound) {
        return present.compareTo(bound) * direction >= 0 ? NEVER : first(bound, true);
    }

    /** The first instant after the present at which the number has gone beyond {@code bound}; see {@link #reaches}. */
    public long passes(NumberValue bound) {
        return present.compareTo(bound) * direction > 0 ? NEVER : first(bound, false);
    }

    /** The first instant after the present at which the number is another one. */
    public long changes() {
        return passes(present);
    }

    private long first(NumberValue bound, boolean inclusive) {
        BigInteger shift = offset;
        if (shift != null) {
            // direction × t + offset reaches the bound at t = direction × (bound - offset).
            BigDecimal exact = bound.asDecimal().subtract(new BigDecimal(shift));
            BigDecimal instant = direction > 0 ? exact : exact.negate();
            BigDecimal whole = instant.setScale(0, RoundingMode.CEILING);
            if (!inclusive && whole.compareTo(instant) == 0) {
                whole = whole.add(BigDecimal.ONE);
            }
            return whole.compareTo(LAST) >= 0 ? NEVER : whole.compareTo(FIRST) <= 0 ? now + 1 : whole.longValueExact();
        }
        long low = now;
        long high = NEVER;
        if (!hasCome(high - 1, bound, inclusive)) {
            return NEVER;
        }
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (hasCome(middle, bound, inclusive)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private boolean hasCome(long instant, NumberValue bound, boolean inclusive) {
        int side = at(instant).compareTo(bound) * direction;
        return inclusive ? side >= 0 : side > 0;
    }

    @Override
    public boolean dependsOnClock() {
        return true;
    }

    @Override
    public String text() {
        return present.text();
    }

    @Override
    public double asDouble() {
        return present.asDouble();
    }

    @Override
    public BigDecimal asDecimal() {
        return present.asDecimal();
    }

    @Override
    public boolean isInteger() {
        return present.isInteger();
    }

    @Override
    public OptionalLong longValueExact() {
        return present.longValueExact();
    }

    @Override
    public boolean isLong() {
        return present.isLong();
    }

    @Override
    public long longValue() {
        return present.longValue();
    }
}

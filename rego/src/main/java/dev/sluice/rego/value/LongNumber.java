package dev.sluice.rego.value;

import java.math.BigDecimal;
import java.util.OptionalLong;

/** A whole number that fits a long and is written as its digits. */
final class LongNumber extends NumberValue {
    private static final LongNumber[] SMALL = new LongNumber[1280];

    static {
        for (int i = 0; i < SMALL.length; i++) {
            SMALL[i] = new LongNumber(i - 256L);
        }
    }

    private final long value;

    private LongNumber(long value) {
        this.value = value;
    }

    static LongNumber number(long value) {
        return value >= -256 && value < 1024 ? SMALL[(int) value + 256] : new LongNumber(value);
    }

    @Override
    public String text() {
        return Long.toString(value);
    }

    @Override
    public double asDouble() {
        return value;
    }

    @Override
    public BigDecimal asDecimal() {
        return BigDecimal.valueOf(value);
    }

    @Override
    public boolean isInteger() {
        return true;
    }

    @Override
    public OptionalLong longValueExact() {
        return OptionalLong.of(value);
    }

    @Override
    public boolean isLong() {
        return true;
    }

    @Override
    public long longValue() {
        return value;
    }

    @Override
    public boolean isWrittenAsInteger() {
        return true;
    }
}

package dev.sluice.rego.plan;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;

/** Roughly what values weigh. */
final class Weights {
    private static final int HEADER = 48;
    private static final int REFERENCE = 4;
    private static final int ELEMENT = 24;
    private static final int MAX_DEPTH = 100;

    private Weights() {}

    /** Bytes of memory, those of elements not included. */
    static long bytes(Value value) {
        if (value instanceof StringValue string) {
            return (long) HEADER + string.value().length();
        }
        if (value instanceof NumberValue number) {
            return number.isLong() ? ELEMENT : (long) HEADER + number.text().length();
        }
        if (value instanceof ArrayValue array) {
            return HEADER + (long) REFERENCE * array.size();
        }
        if (value instanceof SetValue set) {
            return HEADER + (long) ELEMENT * set.size();
        }
        return value instanceof ObjectValue object ? HEADER + (long) ELEMENT * object.size() : 0;
    }

    /**
     * Bytes of memory, those of elements included.
     *
     * @param limit counting stops beyond it
     * @return more than the limit also where the value is nested too deep to be counted, or not supplied yet
     */
    static long whole(Value value, long limit) {
        return whole(value, limit, MAX_DEPTH);
    }

    private static long whole(Value value, long limit, int depth) {
        if (depth == 0 || (value instanceof ObjectValue object && !object.isSupplied())) {
            return limit + 1;
        }
        long sum = bytes(value);
        if (value instanceof ArrayValue array) {
            for (int i = 0; i < array.size() && sum <= limit; i++) {
                sum += whole(array.get(i), limit - sum, depth - 1);
            }
        } else if (value instanceof SetValue set) {
            for (int i = 0; i < set.size() && sum <= limit; i++) {
                sum += whole(set.elementAt(i), limit - sum, depth - 1);
            }
        } else if (value instanceof ObjectValue object) {
            for (int i = 0; i < object.size() && sum <= limit; i++) {
                sum += whole(object.keyAt(i), limit - sum, depth - 1);
                sum += sum > limit ? 0 : whole(object.valueAt(i), limit - sum, depth - 1);
            }
        }
        return sum;
    }

    /**
     * How many scalars and collections a value holds, plus the characters of its strings.
     *
     * @param limit counting stops beyond it
     * @return -1 where the value is nested deeper than {@code depth}
     */
    static long size(Value value, long limit, int depth) {
        if (depth < 0) {
            return -1;
        }
        long size = 1;
        if (value instanceof StringValue string) {
            size += string.value().length();
        } else if (value instanceof ArrayValue array) {
            for (int i = 0; i < array.size() && size >= 0 && size <= limit; i++) {
                size = plus(size, size(array.get(i), limit, depth - 1));
            }
        } else if (value instanceof SetValue set) {
            for (int i = 0; i < set.size() && size >= 0 && size <= limit; i++) {
                size = plus(size, size(set.elementAt(i), limit, depth - 1));
            }
        } else if (value instanceof ObjectValue object) {
            for (int i = 0; i < object.size() && size >= 0 && size <= limit; i++) {
                size = plus(size, size(object.keyAt(i), limit, depth - 1));
                size = size < 0 ? size : plus(size, size(object.valueAt(i), limit, depth - 1));
            }
        }
        return size;
    }

    private static long plus(long a, long b) {
        return b < 0 ? -1 : a + b;
    }
}

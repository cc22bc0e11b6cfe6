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

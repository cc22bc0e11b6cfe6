package dev.sluice.rego.value;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Distinct values in order of arrival, with their index: what sets and the keys of objects are built from. */
final class Distinct {
    private static final Value[] NONE = {};

    Value[] values;
    int size;
    private @Nullable HashIndex index;
    private int capacity;

    Distinct(int expected) {
        // Many rules find nothing: room is made when the first value comes.
        values = expected <= 4 ? NONE : new Value[expected];
    }

    /** The position of {@code value}, which is appended when it is new; {@code -1 - position} in that case. */
    int add(Value value) {
        int at = find(value);
        if (at >= 0) {
            return at;
        }
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(4, size * 2));
        }
        values[size] = value;
        HashIndex current = index;
        if (current == null || size >= capacity) {
            if (size >= HashIndex.SCAN_LIMIT) {
                index = reindexed(Math.max(16, (size + 1) * 2));
            }
        } else {
            current.add(value, size);
        }
        size++;
        return -size;
    }

    private HashIndex reindexed(int room) {
        HashIndex fresh = new HashIndex(room);
        for (int i = 0; i <= size; i++) {
            fresh.add(values[i], i);
        }
        capacity = room;
        return fresh;
    }

    int find(Value value) {
        HashIndex current = index;
        return current == null ? HashIndex.scan(values, size, value) : current.find(values, value);
    }

    /** The values, in an array of exactly their number. */
    Value[] trimmed() {
        return values.length == size ? values : Arrays.copyOf(values, size);
    }

    /** An index just large enough, or none where a scan does. */
    @Nullable
    HashIndex index() {
        if (size <= HashIndex.SCAN_LIMIT) {
            return null;
        }
        HashIndex fresh = new HashIndex(size);
        for (int i = 0; i < size; i++) {
            fresh.add(values[i], i);
        }
        return fresh;
    }
}

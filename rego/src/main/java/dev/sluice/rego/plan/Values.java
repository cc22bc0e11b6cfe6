package dev.sluice.rego.plan;

import dev.sluice.rego.builtin.Clocks;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks into values and changes copies of them. */
final class Values {
    private Values() {}

    /** What stands at a key, or null. */
    static @Nullable Value lookup(Value base, Value key) {
        // The most frequent step of all: tests of class are quicker than a switch over patterns.
        if (base instanceof ObjectValue object) {
            return object.get(key);
        }
        if (base instanceof ArrayValue array) {
            if (key instanceof NumberValue number && number.isLong()) {
                long index = number.longValue();
                return index >= 0 && index < array.size() ? array.get((int) index) : null;
            }
            return null;
        }
        return base instanceof SetValue set && set.contains(key) ? key : null;
    }

    /** What stands at a path, or null. */
    static @Nullable Value lookup(@Nullable Value base, Value[] path) {
        Value value = base;
        for (Value key : path) {
            if (value == null) {
                return null;
            }
            value = lookup(value, key);
        }
        return value;
    }

    /** As {@link #lookup} in base data, where a number also finds the key that is its text. */
    static @Nullable Value lookupData(@Nullable Value base, List<Value> path) {
        Value value = base;
        for (Value key : path) {
            if (value == null) {
                return null;
            }
            Value below = lookup(value, key);
            if (below == null && value instanceof ObjectValue object && key instanceof NumberValue number) {
                below = object.get(number.text());
            }
            value = below;
        }
        return value;
    }

    /** A copy with the value at the path replaced; what is no object on the way becomes one. */
    static Value put(@Nullable Value base, List<Value> path, Value value) {
        if (path.isEmpty()) {
            return value;
        }
        Value key = path.getFirst();
        ObjectValue.Builder builder = ObjectValue.builder();
        Value below = null;
        if (base instanceof ObjectValue object) {
            builder.putAll(object);
            below = object.get(key);
        }
        return builder.put(key, put(below, path.subList(1, path.size()), value)).build();
    }

    /** Both objects in one, at every depth; on other values the second wins. */
    static Value merge(Value first, Value second) {
        if (!(first instanceof ObjectValue a) || !(second instanceof ObjectValue b)) {
            return second;
        }
        if (a.size() == 0) {
            return b;
        }
        ObjectValue.Builder builder = ObjectValue.builder(a.size() + b.size());
        builder.putAll(a);
        for (ObjectValue.Entry entry : b.entries()) {
            Value before = a.get(entry.key());
            builder.put(entry.key(), before == null ? entry.value() : merge(before, entry.value()));
        }
        return builder.build();
    }

    /**
     * The value as it is at this instant, for places that cannot hold a number that moves: keys, sets, outputs. The
     * result of the evaluation holds no longer than the number does.
     */
    static Value frozen(Value value, Shared shared) {
        return value.dependsOnClock() ? Clocks.freeze(shared, value) : value;
    }
}

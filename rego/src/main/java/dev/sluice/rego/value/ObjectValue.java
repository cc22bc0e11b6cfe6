package dev.sluice.rego.value;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A mapping from distinct keys, which may be any values, to values.
 *
 * <p>Entries are seen in ascending order of their keys. A {@link ClockNumber} must not be used as a key.
 */
public final class ObjectValue implements Value {
    /** The object without entries. */
    public static final ObjectValue EMPTY = builder().build();

    private final Value[] keys;
    private final @Nullable Value[] values;
    /** What supplies the values that are not there yet; null where all are. */
    private final @Nullable Map<Value, Supplier<Value>> suppliers;

    private final @Nullable HashIndex index;
    private final boolean clock;
    private volatile @Nullable Order order;
    private int hash;

    /** The entries in ascending order of their keys. */
    private static final class Order {
        private final int[] positions;
        /** The values in that order, once somebody searched them. */
        private @Nullable ArrayValue values;

        private Order(int[] positions) {
            this.positions = positions;
        }
    }

    private ObjectValue(
            Value[] keys,
            @Nullable HashIndex index,
            @Nullable Value[] values,
            @Nullable Map<Value, Supplier<Value>> suppliers) {
        this.keys = keys;
        this.values = values;
        this.suppliers = suppliers;
        this.index = index;
        boolean found = false;
        for (int i = 0; i < values.length; i++) {
            Value value = values[i];
            found = found || this.keys[i].dependsOnClock() || (value != null && value.dependsOnClock());
        }
        this.clock = found;
    }

    /** A builder for a new object. */
    public static Builder builder() {
        return new Builder(4, null);
    }

    /** A builder for a new object of about {@code expected} entries. */
    public static Builder builder(int expected) {
        return new Builder(expected, null);
    }

    /** Whether both are of one {@link Shape}, so that they have the same keys; false when nobody looked. */
    @SuppressWarnings("ReferenceEquality")
    public boolean isShapedAs(ObjectValue other) {
        return keys == other.keys;
    }

    /** The object with the entries of a Java map. */
    public static ObjectValue of(Map<String, ? extends Value> entries) {
        Builder builder = builder(entries.size());
        entries.forEach(builder::put);
        return builder.build();
    }

    /** The value at {@code key}, or null where there is none. */
    public @Nullable Value get(Value key) {
        HashIndex known = index;
        int at = known == null ? HashIndex.scan(keys, keys.length, key) : known.find(keys, key);
        return at < 0 ? null : value(at);
    }

    /** The value at a position, supplied now where it is not there yet. Two threads may both ask for it; either will do. */
    private Value value(int at) {
        Value known = values[at];
        if (known != null) {
            return known;
        }
        Supplier<Value> supplier = suppliers == null ? null : suppliers.get(keys[at]);
        if (supplier == null) {
            throw new IllegalStateException("no value at " + keys[at]);
        }
        Value supplied = supplier.get();
        values[at] = supplied;
        return supplied;
    }

    /** Whether all values are there, so that looking at them asks no supplier. Those in other values count there. */
    public boolean isSupplied() {
        if (suppliers != null) {
            for (Value value : values) {
                if (value == null) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The value at the string {@code key}, or null where there is none. */
    public @Nullable Value get(String key) {
        return get(StringValue.of(key));
    }

    /** How many entries there are. */
    public int size() {
        return keys.length;
    }

    /** The entries in ascending order of their keys; a view that does not change. */
    public List<Entry> entries() {
        int[] sorted = order();
        return new AbstractList<>() {
            @Override
            public Entry get(int i) {
                return new Entry(keys[sorted[i]], value(sorted[i]));
            }

            @Override
            public int size() {
                return sorted.length;
            }
        };
    }

    /** The keys in ascending order; a view that does not change. */
    public List<Value> keys() {
        int[] sorted = order();
        return new AbstractList<>() {
            @Override
            public Value get(int i) {
                return keys[sorted[i]];
            }

            @Override
            public int size() {
                return sorted.length;
            }
        };
    }

    /** The key of rank {@code i}, from 0, in ascending order. */
    public Value keyAt(int i) {
        return keys[order()[i]];
    }

    /** The value at the key of rank {@code i}. */
    public Value valueAt(int i) {
        return value(order()[i]);
    }

    /** The values in ascending order of their keys, always in the same array; null where some are not supplied yet. */
    public @Nullable ArrayValue valuesByKey() {
        int[] positions = order();
        Order known = order;
        if (known == null || known.values != null || !isSupplied()) {
            return known == null ? null : known.values;
        }
        Value[] ascending = new Value[positions.length];
        for (int i = 0; i < ascending.length; i++) {
            ascending[i] = value(positions[i]);
        }
        ArrayValue made = ArrayValue.ofOwned(ascending);
        known.values = made;
        return made;
    }

    private int[] order() {
        Order known = order;
        if (known == null) {
            known = new Order(ascending());
            order = known;
        }
        return known.positions;
    }

    private int[] ascending() {
        Integer[] boxed = new Integer[keys.length];
        boolean ascending = true;
        for (int i = 0; i < boxed.length; i++) {
            boxed[i] = i;
            ascending &= i == 0 || keys[i - 1].compareTo(keys[i]) < 0;
        }
        if (!ascending) {
            Arrays.sort(boxed, (a, b) -> keys[a].compareTo(keys[b]));
        }
        int[] positions = new int[boxed.length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = boxed[i];
        }
        return positions;
    }

    @Override
    public Kind kind() {
        return Kind.OBJECT;
    }

    @Override
    public boolean dependsOnClock() {
        return clock;
    }

    @Override
    public int compareTo(Value other) {
        if (!(other instanceof ObjectValue that)) {
            return Kind.OBJECT.compareTo(other.kind());
        }
        int length = Math.min(keys.length, that.keys.length);
        for (int i = 0; i < length; i++) {
            int byKey = keyAt(i).compareTo(that.keyAt(i));
            if (byKey != 0) {
                return byKey;
            }
            int byValue = valueAt(i).compareTo(that.valueAt(i));
            if (byValue != 0) {
                return byValue;
            }
        }
        return Integer.compare(keys.length, that.keys.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof ObjectValue that) || keys.length != that.keys.length || hashCode() != that.hashCode()) {
            return false;
        }
        for (int i = 0; i < keys.length; i++) {
            Value mine = value(i);
            if (!mine.equals(that.get(keys[i]))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            int sum = 0;
            for (int i = 0; i < keys.length; i++) {
                sum += (keys[i].hashCode() * 31 + value(i).hashCode()) * 0x85EBCA6B;
            }
            known = sum | 1;
            hash = known;
        }
        return known;
    }

    @Override
    public void appendTo(StringBuilder out) {
        out.append('{');
        int[] sorted = order();
        for (int i = 0; i < sorted.length; i++) {
            if (i > 0) {
                out.append(", ");
            }
            keys[sorted[i]].appendTo(out);
            out.append(": ");
            value(sorted[i]).appendTo(out);
        }
        out.append('}');
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        appendTo(out);
        return out.toString();
    }

    /** A key with its value. */
    public record Entry(Value key, Value value) {}

    /**
     * A place where objects are built that mostly have the same keys, put in the same order: those of one object after the other are kept
     * and indexed once. Thread-safe; every object is right whatever its keys are, only slower to build when they are others than before.
     */
    public static final class Shape {
        /** The keys of an object that was built, without its values; never changed, so that any thread may read them. */
        private ObjectValue last = EMPTY;

        /** A builder for a new object here. */
        public Builder builder() {
            ObjectValue like = last; // another thread's is as good
            return like.keys.length == 0 ? new Builder(16, this) : new Builder(like, this);
        }
    }

    /** Collects the entries of an object. For one thread; finished by {@link #build}. */
    public static final class Builder {
        private static final Distinct UNUSED = new Distinct(0);

        private final @Nullable Shape shape;
        /** Whose keys came one after the other so far, as many as there are entries; null once another one came. */
        private @Nullable ObjectValue like;

        private int matched;
        private Distinct keys;
        private @Nullable Value[] values;
        private @Nullable Map<Value, Supplier<Value>> suppliers;

        private Builder(int expected, @Nullable Shape shape) {
            this.shape = shape;
            keys = new Distinct(expected);
            values = new Value[keys.values.length];
        }

        private Builder(ObjectValue like, Shape shape) {
            this.shape = shape;
            this.like = like;
            keys = UNUSED;
            values = new Value[like.keys.length];
        }

        /** Whether the key is the next one of the object whose keys came so far; else they are collected from now on. */
        private boolean isNext(String key) {
            ObjectValue known = like;
            if (known == null) {
                return false;
            }
            if (matched < known.keys.length
                    && known.keys[matched] instanceof StringValue name
                    && name.value().equals(key)) {
                matched++;
                return true;
            }
            collect();
            return false;
        }

        private void collect() {
            ObjectValue known = like;
            if (known != null) {
                like = null;
                keys = new Distinct(Math.max(16, known.keys.length));
                for (int i = 0; i < matched; i++) {
                    keys.add(known.keys[i]);
                }
                values = Arrays.copyOf(values, keys.values.length);
            }
        }

        /** Sets the value at {@code key}, replacing an earlier one. */
        public Builder put(Value key, Value value) {
            collect();
            int at = keys.add(key);
            if (at < 0) {
                at = -1 - at;
                if (at >= values.length) {
                    values = Arrays.copyOf(values, keys.values.length);
                }
            }
            values[at] = value;
            return this;
        }

        /**
         * Sets a value that is only supplied once somebody looks at it. The supplier must give the same value always, not
         * fail, and give nothing that moves with the clock; it may be asked by several threads.
         */
        public Builder put(String key, Supplier<Value> supplier) {
            StringValue name = StringValue.ofName(key);
            if (!isNext(key)) {
                put(name, (Value) NullValue.NULL);
                values[keys.find(name)] = null;
            }
            Map<Value, Supplier<Value>> all = suppliers == null ? new HashMap<>() : suppliers;
            all.put(name, supplier);
            suppliers = all;
            return this;
        }

        /** Sets the value at the string {@code key}, replacing an earlier one. */
        public Builder put(String key, Value value) {
            if (isNext(key)) {
                values[matched - 1] = value;
                return this;
            }
            return put(StringValue.ofName(key), value);
        }

        /** Sets every entry of {@code other}. */
        public Builder putAll(ObjectValue other) {
            for (int i = 0; i < other.keys.length; i++) {
                Value value = other.values[i];
                if (value != null) {
                    put(other.keys[i], value);
                } else if (other.keys[i] instanceof StringValue name) {
                    ObjectValue from = other;
                    int at = i;
                    put(name.value(), () -> from.value(at));
                }
            }
            return this;
        }

        /** The value put at {@code key} so far, or null. */
        public @Nullable Value get(Value key) {
            collect();
            int at = keys.find(key);
            if (at < 0) {
                return null;
            }
            Value value = values[at];
            Supplier<Value> supplier = value != null || suppliers == null ? null : suppliers.get(key);
            return supplier == null ? value : supplier.get();
        }

        /** How many entries there are so far. */
        public int size() {
            return like == null ? keys.size : matched;
        }

        /** The object; the builder must not be used again. */
        public ObjectValue build() {
            ObjectValue known = like;
            if (known != null && matched == known.keys.length) {
                ObjectValue built = new ObjectValue(known.keys, known.index, values, suppliers);
                Order sorted = known.order;
                built.order = sorted == null ? null : new Order(sorted.positions);
                return built;
            }
            collect();
            ObjectValue built = new ObjectValue(
                    keys.trimmed(),
                    keys.index(),
                    values.length == keys.size ? values : Arrays.copyOf(values, keys.size),
                    suppliers);
            if (shape != null) {
                Value[] none = new Value[built.keys.length];
                Arrays.fill(none, NullValue.NULL);
                ObjectValue like = new ObjectValue(built.keys, built.index, none, null);
                like.order();
                shape.last = like;
            }
            return built;
        }
    }
}

package dev.sluice.rego.value;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A sequence of values. */
public final class ArrayValue implements Value, Iterable<Value> {
    private static final Asked[] NONE = {};

    /** The array without elements. */
    public static final ArrayValue EMPTY = new ArrayValue(new Value[0]);

    private static final int WORTH_AN_INDEX = 16;
    private static final int PATIENCE = 4;
    private static final int MAX_COLUMNS = 4;
    private static final Value[] WHOLE = {};

    private final Value[] elements;
    private final boolean clock;
    private int hash;
    /** The paths by which elements were searched. Racing threads only lose a count, or make a second equal index. */
    private Asked[] columns = NONE;

    /** How often elements were searched by a path, and the index once that was often. */
    private static final class Asked {
        private final Value[] path;
        private int times = 1;
        private @Nullable Column column;

        private Asked(Value[] path) {
            this.path = path;
        }
    }

    private ArrayValue(Value[] elements) {
        this.elements = elements;
        boolean found = false;
        for (Value element : elements) {
            found |= element.dependsOnClock();
        }
        this.clock = found;
    }

    /** The array with the elements of {@code elements}, in their order. */
    public static ArrayValue of(List<? extends Value> elements) {
        return elements.isEmpty() ? EMPTY : new ArrayValue(elements.toArray(Value[]::new));
    }

    /** The array with these elements; the Java array is copied. */
    public static ArrayValue of(Value... elements) {
        return elements.length == 0 ? EMPTY : new ArrayValue(elements.clone());
    }

    /** The array backed by {@code elements} itself, which the caller must not touch again. */
    public static ArrayValue ofOwned(Value[] elements) {
        return elements.length == 0 ? EMPTY : new ArrayValue(elements);
    }

    /** The element at {@code index}, from 0. */
    public Value get(int index) {
        return elements[index];
    }

    /** How many elements there are. */
    public int size() {
        return elements.length;
    }

    /** The elements from {@code from} up to but not including {@code to}. */
    public ArrayValue slice(int from, int to) {
        return from == 0 && to == elements.length ? this : ofOwned(Arrays.copyOfRange(elements, from, to));
    }

    /** Whether an element equals {@code value} at this instant. A large array that is asked often keeps an index. */
    public boolean contains(Value value) {
        Column column = column(WHOLE);
        if (column == null && isWorthIndexing(WHOLE)) {
            column = index(WHOLE);
        }
        return column == null ? HashIndex.scan(elements, elements.length, value) >= 0 : column.first(value) >= 0;
    }

    /** The index of what stands at a path of string keys in each element, or null where there is none yet. */
    public @Nullable Column column(Value[] path) {
        Asked asked = asked(path);
        return asked == null ? null : asked.column;
    }

    /** Whether there are enough elements for an index to be worth making, none of which moves with the clock. */
    public boolean isLarge() {
        return elements.length >= WORTH_AN_INDEX && !clock;
    }

    /**
     * Counts that elements are searched by a path, and tells whether that is often enough for an index that there is not yet.
     * An array that is not large never is.
     */
    public boolean isWorthIndexing(Value[] path) {
        if (!isLarge()) {
            return false;
        }
        Asked asked = asked(path);
        if (asked == null) {
            Asked[] before = columns;
            if (before.length < MAX_COLUMNS) {
                Asked[] more = Arrays.copyOf(before, before.length + 1);
                more[before.length] = new Asked(path);
                columns = more;
            }
            return false;
        }
        return asked.column == null && ++asked.times == PATIENCE + 1;
    }

    /** Makes the index that {@link #isWorthIndexing} asked for; null where it cannot be made. */
    public @Nullable Column index(Value[] path) {
        Asked asked = asked(path);
        if (asked == null) {
            return null;
        }
        Column column = Column.of(elements, path);
        asked.column = column;
        return column;
    }

    /** About how many bytes an index takes. */
    public long indexBytes() {
        return (long) Column.BYTES_EACH * elements.length;
    }

    @SuppressWarnings("ReferenceEquality") // mostly asked by the same place in a program
    private @Nullable Asked asked(Value[] path) {
        for (Asked asked : columns) {
            if (asked.path == path || Arrays.equals(asked.path, path)) {
                return asked;
            }
        }
        return null;
    }

    /** A fresh Java array of the elements. */
    public Value[] toArray() {
        return elements.clone();
    }

    @Override
    public Iterator<Value> iterator() {
        return new ArrayIterator(elements);
    }

    @Override
    public Kind kind() {
        return Kind.ARRAY;
    }

    @Override
    public boolean dependsOnClock() {
        return clock;
    }

    @Override
    public int compareTo(Value other) {
        return other instanceof ArrayValue that ? compare(elements, that.elements) : Kind.ARRAY.compareTo(other.kind());
    }

    static int compare(Value[] a, Value[] b) {
        int length = Math.min(a.length, b.length);
        for (int i = 0; i < length; i++) {
            int order = a[i].compareTo(b[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.length, b.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof ArrayValue that && Arrays.equals(elements, that.elements));
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            known = Arrays.hashCode(elements) | 1;
            hash = known;
        }
        return known;
    }

    @Override
    public void appendTo(StringBuilder out) {
        out.append('[');
        for (int i = 0; i < elements.length; i++) {
            if (i > 0) {
                out.append(", ");
            }
            elements[i].appendTo(out);
        }
        out.append(']');
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        appendTo(out);
        return out.toString();
    }

    /** Walks a Java array of values. */
    static final class ArrayIterator implements Iterator<Value> {
        private final Value[] elements;
        private int next;

        ArrayIterator(Value[] elements) {
            this.elements = elements;
        }

        @Override
        public boolean hasNext() {
            return next < elements.length;
        }

        @Override
        public Value next() {
            if (next >= elements.length) {
                throw new NoSuchElementException();
            }
            return elements[next++];
        }
    }
}

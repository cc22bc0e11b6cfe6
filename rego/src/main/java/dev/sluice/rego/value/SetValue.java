package dev.sluice.rego.value;

import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A set of distinct values; iterates in ascending order.
 *
 * <p>A {@link ClockNumber} must not be put into a set: whether it equals another element may change with time.
 */
public final class SetValue implements Value, Iterable<Value> {
    /** The set without elements. */
    public static final SetValue EMPTY = builder().build();

    private final Value[] elements;
    private final @Nullable HashIndex index;
    private final boolean clock;
    private volatile @Nullable ArrayValue sorted;
    private int hash;

    private SetValue(Distinct distinct) {
        this.elements = distinct.trimmed();
        this.index = distinct.index();
        boolean found = false;
        for (Value element : elements) {
            found |= element.dependsOnClock();
        }
        this.clock = found;
    }

    /** The set of the values in {@code elements}. */
    public static SetValue of(Collection<? extends Value> elements) {
        Builder builder = new Builder(elements.size());
        for (Value element : elements) {
            builder.add(element);
        }
        return builder.build();
    }

    /** The set of these values. */
    public static SetValue of(Value... elements) {
        return of(Arrays.asList(elements));
    }

    /** A builder for a new set. */
    public static Builder builder() {
        return new Builder(4);
    }

    /** Whether {@code element} is in the set. */
    public boolean contains(Value element) {
        return find(element) >= 0;
    }

    private int find(Value element) {
        HashIndex known = index;
        return known == null ? HashIndex.scan(elements, elements.length, element) : known.find(elements, element);
    }

    /** How many elements there are. */
    public int size() {
        return elements.length;
    }

    /** The element of rank {@code i}, from 0, in ascending order. */
    public Value elementAt(int i) {
        return toSortedArray().get(i);
    }

    /** The elements in ascending order, as an array; always the same one. */
    public ArrayValue toSortedArray() {
        ArrayValue known = sorted;
        if (known == null) {
            Value[] ascending = elements.clone();
            StringValue.sort(ascending);
            known = ArrayValue.ofOwned(ascending);
            sorted = known;
        }
        return known;
    }

    @Override
    public Iterator<Value> iterator() {
        return toSortedArray().iterator();
    }

    @Override
    public Kind kind() {
        return Kind.SET;
    }

    @Override
    public boolean dependsOnClock() {
        return clock;
    }

    @Override
    public int compareTo(Value other) {
        return other instanceof SetValue that
                ? toSortedArray().compareTo(that.toSortedArray())
                : Kind.SET.compareTo(other.kind());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof SetValue that)
                || elements.length != that.elements.length
                || hashCode() != that.hashCode()) {
            return false;
        }
        for (Value element : elements) {
            if (!that.contains(element)) {
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
            for (Value element : elements) {
                sum += element.hashCode() * 0x85EBCA6B;
            }
            known = sum | 1;
            hash = known;
        }
        return known;
    }

    @Override
    public void appendTo(StringBuilder out) {
        if (elements.length == 0) {
            out.append("set()");
            return;
        }
        out.append('{');
        String separator = "";
        for (Value element : toSortedArray()) {
            out.append(separator);
            separator = ", ";
            element.appendTo(out);
        }
        out.append('}');
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        appendTo(out);
        return out.toString();
    }

    /** Collects the elements of a set. For one thread; finished by {@link #build}. */
    public static final class Builder {
        private final Distinct distinct;

        private Builder(int expected) {
            distinct = new Distinct(expected);
        }

        /** Adds an element; one equal to it that is there already stays instead. */
        public Builder add(Value element) {
            distinct.add(element);
            return this;
        }

        /** Adds the elements of another set. */
        public Builder addAll(SetValue other) {
            for (Value element : other.elements) {
                distinct.add(element);
            }
            return this;
        }

        /** Whether an equal element has been added. */
        public boolean contains(Value element) {
            return distinct.find(element) >= 0;
        }

        /** How many distinct elements were added so far. */
        public int size() {
            return distinct.size;
        }

        /** The set; the builder must not be used again. */
        public SetValue build() {
            return new SetValue(distinct);
        }
    }
}

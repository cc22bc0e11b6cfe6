package dev.sluice.rego.value;

import org.jspecify.annotations.Nullable;

/**
 * Where in an array to find the elements that have a given value at a path: an index of one of its columns, so to speak.
 * Immutable; made by {@link ArrayValue#index}.
 */
public final class Column {
    /** About how many bytes an element takes. */
    static final int BYTES_EACH = 20;

    private static final int MAX_COLLISIONS = 16;

    private final @Nullable Value[] keys;
    /** The first position of each distinct key, plus one, by hash. */
    private final int[] slots;
    /** The next position with an equal key, or -1. */
    private final int[] next;

    private final int shift;

    private Column(@Nullable Value[] keys, int[] slots, int[] next, int shift) {
        this.keys = keys;
        this.slots = slots;
        this.next = next;
        this.shift = shift;
    }

    /**
     * The index of what stands at a path in each element.
     *
     * @return null where too many keys collide, as they only do on purpose
     */
    static @Nullable Column of(Value[] elements, Value[] path) {
        int room = Integer.highestOneBit(Math.max(8, elements.length)) * 2;
        int shift = 32 - Integer.numberOfTrailingZeros(room);
        @Nullable Value[] keys = new @Nullable Value[elements.length];
        int[] slots = new int[room];
        int[] next = new int[elements.length];
        long patience = (long) MAX_COLLISIONS * elements.length;
        for (int i = elements.length - 1; i >= 0; i--) {
            Value key = at(elements[i], path);
            if (key == null) {
                continue;
            }
            keys[i] = key;
            int slot = slot(key, shift);
            int known = slots[slot] - 1;
            while (known >= 0 && !key.equals(keys[known])) {
                if (--patience < 0) {
                    return null;
                }
                slot = (slot + 1) & (room - 1);
                known = slots[slot] - 1;
            }
            next[i] = known;
            slots[slot] = i + 1;
        }
        return new Column(keys, slots, next, shift);
    }

    private static int slot(Value key, int shift) {
        return (key.hashCode() * 0x9E3779B9) >>> shift;
    }

    private static @Nullable Value at(Value element, Value[] path) {
        Value value = element;
        for (Value key : path) {
            value = switch (value) {
                case ObjectValue object -> object.get(key);
                case SetValue set -> set.contains(key) ? key : null;
                case null, default -> null;
            };
        }
        return value;
    }

    /** The lowest position of an element that has this value at the path, or -1. */
    public int first(Value key) {
        int slot = slot(key, shift);
        int known = slots[slot] - 1;
        while (known >= 0 && !key.equals(keys[known])) {
            slot = (slot + 1) & (slots.length - 1);
            known = slots[slot] - 1;
        }
        return known;
    }

    /** The next higher position of an element that has the same value there as the one at {@code position}, or -1. */
    public int next(int position) {
        return next[position];
    }
}

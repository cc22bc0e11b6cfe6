package dev.sluice.rego.plan;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A location below input or data that an evaluation looked at, with what it looked at there. Used by one thread. */
final class Place {
    private static final int MAX_DENSE = 1 << 16;
    private static final Place[] NONE = {};

    private final Trace trace;
    private final @Nullable Place parent;
    private final Value key;
    private boolean present;
    private boolean keys;
    private boolean whole;
    private Evaluation.@Nullable Interval interval;
    private @Nullable Map<Value, Place> named;
    private @Nullable Place[] numbered = NONE;

    Place(Trace trace, @Nullable Place parent, Value key) {
        this.trace = trace;
        this.parent = parent;
        this.key = key;
    }

    /** The place at a key below; null where places are no longer told apart, in which case this one counts as a whole. */
    @Nullable
    Place below(Value name) {
        if (whole) {
            return null;
        }
        if (name instanceof NumberValue number && number.isLong()) {
            long index = number.longValue();
            if (index >= 0 && index < MAX_DENSE) {
                return element((int) index, name);
            }
        }
        Map<Value, Place> map = named;
        Place known = map == null ? null : map.get(name);
        if (known == null && trace.isRoomFor(this)) {
            known = new Place(trace, this, name);
            if (map == null) {
                map = new LinkedHashMap<>();
                named = map;
            }
            map.put(name, known);
        }
        return known;
    }

    private @Nullable Place element(int index, Value name) {
        if (index >= numbered.length) {
            numbered = Arrays.copyOf(numbered, Math.max(index + 1, Math.min(MAX_DENSE, numbered.length * 2)));
        }
        Place known = numbered[index];
        if (known == null && trace.isRoomFor(this)) {
            known = new Place(trace, this, name);
            numbered[index] = known;
        }
        return known;
    }

    /** Only that there is something was seen. */
    void seen() {
        present = true;
    }

    /** The keys were seen, or how many elements there are. */
    void iterated() {
        keys = true;
    }

    /** All of it was seen, or that there is nothing. */
    void whole() {
        whole = true;
    }

    /** The number here was compared, and as long as it stays within the interval the outcome is the same. */
    void within(Evaluation.Interval range) {
        Evaluation.Interval before = interval;
        interval = before == null ? range : before.and(range);
    }

    private List<Value> path() {
        List<Value> path = new ArrayList<>();
        for (Place at = this; at != null; at = at.parent) {
            path.add(at.key);
        }
        return path.reversed();
    }

    /**
     * Appends what was read here and below, without what other reads imply.
     *
     * @param original what stands here in the documents of the request, whatever {@code with} made of them
     * @return whether a read implies that something stands here
     */
    boolean collect(@Nullable Value original, List<Evaluation.Read> out) {
        int before = out.size();
        if (whole || original == null) {
            if (whole || keys || present || interval != null) {
                add(out, Evaluation.Extent.WHOLE, original, null);
            }
            if (whole) {
                return original != null && out.size() > before;
            }
        } else if (keys) {
            add(out, Evaluation.Extent.KEYS, original, null);
        } else if (interval != null) {
            add(out, Evaluation.Extent.RANGE, original, interval);
        }
        boolean inhabited = original != null && out.size() > before;
        int mark = out.size();
        for (Place child : numbered) {
            inhabited |= child != null && child.collect(lookup(original, child.key), out);
        }
        if (named != null) {
            for (Place child : named.values()) {
                inhabited |= child.collect(lookup(original, child.key), out);
            }
        }
        if (present && !inhabited && original != null) {
            out.add(mark, new Evaluation.Read(path(), Evaluation.Extent.PRESENCE, original, null));
            inhabited = true;
        }
        return inhabited;
    }

    private void add(
            List<Evaluation.Read> out,
            Evaluation.Extent extent,
            @Nullable Value value,
            Evaluation.@Nullable Interval range) {
        out.add(new Evaluation.Read(path(), extent, value, range));
    }

    private static @Nullable Value lookup(@Nullable Value base, Value key) {
        return base == null ? null : Values.lookup(base, key);
    }

    static Place root(Trace trace, String name) {
        return new Place(trace, null, StringValue.ofName(name));
    }
}

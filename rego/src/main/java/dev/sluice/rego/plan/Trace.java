package dev.sluice.rego.plan;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one evaluation read and which expressions decided.
 *
 * <p>A collection that is only looked into is not itself read: what counts is the keys that are asked for, or the set of
 * its keys when it is iterated. It is read as a whole once something looks at all of it: a builtin, a comparison, the
 * output. To tell, the trace remembers by identity where each collection came from.
 */
final class Trace {
    private static final int MAX_READS = 100_000;
    private static final int MAX_STEPS = 10_000;

    private record Place(List<Value> path, Evaluation.Extent extent) {}

    private final @Nullable Value input;
    private final Value data;
    private final Map<Place, Evaluation.Read> reads = new LinkedHashMap<>();
    private final IdentityHashMap<Value, List<List<Value>>> origins = new IdentityHashMap<>();
    private final Set<Evaluation.Step> steps = new LinkedHashSet<>();

    Trace(Evaluation.Request request) {
        this.input = request.input();
        this.data = request.data();
    }

    /** Follows a path from input or data. */
    @Nullable
    Value follow(List<Value> path, @Nullable Value document) {
        Value value = document;
        int depth = 1;
        while (value != null && depth < path.size()) {
            Value key = path.get(depth++);
            value = ofInput(path) ? Values.lookup(value, key) : Values.lookupData(value, List.of(key));
        }
        seen(path.subList(0, depth), value);
        return value;
    }

    /** Looks into a value that may have come from input or data. */
    @Nullable
    Value lookup(Value base, Value key) {
        Value value = Values.lookup(base, key);
        List<List<Value>> places = origins.get(base);
        if (places != null) {
            for (List<Value> place : List.copyOf(places)) {
                seen(extended(place, key), value);
            }
        }
        return value;
    }

    /** Notes that the keys of a collection were all seen. */
    void iterate(Value collection) {
        List<List<Value>> places = origins.get(collection);
        if (places != null) {
            for (List<Value> place : List.copyOf(places)) {
                add(place, Evaluation.Extent.KEYS);
            }
        }
    }

    /** Notes that all of a value was looked at. */
    void consume(Value value) {
        List<List<Value>> places = origins.get(value);
        if (places != null) {
            for (List<Value> place : List.copyOf(places)) {
                add(place, Evaluation.Extent.WHOLE);
            }
        }
    }

    /** Notes that everything below a place was looked at. */
    void whole(List<Value> path) {
        add(path, Evaluation.Extent.WHOLE);
    }

    private void seen(List<Value> path, @Nullable Value value) {
        if (value != null && isOpen(value)) {
            List<List<Value>> places = origins.computeIfAbsent(value, v -> new ArrayList<>(1));
            if (!places.contains(path)) {
                places.add(List.copyOf(path));
            }
            add(path, Evaluation.Extent.PRESENCE);
        } else {
            add(path, Evaluation.Extent.WHOLE);
        }
    }

    /** Whether parts of the value can be read by themselves. */
    private static boolean isOpen(Value value) {
        return switch (value) {
            case ObjectValue object -> object.size() > 0;
            case ArrayValue array -> array.size() > 0;
            case SetValue set -> set.size() > 0;
            default -> false;
        };
    }

    private void add(List<Value> path, Evaluation.Extent extent) {
        if (reads.size() < MAX_READS) {
            Place place = new Place(List.copyOf(path), extent);
            reads.computeIfAbsent(place, p -> new Evaluation.Read(p.path, p.extent, original(p.path)));
        }
    }

    /** What stands at a path in the documents of the request, whatever {@code with} made of them. */
    private @Nullable Value original(List<Value> path) {
        return Values.lookup(ofInput(path) ? input : data, path.subList(1, path.size()));
    }

    private static boolean ofInput(List<Value> path) {
        return path.getFirst() instanceof StringValue root && root.value().equals("input");
    }

    private static List<Value> extended(List<Value> path, Value key) {
        List<Value> longer = new ArrayList<>(path.size() + 1);
        longer.addAll(path);
        longer.add(key);
        return longer;
    }

    void step(Evaluation.Step step) {
        if (steps.size() < MAX_STEPS) {
            steps.add(step);
        }
    }

    /** The reads, without those that others imply. */
    List<Evaluation.Read> reads() {
        Set<List<Value>> inhabited = new HashSet<>();
        for (Evaluation.Read read : reads.values()) {
            for (int i = 1; read.value() != null && i < read.path().size(); i++) {
                inhabited.add(read.path().subList(0, i));
            }
        }
        List<Evaluation.Read> out = new ArrayList<>();
        for (Evaluation.Read read : reads.values()) {
            boolean implied = read.extent() == Evaluation.Extent.PRESENCE
                    && (inhabited.contains(read.path())
                            || reads.containsKey(new Place(read.path(), Evaluation.Extent.KEYS)));
            if (!implied && !isCovered(read)) {
                out.add(read);
            }
        }
        return out;
    }

    /** Whether all of a place at or above this one was read. */
    private boolean isCovered(Evaluation.Read read) {
        int length = read.path().size() + (read.extent() == Evaluation.Extent.WHOLE ? 0 : 1);
        for (int i = 1; i < length; i++) {
            if (reads.containsKey(new Place(read.path().subList(0, i), Evaluation.Extent.WHOLE))) {
                return true;
            }
        }
        return false;
    }

    List<Evaluation.Step> steps() {
        return List.copyOf(steps);
    }
}

package dev.sluice.rego.plan;

import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.syntax.Location;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The object that partial rules build: keys at any depth, at the end a value or a set. */
final class Tree {
    private final Map<Value, Object> root = new LinkedHashMap<>();
    private int size;

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    void add(List<Value> path, Value value, boolean member, Location location) {
        if (path.isEmpty()) {
            if (value instanceof ObjectValue object) {
                for (ObjectValue.Entry entry : object.entries()) {
                    add(List.of(entry.key()), entry.value(), false, location);
                }
            }
            return;
        }
        Map<Value, Object> map = root;
        for (Value key : path.subList(0, path.size() - 1)) {
            Object below = map.computeIfAbsent(key, k -> new LinkedHashMap<Value, Object>());
            if (!(below instanceof Map<?, ?>)) {
                throw conflict(location);
            }
            map = (Map<Value, Object>) below;
        }
        Value last = path.getLast();
        Object before = map.get(last);
        if (member) {
            if (before == null) {
                before = SetValue.builder();
                map.put(last, before);
            }
            if (!(before instanceof SetValue.Builder set)) {
                throw conflict(location);
            }
            set.add(value);
            size++;
            return;
        }
        if (before == null) {
            map.put(last, value);
            size++;
        } else if (!(before instanceof Value known) || !known.equals(value)) {
            throw conflict(location);
        }
    }

    /** Adds every entry of an object that partial rules built, at every depth. */
    void addAll(List<Value> path, ObjectValue object, Location location) {
        for (ObjectValue.Entry entry : object.entries()) {
            List<Value> below = new ArrayList<>(path);
            below.add(entry.key());
            if (entry.value() instanceof ObjectValue inner && inner.size() > 0) {
                addAll(below, inner, location);
            } else {
                add(below, entry.value(), false, location);
            }
        }
    }

    private RegoEvaluationException conflict(Location location) {
        return new RegoEvaluationException(
                RegoEvaluationException.CONFLICT,
                "object keys must be unique",
                location.file(),
                location.row(),
                location.column());
    }

    ObjectValue build() {
        return build(root);
    }

    @SuppressWarnings("unchecked")
    private static ObjectValue build(Map<Value, Object> map) {
        ObjectValue.Builder builder = ObjectValue.builder(map.size());
        map.forEach((key, below) -> {
            Value value = switch (below) {
                case Value v -> v;
                case SetValue.Builder set -> set.build();
                default -> build((Map<Value, Object>) below);
            };
            builder.put(key, value);
        });
        return builder.build();
    }
}

package dev.sluice.rego.plan;

import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A tree of the paths below data that {@code with} replaced. Immutable. */
record Replaced(boolean here, Map<String, Replaced> below) {

    static Replaced add(@Nullable Replaced before, List<Value> path, int at) {
        if (at == path.size()) {
            return new Replaced(true, Map.of());
        }
        Map<String, Replaced> below = before == null ? new HashMap<>() : new HashMap<>(before.below);
        if (path.get(at) instanceof StringValue name) {
            below.put(name.value(), add(below.get(name.value()), path, at + 1));
        }
        return new Replaced(before != null && before.here, below);
    }

    /** Whether the path, or something it lies in, is replaced. */
    static boolean covers(@Nullable Replaced root, List<String> path) {
        Replaced node = root;
        for (String name : path) {
            if (node == null || node.here) {
                break;
            }
            node = node.below.get(name);
        }
        return node != null && node.here;
    }
}

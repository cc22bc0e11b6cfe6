package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Walks through documents and graphs. */
final class Graphs {
    private static final int MAX_PATHS = 1_000_000;
    private static final String GRAPH =
            "(graph: object[any: any<array[any], set[any]>], initial: any<array[any], set[any]>)";

    private Graphs() {}

    static void declare(Registry registry) {
        registry.addRelation("walk", "(x: any) -> output: array<array[any], any>", (ctx, args) -> {
            List<Value> found = new ArrayList<>();
            walk(ctx, new ArrayList<>(), args[0], found);
            return ArrayValue.of(found);
        });
        registry.add("graph.reachable", GRAPH + " -> output: set[any]", (ctx, args) -> {
            ObjectValue graph = Operands.object(args, 0);
            Deque<Value> queue = new ArrayDeque<>(initial(args[1]));
            Set<Value> reached = new LinkedHashSet<>();
            while (!queue.isEmpty()) {
                ctx.checkDeadline();
                Value node = queue.remove();
                Value edges = graph.get(node);
                if (edges != null && reached.add(node)) {
                    queue.addAll(neighbours(edges));
                }
            }
            return SetValue.of(reached);
        });
        registry.add("graph.reachable_paths", GRAPH + " -> output: set[array[any]]", (ctx, args) -> {
            ObjectValue graph = Operands.object(args, 0);
            SetValue.Builder paths = SetValue.builder();
            for (Value node : initial(args[1])) {
                Value edges = graph.get(node);
                if (edges != null) {
                    List<Value> path = new ArrayList<>(List.of(node));
                    Set<Value> onPath = new HashSet<>(path);
                    follow(ctx, graph, edges, path, onPath, paths);
                }
            }
            return paths.build();
        });
    }

    private static void walk(CallContext ctx, List<Value> path, Value value, List<Value> found) {
        ctx.checkDeadline();
        found.add(ArrayValue.of(ArrayValue.of(path), value));
        switch (value) {
            case ArrayValue array -> {
                for (int i = 0; i < array.size(); i++) {
                    step(ctx, path, NumberValue.of(i), array.get(i), found);
                }
            }
            case ObjectValue object -> {
                for (int i = 0; i < object.size(); i++) {
                    step(ctx, path, object.keyAt(i), object.valueAt(i), found);
                }
            }
            case SetValue set -> {
                for (Value element : set) {
                    step(ctx, path, element, element, found);
                }
            }
            default -> {}
        }
    }

    private static void step(CallContext ctx, List<Value> path, Value key, Value value, List<Value> found) {
        path.add(key);
        walk(ctx, path, value, found);
        path.removeLast();
    }

    private static List<Value> initial(Value operand) throws BuiltinException {
        if (operand instanceof ArrayValue || operand instanceof SetValue) {
            return neighbours(operand);
        }
        throw BuiltinException.wrongType(2, operand, "{array, set}");
    }

    private static List<Value> neighbours(Value edges) {
        return switch (edges) {
            case ArrayValue array -> List.of(array.toArray());
            case SetValue set -> List.of(set.toSortedArray().toArray());
            default -> List.of();
        };
    }

    /** Extends the path along every edge; a node without edges, outside the graph or already on the path ends it. */
    private static void follow(
            CallContext ctx,
            ObjectValue graph,
            Value edges,
            List<Value> path,
            Set<Value> onPath,
            SetValue.Builder paths)
            throws BuiltinException {
        ctx.checkDeadline();
        List<Value> neighbours = neighbours(edges);
        if (neighbours.isEmpty()) {
            add(ctx, path, paths);
        }
        for (Value neighbour : neighbours) {
            Value next = graph.get(neighbour);
            if (next == null || !onPath.add(neighbour)) {
                add(ctx, path, paths);
                continue;
            }
            path.add(neighbour);
            follow(ctx, graph, next, path, onPath, paths);
            path.removeLast();
            onPath.remove(neighbour);
        }
    }

    private static void add(CallContext ctx, List<Value> path, SetValue.Builder paths) throws BuiltinException {
        if ((paths.size() & 0xfff) == 0) {
            ctx.reserve((long) paths.size() * Texts.PART);
        }
        if (paths.size() >= MAX_PATHS) {
            throw BuiltinException.value("more than " + MAX_PATHS + " paths");
        }
        paths.add(ArrayValue.of(path));
    }
}

package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code json.filter}, {@code json.remove} and {@code json.patch}: documents taken apart along paths. */
final class JsonPaths {
    private static final String PATHS = "any<array[any<string, array[any]>], set[any<string, array[any]>]>";

    private JsonPaths() {}

    static void declare(Registry registry) {
        registry.add(
                "json.filter",
                "(object: object[any: any], paths: " + PATHS + ") -> filtered: object[any: any]",
                (_, args) -> {
                    ObjectValue object = Operands.object(args, 0);
                    return filter(object, tree(args[1]));
                });
        registry.add(
                "json.remove",
                "(object: object[any: any], paths: " + PATHS + ") -> output: object[any: any]",
                (_, args) -> {
                    ObjectValue object = Operands.object(args, 0);
                    return remove(object, tree(args[1]));
                });
        registry.add(
                "json.patch",
                "(target: any, patches: array[object<op: string, path: any>[any: any]]) -> output: any",
                (_, args) -> JsonPatch.apply(args[0], Operands.array(args, 1)));
    }

    /** The segments of a JSON pointer, or the elements of an array. */
    static List<Value> path(Value path) throws BuiltinException {
        return switch (path) {
            case StringValue text -> pointer(text.value());
            case ArrayValue array -> List.of(array.toArray());
            default ->
                throw BuiltinException.operand(
                        2,
                        "must be one of {set, array} containing string paths or array of path segments but got "
                                + path.kind().word());
        };
    }

    private static List<Value> pointer(String text) {
        List<Value> segments = new ArrayList<>();
        if (text.isEmpty()) {
            return segments;
        }
        String bare = GoStrings.trim(text, c -> c == '/', true, false);
        for (String part : GoStrings.split(bare, "/")) {
            segments.add(StringValue.of(part.replace("~1", "/").replace("~0", "~")));
        }
        return segments;
    }

    /** A node of the tree of paths; one without children is where a path ends and everything beneath belongs to it. */
    private static final class Node {
        final Map<Value, Node> children = new LinkedHashMap<>();
        boolean leaf;
    }

    private static Node tree(Value paths) throws BuiltinException {
        Iterable<Value> elements = switch (paths) {
            case ArrayValue array -> array;
            case SetValue set -> set;
            default -> throw BuiltinException.wrongType(2, paths, Kind.SET, Kind.ARRAY);
        };
        Node root = new Node();
        for (Value element : elements) {
            Node node = root;
            List<Value> path = path(element);
            for (int i = 0; i < path.size() && !node.leaf; i++) {
                node = node.children.computeIfAbsent(path.get(i), _ -> new Node());
            }
            if (!path.isEmpty()) {
                node.leaf = true;
                node.children.clear();
            }
        }
        return root;
    }

    private static Value filter(Value value, Node node) {
        if (node.leaf) {
            return value;
        }
        return switch (value) {
            case ObjectValue object -> {
                ObjectValue.Builder kept = ObjectValue.builder();
                for (ObjectValue.Entry entry : object.entries()) {
                    Node child = node.children.get(entry.key());
                    if (child != null) {
                        kept.put(entry.key(), filter(entry.value(), child));
                    }
                }
                yield kept.build();
            }
            case ArrayValue array -> {
                List<Value> kept = new ArrayList<>();
                for (int i = 0; i < array.size(); i++) {
                    Node child = node.children.get(indexName(i));
                    if (child != null) {
                        kept.add(filter(array.get(i), child));
                    }
                }
                yield ArrayValue.of(kept);
            }
            case SetValue set -> {
                SetValue.Builder kept = SetValue.builder();
                for (Value element : set) {
                    Node child = node.children.get(element);
                    if (child != null) {
                        kept.add(filter(element, child));
                    }
                }
                yield kept.build();
            }
            default -> value;
        };
    }

    /** The value without what the paths name; null where it is named itself. */
    private static @Nullable Value remove(Value value, @Nullable Node node) {
        if (node == null) {
            return value;
        }
        if (node.leaf) {
            return null;
        }
        return switch (value) {
            case ObjectValue object -> {
                ObjectValue.Builder kept = ObjectValue.builder(object.size());
                for (ObjectValue.Entry entry : object.entries()) {
                    Value rest = remove(entry.value(), node.children.get(entry.key()));
                    if (rest != null) {
                        kept.put(entry.key(), rest);
                    }
                }
                yield kept.build();
            }
            case ArrayValue array -> {
                List<Value> kept = new ArrayList<>();
                for (int i = 0; i < array.size(); i++) {
                    Value rest = remove(array.get(i), node.children.get(indexName(i)));
                    if (rest != null) {
                        kept.add(rest);
                    }
                }
                yield ArrayValue.of(kept);
            }
            case SetValue set -> {
                SetValue.Builder kept = SetValue.builder();
                for (Value element : set) {
                    Value rest = remove(element, node.children.get(element));
                    if (rest != null) {
                        kept.add(rest);
                    }
                }
                yield kept.build();
            }
            default -> value;
        };
    }

    private static Value indexName(int index) {
        return StringValue.ofName(Integer.toString(index));
    }
}

package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON Patch (RFC 6902) on values; paths may also lead through sets, whose members are their own keys. */
final class JsonPatch {
    private JsonPatch() {}

    /** The target after all operations; null where the last thing done was to remove it whole. */
    static @Nullable Value apply(Value target, ArrayValue operations) throws BuiltinException {
        @Nullable Value document = target;
        for (Value element : operations) {
            if (!(element instanceof ObjectValue operation)) {
                throw BuiltinException.value(
                        "must be an array of JSON-Patch objects, but at least one element is not an object");
            }
            document = apply(document, operation);
        }
        return document;
    }

    private static @Nullable Value apply(@Nullable Value document, ObjectValue operation) throws BuiltinException {
        Value pathValue = required(operation, "path");
        if (!(required(operation, "op") instanceof StringValue name)) {
            throw BuiltinException.value("attribute 'op' must be a string but found: "
                    + required(operation, "op").kind().word());
        }
        List<Value> path = JsonPaths.path(pathValue);
        return switch (name.value()) {
            case "add" -> insert(document, path, 0, required(operation, "value"));
            case "remove" -> delete(document, path, 0);
            case "replace" -> {
                Value value = required(operation, "value");
                yield insert(delete(document, path, 0), path, 0, value);
            }
            case "move" -> {
                List<Value> from = JsonPaths.path(required(operation, "from"));
                Value moved = find(document, from);
                yield insert(delete(document, from, 0), path, 0, moved);
            }
            case "copy" -> insert(document, path, 0, find(document, JsonPaths.path(required(operation, "from"))));
            case "test" -> {
                Value found = find(document, path);
                Value expected = required(operation, "value");
                if (!found.equals(expected)) {
                    throw BuiltinException.value(
                            "value from EditTree != patch value.\n\nExpected: " + expected + "\n\nFound: " + found);
                }
                yield document;
            }
            default -> throw BuiltinException.value("unrecognized op: '" + name.value() + "'");
        };
    }

    private static Value required(ObjectValue operation, String attribute) throws BuiltinException {
        Value value = operation.get(attribute);
        if (value == null) {
            throw BuiltinException.value("missing required attribute '" + attribute + "'");
        }
        return value;
    }

    private static Value find(@Nullable Value document, List<Value> path) throws BuiltinException {
        @Nullable Value current = document;
        for (Value key : path) {
            current = current == null ? null : child(current, key);
        }
        if (current == null) {
            throw missing(ArrayValue.of(path));
        }
        return current;
    }

    private static @Nullable Value child(Value value, Value key) throws BuiltinException {
        return value instanceof ArrayValue array
                ? array.get(index(key, array.size() - 1))
                : Composites.step(value, key);
    }

    private static Value insert(@Nullable Value document, List<Value> path, int at, Value value)
            throws BuiltinException {
        if (at == path.size()) {
            return value;
        }
        Value key = path.get(at);
        boolean last = at == path.size() - 1;
        return switch (document) {
            case ObjectValue object ->
                ObjectValue.builder(object.size() + 1)
                        .putAll(object)
                        .put(key, last ? value : insert(present(object.get(key), key), path, at + 1, value))
                        .build();
            case ArrayValue array
            when last -> {
                List<Value> elements = new ArrayList<>(List.of(array.toArray()));
                boolean append = key instanceof StringValue text && text.value().equals("-");
                elements.add(append ? array.size() : index(key, array.size()), value);
                yield ArrayValue.of(elements);
            }
            case ArrayValue array -> {
                Value[] elements = array.toArray();
                int i = index(key, array.size() - 1);
                elements[i] = insert(elements[i], path, at + 1, value);
                yield ArrayValue.ofOwned(elements);
            }
            case SetValue set -> {
                if (last && !key.equals(value)) {
                    throw BuiltinException.value("set key " + key + " does not equal value to be inserted " + value);
                }
                yield last
                        ? SetValue.builder().addAll(set).add(value).build()
                        : exchanged(
                                set, key, insert(present(set.contains(key) ? key : null, key), path, at + 1, value));
            }
            case null, default -> throw BuiltinException.value("expected composite type, found value: " + document);
        };
    }

    private static SetValue exchanged(SetValue set, Value before, @Nullable Value after) {
        SetValue.Builder rest = SetValue.builder();
        for (Value element : set) {
            if (!element.equals(before)) {
                rest.add(element);
            } else if (after != null) {
                rest.add(after);
            }
        }
        return rest.build();
    }

    private static @Nullable Value delete(@Nullable Value document, List<Value> path, int at) throws BuiltinException {
        if (at == path.size()) {
            return null;
        }
        Value key = path.get(at);
        boolean last = at == path.size() - 1;
        return switch (document) {
            case ObjectValue object -> {
                @Nullable Value changed = delete(present(object.get(key), key), path, at + 1);
                ObjectValue.Builder rest = ObjectValue.builder(object.size());
                for (ObjectValue.Entry entry : object.entries()) {
                    if (!entry.key().equals(key)) {
                        rest.put(entry.key(), entry.value());
                    } else if (changed != null) {
                        rest.put(entry.key(), changed);
                    }
                }
                yield rest.build();
            }
            case ArrayValue array -> {
                int i = index(key, array.size() - 1);
                @Nullable Value changed = last ? null : delete(array.get(i), path, at + 1);
                List<Value> elements = new ArrayList<>(List.of(array.toArray()));
                if (changed == null) {
                    elements.remove(i);
                } else {
                    elements.set(i, changed);
                }
                yield ArrayValue.of(elements);
            }
            case SetValue set ->
                exchanged(set, key, delete(present(set.contains(key) ? key : null, key), path, at + 1));
            case null, default -> throw BuiltinException.value("expected composite type, found value: " + document);
        };
    }

    private static Value present(@Nullable Value value, Value key) throws BuiltinException {
        if (value == null) {
            throw missing(key);
        }
        return value;
    }

    private static BuiltinException missing(Value path) {
        return BuiltinException.value("path " + path + " does not exist");
    }

    private static int index(Value key, int highest) throws BuiltinException {
        long index;
        if (key instanceof NumberValue number && number.isLong()) {
            index = number.longValue();
        } else if (key instanceof StringValue text && isIndex(text.value())) {
            index = Long.parseLong(text.value());
        } else {
            throw BuiltinException.value("invalid type for indexing");
        }
        if (index < 0 || index > highest) {
            throw BuiltinException.value("index for array out of bounds");
        }
        return (int) index;
    }

    private static boolean isIndex(String text) {
        return !text.isEmpty()
                && text.length() < 10
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
    }
}

package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Kind;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions on sets, arrays and objects. */
final class Composites {
    private static final String KEYS = "any<array[any], object[any: any], set[any]>";

    private Composites() {}

    static void declare(Registry registry) {
        declareSets(registry);
        declareArrays(registry);
        declareObjects(registry);
    }

    private static void declareSets(Registry registry) {
        registry.add(
                "and",
                "(x: set[any], y: set[any]) -> z: set[any]",
                (_, args) -> intersection(Operands.set(args, 0), Operands.set(args, 1)));
        registry.add("or", "(x: set[any], y: set[any]) -> z: set[any]", (_, args) -> {
            SetValue x = Operands.set(args, 0);
            return SetValue.builder().addAll(x).addAll(Operands.set(args, 1)).build();
        });
        registry.add("set_diff", "(set[any], set[any]) -> set[any]", (_, args) -> {
            SetValue x = Operands.set(args, 0);
            return difference(x, Operands.set(args, 1));
        });
        registry.add("intersection", "(xs: set[set[any]]) -> y: set[any]", (_, args) -> {
            @Nullable SetValue result = null;
            for (SetValue set : sets(args)) {
                result = result == null ? set : intersection(result, set);
            }
            return result == null ? SetValue.EMPTY : result;
        });
        registry.add("union", "(xs: set[set[any]]) -> y: set[any]", (_, args) -> {
            SetValue.Builder union = SetValue.builder();
            sets(args).forEach(union::addAll);
            return union.build();
        });
    }

    private static List<SetValue> sets(Value[] args) throws BuiltinException {
        List<SetValue> sets = new ArrayList<>();
        for (Value element : Operands.set(args, 0)) {
            if (!(element instanceof SetValue set)) {
                throw BuiltinException.wrongType(1, element, Kind.SET);
            }
            sets.add(set);
        }
        return sets;
    }

    static SetValue intersection(SetValue a, SetValue b) {
        SetValue.Builder both = SetValue.builder();
        boolean swap = a.size() > b.size();
        SetValue smaller = swap ? b : a;
        SetValue larger = swap ? a : b;
        for (Value element : smaller) {
            if (larger.contains(element)) {
                both.add(element);
            }
        }
        return both.build();
    }

    static SetValue difference(SetValue a, SetValue b) {
        SetValue.Builder rest = SetValue.builder();
        for (Value element : a) {
            if (!b.contains(element)) {
                rest.add(element);
            }
        }
        return rest.build();
    }

    private static void declareArrays(Registry registry) {
        registry.addClockAware("array.concat", "(x: array[any], y: array[any]) -> z: array[any]", (_, args) -> {
            ArrayValue x = Operands.array(args, 0);
            ArrayValue y = Operands.array(args, 1);
            Value[] elements = new Value[x.size() + y.size()];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = i < x.size() ? x.get(i) : y.get(i - x.size());
            }
            return ArrayValue.ofOwned(elements);
        });
        registry.addClockAware("array.flatten", "(arr: array[any]) -> flattened: array[any]", (_, args) -> {
            List<Value> flat = new ArrayList<>();
            for (Value element : Operands.array(args, 0)) {
                if (element instanceof ArrayValue nested) {
                    nested.forEach(flat::add);
                } else {
                    flat.add(element);
                }
            }
            return ArrayValue.of(flat);
        });
        registry.addClockAware("array.reverse", "(arr: array[any]) -> rev: array[any]", (_, args) -> {
            ArrayValue array = Operands.array(args, 0);
            Value[] elements = new Value[array.size()];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = array.get(elements.length - 1 - i);
            }
            return ArrayValue.ofOwned(elements);
        });
        registry.add(
                "array.slice", "(arr: array[any], start: number, stop: number) -> slice: array[any]", (_, args) -> {
                    ArrayValue array = Operands.array(args, 0);
                    long start = Operands.integer(args, 1);
                    long stop = Math.clamp(Operands.integer(args, 2), 0, array.size());
                    return array.slice((int) Math.clamp(start, 0, stop), (int) stop);
                });
    }

    private static void declareObjects(Registry registry) {
        registry.add("object.get", "(object: object[any: any], key: any, default: any) -> value: any", Composites::get);
        registry.add(
                "object.keys",
                "(object: object[any: any]) -> value: set[any]",
                (_, args) -> SetValue.of(Operands.object(args, 0).keys()));
        registry.add(
                "object.union", "(a: object[any: any], b: object[any: any]) -> output: object[any: any]", (_, args) -> {
                    ObjectValue a = Operands.object(args, 0);
                    return merged(a, Operands.object(args, 1));
                });
        registry.add("object.union_n", "(objects: array[object[any: any]]) -> output: object[any: any]", (_, args) -> {
            ObjectValue union = ObjectValue.EMPTY;
            for (Value element : Operands.array(args, 0)) {
                if (!(element instanceof ObjectValue object)) {
                    throw BuiltinException.wrongElement(1, args[0], element, "object");
                }
                union = merged(union, object);
            }
            return union;
        });
        registry.add(
                "object.remove",
                "(object: object[any: any], keys: " + KEYS + ") -> output: object[any: any]",
                (_, args) -> {
                    ObjectValue object = Operands.object(args, 0);
                    SetValue keys = keys(args[1]);
                    ObjectValue.Builder rest = ObjectValue.builder(object.size());
                    for (ObjectValue.Entry entry : object.entries()) {
                        if (!keys.contains(entry.key())) {
                            rest.put(entry.key(), entry.value());
                        }
                    }
                    return rest.build();
                });
        registry.add(
                "object.filter",
                "(object: object[any: any], keys: " + KEYS + ") -> filtered: object[any: any]",
                (_, args) -> {
                    ObjectValue object = Operands.object(args, 0);
                    ObjectValue.Builder kept = ObjectValue.builder();
                    for (Value key : keys(args[1])) {
                        Value value = object.get(key);
                        if (value != null) {
                            kept.put(key, value);
                        }
                    }
                    return kept.build();
                });
        registry.add(
                "object.subset", "(super: " + KEYS + ", sub: " + KEYS + ") -> result: boolean", Composites::subset);
    }

    private static Value get(CallContext ctx, Value[] args) throws BuiltinException {
        ObjectValue object = Operands.object(args, 0);
        if (!(args[1] instanceof ArrayValue path)) {
            Value found = object.get(args[1]);
            return found == null ? args[2] : found;
        }
        Value current = object;
        for (Value key : path) {
            Value next = step(current, key);
            if (next == null) {
                return args[2];
            }
            current = next;
        }
        return current;
    }

    /** What {@code value[key]} denotes: a field, an element of an array, or a member of a set itself. */
    static @Nullable Value step(Value value, Value key) {
        return switch (value) {
            case ObjectValue object -> object.get(key);
            case ArrayValue array -> Aggregates.element(array, key);
            case SetValue set -> set.contains(key) ? key : null;
            default -> null;
        };
    }

    private static SetValue keys(Value operand) throws BuiltinException {
        return switch (operand) {
            case ArrayValue array -> SetValue.of(array.toArray());
            case SetValue set -> set;
            case ObjectValue object -> SetValue.of(object.keys());
            default -> throw BuiltinException.wrongType(2, operand, Kind.OBJECT, Kind.SET, Kind.ARRAY);
        };
    }

    /** {@code b} over {@code a}; where both have an object at a key, these are merged in turn. */
    private static ObjectValue merged(ObjectValue a, ObjectValue b) {
        ObjectValue.Builder merged = ObjectValue.builder(a.size() + b.size()).putAll(a);
        for (ObjectValue.Entry entry : b.entries()) {
            Value before = a.get(entry.key());
            merged.put(
                    entry.key(),
                    before instanceof ObjectValue x && entry.value() instanceof ObjectValue y
                            ? merged(x, y)
                            : entry.value());
        }
        return merged.build();
    }

    private static Value subset(CallContext ctx, Value[] args) throws BuiltinException {
        if (args[0] instanceof ArrayValue whole && args[1] instanceof SetValue part) {
            int unmatched = part.size();
            if (whole.size() == 0) {
                return BooleanValue.FALSE;
            }
            for (Value element : SetValue.of(whole.toArray())) {
                unmatched -= part.contains(element) ? 1 : 0;
            }
            return BooleanValue.of(unmatched == 0);
        }
        Boolean subset = subset(args[0], args[1]);
        if (subset == null) {
            throw BuiltinException.type("both arguments object.subset must be of the same type or array and set");
        }
        return BooleanValue.of(subset);
    }

    /** Whether {@code part} is within {@code whole}; null where they are not collections of one kind. */
    private static @Nullable Boolean subset(Value whole, Value part) {
        if (whole instanceof ObjectValue a && part instanceof ObjectValue b) {
            for (ObjectValue.Entry entry : b.entries()) {
                Value counterpart = a.get(entry.key());
                if (counterpart == null) {
                    return false;
                }
                if (!counterpart.equals(entry.value())) {
                    Boolean nested = subset(counterpart, entry.value());
                    if (nested == null || !nested) {
                        return false;
                    }
                }
            }
            return true;
        }
        if (whole instanceof SetValue a && part instanceof SetValue b) {
            for (Value element : b) {
                if (!a.contains(element)) {
                    return false;
                }
            }
            return true;
        }
        return (whole instanceof ArrayValue a && part instanceof ArrayValue b) ? occursIn(a, b) : null;
    }

    /** Whether {@code part} stands somewhere in {@code whole}, in one piece. */
    private static boolean occursIn(ArrayValue whole, ArrayValue part) {
        for (int start = 0; start + part.size() <= whole.size(); start++) {
            if (whole.slice(start, start + part.size()).equals(part)) {
                return true;
            }
        }
        return false;
    }
}

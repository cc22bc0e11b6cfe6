package dev.sluice.rego.analysis;

import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.builtin.Type.AnyOf;
import dev.sluice.rego.builtin.Type.ArrayType;
import dev.sluice.rego.builtin.Type.Choice;
import dev.sluice.rego.builtin.Type.Field;
import dev.sluice.rego.builtin.Type.ObjectType;
import dev.sluice.rego.builtin.Type.Scalar;
import dev.sluice.rego.builtin.Type.SetType;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of types. Null stands for a type that is not known yet; it differs from {@link Type#ANY}, which takes
 * everything.
 */
final class Types {
    /** Unions of more options, or deeper types, are taken for any. */
    private static final int MAX_OPTIONS = 50;

    /** The set without elements; it goes with every set. */
    static final SetType EMPTY_SET = new SetType(null);

    private Types() {}

    static boolean isAny(@Nullable Type type) {
        return type instanceof AnyOf any && any.options().isEmpty();
    }

    /** Whether a value may be of one type or the other. */
    static @Nullable Type or(@Nullable Type a, @Nullable Type b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        if (a.equals(b)) {
            return a;
        }
        if (isAny(a) || isAny(b)) {
            return Type.ANY;
        }
        List<Type> options = new ArrayList<>();
        for (Type one : List.of(a, b)) {
            for (Type option : one instanceof AnyOf any ? any.options() : List.of(one)) {
                if (option == Scalar.STRING) {
                    options.removeIf(Choice.class::isInstance); // any string says less than some
                }
                if (!options.contains(option) && !(option instanceof Choice && options.contains(Scalar.STRING))) {
                    options.add(option);
                }
            }
        }
        if (options.size() == 1) {
            return options.getFirst();
        }
        return options.size() > MAX_OPTIONS ? Type.ANY : new AnyOf(List.copyOf(options));
    }

    /** The type of the keys, or null where a value of the type has none. */
    static @Nullable Type keys(@Nullable Type type) {
        return switch (type) {
            case null -> null;
            case ArrayType _ -> Scalar.NUMBER;
            case SetType set -> set.element() == null ? Type.ANY : set.element();
            case ObjectType object -> {
                Type keys = object.key();
                if (!object.fields().isEmpty()) {
                    keys = or(keys, Scalar.STRING);
                }
                yield keys == null ? Type.ANY : keys;
            }
            case AnyOf any -> {
                if (any.options().isEmpty()) {
                    yield Type.ANY;
                }
                Type keys = null;
                for (Type option : any.options()) {
                    keys = or(keys, keys(option));
                }
                yield keys;
            }
            case Scalar _, Choice _ -> null;
        };
    }

    /** The type of the elements, or null where a value of the type has none. */
    static @Nullable Type values(@Nullable Type type) {
        return switch (type) {
            case null -> null;
            case ArrayType array -> {
                Type values = array.rest();
                for (Type item : array.items()) {
                    values = or(values, item);
                }
                yield values == null ? Type.ANY : values;
            }
            case SetType set -> set.element() == null ? Type.ANY : set.element();
            case ObjectType object -> {
                Type values = object.value();
                for (Field field : object.fields()) {
                    values = or(values, field.type());
                }
                yield values == null ? Type.ANY : values;
            }
            case AnyOf any -> {
                if (any.options().isEmpty()) {
                    yield Type.ANY;
                }
                Type values = null;
                for (Type option : any.options()) {
                    values = or(values, values(option));
                }
                yield values;
            }
            case Scalar _, Choice _ -> null;
        };
    }

    /** The type of what stands under a key, or null where there can be nothing. */
    static @Nullable Type select(@Nullable Type type, Value key) {
        return switch (type) {
            case null -> null;
            case ArrayType array -> {
                if (!(key instanceof NumberValue number) || !number.isLong() || number.signum() < 0) {
                    yield null;
                }
                yield number.longValue() < array.items().size()
                        ? array.items().get((int) number.longValue())
                        : array.rest();
            }
            case SetType set -> set.element() == null || unifies(set.element(), of(key)) ? of(key) : null;
            case ObjectType object -> {
                for (Field field : object.fields()) {
                    if (key instanceof StringValue name && field.name().equals(name.value())) {
                        yield field.type();
                    }
                }
                yield object.key() != null && unifies(object.key(), of(key)) ? object.value() : null;
            }
            case AnyOf any -> {
                if (any.options().isEmpty()) {
                    yield Type.ANY;
                }
                Type found = null;
                for (Type option : any.options()) {
                    found = or(found, select(option, key));
                }
                yield found;
            }
            case Scalar _, Choice _ -> null;
        };
    }

    /** Whether a value of the type has nothing in it. */
    static boolean isEmptyCollection(@Nullable Type type) {
        return switch (type) {
            case ArrayType array -> array.items().isEmpty() && array.rest() == null;
            case ObjectType object -> object.fields().isEmpty() && object.key() == null;
            case SetType set -> set.element() == null;
            case null, default -> false;
        };
    }

    /** The names that objects of the type have. */
    static List<String> names(@Nullable Type type) {
        List<String> out = new ArrayList<>();
        if (type instanceof ObjectType object) {
            object.fields().forEach(f -> out.add(f.name()));
        } else if (type instanceof AnyOf any) {
            any.options()
                    .forEach(
                            o -> names(o).stream().filter(n -> !out.contains(n)).forEach(out::add));
        }
        return out.stream().sorted(StringValue::compare).toList();
    }

    /** Whether a value may be of both types. */
    static boolean unifies(@Nullable Type a, @Nullable Type b) {
        if (a == null || b == null) {
            return false;
        }
        if (a instanceof AnyOf any) {
            if (any.options().isEmpty() || any.options().stream().anyMatch(o -> unifies(o, b))) {
                return true;
            }
            return b instanceof AnyOf other && other.options().isEmpty();
        }
        if (b instanceof AnyOf) {
            return unifies(b, a);
        }
        if (b instanceof Choice) {
            return unifies(a, Scalar.STRING);
        }
        return switch (a) {
            case Choice _ -> b == Scalar.STRING;
            case Scalar scalar -> scalar == b;
            case SetType one ->
                b instanceof SetType other
                        && (one.element() == null
                                || other.element() == null
                                || unifies(one.element(), other.element()));
            case ArrayType one -> b instanceof ArrayType other && unifyArrays(one, other);
            case ObjectType one -> b instanceof ObjectType other && unifyObjects(one, other);
            case AnyOf _ -> false;
        };
    }

    private static boolean unifyArrays(ArrayType a, ArrayType b) {
        int length = Math.max(a.items().size(), b.items().size());
        for (int i = 0; i < length; i++) {
            Type one = i < a.items().size() ? a.items().get(i) : a.rest();
            Type other = i < b.items().size() ? b.items().get(i) : b.rest();
            if (!unifies(one, other)) {
                return false;
            }
        }
        return a.rest() == null || b.rest() == null || unifies(a.rest(), b.rest());
    }

    private static boolean unifyObjects(ObjectType a, ObjectType b) {
        return haveFieldsOf(a, b)
                && haveFieldsOf(b, a)
                && (a.value() == null || b.value() == null || unifies(a.value(), b.value()));
    }

    private static boolean haveFieldsOf(ObjectType a, ObjectType b) {
        for (Field field : a.fields()) {
            Type other = select(b, StringValue.of(field.name()));
            if (other == null) {
                if (a.value() == null && b.value() == null) {
                    return false;
                }
            } else if (!unifies(field.type(), other)) {
                return false;
            }
        }
        return true;
    }

    /** The type of a constant. */
    static Type of(Value value) {
        return switch (value) {
            case NullValue _ -> Scalar.NULL;
            case BooleanValue _ -> Scalar.BOOLEAN;
            case NumberValue _ -> Scalar.NUMBER;
            case StringValue _ -> Scalar.STRING;
            case ArrayValue array -> {
                List<Type> items = new ArrayList<>();
                array.forEach(v -> items.add(of(v)));
                yield new ArrayType(List.copyOf(items), null);
            }
            case SetValue set -> {
                Type element = null;
                for (Value one : set) {
                    element = or(element, of(one));
                }
                yield new SetType(element);
            }
            case ObjectValue object -> {
                Map<String, Type> fields = new LinkedHashMap<>();
                Type key = null;
                Type other = null;
                for (ObjectValue.Entry entry : object.entries()) {
                    if (entry.key() instanceof StringValue name) {
                        fields.put(name.value(), of(entry.value()));
                    } else {
                        key = or(key, of(entry.key()));
                        other = or(other, of(entry.value()));
                    }
                }
                yield object(fields, key, other);
            }
        };
    }

    static ObjectType object(Map<String, Type> fields, @Nullable Type key, @Nullable Type value) {
        List<Field> out = new ArrayList<>();
        fields.forEach((name, type) -> out.add(new Field(name, type)));
        out.sort((a, b) -> StringValue.compare(a.name(), b.name()));
        return new ObjectType(List.copyOf(out), key, value);
    }

    /** What several definitions of one rule give together. */
    static @Nullable Type merge(@Nullable Type a, @Nullable Type b) {
        if (a instanceof SetType x && b instanceof SetType y) {
            return new SetType(or(x.element(), y.element()));
        }
        if (a instanceof ObjectType x
                && b instanceof ObjectType y
                && x.fields().isEmpty()
                && y.fields().isEmpty()) {
            if (x.key() == null || y.key() == null) {
                return x.key() == null ? y : x;
            }
            return new ObjectType(List.of(), or(x.key(), y.key()), merge(x.value(), y.value()));
        }
        return or(a, b);
    }

    /** How messages show a type. */
    static String show(@Nullable Type type) {
        return type == null ? "???" : type.toString();
    }
}

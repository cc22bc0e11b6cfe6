package dev.sluice.rego.schema;

import dev.sluice.rego.builtin.Type;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a JSON Schema says of the types of documents. What it leaves open is any. */
public final class SchemaTypes {
    private static final int MAX_DEPTH = 60;

    private final Set<JsonSchema> entered = new HashSet<>();

    private SchemaTypes() {}

    /**
     * The type of the documents that fit the schema. An object with properties has those and no others, unless
     * {@code additionalProperties} says what the others are; a schema that refers to itself is any where it does.
     */
    public static Type of(JsonSchema schema) {
        return new SchemaTypes().type(schema);
    }

    private Type type(JsonSchema given) {
        JsonSchema schema = given.resolved();
        if (schema.always != null || entered.size() > MAX_DEPTH || !entered.add(schema)) {
            return Type.ANY;
        }
        Type type = described(schema);
        entered.remove(schema);
        return type;
    }

    private Type described(JsonSchema schema) {
        List<JsonSchema> options = schema.anyOf.isEmpty() ? schema.oneOf : schema.anyOf;
        if (!options.isEmpty()) {
            Type union = null;
            for (JsonSchema option : options) {
                union = or(union, type(option));
            }
            return union == null ? Type.ANY : union;
        }
        if (!schema.allOf.isEmpty()) {
            return allOf(schema);
        }
        Type union = null;
        for (String name : names(schema)) {
            union = or(union, named(schema, name));
        }
        return union == null ? Type.ANY : union;
    }

    /** Objects that must fit several schemas have the fields of all; anything else is left open. */
    private Type allOf(JsonSchema schema) {
        List<Type.Field> fields = new ArrayList<>();
        List<JsonSchema> parts = new ArrayList<>(schema.allOf);
        if (!schema.properties.isEmpty()) {
            fields.addAll(fields(schema));
        }
        for (JsonSchema part : parts) {
            JsonSchema one = part.resolved();
            if (one.properties.isEmpty() || !one.anyOf.isEmpty() || !one.allOf.isEmpty()) {
                return Type.ANY;
            }
            fields.addAll(fields(one));
        }
        return new Type.ObjectType(distinct(fields), null, null);
    }

    private static List<String> names(JsonSchema schema) {
        if (!schema.types.isEmpty()) {
            return List.copyOf(schema.types);
        }
        if (!schema.properties.isEmpty()) {
            return List.of("object");
        }
        return schema.items != null || !schema.positions.isEmpty() ? List.of("array") : List.of();
    }

    private Type named(JsonSchema schema, String name) {
        return switch (name) {
            case "null" -> Type.Scalar.NULL;
            case "boolean" -> Type.Scalar.BOOLEAN;
            case "string" -> string(schema);
            case "integer", "number" -> Type.Scalar.NUMBER;
            case "array" -> {
                List<Type> items = new ArrayList<>();
                schema.positions.forEach(p -> items.add(type(p)));
                Type rest = items.isEmpty() ? Type.ANY : null;
                yield new Type.ArrayType(List.copyOf(items), schema.items == null ? rest : type(schema.items));
            }
            default -> {
                JsonSchema others = schema.additionalProperties;
                if (schema.properties.isEmpty()) {
                    yield new Type.ObjectType(List.of(), Type.ANY, others == null ? Type.ANY : type(others));
                }
                boolean open = others != null && !Boolean.FALSE.equals(others.always);
                yield new Type.ObjectType(
                        distinct(fields(schema)),
                        open ? Type.Scalar.STRING : null,
                        open && others != null ? type(others) : null);
            }
        };
    }

    private static Type string(JsonSchema schema) {
        if (schema.enumeration == null) {
            return Type.Scalar.STRING;
        }
        List<String> values = new ArrayList<>();
        for (Value value : schema.enumeration) {
            if (value instanceof StringValue text) {
                values.add(text.value());
            }
        }
        return values.isEmpty() ? Type.Scalar.STRING : new Type.Choice(List.copyOf(values));
    }

    private List<Type.Field> fields(JsonSchema schema) {
        List<Type.Field> fields = new ArrayList<>();
        schema.properties.forEach((name, property) -> fields.add(new Type.Field(name, type(property))));
        return fields;
    }

    private static List<Type.Field> distinct(List<Type.Field> fields) {
        Set<String> seen = new HashSet<>();
        return fields.stream()
                .filter(f -> seen.add(f.name()))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    private static Type or(@Nullable Type a, Type b) {
        if (a == null || a.equals(b)) {
            return b;
        }
        List<Type> options = new ArrayList<>();
        for (Type one : List.of(a, b)) {
            if (one instanceof Type.AnyOf any) {
                if (any.options().isEmpty()) {
                    return Type.ANY;
                }
                options.addAll(any.options());
            } else {
                options.add(one);
            }
        }
        return new Type.AnyOf(options.stream().distinct().toList());
    }
}

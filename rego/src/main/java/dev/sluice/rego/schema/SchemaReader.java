package dev.sluice.rego.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles one document. Used once. */
final class SchemaReader {
    static final Set<String> TYPES = Set.of("array", "boolean", "integer", "null", "number", "object", "string");

    private static final int MAX_DEPTH = 200;

    private final Value document;
    private final Map<String, Value> identified = new HashMap<>();
    private final IdentityHashMap<Value, JsonSchema> read = new IdentityHashMap<>();
    private int depth;

    SchemaReader(Value document) {
        this.document = document;
        identify(document, 0);
    }

    JsonSchema root() throws SchemaException {
        return schema(document);
    }

    private void identify(Value value, int level) {
        if (level > MAX_DEPTH) {
            return;
        }
        if (value instanceof ObjectValue object) {
            for (String field : List.of("$id", "id")) {
                if (object.get(field) instanceof StringValue id) {
                    identified.putIfAbsent(id.value(), object);
                }
            }
            object.entries().forEach(e -> identify(e.value(), level + 1));
        } else if (value instanceof ArrayValue array) {
            array.forEach(v -> identify(v, level + 1));
        }
    }

    private JsonSchema schema(Value value) throws SchemaException {
        JsonSchema known = read.get(value);
        if (known != null && value instanceof ObjectValue) {
            return known;
        }
        JsonSchema schema = new JsonSchema();
        if (value instanceof BooleanValue constant) {
            schema.always = constant.value();
            return schema;
        }
        if (!(value instanceof ObjectValue object)) {
            throw new SchemaException("schema is invalid");
        }
        if (++depth > MAX_DEPTH) {
            throw new SchemaException("schema is nested too deep");
        }
        read.put(object, schema);
        if (object.get("$ref") instanceof StringValue reference) {
            schema.target = schema(resolve(reference.value()));
        } else {
            fill(schema, object);
        }
        depth--;
        return schema;
    }

    private Value resolve(String reference) throws SchemaException {
        if (reference.equals("#")) {
            return document;
        }
        Value known = identified.get(reference);
        if (known != null) {
            return known;
        }
        int hash = reference.indexOf('#');
        Value at = hash > 0 ? identified.get(reference.substring(0, hash)) : document;
        if (hash < 0 || at == null) {
            throw new SchemaException("remote reference loading disabled: " + reference);
        }
        String pointer = reference.substring(hash + 1);
        for (String raw :
                pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
            String part = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8)
                    .replace("~1", "/")
                    .replace("~0", "~");
            Value next = switch (at) {
                case ObjectValue object -> object.get(part);
                case ArrayValue array ->
                    part.matches("\\d{1,6}") && Integer.parseInt(part) < array.size()
                            ? array.get(Integer.parseInt(part))
                            : null;
                default -> null;
            };
            if (next == null) {
                throw new SchemaException("Object has no key '" + part + "'");
            }
            at = next;
        }
        return at;
    }

    private void fill(JsonSchema schema, ObjectValue from) throws SchemaException {
        schema.title = text(from, "title");
        schema.description = text(from, "description");
        types(schema, from.get("type"));
        properties(schema, from);
        items(schema, from);
        numbers(schema, from);
        schema.minLength = count(from, "minLength");
        schema.maxLength = count(from, "maxLength");
        if (from.get("pattern") != null) {
            schema.pattern = pattern(text(from, "pattern"));
        }
        schema.format = text(from, "format");
        schema.constant = from.get("const");
        if (from.get("enum") instanceof ArrayValue values) {
            schema.enumeration = List.of(values.toArray());
        } else if (from.get("enum") != null) {
            throw new SchemaException("enum must be of type array");
        }
        schema.anyOf = list(from, "anyOf");
        schema.oneOf = list(from, "oneOf");
        schema.allOf = list(from, "allOf");
        schema.not = optional(from, "not");
        schema.when = optional(from, "if");
        schema.then = optional(from, "then");
        schema.otherwise = optional(from, "else");
        for (String field : List.of("definitions", "$defs")) {
            if (from.get(field) instanceof ObjectValue definitions) {
                for (ObjectValue.Entry entry : definitions.entries()) {
                    schema(entry.value());
                }
            }
        }
    }

    private static void types(JsonSchema schema, @Nullable Value given) throws SchemaException {
        List<Value> names = switch (given) {
            case null -> List.of();
            case StringValue name -> List.of(name);
            case ArrayValue all -> List.of(all.toArray());
            default -> throw new SchemaException("type must be of type string/array of strings");
        };
        for (Value name : names) {
            if (!(name instanceof StringValue text)) {
                throw new SchemaException("type must be of type string/array of strings");
            }
            if (!TYPES.contains(text.value())) {
                throw new SchemaException("has a primitive type that is NOT VALID -- given: /" + text.value()
                        + "/ Expected valid values are:[array boolean integer number null object string]");
            }
            if (!schema.types.add(text.value())) {
                throw new SchemaException(text.value() + " type is duplicated");
            }
        }
    }

    private void properties(JsonSchema schema, ObjectValue from) throws SchemaException {
        for (ObjectValue.Entry entry : entries(from, "properties")) {
            schema.properties.put(name(entry), schema(entry.value()));
        }
        for (ObjectValue.Entry entry : entries(from, "patternProperties")) {
            schema.patternProperties.put(pattern(name(entry)), schema(entry.value()));
        }
        schema.additionalProperties = optional(from, "additionalProperties");
        schema.propertyNames = optional(from, "propertyNames");
        schema.minProperties = count(from, "minProperties");
        schema.maxProperties = count(from, "maxProperties");
        schema.required = strings(from, "required");
        for (ObjectValue.Entry entry : entries(from, "dependencies")) {
            if (entry.value() instanceof ArrayValue keys) {
                List<String> names = new ArrayList<>();
                keys.forEach(k -> names.add(k instanceof StringValue s ? s.value() : ""));
                schema.neededKeys.put(name(entry), names);
            } else {
                schema.neededSchemas.put(name(entry), schema(entry.value()));
            }
        }
    }

    private void items(JsonSchema schema, ObjectValue from) throws SchemaException {
        if (from.get("items") instanceof ArrayValue) {
            schema.positions = list(from, "items");
        } else {
            schema.items = optional(from, "items");
        }
        schema.additionalItems = optional(from, "additionalItems");
        schema.contains = optional(from, "contains");
        schema.minItems = count(from, "minItems");
        schema.maxItems = count(from, "maxItems");
        schema.uniqueItems = from.get("uniqueItems") == BooleanValue.TRUE;
    }

    private static void numbers(JsonSchema schema, ObjectValue from) throws SchemaException {
        schema.multipleOf = number(from, "multipleOf");
        if (schema.multipleOf != null && schema.multipleOf.signum() <= 0) {
            throw new SchemaException("multipleOf must be strictly greater than 0");
        }
        schema.minimum = number(from, "minimum");
        schema.maximum = number(from, "maximum");
        // Draft 4: a flag that turns the other bound into an exclusive one.
        if (from.get("exclusiveMinimum") instanceof BooleanValue flag) {
            schema.exclusiveMinimum = flag.value() ? schema.minimum : null;
        } else {
            schema.exclusiveMinimum = number(from, "exclusiveMinimum");
        }
        if (from.get("exclusiveMaximum") instanceof BooleanValue flag) {
            schema.exclusiveMaximum = flag.value() ? schema.maximum : null;
        } else {
            schema.exclusiveMaximum = number(from, "exclusiveMaximum");
        }
    }

    private static String name(ObjectValue.Entry entry) {
        return entry.key() instanceof StringValue name
                ? name.value()
                : entry.key().toString();
    }

    private static List<ObjectValue.Entry> entries(ObjectValue from, String field) throws SchemaException {
        Value value = from.get(field);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof ObjectValue object)) {
            throw new SchemaException(field + " must be of type object");
        }
        return object.entries();
    }

    private @Nullable JsonSchema optional(ObjectValue from, String field) throws SchemaException {
        Value value = from.get(field);
        if (value == null) {
            return null;
        }
        if (!JsonSchema.isSchema(value)) {
            throw new SchemaException(field + " must be of type object");
        }
        return schema(value);
    }

    private List<JsonSchema> list(ObjectValue from, String field) throws SchemaException {
        Value value = from.get(field);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof ArrayValue array)) {
            throw new SchemaException(field + " must be of type array");
        }
        List<JsonSchema> out = new ArrayList<>();
        for (Value one : array) {
            out.add(schema(one));
        }
        return out;
    }

    private static List<String> strings(ObjectValue from, String field) throws SchemaException {
        Value value = from.get(field);
        // Draft 3 had a flag here; nobody is the worse for skipping it.
        if (!(value instanceof ArrayValue array)) {
            return List.of();
        }
        List<String> out = new ArrayList<>();
        for (Value one : array) {
            if (!(one instanceof StringValue text)) {
                throw new SchemaException(field + " items must be string");
            }
            if (out.contains(text.value())) {
                throw new SchemaException(field + " items must be unique");
            }
            out.add(text.value());
        }
        return out;
    }

    private static Pattern pattern(String text) throws SchemaException {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException invalid) {
            throw new SchemaException("Invalid regex pattern '" + text + "'");
        }
    }

    private static String text(ObjectValue from, String field) throws SchemaException {
        Value value = from.get(field);
        if (value == null) {
            return "";
        }
        if (value instanceof StringValue text) {
            return text.value();
        }
        throw new SchemaException(field + " must be of type string");
    }

    private static @Nullable NumberValue number(ObjectValue from, String field) throws SchemaException {
        Value value = from.get(field);
        if (value == null || value instanceof NumberValue) {
            return (NumberValue) value;
        }
        throw new SchemaException(field + " must be of a number");
    }

    private static @Nullable Long count(ObjectValue from, String field) throws SchemaException {
        NumberValue number = number(from, field);
        if (number == null) {
            return null;
        }
        if (!number.isLong()) {
            throw new SchemaException(field + " must be of an integer");
        }
        if (number.signum() < 0) {
            throw new SchemaException(field + " must be greater than or equal to 0");
        }
        return number.longValue();
    }
}

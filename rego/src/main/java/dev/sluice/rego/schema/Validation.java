package dev.sluice.rego.schema;

import com.google.re2j.Pattern;
import dev.sluice.rego.schema.JsonSchema.Fault;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One document checked against a schema. Texts are those of OPA's library. */
final class Validation {
    private static final int MAX_DEPTH = 300;
    private static final int MAX_FAULTS = 1000;

    private final List<Fault> faults = new ArrayList<>();
    private final int depth;
    private int score;

    private Validation(int depth) {
        this.depth = depth;
    }

    static List<Fault> of(JsonSchema schema, Value document) {
        Validation validation = new Validation(0);
        validation.check(schema, document, "");
        return List.copyOf(validation.faults);
    }

    private void fault(String type, String path, String text) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(new Fault(type, path.isEmpty() ? "(Root)" : path, text));
        }
    }

    private Validation trial(JsonSchema schema, Value value, String path) {
        Validation trial = new Validation(depth + 1);
        trial.check(schema, value, path);
        return trial;
    }

    private void merge(Validation other) {
        other.faults.forEach(f -> fault(f.type(), f.field(), f.description()));
        score += other.score;
    }

    private static String below(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private void check(JsonSchema given, Value value, String path) {
        if (depth > MAX_DEPTH) {
            fault("internal", path, "Internal Error nested too deep");
            return;
        }
        JsonSchema schema = given.resolved();
        if (schema.always != null) {
            if (!schema.always) {
                fault("false", path, "False always fails validation");
            }
            return;
        }
        String kind = kind(value);
        boolean fits = schema.types.isEmpty()
                || schema.types.contains(kind)
                || (kind.equals("integer") && schema.types.contains("number"));
        if (!fits) {
            String expected = schema.types.size() == 1
                    ? schema.types.iterator().next()
                    : schema.types.stream().collect(Collectors.joining(",", "[", "]"));
            fault("invalid_type", path, "Invalid type. Expected: " + expected + ", given: " + kind);
            return;
        }
        combinations(schema, value, path);
        switch (value) {
            case ArrayValue array -> array(schema, array, path);
            case ObjectValue object -> object(schema, object, path);
            default -> {}
        }
        if (value instanceof NumberValue number) {
            number(schema, number, path);
        }
        common(schema, value, path);
        if (value instanceof StringValue text) {
            string(schema, text.value(), path);
        }
        if (value instanceof ObjectValue object) {
            schema.properties.forEach((name, property) -> {
                Value next = object.get(name);
                if (next != null) {
                    merge(trial(property, next, below(path, name)));
                }
            });
        }
        score++;
    }

    private static String kind(Value value) {
        return switch (value) {
            case NullValue _ -> "null";
            case BooleanValue _ -> "boolean";
            case NumberValue number -> number.isInteger() ? "integer" : "number";
            case StringValue _ -> "string";
            case ArrayValue _ -> "array";
            case SetValue _ -> "array";
            case ObjectValue _ -> "object";
        };
    }

    private void combinations(JsonSchema schema, Value value, String path) {
        if (!schema.anyOf.isEmpty()) {
            Validation best = null;
            boolean one = false;
            for (JsonSchema option : schema.anyOf) {
                Validation trial = trial(option, value, path);
                one |= trial.faults.isEmpty();
                best = best == null || trial.score > best.score ? trial : best;
                if (one) {
                    break;
                }
            }
            if (!one) {
                fault("number_any_of", path, "Must validate at least one schema (anyOf)");
                if (best != null) {
                    merge(best);
                }
            }
        }
        if (!schema.oneOf.isEmpty()) {
            Validation best = null;
            int valid = 0;
            for (JsonSchema option : schema.oneOf) {
                Validation trial = trial(option, value, path);
                if (trial.faults.isEmpty()) {
                    valid++;
                } else if (valid == 0) {
                    best = best == null || trial.score > best.score ? trial : best;
                }
            }
            if (valid != 1) {
                fault("number_one_of", path, "Must validate one and only one schema (oneOf)");
                if (valid == 0 && best != null) {
                    merge(best);
                }
            }
        }
        boolean all = true;
        for (JsonSchema part : schema.allOf) {
            Validation trial = trial(part, value, path);
            all &= trial.faults.isEmpty();
            merge(trial);
        }
        if (!all) {
            fault("number_all_of", path, "Must validate all the schemas (allOf)");
        }
        if (schema.not != null && trial(schema.not, value, path).faults.isEmpty()) {
            fault("number_not", path, "Must not validate the schema (not)");
        }
        if (value instanceof ObjectValue object) {
            dependencies(schema, object, path);
        }
        if (schema.when != null) {
            boolean holds = trial(schema.when, value, path).faults.isEmpty();
            JsonSchema branch = holds ? schema.then : schema.otherwise;
            if (branch != null) {
                Validation trial = trial(branch, value, path);
                if (!trial.faults.isEmpty()) {
                    fault(
                            holds ? "condition_then" : "condition_else",
                            path,
                            holds
                                    ? "Must validate \"then\" as \"if\" was valid"
                                    : "Must validate \"else\" as \"if\" was not valid");
                    merge(trial);
                }
            }
        }
        score++;
    }

    private void dependencies(JsonSchema schema, ObjectValue object, String path) {
        schema.neededKeys.forEach((key, needed) -> {
            if (object.get(key) != null) {
                for (String other : needed) {
                    if (object.get(other) == null) {
                        fault("missing_dependency", path, "Has a dependency on " + other);
                    }
                }
            }
        });
        schema.neededSchemas.forEach((key, needed) -> {
            if (object.get(key) != null) {
                merge(trial(needed, object, path));
            }
        });
    }

    private void common(JsonSchema schema, Value value, String path) {
        String field = path.isEmpty() ? "(Root)" : path;
        if (schema.constant != null && !schema.constant.equals(value)) {
            fault("const", path, field + " does not match: " + Json.write(schema.constant));
        }
        if (schema.enumeration != null && !schema.enumeration.contains(value)) {
            String allowed = schema.enumeration.stream().map(Json::write).collect(Collectors.joining(", "));
            fault("enum", path, field + " must be one of the following: " + allowed);
        }
        if (!schema.format.isEmpty()
                && value instanceof StringValue text
                && !Formats.matches(schema.format, text.value())) {
            fault("format", path, "Does not match format '" + schema.format + "'");
        }
        score++;
    }

    private void array(JsonSchema schema, ArrayValue array, String path) {
        for (int i = 0; i < array.size(); i++) {
            JsonSchema item = schema.items;
            if (i < schema.positions.size()) {
                item = schema.positions.get(i);
            } else if (!schema.positions.isEmpty()) {
                item = schema.additionalItems;
                if (item != null && Boolean.FALSE.equals(item.always)) {
                    fault("array_no_additional_items", path, "No additional items allowed on array");
                    break;
                }
            }
            if (item != null) {
                merge(trial(item, array.get(i), below(path, Integer.toString(i))));
            }
        }
        if (schema.minItems != null && array.size() < schema.minItems) {
            fault("array_min_items", path, "Array must have at least " + schema.minItems + " items");
        }
        if (schema.maxItems != null && array.size() > schema.maxItems) {
            fault("array_max_items", path, "Array must have at most " + schema.maxItems + " items");
        }
        if (schema.uniqueItems) {
            Map<Value, Integer> seen = new HashMap<>();
            for (int j = 0; j < array.size(); j++) {
                Integer before = seen.put(array.get(j), j);
                if (before != null) {
                    fault("unique", path, "array items[" + before + "," + j + "] must be unique");
                }
            }
        }
        if (schema.contains != null) {
            Validation best = null;
            for (int i = 0; i < array.size(); i++) {
                Validation trial = trial(schema.contains, array.get(i), below(path, Integer.toString(i)));
                if (trial.faults.isEmpty()) {
                    score++;
                    return;
                }
                best = best == null || trial.score > best.score ? trial : best;
            }
            fault("contains", path, "At least one of the items must match");
            if (best != null) {
                merge(best);
            }
        }
        score++;
    }

    private void object(JsonSchema schema, ObjectValue object, String path) {
        if (schema.minProperties != null && object.size() < schema.minProperties) {
            fault("array_min_properties", path, "Must have at least " + schema.minProperties + " properties");
        }
        if (schema.maxProperties != null && object.size() > schema.maxProperties) {
            fault("array_max_properties", path, "Must have at most " + schema.maxProperties + " properties");
        }
        for (String name : schema.required) {
            if (object.get(name) == null) {
                fault("required", path, name + " is required");
            } else {
                score++;
            }
        }
        for (ObjectValue.Entry entry : object.entries()) {
            String key = Json.key(entry.key());
            boolean described = schema.properties.containsKey(key);
            for (Map.Entry<Pattern, JsonSchema> pattern : schema.patternProperties.entrySet()) {
                if (pattern.getKey().matcher(key).find()) {
                    described = true;
                    merge(trial(pattern.getValue(), entry.value(), below(path, key)));
                }
            }
            if (!described && schema.additionalProperties != null) {
                if (Boolean.FALSE.equals(schema.additionalProperties.always)) {
                    fault("additional_property_not_allowed", path, "Additional property " + key + " is not allowed");
                } else {
                    merge(trial(schema.additionalProperties, entry.value(), below(path, key)));
                }
            }
        }
        if (schema.propertyNames != null) {
            for (Value key : object.keys()) {
                String name = Json.key(key);
                Validation trial = trial(schema.propertyNames, StringValue.of(name), path);
                if (!trial.faults.isEmpty()) {
                    fault("invalid_property_name", path, "Property name of \"" + name + "\" does not match");
                    merge(trial);
                }
            }
        }
        score++;
    }

    private void string(JsonSchema schema, String text, String path) {
        int length = text.codePointCount(0, text.length());
        if (schema.minLength != null && length < schema.minLength) {
            fault("string_gte", path, "String length must be greater than or equal to " + schema.minLength);
        }
        if (schema.maxLength != null && length > schema.maxLength) {
            fault("string_lte", path, "String length must be less than or equal to " + schema.maxLength);
        }
        if (schema.pattern != null && !schema.pattern.matcher(text).find()) {
            fault("pattern", path, "Does not match pattern '" + schema.pattern + "'");
        }
        score++;
    }

    private void number(JsonSchema schema, NumberValue number, String path) {
        if (schema.multipleOf != null
                && number.asDecimal().remainder(schema.multipleOf.asDecimal()).signum() != 0) {
            fault("multiple_of", path, "Must be a multiple of " + schema.multipleOf);
        }
        if (schema.maximum != null && number.compareTo(schema.maximum) > 0) {
            fault("number_lte", path, "Must be less than or equal to " + schema.maximum);
        }
        if (schema.exclusiveMaximum != null && number.compareTo(schema.exclusiveMaximum) >= 0) {
            fault("number_lt", path, "Must be less than " + schema.exclusiveMaximum);
        }
        if (schema.minimum != null && number.compareTo(schema.minimum) < 0) {
            fault("number_gte", path, "Must be greater than or equal to " + schema.minimum);
        }
        if (schema.exclusiveMinimum != null && number.compareTo(schema.exclusiveMinimum) <= 0) {
            fault("number_gt", path, "Must be greater than " + schema.exclusiveMinimum);
        }
        score++;
    }
}

package dev.sluice.rego.builtin;

import dev.sluice.rego.schema.JsonSchema;
import dev.sluice.rego.schema.SchemaException;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.JsonFault;
import dev.sluice.rego.value.NullValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;

/** Documents and JSON Schemas: {@code json.match_schema} and {@code json.verify_schema}. */
final class JsonSchemas {
    private static final String DOCUMENT = "any<string, object[any: any]>";

    private JsonSchemas() {}

    static void declare(Registry registry) {
        registry.add(
                "json.verify_schema",
                "(schema: " + DOCUMENT + ") -> output: array<boolean, any<null, string>>",
                (_, args) -> {
                    try {
                        JsonSchema.of(document(args[0]));
                        return ArrayValue.of(BooleanValue.TRUE, NullValue.NULL);
                    } catch (SchemaException | BuiltinException wrong) {
                        return ArrayValue.of(BooleanValue.FALSE, StringValue.of("jsonschema: " + wrong.getMessage()));
                    }
                });
        registry.add(
                "json.match_schema",
                "(document: " + DOCUMENT + ", schema: " + DOCUMENT
                        + ") -> output: array<boolean, array[object<desc: string, error: string, field: string, type: string>]>",
                (_, args) -> {
                    Value document = document(args[0]);
                    try {
                        return faults(JsonSchema.of(document(args[1])).validate(document));
                    } catch (SchemaException wrong) {
                        throw BuiltinException.value(String.valueOf(wrong.getMessage()));
                    }
                });
    }

    private static Value faults(List<JsonSchema.Fault> faults) {
        List<Value> out = new ArrayList<>();
        for (JsonSchema.Fault fault : faults) {
            out.add(ObjectValue.builder()
                    .put("error", StringValue.of(fault.toString()))
                    .put("type", StringValue.of(fault.type()))
                    .put("field", StringValue.of(fault.field()))
                    .put("desc", StringValue.of(fault.description()))
                    .build());
        }
        return ArrayValue.of(BooleanValue.of(faults.isEmpty()), ArrayValue.of(out));
    }

    /** A document given as such or as JSON. Sets become arrays, as everywhere in JSON. */
    private static Value document(Value given) throws BuiltinException {
        try {
            return switch (given) {
                case StringValue text -> Json.read(text.value());
                case ObjectValue object -> Json.read(Json.write(object));
                case ArrayValue array -> Json.read(Json.write(array));
                default -> throw BuiltinException.value("wrong type, expected string or object");
            };
        } catch (JsonFault fault) {
            throw BuiltinException.value("invalid JSON string");
        }
    }
}

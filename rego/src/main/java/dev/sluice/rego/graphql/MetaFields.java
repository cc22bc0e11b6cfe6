package dev.sluice.rego.graphql;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;

/** The fields by which a schema tells of itself (GraphQL, October 2021, section 4). */
final class MetaFields {
    static final ObjectValue TYPENAME = field("__typename", type("String", true), ArrayValue.EMPTY);
    static final ObjectValue SCHEMA = field("__schema", type("__Schema", true), ArrayValue.EMPTY);
    static final ObjectValue TYPE = field(
            "__type", type("__Type", false), ArrayValue.of(field("name", type("String", true), ArrayValue.EMPTY)));

    private MetaFields() {}

    private static ObjectValue field(String name, ObjectValue type, ArrayValue arguments) {
        return ObjectValue.builder()
                .put("Name", StringValue.of(name))
                .put("Type", type)
                .put("Arguments", arguments)
                .build();
    }

    private static ObjectValue type(String name, boolean nonNull) {
        return ObjectValue.builder()
                .put("NamedType", StringValue.of(name))
                .put("NonNull", BooleanValue.of(nonNull))
                .build();
    }
}

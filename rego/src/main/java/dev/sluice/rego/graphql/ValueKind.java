package dev.sluice.rego.graphql;

import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;

/** The kinds of values, in the order whose numbers trees hold. */
enum ValueKind {
    VARIABLE,
    INT,
    FLOAT,
    STRING,
    BLOCK,
    BOOLEAN,
    NULL,
    ENUM,
    LIST,
    OBJECT;

    static ValueKind of(ObjectValue value) {
        int number = value.get("Kind") instanceof NumberValue n && n.isLong() ? (int) n.longValue() : 0;
        return number >= 0 && number < values().length ? values()[number] : VARIABLE;
    }
}

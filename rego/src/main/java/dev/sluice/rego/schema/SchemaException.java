package dev.sluice.rego.schema;

/** Says why a document is no JSON Schema. */
public final class SchemaException extends Exception {
    SchemaException(String message) {
        super(message, null, false, false);
    }
}

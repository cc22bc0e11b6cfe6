package dev.sluice.kernel.facts;

import dev.sluice.rego.Schemas;
import dev.sluice.rego.schema.SchemaException;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The JSON Schema of what {@link PolicyInput} renders. Policies are checked against it when they are saved. */
public final class PolicyInputSchema {
    private static final Value DOCUMENT = read();
    private static final Schemas SCHEMAS = schemas(DOCUMENT);

    private PolicyInputSchema() {}

    /** The schema as a document. */
    public static Value document() {
        return DOCUMENT;
    }

    /** The schema for the policy compiler, as that of {@code input}; paths that are unknown, and not misspelt, are warnings. */
    public static Schemas schemas() {
        return SCHEMAS;
    }

    private static Schemas schemas(Value document) {
        try {
            return Schemas.ofInput(document).leniently().forPackage("cloudsmith");
        } catch (SchemaException malformed) {
            throw new IllegalStateException("policy-input.schema.json: " + malformed.getMessage(), malformed);
        }
    }

    private static Value read() {
        try (InputStream in = PolicyInputSchema.class.getResourceAsStream("policy-input.schema.json")) {
            if (in == null) {
                throw new IllegalStateException("policy-input.schema.json is missing");
            }
            return Json.read(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}

package dev.sluice.kernel.facts;

import dev.sluice.rego.Schemas;
import dev.sluice.rego.schema.SchemaException;
import dev.sluice.rego.value.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The JSON Schema of what {@link PolicyInput} renders. Policies are checked against it when they are saved. */
public final class PolicyInputSchema {
    private static final String TEXT = text();
    private static final Schemas SCHEMAS = schemas(TEXT);

    private PolicyInputSchema() {}

    /** The schema as JSON. */
    public static String json() {
        return TEXT;
    }

    /** The schema for the policy compiler, as that of {@code input}. */
    public static Schemas schemas() {
        return SCHEMAS;
    }

    private static Schemas schemas(String text) {
        try {
            return Schemas.ofInput(Json.read(text));
        } catch (SchemaException malformed) {
            throw new IllegalStateException("policy-input.schema.json: " + malformed.getMessage(), malformed);
        }
    }

    private static String text() {
        try (InputStream in = PolicyInputSchema.class.getResourceAsStream("policy-input.schema.json")) {
            if (in == null) {
                throw new IllegalStateException("policy-input.schema.json is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}

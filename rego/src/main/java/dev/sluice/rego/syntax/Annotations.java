package dev.sluice.rego.syntax;

import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a METADATA comment says.
 *
 * @param location the line that says METADATA
 * @param scope {@code rule}, {@code document}, {@code package} or {@code subpackages}
 * @param fields everything it says, as {@code rego.metadata} gives it to policies
 * @param schemas the types it gives to places of documents
 */
public record Annotations(Location location, String scope, ObjectValue fields, List<SchemaUse> schemas) {
    public Annotations {
        schemas = List.copyOf(schemas);
    }

    /**
     * A schema for a place.
     *
     * @param path the place, for example {@code input.package}
     * @param reference the name of a schema that the host knows, for example {@code schema.input}; null when it is here
     * @param definition the schema itself; null when it is referred to
     */
    public record SchemaUse(
            List<String> path,
            @Nullable List<String> reference,
            @Nullable Value definition) {}

    /** Its title, or the empty string. */
    public String title() {
        return text("title");
    }

    /** Its description, or the empty string. */
    public String description() {
        return text("description");
    }

    private String text(String field) {
        return fields.get(field) instanceof StringValue text ? text.value().strip() : "";
    }
}

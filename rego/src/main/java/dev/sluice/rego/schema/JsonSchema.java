package dev.sluice.rego.schema;

import com.google.re2j.Pattern;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A compiled JSON Schema. Drafts 4, 6 and 7 as OPA's library reads them; addresses outside the document are not
 * followed. Safe to share between threads.
 */
public final class JsonSchema {
    /** The answer to every document; null where the schema is not just true or false. */
    @Nullable
    Boolean always;

    /** What stands behind {@code $ref}. */
    @Nullable
    JsonSchema target;

    String title = "";
    String description = "";
    final Set<String> types = new TreeSet<>();
    final Map<String, JsonSchema> properties = new LinkedHashMap<>();
    final Map<Pattern, JsonSchema> patternProperties = new LinkedHashMap<>();

    @Nullable
    JsonSchema additionalProperties;

    @Nullable
    JsonSchema propertyNames;

    List<String> required = List.of();
    final Map<String, List<String>> neededKeys = new LinkedHashMap<>();
    final Map<String, JsonSchema> neededSchemas = new LinkedHashMap<>();

    @Nullable
    Long minProperties;

    @Nullable
    Long maxProperties;

    @Nullable
    JsonSchema items;

    List<JsonSchema> positions = List.of();

    @Nullable
    JsonSchema additionalItems;

    @Nullable
    JsonSchema contains;

    @Nullable
    Long minItems;

    @Nullable
    Long maxItems;

    boolean uniqueItems;

    @Nullable
    NumberValue multipleOf;

    @Nullable
    NumberValue minimum;

    @Nullable
    NumberValue maximum;

    @Nullable
    NumberValue exclusiveMinimum;

    @Nullable
    NumberValue exclusiveMaximum;

    @Nullable
    Long minLength;

    @Nullable
    Long maxLength;

    @Nullable
    Pattern pattern;

    String format = "";

    @Nullable
    Value constant;

    @Nullable
    List<Value> enumeration;

    List<JsonSchema> anyOf = List.of();
    List<JsonSchema> oneOf = List.of();
    List<JsonSchema> allOf = List.of();

    @Nullable
    JsonSchema not;

    @Nullable
    JsonSchema when;

    @Nullable
    JsonSchema then;

    @Nullable
    JsonSchema otherwise;

    JsonSchema() {}

    /** One way in which a document does not fit. */
    public record Fault(String type, String field, String description) {
        /** The field and what is wrong with it. */
        @Override
        public String toString() {
            return field + ": " + description;
        }
    }

    /**
     * The schema that a document is.
     *
     * @throws SchemaException when it is none
     */
    public static JsonSchema of(Value document) throws SchemaException {
        return new SchemaReader(document).root();
    }

    /** What is wrong with a document; empty when it fits. */
    public List<Fault> validate(Value document) {
        return Validation.of(this, document);
    }

    /** Itself, or what its reference leads to. */
    JsonSchema resolved() {
        JsonSchema schema = this;
        for (int hops = 0; schema.target != null && hops < 100; hops++) {
            schema = schema.target;
        }
        return schema;
    }

    static boolean isSchema(Value value) {
        return value instanceof ObjectValue || value instanceof dev.sluice.rego.value.BooleanValue;
    }
}

package dev.sluice.rego;

import dev.sluice.rego.schema.JsonSchema;
import dev.sluice.rego.schema.SchemaException;
import dev.sluice.rego.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The schemas a host gives modules to be checked against. Immutable.
 *
 * @param named by the names that METADATA refers to, for example {@code schema.input}; the one of that name is also that
 *     of {@code input} where METADATA says nothing else
 * @param checked whether types and METADATA are checked at all
 * @param lenient whether a path that no schema knows, and that is near none it knows, is a warning and no error
 * @param only the package whose modules alone see the schema of the input, or null for all
 */
public record Schemas(
        Map<String, JsonSchema> named,
        boolean checked,
        boolean lenient,
        @Nullable String only) {
    /** No schemas: documents may be anything. */
    public static final Schemas NONE = new Schemas(Map.of(), true, false, null);

    /**
     * No check of types or METADATA, for modules that were accepted before: what a newer checker finds in them must not
     * keep them from running.
     */
    public static final Schemas UNCHECKED = new Schemas(Map.of(), false, false, null);

    private static final String INPUT = "schema.input";

    public Schemas {
        named = Map.copyOf(named);
    }

    /**
     * The schema of the input.
     *
     * @throws SchemaException when the document is no JSON Schema
     */
    public static Schemas ofInput(Value document) throws SchemaException {
        return NONE.with(INPUT, document);
    }

    /**
     * The same with one more.
     *
     * @param name begins with {@code schema.}
     * @throws SchemaException when the document is no JSON Schema
     */
    public Schemas with(String name, Value document) throws SchemaException {
        Map<String, JsonSchema> more = new HashMap<>(named);
        more.put(name, JsonSchema.of(document));
        return new Schemas(more, checked, lenient, only);
    }

    /** The same, with paths that are unknown, and not merely misspelt, as warnings. */
    public Schemas leniently() {
        return new Schemas(named, checked, true, only);
    }

    /** The same; the schema of the input is that of the modules of one package, what others see may be anything. */
    public Schemas forPackage(String name) {
        return new Schemas(named, checked, lenient, name);
    }

    /** The schema of {@code input} for the modules of a package, or null where it may be anything. */
    public @Nullable JsonSchema input(List<String> packagePath) {
        return only == null || only.equals(String.join(".", packagePath)) ? named.get(INPUT) : null;
    }
}

package dev.sluice.formats.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON as a protocol reads and writes it, within limits of depth and of the length of its texts. Immutable; thread-safe. */
public final class BoundedJson {

    /** For documents and answers of this product: 64 levels, texts of 4 Mi characters. */
    public static final BoundedJson SMALL = new BoundedJson(64, 4 << 20, 1_000);

    private final JsonFactory streams;
    private final JsonMapper trees;

    /**
     * JSON within those limits.
     *
     * @param depth levels of nesting
     * @param text characters of a string or of a member's name
     * @param number characters of a number
     * @param allowed what is read although it is no JSON by RFC 8259
     */
    public BoundedJson(int depth, int text, int number, JsonReadFeature... allowed) {
        JsonFactoryBuilder builder = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depth)
                        .maxStringLength(text)
                        .maxNameLength(text)
                        .maxNumberLength(number)
                        .build());
        for (JsonReadFeature feature : allowed) {
            builder.enable(feature);
        }
        streams = builder.build();
        // Members of a document may be names of files or versions: a table of all that were ever read would only grow
        // and be copied.
        trees = new JsonMapper(builder.disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .build());
    }

    /** Readers and writers that hold no more than the current token. */
    public JsonFactory streams() {
        return streams;
    }

    /** An empty object. */
    public ObjectNode object() {
        return trees.createObjectNode();
    }

    /** The UTF-8 form. */
    public byte[] bytes(JsonNode node) {
        return trees.writeValueAsBytes(node);
    }

    /** The document, or null when it is empty, no JSON, or beyond the limits. */
    public @Nullable JsonNode readOrNull(byte[] document) {
        if (document.length == 0) {
            return null;
        }
        try {
            return trees.readTree(document);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** A member that is a string, or null. */
    public static @Nullable String text(JsonNode node, String member) {
        JsonNode value = node.get(member);
        return value != null && value.isString() ? value.stringValue() : null;
    }
}

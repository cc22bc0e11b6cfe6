package dev.sluice.formats.pypi;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON as it is read and written here, with its limits. */
final class Json {

    /** A page may be as long as the gate allows: that bounds its texts as well, so that an odd one costs no more than itself. */
    private static final int MAX_TEXT = Integer.MAX_VALUE;

    /** Streaming readers and writers; what they read is bounded in depth and in the length of its strings. */
    static final JsonFactory STREAMS = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(980) // as deep as Python reads
                    .maxStringLength(MAX_TEXT)
                    .maxNameLength(MAX_TEXT)
                    .maxNumberLength(4_300)
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** Members of the documents of releases are names of files: a table of all that were ever read would only grow and be copied. */
    private static final JsonMapper MAPPER = new JsonMapper(STREAMS.rebuild()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build());

    private Json() {}

    /** An empty object. */
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The UTF-8 form. */
    static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** The document, or null when it is no JSON. */
    static @Nullable JsonNode readOrNull(byte[] document) {
        if (document.length == 0) {
            return null;
        }
        try {
            return MAPPER.readTree(document);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** A member that is a string, or null. */
    static @Nullable String text(JsonNode node, String member) {
        JsonNode value = node.get(member);
        return value != null && value.isString() ? value.stringValue() : null;
    }
}

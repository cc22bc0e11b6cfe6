package dev.sluice.server.api;

import dev.sluice.kernel.format.Response;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads bodies of calls and writes answers, as JSON. */
final class Replies {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxStringLength(512 * 1024)
                            .maxNumberLength(100)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private Replies() {}

    /** The object in the body. Throws {@link Problem} when there is none; the server bounds its length. */
    static ObjectNode object(Call call) throws IOException {
        byte[] body;
        try (var in = call.request().body()) {
            body = in.readAllBytes();
        }
        try {
            JsonNode node = JSON.readTree(body);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw Problem.badRequest("the body is not JSON: " + e.getOriginalMessage());
        }
        throw Problem.badRequest("the body must be a JSON object");
    }

    /** A new object. */
    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A new list. */
    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** An answer. */
    static Response json(int status, JsonNode body) {
        return Response.of(status, "application/json", JSON.writeValueAsBytes(body))
                .with("Cache-Control", "no-store");
    }

    /** A list of texts. */
    static ArrayNode texts(Iterable<String> texts) {
        ArrayNode list = array();
        texts.forEach(list::add);
        return list;
    }

    /**
     * One page of a list, by the query parameters {@code page} (from 1) and {@code page_size} (1 to 500, 50 unless told).
     * Throws {@link Problem} 404 for a page that does not exist.
     */
    static Response page(Call call, List<? extends JsonNode> all) {
        int size = number(call, "page_size", 50, 1, 500);
        int page = number(call, "page", 1, 1, 1_000_000);
        int pages = Math.max(1, (all.size() + size - 1) / size);
        if (page > pages) {
            throw Problem.notFound("Invalid page.");
        }
        ObjectNode body = object();
        ArrayNode results = body.putArray("results");
        all.stream().skip((long) (page - 1) * size).limit(size).forEach(results::add);
        body.put("count", all.size()).put("page", page).put("page_size", size).put("page_total", pages);
        return json(200, body)
                .with("X-Pagination-Count", Integer.toString(all.size()))
                .with("X-Pagination-Page", Integer.toString(page))
                .with("X-Pagination-PageSize", Integer.toString(size))
                .with("X-Pagination-PageTotal", Integer.toString(pages));
    }

    /** A number in the query. Throws {@link InvalidInputException} when it is none or out of range. */
    static int number(Call call, String name, int otherwise, int min, int max) {
        String text = call.request().query(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw InvalidInputException.field(name, "must be a whole number from " + min + " to " + max);
    }
}

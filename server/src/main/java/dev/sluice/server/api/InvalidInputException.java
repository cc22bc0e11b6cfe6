package dev.sluice.server.api;

import dev.sluice.kernel.format.Response;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Input of the API is not as it must be, field by field; answered in the shape of the published contract. */
final class InvalidInputException extends RuntimeException {

    private final int status;
    private final ObjectNode body;

    private InvalidInputException(int status, ObjectNode body) {
        super("Invalid input.", null, false, false);
        this.status = status;
        this.body = body;
    }

    /** Fields with what is wrong about each. */
    static InvalidInputException fields(Map<String, List<String>> faults) {
        ObjectNode body = invalid();
        ObjectNode fields = body.putObject("fields");
        faults.forEach((name, messages) -> {
            ArrayNode list = fields.putArray(name);
            messages.forEach(list::add);
        });
        return new InvalidInputException(400, body);
    }

    /** One field with what is wrong about it. */
    static InvalidInputException field(String name, String message) {
        return fields(Map.of(name, List.of(message)));
    }

    /** Something about the whole, with a code that programs can tell (status 422). */
    static InvalidInputException whole(String message, String code) {
        ObjectNode body = invalid();
        body.putObject("fields")
                .putArray("non_field_errors")
                .addObject()
                .put("string", message)
                .put("code", code);
        return new InvalidInputException(422, body);
    }

    /** Rego that does not compile: the contract's shape, with the findings beside it. */
    static InvalidInputException rego(List<String> messages, ArrayNode findings) {
        ObjectNode body = invalid();
        ArrayNode list = body.putObject("fields").putArray("rego");
        messages.forEach(list::add);
        body.set("findings", findings);
        return new InvalidInputException(400, body);
    }

    private static ObjectNode invalid() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("detail", "Invalid input.")
                .put("code", "invalid");
    }

    /** The response that says it. */
    Response response() {
        return Replies.json(status, body);
    }
}

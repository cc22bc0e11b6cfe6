package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Dialect;
import dev.sluice.kernel.format.Response;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers that say what went wrong: pip and twine print the reason phrase, uv the members of RFC 9457.
 */
final class Problem {

    /** How Python's clients are told of failures. */
    static final Dialect DIALECT = Problem::of;

    private Problem() {}

    /** A problem with that status. */
    static Response of(int status, String detail) {
        ObjectNode json = PypiFormat.JSON.object();
        json.put("title", title(status));
        json.put("status", status);
        json.put("detail", detail);
        json.put("error", detail);
        return Response.of(status, "application/problem+json", PypiFormat.JSON.bytes(json))
                .withReason(detail)
                .with("Cache-Control", "no-store");
    }

    /** What kind of problem it is; uv prints it before the detail. */
    private static String title(int status) {
        return switch (status) {
            case 400 -> "Upload rejected";
            case 404 -> "Not found";
            case 409 -> "Conflict";
            case 502, 503 -> "Upstream unavailable";
            default -> "Rejected";
        };
    }
}

package dev.sluice.server.operation;

import dev.sluice.kernel.format.Response;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that cannot be answered as asked, and why.
 *
 * <p>As a response it is RFC 9457 problem+json with two more members: {@code error} (read by npm and yarn) and {@code errors}
 * (read by cargo and OCI clients). The media type carries no charset, because Maven compares it exactly.
 */
public final class Problem extends RuntimeException {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final int status;
    private final String title;
    private final String detail;

    /**
     * A problem.
     *
     * @param status HTTP status
     * @param title what is wrong, in a few words
     * @param detail what is wrong here and what to do about it
     */
    public Problem(int status, String title, String detail) {
        super(title + ": " + detail, null, false, false);
        this.status = status;
        this.title = title;
        this.detail = detail;
    }

    /** Something that is not there. */
    public static Problem notFound(String detail) {
        return new Problem(404, "Not found", detail);
    }

    /** Something that the caller wrote wrongly. */
    public static Problem badRequest(String detail) {
        return new Problem(400, "Bad request", detail);
    }

    /** The database that nodes share does not answer, so that nobody knows what was changed. */
    public static Problem outOfTouch() {
        return new Problem(
                503,
                "Database unavailable",
                "the registry's database does not answer, and nothing is decided without it; try again in a moment");
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** What is wrong here and what to do about it. */
    public String detail() {
        return detail;
    }

    /** The response that says it. */
    public Response response() {
        return response(status, title, detail);
    }

    /** The response that says it. */
    public static Response response(int status, String title, String detail) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail);
        body.put("error", title + ": " + detail);
        body.putArray("errors")
                .addObject()
                .put("code", code(status))
                .put("message", title + ": " + detail)
                .put("detail", detail);
        return Response.of(status, "application/problem+json", JSON.writeValueAsBytes(body))
                .withReason(title + ": " + detail)
                .with("Cache-Control", "no-store");
    }

    private static String code(int status) {
        return switch (status) {
            case 401 -> "UNAUTHORIZED";
            case 403 -> "DENIED";
            case 404 -> "NOT_FOUND";
            case 405, 501 -> "UNSUPPORTED";
            case 413 -> "SIZE_INVALID";
            case 429 -> "TOOMANYREQUESTS";
            default -> status >= 500 ? "UNKNOWN" : "INVALID";
        };
    }
}

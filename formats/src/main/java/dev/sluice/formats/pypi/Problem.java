package dev.sluice.formats.pypi;

import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Missing;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers that say what went wrong: pip and twine print the reason phrase, uv the members of RFC 9457.
 */
final class Problem {

    private static final int MAX_PHRASE = 200;

    private Problem() {}

    /** A problem with that status. */
    static Response of(int status, String detail) {
        ObjectNode json = Json.object();
        json.put("title", title(status));
        json.put("status", status);
        json.put("detail", detail);
        json.put("error", detail);
        return Response.of(status, "application/problem+json", Json.bytes(json))
                .withReason(phrase(detail))
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

    /** The answer to what is not there: 404, or 502 where an upstream could not be asked. */
    static Response of(Missing missing) {
        return missing.on(of(missing.status(), missing.why()));
    }

    private static String phrase(String text) {
        StringBuilder phrase = new StringBuilder(Math.min(text.length(), MAX_PHRASE));
        for (int i = 0; i < text.length() && phrase.length() < MAX_PHRASE; i++) {
            char c = text.charAt(i);
            phrase.append(c >= 32 && c < 127 ? c : c < 32 ? ' ' : '?');
        }
        return phrase.toString();
    }
}

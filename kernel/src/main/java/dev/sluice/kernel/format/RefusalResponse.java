package dev.sluice.kernel.format;

import dev.sluice.kernel.gate.Refusal;
import dev.sluice.kernel.policy.PackageState;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The response that every client served here can show: status 403, a reason phrase, and one JSON body.
 *
 * <p>npm and yarn 1 read {@code error}, Maven 3.9 and uv read RFC 9457 members (and compare the media type exactly), cargo and
 * OCI clients read {@code errors[]}; pip, twine, pnpm and Maven 3.8 show the reason phrase only.
 */
public final class RefusalResponse {

    /** What header {@code X-Error-Code} of a refusal says. */
    public static final String CODE = "GatedRepo";

    private static final int MAX_REASON_PHRASE = 200;

    private RefusalResponse() {}

    /**
     * The response to a refusal.
     *
     * @param origin scheme, host and port as the client sees them, for the why address
     */
    public static Response of(Refusal refusal, String origin) {
        String why = origin + "/why/" + refusal.id();
        String title = "Blocked by policy " + refusal.policy();
        String sentence = sentence(refusal);
        String full = title + ": " + sentence + " See " + why;
        StringBuilder json = new StringBuilder(512).append('{');
        member(json, "type", why).append(',');
        member(json, "title", title).append(",\"status\":403,");
        member(json, "detail", sentence + " See " + why).append(',');
        member(json, "instance", "/why/" + refusal.id()).append(',');
        member(json, "error", full).append(",\"errors\":[{\"code\":\"DENIED\",");
        member(json, "message", full).append(',');
        member(json, "detail", full).append("}],");
        member(json, "policy", refusal.policy()).append(',');
        member(json, "package", refusal.subject()).append(",\"reasons\":");
        quote(json, refusal.reasons());
        if (refusal.nearestAllowed() != null) {
            member(json.append(','), "nearest_allowed", refusal.nearestAllowed());
            json.append(",\"nearest_awaits\":");
            quote(json, refusal.nearestAwaits());
        }
        if (refusal.until() != null) {
            member(json.append(','), "until", refusal.until().toString());
        }
        member(json.append(','), "why", why).append("}\n");
        return Response.of(403, "application/problem+json", json.toString().getBytes(StandardCharsets.UTF_8))
                .withReason(phrase(refusal, title, why))
                .with("npm-notice", Printable.ascii(full, 500))
                .with("X-Error-Message", Printable.ascii(full, 500))
                .with("X-Error-Code", CODE)
                .with("Cache-Control", "no-store");
    }

    /** One to three sentences: what, why, what to do instead, until when. */
    public static String sentence(Refusal refusal) {
        StringBuilder text = new StringBuilder(refusal.subject())
                .append(refusal.state() == PackageState.HIDDEN ? " is held back: " : " is withheld: ")
                .append(String.join("; ", refusal.reasons()));
        endSentence(text);
        if (refusal.nearestAllowed() != null) {
            text.append(" Nearest allowed version: ")
                    .append(refusal.nearestAllowed())
                    .append('.');
        }
        if (refusal.until() != null) {
            text.append(" Allowed from ")
                    .append(refusal.until().truncatedTo(ChronoUnit.SECONDS))
                    .append('.');
        }
        if (!refusal.description().isBlank()) {
            text.append(' ').append(refusal.description().strip());
            endSentence(text);
        }
        return text.toString();
    }

    private static void endSentence(StringBuilder text) {
        char last = text.charAt(text.length() - 1);
        if (last != '.' && last != '!' && last != '?') {
            text.append('.');
        }
    }

    /**
     * A reason phrase: printable ASCII, bounded, always ending in the why address (RFC 9112, section 4).
     *
     * <p>What to do instead comes first: real coordinates and reasons are long, and the client has named the coordinates itself.
     */
    private static String phrase(Refusal refusal, String title, String why) {
        StringBuilder text = new StringBuilder(title).append('.');
        if (refusal.nearestAllowed() != null) {
            text.append(" Nearest allowed version: ")
                    .append(refusal.nearestAllowed())
                    .append('.');
        }
        if (refusal.until() != null) {
            text.append(" Allowed from ")
                    .append(refusal.until().truncatedTo(ChronoUnit.SECONDS))
                    .append('.');
        }
        text.append(' ').append(String.join("; ", refusal.reasons()));
        endSentence(text);
        text.append(' ').append(refusal.subject());
        String tail = " " + why;
        return Printable.ascii(text.toString(), Math.max(40, MAX_REASON_PHRASE - tail.length()))
                + Printable.ascii(tail, 160);
    }

    private static StringBuilder member(StringBuilder json, String name, String value) {
        quote(json, name).append(':');
        return quote(json, value);
    }

    private static void quote(StringBuilder json, List<String> texts) {
        json.append('[');
        for (int i = 0; i < texts.size(); i++) {
            quote(i == 0 ? json : json.append(','), texts.get(i));
        }
        json.append(']');
    }

    /** Writes a JSON string (RFC 8259, section 7). */
    private static StringBuilder quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                default -> {
                    if (c < 32 || Character.isSurrogate(c)) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"');
    }

    /** The header lines for what a release comes with: warnings of policies, staleness. */
    public static Response withNotices(Response response, List<String> notices, boolean stale) {
        Response result = response;
        if (!notices.isEmpty()) {
            result = result.with("npm-notice", Printable.ascii(String.join(" | ", notices), 500))
                    .with(
                            "Warning",
                            "299 - \""
                                    + Printable.ascii(notices.getFirst(), 300)
                                            .replace('"', '\'')
                                            .replace('\\', '/') + '"');
        }
        if (stale) {
            result = result.with("X-Sluice-Stale", "upstream unavailable; served from what is kept here")
                    .with("Warning", "111 - \"Revalidation Failed\"");
        }
        return result;
    }
}

package dev.sluice.formats.protocol;

import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Etags;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Notices;
import java.util.List;

/**
 * Answers that depend on decisions: clients keep them and ask each time whether they still hold (RFC 9111, section 5.2.2.4). None
 * has a Last-Modified of its own: decisions change a body without any file changing, and Gradle takes equal times and lengths for
 * equal contents.
 */
public final class Conditional {

    private Conditional() {}

    /** The response, to be kept by its client only: a shared cache would answer without asking the gate. */
    public static Response askingEachTime(Response response) {
        return response.with("Cache-Control", "private, no-cache");
    }

    /** The rendering of an index, or 304 when the client has exactly this, with what else is to be told. */
    public static Response answer(Request request, Listed.Rendering rendering, Notices notices) {
        List<String> known = request.headers("If-None-Match");
        boolean unchanged = !known.isEmpty() && Etags.matches(String.join(",", known), rendering.etag());
        Response response =
                unchanged ? Response.empty(304) : Response.of(200, rendering.contentType(), rendering.zipped());
        return RefusalResponse.withNotices(
                askingEachTime(response.with("ETag", rendering.etag())).with("Vary", "Accept, Accept-Encoding"),
                notices.lines(),
                notices.stale());
    }

    /** A document that was made for this request, or 304 when the client has exactly this. */
    public static Response answer(Request request, byte[] body, String contentType) {
        return answer(request, new Listed.Rendering(body, contentType), Notices.NONE);
    }
}

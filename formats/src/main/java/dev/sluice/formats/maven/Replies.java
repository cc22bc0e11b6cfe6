package dev.sluice.formats.maven;

import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Etags;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.json.JsonMapper;

/** The responses that several endpoints give, in the forms that Maven clients show to people. */
final class Replies {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_REASON = 200;

    private Replies() {}

    /**
     * Metadata, or 304 when the client has exactly this. No Last-Modified: decisions change bodies without any file changing,
     * and Gradle takes equal times and lengths for equal contents.
     */
    static Response metadata(Exchange exchange, String contentType, byte[] body, String etag) {
        String known = exchange.request().header("If-None-Match");
        Response response =
                known != null && Etags.matches(known, etag) ? Response.empty(304) : Response.of(200, contentType, body);
        return response.with("ETag", etag).with("Cache-Control", "no-cache");
    }

    /** A checksum side-car of these bytes. */
    static Response checksum(Exchange exchange, Algorithm algorithm, byte[] of) {
        return checksum(exchange, hex(algorithm, of));
    }

    /** A checksum side-car with that value. */
    static Response checksum(Exchange exchange, String hex) {
        byte[] body = hex.getBytes(StandardCharsets.US_ASCII);
        return metadata(exchange, "text/plain", body, Etags.of(body));
    }

    private static String hex(Algorithm algorithm, byte[] bytes) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm.jcaName()).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm.jcaName(), e);
        }
    }

    /** What policy withholds. */
    static Response refused(Exchange exchange, Refused refused) {
        return RefusalResponse.of(refused.refusal(), exchange.request().origin());
    }

    /**
     * What is not there, or not known to be there: a 404 makes Maven remember the absence, so an unknown one is a 502. The 404 is
     * plain text: Maven's resolver takes any problem+json for a failed transfer, also where the absence of a file is normal.
     */
    static Response missing(Missing missing) {
        return missing.unavailable()
                ? missing.on(problem(missing.status(), "Upstream unavailable", missing.why()))
                : Response.text(404, missing.why()).with("Cache-Control", "no-cache");
    }

    /** A message in every form that a Maven client shows: reason phrase (3.8), RFC 9457 problem (3.9, 4), text for people. */
    static Response problem(int status, String title, String detail) {
        byte[] body = JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("error", title + ": " + detail));
        return Response.of(status, "application/problem+json", body)
                .withReason(phrase(title + ": " + detail))
                .with("Cache-Control", "no-cache");
    }

    private static String phrase(String text) {
        StringBuilder plain = new StringBuilder(MAX_REASON);
        for (int i = 0; i < text.length() && plain.length() < MAX_REASON; i++) {
            char c = text.charAt(i);
            plain.append(c >= 32 && c < 127 ? c : c < 32 ? ' ' : '?');
        }
        return plain.toString();
    }
}

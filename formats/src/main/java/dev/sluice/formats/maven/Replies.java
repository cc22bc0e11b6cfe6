package dev.sluice.formats.maven;

import dev.sluice.formats.protocol.BoundedJson;
import dev.sluice.formats.protocol.Dialect;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Upload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The responses that several endpoints give, in the forms that Maven clients show to people. */
final class Replies {

    /**
     * How Maven's clients are told of failures. A 404 makes Maven remember the absence, so an unknown one is a 502. The 404 is plain
     * text: Maven's resolver takes any problem+json for a failed transfer, also where the absence of a file is normal.
     */
    static final Dialect DIALECT = new Dialect() {
        @Override
        public Response failure(int status, String why) {
            return switch (status) {
                case 404 -> Response.text(404, why).with("Cache-Control", "no-cache");
                case 502, 503 -> problem(status, "Upstream unavailable", why);
                default -> problem(status, "Not deployed", why);
            };
        }

        @Override
        public Response mismatched(Upload.DigestMismatchException mismatch) {
            return problem(400, "Checksum mismatch", String.valueOf(mismatch.getMessage()));
        }
    };

    private Replies() {}

    /** A checksum side-car of these bytes. */
    static Listed.Rendering checksum(Algorithm algorithm, byte[] of) {
        return checksum(hex(algorithm, of));
    }

    /** A checksum side-car with that value. */
    static Listed.Rendering checksum(String hex) {
        return new Listed.Rendering(hex.getBytes(StandardCharsets.US_ASCII), "text/plain");
    }

    private static String hex(Algorithm algorithm, byte[] bytes) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm.jcaName()).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm.jcaName(), e);
        }
    }

    /** A message in every form that a Maven client shows: reason phrase (3.8), RFC 9457 problem (3.9, 4), text for people. */
    static Response problem(int status, String title, String detail) {
        byte[] body = BoundedJson.SMALL.bytes(BoundedJson.SMALL
                .object()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("error", title + ": " + detail));
        return Response.of(status, "application/problem+json", body)
                .withReason(title + ": " + detail)
                .with("Cache-Control", "no-cache");
    }
}

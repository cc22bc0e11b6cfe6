package dev.sluice.formats.npm;

import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Etags;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Notices;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The answers that all endpoints share, in the forms npm's clients read. */
final class Replies {

    private Replies() {}

    /** A failure: npm and yarn 1 show {@code error}, pnpm and yarn show the reason phrase. */
    static Response error(int status, String message) {
        StringBuilder phrase = new StringBuilder();
        message.codePoints().limit(180).forEach(c -> phrase.append(c >= 32 && c < 127 ? (char) c : '?'));
        return Response.json(status, "{\"error\":" + Json.quoted(message) + "}\n")
                .withReason(phrase.toString())
                .with("Cache-Control", "no-store");
    }

    static Response missing(Missing missing) {
        return missing.on(error(missing.status(), missing.why()));
    }

    static Response refused(Refused refused, Exchange exchange) {
        return RefusalResponse.of(refused.refusal(), exchange.request().origin());
    }

    /** The answer to a change that may not be made. */
    static Response rejected(Publication.RejectedException e) {
        return error(e.status(), e.getMessage());
    }

    static Response done(int status) {
        return Response.json(status, "{\"ok\":true,\"success\":true}\n").with("Cache-Control", "no-store");
    }

    /** Metadata that depends on decisions: clients keep it and ask each time whether it still holds. */
    static Response metadata(Request request, Listed.Rendering rendering, Notices notices) {
        List<String> validators = request.headers("If-None-Match");
        boolean unchanged = !validators.isEmpty() && Etags.matches(String.join(",", validators), rendering.etag());
        Response response =
                unchanged ? Response.empty(304) : Response.of(200, rendering.contentType(), rendering.zipped());
        return RefusalResponse.withNotices(
                response.with("ETag", rendering.etag())
                        .with("Cache-Control", "private, no-cache")
                        .with("Vary", "Accept, Accept-Encoding"),
                notices.lines(),
                notices.stale());
    }

    static Response metadata(Request request, byte[] json) {
        return metadata(request, new Listed.Rendering(json, "application/json"), Notices.NONE);
    }

    static byte[] bytes(Json.ObjectWriter object, ByteArrayOutputStream out) {
        object.close();
        out.write('\n');
        return out.toByteArray();
    }

    /** The body of a request without its content coding (npm zips what it sends to audit), at most {@code limit} bytes. */
    static InputStream body(Request request, long limit) throws IOException {
        String coding = request.header("Content-Encoding");
        InputStream body = request.body();
        boolean zipped =
                coding != null && coding.strip().toLowerCase(Locale.ROOT).equals("gzip");
        return new Bounded(zipped ? new GZIPInputStream(body) : body, limit);
    }

    /** A stream that ends in an error rather than exceed its limit. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private final long limit;
        private long count;

        Bounded(InputStream in, long limit) {
            this.in = in;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = in.read(target, offset, length);
            count += Math.max(n, 0);
            if (count > limit) {
                throw new Request.TooLargeException(limit);
            }
            return n;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Whether the client would rather have the abbreviated packument; all Accept lines count. */
    static boolean prefersAbbreviated(Request request) {
        double abbreviated = -1;
        double full = -1;
        for (String line : request.headers("Accept")) {
            for (String part : line.split(",", 64)) {
                String[] pieces = part.strip().toLowerCase(Locale.ROOT).split(";", 16);
                String type = pieces[0].strip();
                if (type.equals("application/vnd.npm.install-v1+json")) {
                    abbreviated = Math.max(abbreviated, quality(pieces));
                } else if (type.equals("application/json")) {
                    full = Math.max(full, quality(pieces));
                }
            }
        }
        return abbreviated > 0 && abbreviated >= full;
    }

    private static double quality(@Nullable String[] pieces) {
        for (int i = 1; i < pieces.length; i++) {
            String piece = String.valueOf(pieces[i]).strip();
            if (piece.startsWith("q=")) {
                try {
                    return Double.parseDouble(piece.substring(2).strip());
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}

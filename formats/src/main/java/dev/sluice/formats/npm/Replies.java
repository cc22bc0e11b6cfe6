package dev.sluice.formats.npm;

import dev.sluice.formats.protocol.Accept;
import dev.sluice.formats.protocol.Conditional;
import dev.sluice.formats.protocol.Dialect;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import java.io.ByteArrayOutputStream;

/** The answers that all endpoints share, in the forms npm's clients read. */
final class Replies {

    /** How npm's clients are told of failures. */
    static final Dialect DIALECT = Replies::error;

    private Replies() {}

    /** A failure: npm and yarn 1 show {@code error}, pnpm and yarn show the reason phrase. */
    static Response error(int status, String message) {
        return Response.json(status, "{\"error\":" + Json.quoted(message) + "}\n")
                .withReason(message)
                .with("Cache-Control", "no-store");
    }

    static Response done(int status) {
        return Response.json(status, "{\"ok\":true,\"success\":true}\n").with("Cache-Control", "no-store");
    }

    /** JSON that depends on decisions and was made for this request. */
    static Response json(Exchange exchange, byte[] json) {
        return Conditional.answer(exchange.request(), json, "application/json");
    }

    static byte[] bytes(Json.ObjectWriter object, ByteArrayOutputStream out) {
        object.close();
        out.write('\n');
        return out.toByteArray();
    }

    /** Whether the client would rather have the abbreviated packument; all Accept lines count. */
    static boolean prefersAbbreviated(Request request) {
        Accept accept = Accept.of(request);
        double abbreviated = accept.named("application/vnd.npm.install-v1+json");
        return abbreviated > 0 && abbreviated >= accept.named("application/json");
    }
}

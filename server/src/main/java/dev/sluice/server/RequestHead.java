package dev.sluice.server;

import dev.sluice.kernel.format.Response;
import dev.sluice.server.operation.Problem;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.regex.Pattern;

/** What is required of a request's head before anything else is done: RFC 9112, and the limits. */
final class RequestHead {

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private RequestHead() {}

    /** What is answered when the decoder of HTTP could make no sense of it; the connection is to be closed. */
    static Response undecodable(Throwable cause, Limits limits) {
        return switch (cause) {
            case TooLongHttpLineException e ->
                Problem.response(
                        414, "URI too long", "the request line is longer than " + limits.requestLine() + " bytes");
            case TooLongHttpHeaderException e -> headersTooLarge(limits);
            case null, default -> Problem.response(400, "Bad request", "this is not HTTP/1.1 as RFC 9112 defines it");
        };
    }

    private static Response headersTooLarge(Limits limits) {
        return Problem.response(
                431,
                "Request header fields too large",
                "a request has at most " + limits.headers() + " header lines of " + limits.headerBytes()
                        + " bytes in all");
    }

    /** Throws {@link Problem} when the method or the number of header lines is out of the question. */
    static void check(HttpServerRequest wire, Limits limits) {
        HttpMethod method = wire.method();
        if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
            throw new Problem(501, "Not implemented", "this server answers neither CONNECT nor TRACE");
        }
        int count = 0;
        for (var _ : wire.headers()) {
            count++;
        }
        if (count > limits.headers()) {
            throw new Problem(
                    431,
                    "Request header fields too large",
                    "a request has at most " + limits.headers() + " header lines");
        }
    }

    /** Length of the body: 0 for none, -1 for a chunked one. Throws {@link Problem} when that is not clear (RFC 9112, section 6.3). */
    static long bodyLength(HttpServerRequest wire) {
        List<String> lengths = wire.headers().getAll("Content-Length");
        List<String> encodings = wire.headers().getAll("Transfer-Encoding");
        boolean chunked = !encodings.isEmpty();
        if (chunked && wire.version() == HttpVersion.HTTP_1_0) {
            throw Problem.badRequest("HTTP/1.0 has no Transfer-Encoding");
        }
        if (chunked && (encodings.size() > 1 || !encodings.getFirst().equalsIgnoreCase("chunked"))) {
            throw new Problem(501, "Not implemented", "the only Transfer-Encoding understood here is chunked");
        }
        if (lengths.isEmpty()) {
            return chunked ? -1 : 0;
        }
        if (chunked || lengths.size() > 1 || !LENGTH.matcher(lengths.getFirst()).matches()) {
            throw Problem.badRequest("the length of the body is ambiguous");
        }
        return Long.parseLong(lengths.getFirst());
    }
}

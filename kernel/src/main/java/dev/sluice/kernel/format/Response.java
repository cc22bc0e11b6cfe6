package dev.sluice.kernel.format;

import dev.sluice.kernel.blob.Zipped;
import dev.sluice.kernel.gate.Released;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP response, independent of any server. The server adds Content-Length and Date, answers HEAD without the body and
 * serves ranges of released files.
 *
 * @param status HTTP status
 * @param reason HTTP/1.1 reason phrase as {@link #withReason} makes it, or null for the standard one
 * @param headers in order; a name may occur several times
 * @param body what to send
 */
public record Response(int status, @Nullable String reason, List<Header> headers, Body body) {

    private static final int MAX_REASON = 200;

    /** A header line. Line breaks are not allowed in either part. */
    public record Header(String name, String value) {
        /** Checks for line breaks. Throws IllegalArgumentException. */
        public Header {
            if (name.isEmpty() || breaks(name) || breaks(value)) {
                throw new IllegalArgumentException("header with a line break");
            }
        }

        private static boolean breaks(String text) {
            return text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0 || text.indexOf(0) >= 0;
        }
    }

    /** What to send. */
    public sealed interface Body {}

    /** Bytes in memory: metadata, messages; never artifacts. */
    public record Bytes(byte[] bytes) implements Body {}

    /** The same, kept compressed; clients that do not take gzip get them plain. */
    public record Packed(Zipped zipped) implements Body {}

    /** A file the gate released. */
    public record Artifact(Released released) implements Body {}

    /** Nothing. */
    public record Empty() implements Body {}

    /** Copies the headers. */
    public Response {
        headers = List.copyOf(headers);
    }

    /** A response with bytes. */
    public static Response of(int status, String contentType, byte[] body) {
        return new Response(status, null, List.of(new Header("Content-Type", contentType)), new Bytes(body));
    }

    /** A response with bytes that are kept compressed. */
    public static Response of(int status, String contentType, Zipped body) {
        return body.isPacked()
                ? new Response(status, null, List.of(new Header("Content-Type", contentType)), new Packed(body))
                : of(status, contentType, body.bytes());
    }

    /** A response with UTF-8 text. */
    public static Response text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A response with UTF-8 JSON. */
    public static Response json(int status, String json) {
        return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** A response without a body. */
    public static Response empty(int status) {
        return new Response(status, null, List.of(), new Empty());
    }

    /** A released file; the server adds ETag (its SHA-256), Accept-Ranges and answers conditional and range requests. */
    public static Response artifact(String contentType, Released released) {
        return new Response(200, null, List.of(new Header("Content-Type", contentType)), new Artifact(released));
    }

    /** A permanent redirect. */
    public static Response redirect(String location) {
        return empty(301).with("Location", location);
    }

    /** This response with one more header. */
    public Response with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Response(status, reason, more, body);
    }

    /** This response with a reason phrase that says so: printable ASCII, at most 200 characters. Many clients show nothing else. */
    public Response withReason(String text) {
        return new Response(status, Printable.ascii(text, MAX_REASON), headers, body);
    }

    /** The first value of a header, or null; name in any case. */
    public @Nullable String header(String name) {
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                return header.value();
            }
        }
        return null;
    }
}

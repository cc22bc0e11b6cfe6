package dev.sluice.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the {@link FakeUpstreamServer} says to a request.
 *
 * @param status HTTP status
 * @param headers header names and values
 * @param body the whole body
 * @param sent how many bytes of the body are really sent; fewer than the body has means that the connection breaks
 * @param declared the Content-Length, or -1 for a chunked body
 * @param stalls whether the second half of the body waits until the upstream is released
 * @param trickles whether the body goes a byte at a time, twenty a second
 */
public record Answer(
        int status,
        Map<String, String> headers,
        byte[] body,
        int sent,
        long declared,
        boolean stalls,
        boolean trickles) {
    /** Copies the headers, not the body. */
    public Answer {
        headers = Map.copyOf(headers);
    }

    /** Status 200 with those bytes. */
    public static Answer ok(byte[] body) {
        return new Answer(200, Map.of(), body, body.length, body.length, false, false);
    }

    /** Status 200 with that text in UTF-8. */
    public static Answer ok(String body) {
        return ok(body.getBytes(UTF_8));
    }

    /** That status with a short text as the body. */
    public static Answer status(int status) {
        byte[] body = ("status " + status).getBytes(UTF_8);
        return new Answer(status, Map.of(), body, body.length, body.length, false, false);
    }

    /** Status 302 to that address. */
    public static Answer redirect(String location) {
        return status(302).header("Location", location);
    }

    /** The same with one more header. */
    public Answer header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body, sent, declared, stalls, trickles);
    }

    /** The same with a validator; a request with it in If-None-Match is answered 304. */
    public Answer etag(String etag) {
        return header("ETag", etag);
    }

    /** The same, but the connection breaks after that many bytes of the body, though the whole length was declared. */
    public Answer truncatedTo(int bytes) {
        return new Answer(status, headers, body, bytes, declared, stalls, trickles);
    }

    /** The same without a Content-Length, so that a wrong length cannot be told from the header. */
    public Answer chunked() {
        return new Answer(status, headers, body, sent, -1, stalls, trickles);
    }

    /** The same, but the second half of the body waits for {@link FakeUpstreamServer#release}. */
    public Answer stalled() {
        return new Answer(status, headers, body, sent, declared, true, trickles);
    }

    /** The same, but a byte at a time, twenty a second, until the reader gives up. */
    public Answer trickling() {
        return new Answer(status, headers, body, sent, declared, stalls, true);
    }
}

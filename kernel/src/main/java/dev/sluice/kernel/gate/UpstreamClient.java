package dev.sluice.kernel.gate;

import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The port through which the gate asks upstreams; the only way out of the process for packages.
 *
 * <p>Adapters send credentials only to the upstream's own host, follow redirects only where they do not lead inward, bound
 * time and bytes, and decode content codings. Thread-safe.
 */
public interface UpstreamClient {

    /**
     * A part of a body (RFC 9110, section 14).
     *
     * @param first its first byte, or a negative number for the last bytes
     * @param length how many bytes
     */
    record Range(long first, long length) {

        /** The last bytes. */
        static Range last(long length) {
            return new Range(-1, length);
        }

        /** As the Range header writes it. */
        public String header() {
            return first < 0 ? "bytes=-" + length : "bytes=" + first + "-" + (first + length - 1);
        }
    }

    /**
     * A GET.
     *
     * @param upstream whom to ask
     * @param uri absolute address, at the upstream or where its index points
     * @param accept value of the Accept header
     * @param ifNoneMatch validator of what is kept, or null
     * @param ifModifiedSince likewise, as HTTP date, or null
     * @param maxBytes longest body accepted after decoding
     * @param range the part that is wanted, or null for all; who answers 200 sends all nevertheless
     */
    record Ask(
            Upstream upstream,
            URI uri,
            String accept,
            @Nullable String ifNoneMatch,
            @Nullable String ifModifiedSince,
            long maxBytes,
            @Nullable Range range) {

        /** Asks for all of it. */
        public Ask(
                Upstream upstream,
                URI uri,
                String accept,
                @Nullable String ifNoneMatch,
                @Nullable String ifModifiedSince,
                long maxBytes) {
            this(upstream, uri, accept, ifNoneMatch, ifModifiedSince, maxBytes, null);
        }
    }

    /**
     * An answer; close it to release the connection.
     *
     * @param status HTTP status after redirects
     * @param uri address that answered
     * @param headers first value by lower-case name
     * @param body decoded bytes; throws {@link UpstreamException} on truncation, stall or more than was allowed
     */
    record Answer(int status, URI uri, Map<String, String> headers, InputStream body) implements AutoCloseable {
        /** Copies the map. */
        public Answer {
            headers = Map.copyOf(headers);
        }

        /** The first value of a header given in lower case, or null. */
        public @Nullable String header(String name) {
            return headers.get(name);
        }

        /**
         * Until when the upstream asks to be left alone, or null when it does not say (RFC 9110, section 10.2.3: seconds or an
         * HTTP date).
         */
        public @Nullable Instant retryAfter(Instant now) {
            String text = headers.get("retry-after");
            if (text == null) {
                return null;
            }
            try {
                return text.strip().matches("[0-9]{1,9}")
                        ? now.plusSeconds(Long.parseLong(text.strip()))
                        : ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant();
            } catch (DateTimeException e) {
                return null; // what is no date says nothing
            }
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** Sends the question and waits for the head of the answer. Throws {@link UpstreamException} when there is none. */
    Answer ask(Ask ask) throws IOException;

    /** No answer came: no connection, no TLS, nothing in time. */
    final class UnreachableException extends UpstreamException {
        private static final long serialVersionUID = 1;

        private final transient URI uri;
        private final boolean connected;

        /**
         * Says what happened and why.
         *
         * @param uri whom was asked in the end: after redirects another than the question names
         * @param connected whether there was a connection, so that the silence may be about this one address
         */
        public UnreachableException(String message, URI uri, boolean connected, @Nullable Throwable cause) {
            super(message, cause);
            this.uri = uri;
            this.connected = connected;
        }

        /** Whom was asked in the end. */
        public URI uri() {
            return uri;
        }

        /** Whether the host took the connection and was silent then. */
        public boolean connected() {
            return connected;
        }
    }

    /** An upstream could not be asked or broke off. The message names the upstream and never a secret. */
    class UpstreamException extends IOException {
        private static final long serialVersionUID = 1;

        /** Says what happened. */
        public UpstreamException(String message) {
            super(message);
        }

        /** Says what happened and why. */
        public UpstreamException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}

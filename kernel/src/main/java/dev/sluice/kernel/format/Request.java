package dev.sluice.kernel.format;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP request, independent of any server. */
public interface Request {

    /** Upper-case method. */
    String method();

    /** Scheme, host and port as the client addresses this server, without a trailing slash: {@code http://127.0.0.1:8080}. */
    String origin();

    /** All values of a header, one per header line, in order; name in any case; empty when it was not sent. */
    List<String> headers(String name);

    /** The first value of a header, or null. */
    default @Nullable String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? null : values.getFirst();
    }

    /** Query parameters, decoded, in order. */
    Map<String, List<String>> query();

    /** The first value of a query parameter, or null. */
    default @Nullable String query(String name) {
        List<String> values = query().get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    /** Length of the body as announced, or -1. */
    long contentLength();

    /**
     * The body, as it arrives, decoded from any transfer coding. Bounded by the server's upload limit: reading past it throws
     * {@link dev.sluice.kernel.blob.TooLargeException}. May block; not available to {@link Endpoint#handleFromMemory}.
     */
    InputStream body();
}

package dev.sluice.kernel.format;

import dev.sluice.kernel.access.Permission;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One kind of request of a protocol: the permission it needs and how it is answered. */
public interface Endpoint {

    /** Stable name for metrics and logs, for example {@code npm.packument}. */
    String name();

    /** What the caller must be allowed to do; checked before any of the methods below is called. */
    Permission permission();

    /** Answers the request; may block (it runs on a virtual thread). An IOException becomes a 502 or 500 without details. */
    Response handle(Exchange exchange) throws IOException;

    /**
     * Answers the request if that needs nothing but memory, else null. Runs on an event loop: it must not block, read files or
     * take longer than some hundred microseconds.
     */
    default @Nullable Response handleFromMemory(Exchange exchange) {
        return null;
    }
}

package dev.sluice.server.operation;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Response;
import java.io.IOException;
import java.util.List;

/**
 * Something the server answers itself: method, address, permission, answer.
 *
 * @param id stable name for metrics, logs and the OpenAPI document, for example {@code policies.list}
 * @param method upper-case HTTP method; GET answers HEAD too
 * @param path template of the address; {@code {name}} stands for one segment: {@code /api/tokens/{token}}
 * @param permission what the caller must be allowed to do
 * @param fromMemory whether the handler never blocks, so that it may run on an event loop
 * @param handler makes the answer
 */
public record Operation(
        String id, String method, String path, Permission permission, boolean fromMemory, Handler handler) {

    /** Makes the answer to a call. */
    @FunctionalInterface
    public interface Handler {
        /** The answer; may block unless the operation says otherwise. Throws {@link Problem} for what the caller did wrong. */
        Response handle(Call call) throws IOException;
    }

    /** Checks the template. Throws IllegalArgumentException. */
    public Operation {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path of operation " + id + " must start with a slash");
        }
    }

    /** An operation that may block. */
    public static Operation of(String id, String method, String path, Permission permission, Handler handler) {
        return new Operation(id, method, path, permission, false, handler);
    }

    /** The segments of the template; a trailing slash does not count. */
    List<String> segments() {
        return Operations.withoutTrailingSlash(List.of(path.substring(1).split("/", -1)));
    }
}

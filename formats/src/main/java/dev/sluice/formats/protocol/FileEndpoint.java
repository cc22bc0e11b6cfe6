package dev.sluice.formats.protocol;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.Released;
import dev.sluice.kernel.repository.Repository;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * GET of a file: its bytes as the gate lets them out. The server adds what follows from bytes alone: ETag, 304, ranges, HEAD.
 *
 * @param name of the endpoint
 * @param file which file
 * @param dialect how clients are told that it does not leave
 * @param contentType its media type; never one that a browser would run
 * @param dressing headers that this protocol alone has
 */
public record FileEndpoint(String name, File file, Dialect dialect, String contentType, Dressing dressing)
        implements Endpoint {

    /**
     * The file that an address names.
     *
     * @param packageName of which package
     * @param version of which version, or null when the address does not tell
     * @param path where it lies below {@code /{format}/{repository}/}
     */
    public record File(PackageName packageName, @Nullable String version, String path) {

        /** What is wanted when that repository is asked. */
        public FileWant in(Repository repository) {
            return new FileWant(repository, packageName, version, path);
        }
    }

    /** Headers that a protocol adds to a file. */
    @FunctionalInterface
    public interface Dressing {
        /** No more headers. */
        Dressing NONE = (response, released) -> response;

        /** The response with them. */
        Response dress(Response response, Released released);
    }

    /** A file without headers of its own. */
    public FileEndpoint(String name, File file, Dialect dialect, String contentType) {
        this(name, file, dialect, contentType, Dressing.NONE);
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        Released released = exchange.gate().fileFromMemory(exchange.visit(), file.in(exchange.repository()));
        return released == null ? null : released(released);
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return answer(exchange, exchange.gate().file(exchange.visit(), file.in(exchange.repository())));
    }

    /** The answer to a file that the gate was asked for. */
    public Response answer(Exchange exchange, FileOutcome outcome) {
        return switch (outcome) {
            case Released released -> released(released);
            case Denial denial -> dialect.denied(denial, exchange);
        };
    }

    private Response released(Released released) {
        Response response =
                Conditional.askingEachTime(dressing.dress(Response.artifact(contentType, released), released));
        return RefusalResponse.withNotices(
                response, released.notices().lines(), released.notices().stale());
    }
}

package dev.sluice.formats.protocol;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.Listed;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * GET of the index of a package: the versions that may leave, in a form that the client takes.
 *
 * @param name of the endpoint
 * @param packageName of which package
 * @param dialect how clients are told that there is none
 * @param forms the form for a request
 */
public record IndexEndpoint(String name, PackageName packageName, Dialect dialect, Forms forms) implements Endpoint {

    /** The forms that an index is sent in. */
    @FunctionalInterface
    public interface Forms {
        /** The form that this client prefers. */
        Form of(Exchange exchange);
    }

    /**
     * A form of an index.
     *
     * @param variant everything that the rendering depends on beside the index: the form's name, the base address
     * @param contentType its media type
     * @param renderer makes it
     */
    public record Form(String variant, String contentType, Listed.Renderer renderer) {}

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        Listed listed = exchange.gate().indexFromMemory(exchange.visit(), exchange.repository(), packageName);
        Listed.Rendering known =
                listed == null ? null : listed.remembered(forms.of(exchange).variant());
        return listed == null || known == null ? null : Conditional.answer(exchange.request(), known, listed.notices());
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return switch (exchange.gate().index(exchange.visit(), exchange.repository(), packageName)) {
            case Listed listed -> answer(exchange, listed);
            case Denial denial -> dialect.denied(denial, exchange);
        };
    }

    private Response answer(Exchange exchange, Listed listed) throws IOException {
        Form form = forms.of(exchange);
        Listed.Rendering rendering = listed.rendering(form.variant(), form.contentType(), form.renderer());
        return Conditional.answer(exchange.request(), rendering, listed.notices());
    }
}

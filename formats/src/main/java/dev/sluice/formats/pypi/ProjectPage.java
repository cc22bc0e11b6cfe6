package dev.sluice.formats.pypi;

import dev.sluice.formats.protocol.Conditional;
import dev.sluice.formats.protocol.Dialect;
import dev.sluice.formats.protocol.IndexEndpoint;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Refused;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code simple/{project}/}: the files of a project (PEP 503, PEP 691).
 *
 * <p>Never refused: pip prints nothing of such an answer, and other clients stop. Where policy leaves nothing the page is empty
 * and a header says why.
 *
 * @param project as addressed
 * @param slash whether the address ends in a slash, as it must
 */
record ProjectPage(PypiFormat format, String project, boolean slash) implements Endpoint {

    @Override
    public String name() {
        return "pypi.project";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        PackageName name = format.nameOrNull(project);
        return name != null && isCanonical(name) ? page(name).handleFromMemory(exchange) : elsewhere(exchange, name);
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        PackageName name = format.nameOrNull(project);
        return name != null && isCanonical(name) ? page(name).handle(exchange) : elsewhere(exchange, name);
    }

    private boolean isCanonical(PackageName name) {
        return slash && name.name().equals(project);
    }

    private Response elsewhere(Exchange exchange, @Nullable PackageName name) {
        return name == null
                ? Problem.of(404, "this is no project name")
                : Response.redirect(exchange.base(format) + "simple/" + Paths.encode(name.name()) + "/");
    }

    private IndexEndpoint page(PackageName name) {
        return new IndexEndpoint(name(), name, new EmptyWhereRefused(name), this::form);
    }

    private IndexEndpoint.Form form(Exchange exchange) {
        Representation form = Representation.of(exchange);
        String base = exchange.base(format);
        return new IndexEndpoint.Form("simple " + form + " " + base, form.contentType(), listed -> {
            SimplePage page = SimplePage.of(listed, base, format.withheld());
            return form == Representation.JSON ? page.json() : page.html();
        });
    }

    /** A page that policy withholds as a whole is empty, and a header says why. */
    private record EmptyWhereRefused(PackageName name) implements Dialect {
        @Override
        public Response failure(int status, String why) {
            return Problem.of(status, why);
        }

        @Override
        public Response refused(Refused refused, Exchange exchange) {
            Representation form = Representation.of(exchange);
            SimplePage page = SimplePage.empty(name.name());
            Response response = Conditional.answer(
                    exchange.request(), form == Representation.JSON ? page.json() : page.html(), form.contentType());
            String why = Dialect.super.refused(refused, exchange).header("X-Error-Message");
            return why == null ? response : response.with("X-Error-Message", why);
        }
    }
}

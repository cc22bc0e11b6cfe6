package dev.sluice.formats.pypi;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Etags;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Missing;
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
        if (name == null || !isCanonical(name)) {
            return elsewhere(exchange, name);
        }
        Listed listed = exchange.gate().indexFromMemory(exchange.visit(), exchange.repository(), name);
        Listed.Rendering known = listed == null ? null : listed.remembered(variant(exchange, form(exchange)));
        return listed == null || known == null ? null : answer(exchange, listed, known);
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        PackageName name = format.nameOrNull(project);
        if (name == null || !isCanonical(name)) {
            return elsewhere(exchange, name);
        }
        return switch (exchange.gate().index(exchange.visit(), exchange.repository(), name)) {
            case Listed listed -> withFiles(exchange, listed);
            case Refused refused -> withoutFiles(exchange, name, refused);
            case Missing missing -> Problem.of(missing);
        };
    }

    private Response withFiles(Exchange exchange, Listed listed) throws IOException {
        Representation form = form(exchange);
        Listed.Rendering rendering = listed.rendering(variant(exchange, form), form.contentType(), l -> {
            SimplePage page = SimplePage.of(l, exchange.base(format), format.withheld());
            return form == Representation.JSON ? page.json() : page.html();
        });
        return answer(exchange, listed, rendering);
    }

    private boolean isCanonical(PackageName name) {
        return slash && name.name().equals(project);
    }

    private Response elsewhere(Exchange exchange, @Nullable PackageName name) {
        return name == null
                ? Problem.of(404, "this is no project name")
                : Response.redirect(exchange.base(format) + "simple/" + Paths.encode(name.name()) + "/");
    }

    private static Representation form(Exchange exchange) {
        return Representation.preferred(exchange.request().headers("Accept"));
    }

    private String variant(Exchange exchange, Representation form) {
        return "simple " + form + " " + exchange.base(format);
    }

    private static Response answer(Exchange exchange, Listed listed, Listed.Rendering rendering) {
        Response response = conditional(exchange.request(), rendering);
        return RefusalResponse.withNotices(
                response, listed.notices().lines(), listed.notices().stale());
    }

    private static Response withoutFiles(Exchange exchange, PackageName name, Refused refused) {
        Representation form = form(exchange);
        SimplePage page = SimplePage.empty(name.name());
        byte[] body = form == Representation.JSON ? page.json() : page.html();
        Response response = conditional(exchange.request(), new Listed.Rendering(body, form.contentType()));
        String why = RefusalResponse.of(refused.refusal(), exchange.request().origin())
                .header("X-Error-Message");
        return why == null ? response : response.with("X-Error-Message", why);
    }

    /** A page with its validator, or 304 when the client has it; always to be revalidated, since decisions change. */
    static Response conditional(Request request, Listed.Rendering page) {
        String known = request.header("If-None-Match");
        Response response = known != null && Etags.matches(known, page.etag())
                ? Response.empty(304)
                : Response.of(200, page.contentType(), page.zipped());
        return response.with("ETag", page.etag())
                .with("Cache-Control", "no-cache")
                .with("Vary", "Accept");
    }
}

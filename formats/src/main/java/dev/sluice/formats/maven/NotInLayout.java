package dev.sluice.formats.maven;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Missing;

/**
 * GET of something that cannot be in a Maven repository: archetype catalogues, directory listings, search indexes. Answered here
 * so that the 404 has the form that Maven's resolver takes for an absence.
 */
record NotInLayout() implements Endpoint {

    @Override
    public String name() {
        return "maven.unknown";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) {
        return Replies.missing(new Missing("no address of the Maven repository layout", false));
    }

    @Override
    public Response handleFromMemory(Exchange exchange) {
        return handle(exchange);
    }
}

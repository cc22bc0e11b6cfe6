package dev.sluice.formats.protocol;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;

/** A request whose answer does not depend on anything: a root, a ping, an address that names nothing. */
public record Fixed(String name, Permission permission, Response response) implements Endpoint {

    @Override
    public Response handle(Exchange exchange) {
        return response;
    }

    @Override
    public Response handleFromMemory(Exchange exchange) {
        return response;
    }
}

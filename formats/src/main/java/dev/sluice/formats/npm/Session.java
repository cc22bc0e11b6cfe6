package dev.sluice.formats.npm;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;

/** {@code /-/whoami}, and the log-in and log-out requests of npm: tokens are made by an administrator, not by logging in. */
record Session(NpmFormat format, Kind kind) implements Endpoint {

    /** What the client asks. */
    enum Kind {
        WHOAMI,
        LOGIN,
        LOGOUT
    }

    @Override
    public String name() {
        return "npm.session";
    }

    @Override
    public Permission permission() {
        return kind == Kind.WHOAMI ? Permission.READ : Permission.OPEN;
    }

    @Override
    public Response handle(Exchange exchange) {
        return switch (kind) {
            case WHOAMI -> whoami(exchange);
            case LOGIN -> Replies.error(403, "There is no log-in here. " + advice(exchange));
            case LOGOUT -> Replies.done(200); // the client forgets its token; an administrator can revoke it
        };
    }

    @Override
    public Response handleFromMemory(Exchange exchange) {
        return handle(exchange);
    }

    private Response whoami(Exchange exchange) {
        if (exchange.visit().principal().isAnonymous()) {
            return Replies.error(401, "No token was sent. " + advice(exchange))
                    .with("WWW-Authenticate", "Bearer realm=\"sluice\"");
        }
        return Response.json(
                        200,
                        "{\"username\":"
                                + Json.quoted(exchange.visit().principal().user()) + "}\n")
                .with("Cache-Control", "no-store");
    }

    private String advice(Exchange exchange) {
        String base = exchange.base(format);
        return "Set a token: npm config set " + base.substring(base.indexOf("//"))
                + ":_authToken TOKEN   (sluice token create NAME makes one)";
    }
}

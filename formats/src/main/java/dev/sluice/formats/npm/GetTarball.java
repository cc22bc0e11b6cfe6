package dev.sluice.formats.npm;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.FileWant;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Refused;
import dev.sluice.kernel.gate.Released;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code GET /{package}/-/{file}}: the bytes of one version, as the gate lets them out. */
record GetTarball(PackageName packageName, String fileName) implements Endpoint {

    @Override
    public String name() {
        return "npm.tarball";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return answer(exchange.gate().file(exchange.visit(), want(exchange)), exchange);
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        Released released = exchange.gate().fileFromMemory(exchange.visit(), want(exchange));
        return released == null ? null : answer(released, exchange);
    }

    private FileWant want(Exchange exchange) {
        return new FileWant(
                exchange.repository(),
                packageName,
                Names.version(packageName, fileName),
                Names.path(packageName, fileName));
    }

    private static Response answer(FileOutcome outcome, Exchange exchange) {
        return switch (outcome) {
            case Released released ->
                RefusalResponse.withNotices(
                        Response.artifact("application/octet-stream", released),
                        released.notices().lines(),
                        released.notices().stale());
            case Refused refused -> Replies.refused(refused, exchange);
            case Missing missing -> Replies.missing(missing);
        };
    }
}

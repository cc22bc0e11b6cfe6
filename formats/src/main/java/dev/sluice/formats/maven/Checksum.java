package dev.sluice.formats.maven;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Described;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Refused;
import java.io.IOException;

/** GET of a file's checksum, told from the bytes kept here; a file that may not leave has no checksum to show either. */
record Checksum(Address.Artifact file, Algorithm algorithm) implements Endpoint {

    @Override
    public String name() {
        return "maven.checksum";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return switch (exchange.gate().describe(exchange.visit(), ArtifactFile.want(exchange, file))) {
            case Described described ->
                Replies.checksum(
                        exchange, described.file().contents().digest(algorithm).hex());
            case Refused refused -> Replies.refused(exchange, refused);
            case Missing missing -> Replies.missing(missing);
        };
    }
}

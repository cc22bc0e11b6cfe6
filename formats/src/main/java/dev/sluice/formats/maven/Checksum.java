package dev.sluice.formats.maven;

import dev.sluice.formats.protocol.Conditional;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Denial;
import dev.sluice.kernel.gate.Described;
import dev.sluice.kernel.gate.Notices;
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
        return switch (exchange.gate()
                .describe(exchange.visit(), ArtifactFile.file(file).in(exchange.repository()))) {
            case Described described ->
                Conditional.answer(
                        exchange.request(),
                        Replies.checksum(
                                described.file().contents().digest(algorithm).hex()),
                        Notices.NONE);
            case Denial denial -> Replies.DIALECT.denied(denial, exchange);
        };
    }
}

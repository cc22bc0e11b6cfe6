package dev.sluice.formats.maven;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * PUT of a checksum: nothing is stored, since checksums are told from the bytes; the client's is compared with them, now or when
 * the file comes. Those of metadata are taken and forgotten, since the metadata shown is made here.
 */
record DeployChecksum(Address of, Algorithm algorithm, Pending pending) implements Endpoint {

    private static final int MAX_BYTES = 4096;

    @Override
    public String name() {
        return "maven.deploy-checksum";
    }

    @Override
    public Permission permission() {
        return Permission.PUBLISH;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        byte[] body = exchange.request().body().readNBytes(MAX_BYTES + 1);
        Digest promised = MavenProxying.readChecksum(algorithm, body);
        if (promised == null) {
            return Replies.problem(
                    400, "Not a checksum", of.path() + "." + algorithm.label() + " carries no " + algorithm.label());
        }
        if (!(of instanceof Address.Artifact file)) {
            return Response.empty(201);
        }
        try {
            exchange.hosting().mayPublish(exchange.visit(), exchange.repository(), file.packageName());
        } catch (Publication.RejectedException e) {
            return Replies.DIALECT.rejected(e);
        }
        Digest actual = deployed(exchange, file);
        if (actual == null) {
            pending.checksum(
                    exchange.repository().id(),
                    file.path(),
                    promised,
                    exchange.visit().at());
            return Response.empty(201);
        }
        if (!actual.equals(promised)) {
            return Replies.problem(
                    400,
                    "Checksum mismatch",
                    file.fileName() + " was received with " + actual + ", the checksum says " + promised.hex());
        }
        return Response.empty(201);
    }

    private @Nullable Digest deployed(Exchange exchange, Address.Artifact file) {
        ReleaseFile kept = exchange.hosting()
                .hosted(exchange.repository(), file.packageName())
                .map(p -> p.index().release(file.version()))
                .map(release -> release.file(file.fileName()))
                .orElse(null);
        if (kept != null) {
            for (Digest digest : kept.digests()) {
                if (digest.algorithm() == algorithm) {
                    return digest;
                }
            }
        }
        return null;
    }
}

package dev.sluice.formats.maven;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Publication.RejectedException;
import dev.sluice.kernel.gate.Upload;
import dev.sluice.kernel.journal.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PUT of a file of a version. The version appears with its first file and grows with every further one; what is released never
 * changes.
 */
record DeployFile(Address.Artifact file, Pending pending, int snapshotBuilds) implements Endpoint {

    @Override
    public String name() {
        return "maven.deploy";
    }

    @Override
    public Permission permission() {
        return Permission.PUBLISH;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return Replies.DIALECT.change(exchange, uploads -> deploy(exchange, uploads.open(file.path())));
    }

    private Response deploy(Exchange exchange, Upload upload) throws IOException, RejectedException {
        ByteArrayOutputStream pomBytes = file.isPom() ? new ByteArrayOutputStream() : null;
        copy(exchange.request().body(), upload, pomBytes);
        Contents contents = upload.contents();
        upload.verify(promised(exchange));
        Deployment deployment = new Deployment(
                file,
                contents,
                pom(pomBytes),
                pending.takePlugins(
                        exchange.repository().id(),
                        file.packageName(),
                        exchange.visit().at()),
                exchange.visit().at(),
                snapshotBuilds);
        if (deployment.isIn(exchange.hosting().hosted(exchange.repository(), file.packageName()))) {
            return Response.empty(200);
        }
        exchange.hosting()
                .publish(
                        exchange.visit(),
                        new Publication(
                                exchange.repository(),
                                file.packageName(),
                                Event.Kind.PUBLISH,
                                "deploy " + file.fileName(),
                                List.of(new Publication.FileOf(
                                        file.version(), upload, description -> Pom.elsewhere(file, description))),
                                deployment::apply));
        return Response.empty(201);
    }

    private static @Nullable Pom pom(@Nullable ByteArrayOutputStream bytes) {
        return bytes == null ? null : Pom.read(bytes.toByteArray());
    }

    /** What the client promised of the bytes: side-cars that came before, and headers that some clients send. */
    private List<Digest> promised(Exchange exchange) {
        List<Digest> promised = new ArrayList<>(pending.takeChecksums(
                exchange.repository().id(), file.path(), exchange.visit().at()));
        for (Algorithm algorithm : Algorithm.values()) {
            String header = exchange.request().header("X-Checksum-" + algorithm.label());
            Digest digest = header == null
                    ? null
                    : MavenProxying.readChecksum(algorithm, header.getBytes(StandardCharsets.UTF_8));
            if (digest != null) {
                promised.add(digest);
            }
        }
        return promised;
    }

    private static void copy(InputStream from, OutputStream to, @Nullable ByteArrayOutputStream also)
            throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            to.write(buffer, 0, read);
            if (also != null && also.size() + read <= Pom.MAX_BYTES) {
                also.write(buffer, 0, read);
            }
        }
    }
}

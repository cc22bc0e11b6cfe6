package dev.sluice.formats.maven;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.RefusalResponse;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.FileWant;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Refused;
import dev.sluice.kernel.gate.Released;
import dev.sluice.kernel.repository.StoredFile;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** GET of a file of a version: jar, POM, module metadata, signature. */
record ArtifactFile(Address.Artifact file) implements Endpoint {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @Override
    public String name() {
        return "maven.file";
    }

    @Override
    public Permission permission() {
        return Permission.READ;
    }

    @Override
    public Response handle(Exchange exchange) throws IOException {
        return answer(exchange, exchange.gate().file(exchange.visit(), want(exchange, file)));
    }

    @Override
    public @Nullable Response handleFromMemory(Exchange exchange) {
        Released released = exchange.gate().fileFromMemory(exchange.visit(), want(exchange, file));
        return released == null ? null : released(released);
    }

    static FileWant want(Exchange exchange, Address.Artifact file) {
        return new FileWant(exchange.repository(), file.packageName(), file.version(), file.path());
    }

    private Response answer(Exchange exchange, FileOutcome outcome) {
        return switch (outcome) {
            case Released released -> released(released);
            case Refused refused -> Replies.refused(exchange, refused);
            case Missing missing -> Replies.missing(missing);
        };
    }

    private Response released(Released released) {
        StoredFile stored = released.file();
        Response response = Response.artifact(contentType(file.suffix()), released)
                .with("Cache-Control", "private, no-cache"); // a shared cache would answer without asking the gate
        for (Algorithm algorithm : Algorithm.values()) {
            // With these, Maven's resolver needs no second request for a side-car.
            response = response.with(
                    "x-checksum-" + algorithm.label(),
                    stored.contents().digest(algorithm).hex());
        }
        Instant age =
                stored.lastModified() != null ? stored.lastModified() : stored.isHosted() ? stored.storedAt() : null;
        if (age != null) {
            response = response.with("Last-Modified", HTTP_DATE.format(age));
        }
        return RefusalResponse.withNotices(
                response, released.notices().lines(), released.notices().stale());
    }

    /** The media type by extension; never one that a browser would run. */
    static String contentType(String suffix) {
        String extension = suffix.substring(suffix.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (extension) {
            case "pom", "xml" -> "application/xml";
            case "jar", "war", "ear", "aar", "rar" -> "application/java-archive";
            case "module" -> "application/vnd.org.gradle.module+json";
            case "json" -> "application/json";
            case "asc" -> "application/pgp-signature";
            case "zip" -> "application/zip";
            case "gz", "tgz" -> "application/gzip";
            case "txt", "properties", "sigstore" -> "text/plain";
            default -> "application/octet-stream";
        };
    }
}

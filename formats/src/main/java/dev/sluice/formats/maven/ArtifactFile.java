package dev.sluice.formats.maven;

import dev.sluice.formats.protocol.FileEndpoint;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.HttpDate;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.Released;
import dev.sluice.kernel.repository.StoredFile;
import java.time.Instant;
import java.util.Locale;

/** Files of a version: jar, POM, module metadata, signature. */
final class ArtifactFile {

    private ArtifactFile() {}

    /** GET of the file. */
    static Endpoint get(Address.Artifact file) {
        return new FileEndpoint(
                "maven.file", file(file), Replies.DIALECT, contentType(file.suffix()), ArtifactFile::dressed);
    }

    /** The file that the address names. */
    static FileEndpoint.File file(Address.Artifact address) {
        return new FileEndpoint.File(address.packageName(), address.version(), address.path());
    }

    private static Response dressed(Response response, Released released) {
        StoredFile stored = released.file();
        for (Algorithm algorithm : Algorithm.values()) {
            // With these, Maven's resolver needs no second request for a side-car.
            response = response.with(
                    "x-checksum-" + algorithm.label(),
                    stored.contents().digest(algorithm).hex());
        }
        Instant age =
                stored.lastModified() != null ? stored.lastModified() : stored.isHosted() ? stored.storedAt() : null;
        return age == null ? response : response.with("Last-Modified", HttpDate.of(age));
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

package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.blob.Contents;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file of a release whose bytes are kept here, hosted or fetched.
 *
 * @param repository name of the repository
 * @param path where it lies below {@code /{format}/{repository}/}, decoded; unique per repository and format
 * @param coordinates the version it belongs to
 * @param contents digests and size; the SHA-256 is the blob's address
 * @param upstream id of the upstream it was fetched from, or null when it is hosted
 * @param storedAt when it came here
 * @param lastModified what the upstream said of its age, or null
 */
public record StoredFile(
        String repository,
        String path,
        Coordinates coordinates,
        Contents contents,
        @Nullable String upstream,
        Instant storedAt,
        @Nullable Instant lastModified) {

    /** The last segment of the path. */
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Whether it was published here. */
    public boolean isHosted() {
        return upstream == null;
    }
}

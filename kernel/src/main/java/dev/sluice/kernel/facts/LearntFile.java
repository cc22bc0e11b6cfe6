package dev.sluice.kernel.facts;

import dev.sluice.kernel.artifact.Digest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a source gave as a file of a version, and what they say.
 *
 * @param path where the file lies below {@code /{format}/{repository}/}
 * @param sha256 of its bytes
 * @param lastModified what the upstream said of its age, or null
 * @param evidence what the bytes say, or null when nobody read them yet
 */
public record LearntFile(
        String path,
        Digest sha256,
        @Nullable Instant lastModified,
        @Nullable Evidence evidence) {

    /** The last segment of the path. */
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}

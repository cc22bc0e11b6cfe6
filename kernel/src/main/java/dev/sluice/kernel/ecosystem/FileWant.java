package dev.sluice.kernel.ecosystem;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.Repository;
import org.jspecify.annotations.Nullable;

/**
 * Somebody wants one file of one version.
 *
 * @param repository from which repository
 * @param packageName of which package
 * @param version of which version, or null when the path does not tell (npm tarballs with unusual names): then the index is
 *     searched for the path
 * @param path the file's path below {@code /{format}/{repository}/}, decoded; its key in the file store
 */
public record FileWant(
        Repository repository,
        PackageName packageName,
        @Nullable String version,
        String path) {

    /** The last segment of the path. */
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}

package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.Signal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of a package as an index tells it, before anybody judged it.
 *
 * @param version as the index spells it
 * @param published when the registry says it was published
 * @param license declared licence: an SPDX expression where the ecosystem uses them, else the text as declared; known and
 *     empty when the index says there is none
 * @param deprecated the author's message, or null
 * @param yanked why it was withdrawn (may be empty), or null when it was not
 * @param installScripts whether installing it runs code of its own
 * @param maintainers people the index names, as {@code name} or {@code name <mail>}; empty when the index gives none
 * @param summary one line of description, at most 500 characters, or empty
 * @param files its files, in the index's order; empty when the index does not list files (Maven)
 * @param document the format's own representation of this release, opaque to the kernel; treat as immutable
 */
public record Release(
        String version,
        Signal<Instant> published,
        Signal<String> license,
        @Nullable String deprecated,
        @Nullable String yanked,
        Signal<Boolean> installScripts,
        List<String> maintainers,
        String summary,
        List<ReleaseFile> files,
        byte[] document) {

    /** Copies the lists, not the document. */
    public Release {
        maintainers = List.copyOf(maintainers);
        files = List.copyOf(files);
    }

    /** The file of that name, or null. */
    public @Nullable ReleaseFile file(String name) {
        for (ReleaseFile file : files) {
            if (file.name().equals(name)) {
                return file;
            }
        }
        return null;
    }

    /** This release with other files. */
    public Release withFiles(List<ReleaseFile> newFiles) {
        return new Release(
                version,
                published,
                license,
                deprecated,
                yanked,
                installScripts,
                maintainers,
                summary,
                newFiles,
                document);
    }
}

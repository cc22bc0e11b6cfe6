package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Signal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One file of a release as an index tells it.
 *
 * @param name file name, without any slash
 * @param path where it lies below {@code /{format}/{repository}/}, decoded; its key in the {@link FileStore}
 * @param location absolute address at the upstream, a URI (as text, since thousands are read for each that is asked for), or null when the
 *     file is hosted here
 * @param digests what the index promises; the bytes must match every one of them
 * @param size in bytes as promised, or -1 when the index does not say
 * @param published when this file was uploaded, where the index tells it per file (PyPI); unknown means: as the release
 * @param yanked why this file was withdrawn (may be empty), or null
 */
public record ReleaseFile(
        String name,
        String path,
        @Nullable String location,
        List<Digest> digests,
        long size,
        Signal<Instant> published,
        @Nullable String yanked) {

    /** Copies the digests. */
    public ReleaseFile {
        digests = List.copyOf(digests);
    }
}

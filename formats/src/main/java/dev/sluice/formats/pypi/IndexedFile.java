package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.Digest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file as a page of a simple index lists it, before anything is believed of its name.
 *
 * @param fileName last segment of its address
 * @param location absolute address, without a fragment
 * @param digests what the page promises, as far as the algorithms are known here
 * @param size in bytes, or -1
 * @param uploaded when the index received it, or null
 * @param yanked why it was withdrawn (may be empty), or null
 * @param notes the rest
 * @param provenance address of its attestations, or null
 */
record IndexedFile(
        String fileName,
        URI location,
        List<Digest> digests,
        long size,
        @Nullable Instant uploaded,
        @Nullable String yanked,
        FileNotes notes,
        @Nullable URI provenance) {

    /** Copies the digests. */
    IndexedFile {
        digests = List.copyOf(digests);
    }
}

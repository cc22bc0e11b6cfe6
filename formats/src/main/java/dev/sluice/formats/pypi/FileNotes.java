package dev.sluice.formats.pypi;

import org.jspecify.annotations.Nullable;

/**
 * What an index says of a file beyond what the kernel keeps. Detached OpenPGP signatures are not served, so nothing is kept of
 * them.
 *
 * @param requiresPython the Python versions it is for, as written, or null
 * @param coreMetadata the SHA-256 in hexadecimal of its METADATA side-car; empty when there is a side-car whose hash is not
 *     known; null when there is none
 * @param provenance whether attestations exist
 */
record FileNotes(@Nullable String requiresPython, @Nullable String coreMetadata, boolean provenance) {

    /** Nothing is said. */
    static final FileNotes NONE = new FileNotes(null, null, false);
}

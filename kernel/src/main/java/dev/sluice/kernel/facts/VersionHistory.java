package dev.sluice.kernel.facts;

import java.time.Instant;
import java.util.List;

/**
 * What a repository has learnt of a version as one source has it.
 *
 * @param firstSeen when the source's index, a request to it, or a publication first named the version in this repository
 * @param files what the source gave as files of the version, by path; also those whose bytes are no longer kept
 */
public record VersionHistory(Instant firstSeen, List<LearntFile> files) {

    /** Copies the list. */
    public VersionHistory {
        files = List.copyOf(files);
    }

    /** The history of a version that was only seen. */
    public static VersionHistory seen(Instant firstSeen) {
        return new VersionHistory(firstSeen, List.of());
    }
}

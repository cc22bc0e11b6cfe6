package dev.sluice.kernel.advisory;

import dev.sluice.kernel.artifact.Signal;
import java.time.Instant;
import java.util.List;

/**
 * What is known against a version.
 *
 * @param matches the advisories kept here that cover it
 * @param coverage whether those are all there are: since when the advisories of its format are up to date; unknown when they
 *     were never imported as a whole, and then no match does not mean no hole
 */
public record Findings(List<AdvisoryMatch> matches, Signal<Instant> coverage) {

    /** Copies the list. */
    public Findings {
        matches = List.copyOf(matches);
    }
}

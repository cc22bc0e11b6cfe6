package dev.sluice.kernel.facts;

import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one version (or of one file of it, where files are judged one by one) in one repository.
 *
 * @param repository where it is
 * @param coordinates the version
 * @param purl its package URL
 * @param release as its source tells it
 * @param file the file judged, or null when the version as a whole is
 * @param local whether it was published here
 * @param upstream the upstream it comes from, or null when it is hosted or the upstream is no longer configured
 * @param firstSeen when its source first named it in this repository
 * @param evidence what its bytes say: the file's own, or of the version's files by the same source
 * @param age what an upstream's headers say of its age
 * @param firstAge the same of the oldest file of its version
 * @param kept the file's kept bytes, or null when they are not here
 * @param findings what is known against it, and whether that is all there is
 */
public record Facts(
        Repository repository,
        Coordinates coordinates,
        Purl purl,
        Release release,
        @Nullable ReleaseFile file,
        boolean local,
        @Nullable Upstream upstream,
        Instant firstSeen,
        Evidence evidence,
        Signal<Instant> age,
        Signal<Instant> firstAge,
        @Nullable StoredFile kept,
        Findings findings) {

    /**
     * When it was published: the file's own time, else the release's. What a file server's headers say counts only where the
     * upstream is trusted for times; elsewhere it is told, and decides nothing.
     */
    public Signal<Instant> published() {
        Signal<Instant> own =
                file == null ? release.published() : file.published().or(release.published());
        if (upstream != null && upstream.trustsTimes()) {
            return own.and(age);
        }
        return own instanceof Signal.Unknown<Instant>(String why) && age.isKnown()
                ? Signal.unknown(why + "; the " + age.basis() + " is " + age.orNull()
                        + ", which counts only where the upstream is trusted for times")
                : own;
    }

    /**
     * How long after the first file of its version it was published: late, when somebody adds a file to what is old. Of a version as
     * a whole it tells of the files that have no time of their own.
     */
    public Signal<Duration> addedAfter() {
        boolean byAge = upstream != null && upstream.trustsTimes();
        Signal<Instant> own = published();
        Signal<Instant> first = release.files().size() == 1
                ? own
                : byAge && kept != null ? firstAge : Signal.unknown("no index tells when each file was published");
        Instant told = null;
        for (ReleaseFile each : release.files()) {
            Instant at = each.published().orNull();
            if (at != null && (told == null || at.isBefore(told))) {
                told = at;
                first = each.published();
            }
        }
        Instant from = first.orNull();
        return from == null
                ? Signal.unknown(first.basis())
                : own.map(time ->
                        Duration.between(from, time).isNegative() ? Duration.ZERO : Duration.between(from, time));
    }

    /** The declared licence: as the bytes say; what the index or the publisher says beside it. */
    public Signal<String> license() {
        return Signal.spoken(evidence.license().and(release.license()));
    }

    /** Whether installing it runs code of its own: as the bytes say; what the index or the publisher says beside it. */
    public Signal<Boolean> installScripts() {
        return evidence.installScripts().and(release.installScripts());
    }

    /** What else is installed with it, as the bytes say; what a side-car says beside it. */
    public Signal<String> dependencies() {
        return evidence.dependencies();
    }

    /** The language runtime it demands. */
    public Signal<String> requiresRuntime() {
        return evidence.requiresRuntime();
    }
}

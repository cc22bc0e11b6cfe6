package dev.sluice.kernel.facts;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/** Where what was learnt of versions is kept. Thread-safe. Failures of the store are unchecked. */
public interface HistoryStore {

    /**
     * A number that differs after everything that was learnt of a version of the package ({@link #learn}); answered from
     * memory. It may also change when nothing was. What {@link #of} told after it was read was not outdated by learning while it
     * stays the same.
     */
    long stamp(PackageName name);

    /** What is known of every version of a package, by version. */
    Map<String, VersionHistory> of(PackageName name);

    /** Notes versions seen for the first time; those already known keep their instant. One transaction. */
    void seen(PackageName name, Collection<String> versions, Instant now);

    /** Replaces what was learnt of a version; its first-seen instant is kept when already recorded. */
    void learn(Coordinates coordinates, VersionHistory history);
}

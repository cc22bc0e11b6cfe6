package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AdvisoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The import of feeds from files: OSV records, the KEV catalogue, EPSS scores.
 *
 * <p>Takes files and directories in any mixture and tells what they are by their content: OSV as a zip of JSON files, a
 * directory of them, one JSON file (a record or an array), or JSON lines; the KEV catalogue as JSON; EPSS as CSV; each also
 * packed with gzip. One run is one transaction of the store: all of it becomes visible at once, or nothing.
 *
 * <p>Thread-safe; the store lets one import run at a time. Record size, nesting, number and unpacked size are bounded.
 */
public final class FeedImport {

    private final AdvisoryStore store;
    private final InstantSource clock;
    private final Map<String, Ecosystem> ecosystems;
    private final FeedLimits limits;

    /** Imports into that store what concerns the ecosystems served here. */
    public FeedImport(AdvisoryStore store, InstantSource clock) {
        this(store, clock, Ecosystem.served(), FeedLimits.STANDARD);
    }

    /** Imports into that store what concerns those ecosystems. */
    public FeedImport(AdvisoryStore store, InstantSource clock, List<Ecosystem> ecosystems) {
        this(store, clock, ecosystems, FeedLimits.STANDARD);
    }

    FeedImport(AdvisoryStore store, InstantSource clock, List<Ecosystem> ecosystems, FeedLimits limits) {
        this.store = store;
        this.clock = clock;
        this.ecosystems = Ecosystem.byName(ecosystems);
        this.limits = limits;
    }

    /**
     * Imports those files and directories.
     *
     * <p>A record that cannot be read is rejected and counted. In a directory, files whose names end like no feed are passed over.
     * Of no file can anybody tell whether it is all there is, unless {@code covered} says so; then it is, when all of it could be
     * read and it does not hold many fewer records than before.
     *
     * @param covered names of ecosystems whose advisories these files are all of
     * @param fewer whether many fewer records than before are right
     * @throws FeedException when a file is absent, unreadable, broken off or no feed at all, or no record speaks of a covered
     *     ecosystem; then nothing is kept
     */
    public ImportSummary run(List<Path> paths, Set<String> covered, boolean fewer, Progress progress)
            throws FeedException {
        try (AdvisoryStore.Import target = store.begin()) {
            Instant now = clock.instant();
            ImportRun run = new ImportRun(target, ecosystems, limits, null, now, progress);
            for (Path path : paths) {
                run.path(path);
            }
            Map<String, Spoken.Part> whole = new HashMap<>();
            for (String name : covered) {
                Ecosystem ecosystem = ecosystems.get(name.toLowerCase(Locale.ROOT));
                Spoken.Part part =
                        ecosystem == null ? Spoken.Part.NONE : run.spoken().part(ecosystem.format());
                if (ecosystem == null || part.records() == 0) {
                    throw new FeedException("these files are not all that is known of " + name
                            + ": no record that could be read speaks of it");
                }
                whole.put(ecosystem.format(), part);
            }
            return run.finish(new FeedStates(store.feeds(), now), whole, Map.of(), fewer);
        }
    }

    /** Imports those files and directories; what nobody says they are all of, they may be part of. */
    public ImportSummary run(List<Path> paths, Progress progress) throws FeedException {
        return run(paths, Set.of(), false, progress);
    }
}

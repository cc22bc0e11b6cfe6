package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AdvisoryStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

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
     * <p>A malformed record is rejected and counted. In a directory, files whose names end like no feed are passed over.
     *
     * @throws FeedException when a file is absent, unreadable, broken off or no feed at all; then nothing is kept
     */
    public ImportSummary run(List<Path> paths, Progress progress) throws FeedException {
        try (AdvisoryStore.Import target = store.begin()) {
            ImportRun run = new ImportRun(target, ecosystems, limits, null, progress);
            for (Path path : paths) {
                run.path(path);
            }
            return run.finish(store.feeds(), clock.instant());
        }
    }
}

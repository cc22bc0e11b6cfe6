package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.LearntFile;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.repository.StoredFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Learns the files from which the file that describes a version inherits what it does not say itself (Maven's parent POMs).
 *
 * <p>They are located, fetched and verified like any file a client asks for, from the same repository, and kept. What their bytes
 * say belongs to their own digest; the version that inherits only notes, by its own source, which bytes those are. Thread-safe.
 */
final class Ancestors {

    /** So many generations are followed. */
    static final int MAX = 10;

    private static final String BETWEEN = "::";

    private final HistoryStore history;
    private final FileLocator locator;
    private final Blends blends;
    private final Artifacts artifacts;
    private final Reading reading;

    Ancestors(HistoryStore history, FileLocator locator, Blends blends, Artifacts artifacts, Reading reading) {
        this.history = history;
        this.locator = locator;
        this.blends = blends;
        this.artifacts = artifacts;
        this.reading = reading;
    }

    /** Under which path a version's history notes a file from which its describing file inherits. */
    static String path(String describing, String ancestor) {
        return describing + BETWEEN + ancestor;
    }

    /** Whether that path of a version's history is of a file from which another of its files only inherits. */
    static boolean isInherited(String path, List<LearntFile> files) {
        int between = path.indexOf(BETWEEN);
        return between > 0
                && files.stream()
                        .anyMatch(f -> f.evidence() != null
                                && f.evidence().parent() != null
                                && f.path().equals(path.substring(0, between)));
    }

    /**
     * Sees to it that what the version of a file inherits is known, and the file that describes it, where either could not be had
     * when the file was fetched. May block.
     *
     * @return whether all is known that can be; false when an ancestor could not be had, so that asking again later may tell more
     */
    boolean learn(Ecosystem format, FileWant want) throws IOException {
        if (!format.proxying().hasAncestors()) {
            return true;
        }
        FileWant descriptor = format.proxying().descriptor(want);
        Artifacts.Obtained first = obtain(format, descriptor == null ? want : descriptor);
        StoredFile describing = first.file();
        if (describing == null) {
            return first.failure() == null; // not every version is described
        }
        Set<String> met = new HashSet<>(Set.of(describing.path()));
        Evidence evidence = evidence(format, describing);
        for (int i = 0; i < MAX && evidence != null && inherits(evidence); i++) {
            FileWant next = format.proxying().ancestor(want.repository(), String.valueOf(evidence.parent()));
            if (next == null || !met.add(next.path())) {
                return true; // no name of a file, or a circle
            }
            StoredFile ancestor = obtain(format, next).file();
            if (ancestor == null) {
                return false;
            }
            evidence = evidence(format, ancestor);
            note(describing, ancestor, evidence);
        }
        return true;
    }

    private static boolean inherits(Evidence evidence) {
        return evidence.parent() != null && !evidence.license().isKnown();
    }

    private @Nullable Evidence evidence(Ecosystem format, StoredFile file) throws IOException {
        reading.learn(format, file);
        return history.evidence(file.contents().sha256(), format.id(), file.fileName())
                .orElse(null);
    }

    private Artifacts.Obtained obtain(Ecosystem format, FileWant want) throws IOException {
        StoredFile present = artifacts.kept(want);
        StoredFile kept = present != null && blends.isStillOurs(want.repository(), present) ? present : null;
        if (kept != null) {
            return new Artifacts.Obtained(kept, null);
        }
        return switch (locator.locate(format, want, null)) {
            case FileLocator.Absent absent -> new Artifacts.Obtained(null, "no index tells of " + want.path());
            case FileLocator.Found found -> artifacts.fetch(want, found.candidate(), found.upstreams(), present);
        };
    }

    private void note(StoredFile describing, StoredFile ancestor, @Nullable Evidence evidence) {
        Coordinates coordinates = describing.coordinates();
        String path = path(describing.path(), ancestor.path());
        VersionHistory known = history.of(describing.repository(), coordinates.packageName())
                .of(describing.upstream(), coordinates.version());
        boolean isNoted = known != null
                && known.files().stream()
                        .anyMatch(f -> f.path().equals(path)
                                && f.sha256().equals(ancestor.contents().sha256())
                                && f.evidence() != null
                                && f.evidence().equals(evidence));
        if (!isNoted && evidence != null) {
            history.learn(
                    new StoredFile(
                            describing.repository(),
                            path,
                            coordinates,
                            ancestor.contents(),
                            describing.upstream(),
                            describing.storedAt(),
                            null),
                    evidence);
        }
    }
}

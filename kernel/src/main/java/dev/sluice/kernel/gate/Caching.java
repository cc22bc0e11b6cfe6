package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is kept of upstreams and which of them are left alone, as those see and change it who run the registry. Thread-safe. */
public final class Caching {

    private final FileStore files;
    private final HistoryStore history;
    private final Formats formats;
    private final Artifacts artifacts;
    private final Blends blends;
    private final Rests rests;

    Caching(Gate.Stores stores, Formats formats, Artifacts artifacts, Blends blends, Rests rests) {
        this.files = stores.files();
        this.history = stores.history();
        this.formats = formats;
        this.artifacts = artifacts;
        this.blends = blends;
        this.rests = rests;
    }

    /** Names of packages of which files are kept, published or fetched, after the given one in order, at most {@code limit}. */
    public List<PackageName> keptNames(Repository repository, String format, String after, int limit) {
        return files.names(repository.id(), format, after, limit);
    }

    /**
     * What was dropped.
     *
     * @param files cached files
     * @param indexes indexes of upstreams
     * @param hosted files of the same package or version that were published here, and stay
     */
    public record Forgotten(int files, int indexes, int hosted) {}

    /**
     * Drops what is cached of a package, or of one version of it, so that the next request fetches it again; which bytes an upstream
     * gave is forgotten with it, what they say stays with their digest. Never what is published here. When versions were first seen,
     * and what was recorded, stays. Where all there is was published here, nothing is dropped. Other nodes drop the files at once, indexes when they are older than they may be.
     *
     * @param version of which files are dropped, or null for every version; the package's index goes in either case
     * @param upstream whose, by id, or null for all
     */
    public Forgotten forget(
            Repository repository, PackageName name, @Nullable String version, @Nullable String upstream) {
        Ecosystem format = formats.of(name);
        List<StoredFile> cached = new ArrayList<>();
        int hosted = 0;
        Collection<String> known = files.versions(repository.id(), name);
        Collection<String> dropped = version == null ? known : format.spellings(version, known);
        for (String each : dropped) {
            for (StoredFile file : files.of(repository.id(), new Coordinates(name, each))) {
                if (file.isHosted()) {
                    hosted++;
                } else if (upstream == null || upstream.equals(file.upstream())) {
                    cached.add(file);
                }
            }
        }
        if (cached.isEmpty() && hosted > 0) {
            return new Forgotten(0, 0, hosted); // it is ours
        }
        cached.forEach(artifacts::forget);
        Set<String> sources = new TreeSet<>();
        repository.upstreams(format.id()).forEach(each -> sources.add(each.id()));
        for (StoredFile file : cached) { // also of upstreams that the repository has no more
            if (file.upstream() != null) {
                sources.add(file.upstream());
            }
        }
        int indexes = 0;
        for (String each : sources) {
            if (upstream == null || upstream.equals(each)) {
                indexes += blends.forget(format, repository, each, name) ? 1 : 0;
                if (version == null) {
                    history.forget(repository.id(), each, name, null);
                } else {
                    dropped.forEach(one -> history.forget(repository.id(), each, name, one));
                }
            }
        }
        return new Forgotten(cached.size(), indexes, hosted);
    }

    /** What of upstreams is left alone now by this node, and why. */
    public List<Rest> rests() {
        return rests.current();
    }

    /** Ends the rests of upstreams with that id, or of all when it is null: they are asked again; how many rests ended. */
    public int wake(@Nullable String upstream) {
        return rests.wake(upstream);
    }

    /**
     * How the memory for indexes fares.
     *
     * @param bytes what it holds
     * @param most what it may hold
     * @param evicted indexes dropped for lack of room
     * @param askedAgain those of them that were asked for again lately, and so were read and judged once more
     */
    public record IndexMemory(long bytes, long most, long evicted, long askedAgain) {}

    /** How the memory for indexes fares; from memory alone. */
    public IndexMemory indexMemory() {
        return blends.figures();
    }

    /** Ids of upstreams that are left alone now: they could not be reached, or asked for it. */
    public Set<String> resting() {
        return rests.resting();
    }
}

package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all sources of a repository together tell of a package, before judging: hosted first, then upstreams by priority; the
 * first source that has a version wins.
 *
 * <p>Immutable but for what was judged from it; thread-safe.
 */
final class Blend {

    /** A release, where it comes from, and (found by path) which file of it. */
    record Entry(Release release, @Nullable String upstream) {}

    /** A file of a release. */
    record FileEntry(Entry entry, ReleaseFile file) {}

    /**
     * The stores' numbers for the package: they differ after every change of any node.
     *
     * @param hosted what is published of it
     * @param history what was learnt of it
     */
    record Stamps(long hosted, long history) {}

    final Repository repository;
    final PackageName name;
    final List<Listed.Source> sources;
    final List<Documents.Key> documents;
    /** What is published of the package, and what was learnt of it, when it was blended. */
    final Stamps stamps;

    final boolean stale;
    /** Whether upstreams that are not trusted may be asked for files of the package. */
    final boolean untrusted;

    final Map<String, Entry> releases;
    final PackageHistory histories;
    private final Map<String, FileEntry> files;

    /** What was judged from this blend, with the stamp that says whether it still holds. */
    volatile @Nullable Judged judged;

    /** A judged index, what it was judged by, and while which it holds as far as time decides. */
    record Judged(Listed listed, long policies, long advisories, long stamp, Span span) {}

    Blend(
            Repository repository,
            PackageName name,
            List<Listed.Source> sources,
            List<Documents.Key> documents,
            Stamps stamps,
            boolean stale,
            boolean untrusted,
            PackageHistory histories) {
        this.repository = repository;
        this.name = name;
        this.sources = sources;
        this.documents = documents;
        this.stamps = stamps;
        this.stale = stale;
        this.untrusted = untrusted;
        this.histories = histories;
        this.releases = new LinkedHashMap<>();
        this.files = new HashMap<>();
        for (Listed.Source source : sources) {
            for (Release release : source.index().releases()) {
                Entry entry = new Entry(release, source.upstream());
                if (releases.putIfAbsent(release.version(), entry) == null) {
                    for (ReleaseFile file : release.files()) {
                        files.putIfAbsent(file.path(), new FileEntry(entry, file));
                    }
                }
            }
        }
    }

    /** The same sources with what was learnt meanwhile; what was judged is not carried over. */
    Blend with(Stamps newStamps, PackageHistory newHistories) {
        return new Blend(repository, name, sources, documents, newStamps, stale, untrusted, newHistories);
    }

    /** The file at that path, or null when no source lists it. */
    @Nullable
    FileEntry file(String path) {
        return files.get(path);
    }

    /** The release of that version, or null. */
    @Nullable
    Entry release(String version) {
        return releases.get(version);
    }

    /** Roughly how much memory it takes, in bytes. */
    int weight() {
        long bytes = 1_500 + Listed.lengthOf(sources) + Listed.roomForRenderings(sources);
        for (Listed.Source source : sources) {
            for (Release release : source.index().releases()) {
                bytes += 600L + 300L * release.files().size();
            }
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }
}

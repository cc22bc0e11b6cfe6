package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

    final PackageHistory histories;
    private final int size;

    /** What was judged from this blend, with the vintage that says whether it still holds. */
    volatile @Nullable Judged judged;

    /**
     * What was judged from the same sources before something more was learnt of some versions, or null: of the others it still holds, as
     * far as policies, advisories and time allow.
     */
    private volatile @Nullable Before before;

    /** What was judged earlier, and what was known of the versions then. */
    record Before(Judged judged, PackageHistory histories) {}

    /** A judged index, of which vintage it is, and while which it holds as far as time decides. */
    record Judged(Listed listed, Vintage vintage, Span span) {}

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
        this.size = sources.size() == 1
                ? sources.getFirst().index().versions().size()
                : (int) sources.stream()
                        .flatMap(source -> source.index().versions().stream())
                        .distinct()
                        .count();
    }

    /** How many versions there are. */
    int size() {
        return size;
    }

    /** Every version once, in the order of the sources; each made as it is looked at, so look once. */
    Iterable<Entry> entries() {
        return entries(sources);
    }

    /** Every version of these sources, likewise. */
    static Iterable<Entry> entries(List<Listed.Source> sources) {
        return () -> {
            Set<String> seen = new HashSet<>();
            return sources.stream()
                    .flatMap(source -> source.index().releases().stream().map(r -> new Entry(r, source.upstream())))
                    .filter(entry ->
                            sources.size() == 1 || seen.add(entry.release().version()))
                    .iterator();
        };
    }

    /** Whether both hold the same judged index, as after an upstream said that nothing changed. */
    @SuppressWarnings("ReferenceEquality") // one and the same
    boolean sharesJudgedWith(Blend other) {
        Judged mine = judged;
        Judged its = other.judged;
        return this == other || (mine != null && its != null && mine.listed() == its.listed());
    }

    /** The same sources with what was learnt meanwhile. */
    Blend with(Stamps newStamps, PackageHistory newHistories) {
        return new Blend(repository, name, sources, documents, newStamps, stale, untrusted, newHistories).after(this);
    }

    /** This, which has the same sources as another blend and knows more of some versions: what was judged of the others is kept. */
    Blend after(Blend former) {
        Judged known = former.judged;
        before = known == null ? former.before : new Before(known, former.histories);
        return this;
    }

    /** What was judged before something was learnt, or null. */
    @Nullable
    Before before() {
        return before;
    }

    /** Keeps what was judged; what was judged before it is of no more use. */
    void judged(Judged now) {
        judged = now;
        before = null;
    }

    /** The versions of which something else is known now than then. */
    Set<String> learntSince(PackageHistory then) {
        Set<String> learnt = new HashSet<>();
        for (Listed.Source source : sources) {
            Map<String, VersionHistory> was = then.of(source.upstream());
            Map<String, VersionHistory> is = histories.of(source.upstream());
            is.forEach((version, history) -> {
                if (!history.equals(was.get(version))) {
                    learnt.add(version);
                }
            });
            was.keySet().stream().filter(version -> !is.containsKey(version)).forEach(learnt::add);
        }
        return learnt;
    }

    /** The file at that path, or null when no source lists it. */
    @Nullable
    FileEntry file(String path) {
        for (Listed.Source source : sources) {
            Release release = source.index().releaseOf(path);
            Entry entry = release == null ? null : release(release.version());
            if (release == null || entry == null || !Objects.equals(entry.upstream(), source.upstream())) {
                continue; // an earlier source has the version: what it lists counts
            }
            for (ReleaseFile file : release.files()) {
                if (file.path().equals(path)) {
                    return new FileEntry(new Entry(release, source.upstream()), file);
                }
            }
        }
        return null;
    }

    /** The release of that version, or null. */
    @Nullable
    Entry release(String version) {
        for (Listed.Source source : sources) {
            Release release = source.index().release(version);
            if (release != null) {
                return new Entry(release, source.upstream());
            }
        }
        return null;
    }

    /** The versions that any source lists, those of earlier sources first. */
    Set<String> versions() {
        Set<String> versions = new LinkedHashSet<>();
        sources.forEach(source -> versions.addAll(source.index().versions()));
        return versions;
    }

    /** How much memory it takes with what was judged and rendered of it so far, in bytes. */
    int weight() {
        long bytes = 1_500;
        for (Listed.Source source : sources) {
            bytes += source.index().weight();
        }
        for (Listed.Source source : sources) {
            for (String version : histories.of(source.upstream()).keySet()) {
                bytes += 150 + version.length(); // most histories of a package are the same one
            }
        }
        Judged known = judged;
        bytes += known == null ? 0 : known.listed().weight();
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }
}

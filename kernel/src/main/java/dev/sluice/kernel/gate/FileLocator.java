package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the release a file belongs to, and who may be asked for its bytes. Thread-safe. */
final class FileLocator {

    /** Stands for an upstream that cannot be named; no upstream has this id. */
    static final String NOWHERE = "unknown";

    /**
     * What locating a file gave: the release it belongs to, or why there is none.
     *
     * @param source id of the upstream it comes from as far as that can be said before it is fetched, or null when it is hosted
     * @param upstreams who may be asked for its bytes
     */
    record Found(
            Coordinates coordinates,
            Release release,
            @Nullable ReleaseFile file,
            @Nullable String source,
            List<Upstream> upstreams,
            @Nullable Blend blend,
            @Nullable Missing missing) {}

    private final Blends blends;
    private final Answers answers;

    FileLocator(Blends blends, Answers answers) {
        this.blends = blends;
        this.answers = answers;
    }

    /**
     * Locates a file.
     *
     * @param kept the file when it is here already
     */
    Found locate(Ecosystem format, FileWant want, @Nullable StoredFile kept) throws IOException {
        // A kept file needs no current index: lock files must not wait for upstreams.
        Blend blend = kept == null ? null : blends.lastSeen(want.repository(), want.packageName());
        String failure = null;
        boolean untrusted = blend != null && blend.untrusted;
        if (blend == null) {
            Blends.Located located = blends.locate(format, want.repository(), want.packageName());
            blend = located.blend();
            failure = located.failure();
            untrusted = located.untrusted();
        }
        Blend.FileEntry listed = blend == null ? null : blend.file(want.path());
        if (blend != null && listed != null) {
            Blend.Entry entry = listed.entry();
            Coordinates coordinates =
                    new Coordinates(want.packageName(), entry.release().version());
            List<Upstream> lister =
                    blends.askable(want.repository(), want.packageName(), coordinates.version(), untrusted).stream()
                            .filter(u -> u.id().equals(entry.upstream()))
                            .toList();
            return new Found(coordinates, entry.release(), listed.file(), entry.upstream(), lister, blend, null);
        }
        String version = kept != null ? kept.coordinates().version() : want.version();
        boolean mayBeUnlisted = kept != null || !format.proxying().indexListsFiles();
        if (!mayBeUnlisted || version == null) {
            Missing missing = answers.missing(
                    want.path(),
                    failure,
                    want.repository().upstreamsFor(want.packageName()),
                    upstream -> format.proxying().indexQuestion(upstream, want.packageName()));
            return new Found(
                    new Coordinates(want.packageName(), "0"), bare("0"), null, null, List.of(), blend, missing);
        }
        Blend.Entry entry = blend == null ? null : blend.release(version);
        // Any of them may have it: indexes of this format do not say who has which file.
        List<Upstream> askable = blends.askable(want.repository(), want.packageName(), version, untrusted);
        String source = entry != null
                ? entry.upstream()
                : askable.isEmpty() ? NOWHERE : askable.getFirst().id();
        return new Found(
                new Coordinates(want.packageName(), version),
                entry == null ? bare(version) : entry.release(),
                null,
                source,
                askable,
                blend,
                null);
    }

    /** A release that no index describes. */
    static Release bare(String version) {
        return new Release(
                version,
                Signal.unknown("no index tells"),
                Signal.unknown("no index tells"),
                null,
                null,
                Signal.unknown("no index tells"),
                List.of(),
                "",
                List.of(),
                new byte[0]);
    }
}

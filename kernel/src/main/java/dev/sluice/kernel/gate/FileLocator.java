package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the release a file belongs to, and who may be asked for its bytes. Thread-safe. */
final class FileLocator {

    /** What locating a file gave: the version it belongs to, or that there is none. */
    sealed interface Location {
        /** What the sources tell of the package, or null when nothing is known of it. */
        @Nullable
        Blend blend();
    }

    /**
     * A version, and the file where an index lists it.
     *
     * @param candidate comes from where the file does, as far as that can be said before it is fetched
     * @param upstreams who may be asked for its bytes
     */
    record Found(
            Candidate candidate,
            List<Upstream> upstreams,
            @Nullable Blend blend) implements Location {}

    /** No version has the file, or nobody knows. */
    record Absent(Missing missing, @Nullable Blend blend) implements Location {}

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
    Location locate(Ecosystem format, FileWant want, @Nullable StoredFile kept) throws IOException {
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
            List<Upstream> lister =
                    blends
                            .askable(
                                    want.repository(),
                                    want.packageName(),
                                    entry.release().version(),
                                    untrusted)
                            .stream()
                            .filter(u -> u.id().equals(entry.upstream()))
                            .toList();
            return new Found(Candidate.of(format, blend, entry).about(listed.file()), lister, blend);
        }
        String version = kept != null ? kept.coordinates().version() : want.version();
        boolean mayBeUnlisted = kept != null || !format.proxying().indexListsFiles();
        if (!mayBeUnlisted || version == null) {
            Missing missing = answers.missing(
                    want.path(),
                    failure,
                    want.repository().upstreamsFor(want.packageName()),
                    upstream -> format.proxying().indexQuestion(upstream, want.packageName()));
            return new Absent(missing, blend);
        }
        Blend.Entry entry = blend == null ? null : blend.release(version);
        // Any of them may have it: indexes of this format do not say who has which file.
        List<Upstream> askable = blends.askable(want.repository(), want.packageName(), version, untrusted);
        if (blend != null && entry != null) {
            return new Found(Candidate.of(format, blend, entry), askable, blend);
        }
        String source =
                askable.isEmpty() ? Candidate.NOWHERE : askable.getFirst().id();
        Coordinates coordinates = new Coordinates(want.packageName(), version);
        return new Found(
                Candidate.undescribed(format, want.repository(), coordinates).from(source), askable, blend);
    }
}

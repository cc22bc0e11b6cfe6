package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is judged: a version of a package, or one file of it, with what is known of it before any policy looks. Immutable.
 *
 * @param format of which format
 * @param repository in which repository
 * @param coordinates which version
 * @param release what its source tells of the version; nothing but the version where no index describes it
 * @param file the file as the index lists it, or null when it is about the version as a whole, or no index lists it
 * @param source id of the upstream it comes from, {@link #NOWHERE} when none can be named, or null when it is hosted
 * @param histories what was learnt of the package's versions
 * @param kept the file when it is kept here, or null
 */
record Candidate(
        Ecosystem format,
        Repository repository,
        Coordinates coordinates,
        Release release,
        @Nullable ReleaseFile file,
        @Nullable String source,
        PackageHistory histories,
        @Nullable StoredFile kept) {

    /** Stands for an upstream that cannot be named; no upstream has this id. */
    static final String NOWHERE = "unknown";

    /** A version as a whole, as a source tells of it. */
    static Candidate of(Ecosystem format, Blend blend, Blend.Entry entry) {
        return new Candidate(
                format,
                blend.repository,
                new Coordinates(blend.name, entry.release().version()),
                entry.release(),
                null,
                entry.upstream(),
                blend.histories,
                null);
    }

    /** A version that no index describes. */
    static Candidate undescribed(Ecosystem format, Repository repository, Coordinates coordinates) {
        return new Candidate(
                format, repository, coordinates, bare(coordinates.version()), null, NOWHERE, PackageHistory.NONE, null);
    }

    private static Release bare(String version) {
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

    /** The package. */
    PackageName packageName() {
        return coordinates.packageName();
    }

    /** The same from that source. */
    Candidate from(@Nullable String from) {
        return new Candidate(format, repository, coordinates, release, file, from, histories, kept);
    }

    /** That file of the version. */
    Candidate about(@Nullable ReleaseFile one) {
        return new Candidate(format, repository, coordinates, release, one, source, histories, kept);
    }

    /** The same with what was learnt meanwhile. */
    Candidate knowing(PackageHistory learnt) {
        return new Candidate(format, repository, coordinates, release, file, source, learnt, kept);
    }

    /** The same as it is kept here. */
    Candidate keptAs(StoredFile stored) {
        return new Candidate(format, repository, coordinates, release, file, source, histories, stored);
    }

    /** The same as policies see it: a file that is judged as another one is that one, and no side-car is a file of the release. */
    Candidate withoutSideCars() {
        List<ReleaseFile> files =
                release.files().stream().filter(each -> !isSideCar(each.name())).toList();
        ReleaseFile subject = file == null ? null : release.file(format.judgedAs(file.name()));
        StoredFile read = kept != null && isSideCar(kept.fileName()) ? null : kept;
        Release seen = files.size() == release.files().size() ? release : release.withFiles(files);
        return new Candidate(format, repository, coordinates, seen, subject, source, histories, read);
    }

    /** Whether a file is judged as another one. */
    private boolean isSideCar(String fileName) {
        return Judge.isSideCar(format, fileName);
    }
}

package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.LearntFile;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What bytes say of what is judged: of one file, its own bytes and those that describe it; of a version as a whole, the bytes its
 * source gave for it here.
 *
 * @param evidence what they say
 * @param age what the upstream's headers say of their age
 */
record Testimony(Evidence evidence, Signal<Instant> age) {

    private static final Testimony NONE = new Testimony(Evidence.NONE, Signal.unknown("not told"));

    /**
     * Hears what counts.
     *
     * @param release as its source tells it: of a release whose index lists files, only those count
     * @param path of the file that is judged, or null when the version as a whole is
     * @param kept digest of the judged file's bytes, or null when they are not here
     * @param history of the version by its source
     */
    static Testimony of(
            Format format,
            Repository repository,
            PackageName name,
            Release release,
            @Nullable String path,
            @Nullable Digest kept,
            VersionHistory history) {
        if (history.files().isEmpty()) {
            return NONE;
        }
        Function<String, @Nullable String> descriptor = of -> {
            FileWant want = format.proxying().descriptor(new FileWant(repository, name, release.version(), of));
            return want == null ? null : want.path();
        };
        List<LearntFile> files = listed(format, release, history.files());
        LearntFile judged = path == null ? foremost(files, descriptor) : at(files, path);
        if (judged != null && path != null && kept != null && !judged.sha256().equals(kept)) {
            judged = null; // other bytes lay there
        }
        String about = path != null ? path : judged == null ? null : judged.path();
        LearntFile describing = about == null ? null : at(files, descriptor.apply(about));
        List<Evidence> own = Stream.of(describing, judged)
                .filter(Objects::nonNull)
                .map(LearntFile::evidence)
                .filter(Objects::nonNull)
                .toList();
        List<Evidence> all = Stream.concat(
                        own.stream(), files.stream().map(LearntFile::evidence).filter(Objects::nonNull))
                .toList();
        Evidence mine = judged != null && judged.evidence() != null ? judged.evidence() : Evidence.NONE;
        return new Testimony(
                new Evidence(
                        mine.reader(),
                        license(format, repository, own, all, mine, describing, judged, history.files()),
                        path == null ? agreed(all) : mine.installScripts(),
                        first(all, Evidence::requiresRuntime, mine.requiresRuntime()),
                        mine.ambiguities(),
                        null),
                age(files, judged));
    }

    /** The file's own, that of the file which describes it, what that inherits; else what any other file of the version tells. */
    private static Signal<String> license(
            Format format,
            Repository repository,
            List<Evidence> own,
            List<Evidence> all,
            Evidence mine,
            @Nullable LearntFile describing,
            @Nullable LearntFile judged,
            List<LearntFile> files) {
        Signal<String> told = first(own, Evidence::license, mine.license());
        LearntFile heir = describing != null ? describing : judged;
        if (told.isKnown()
                || heir == null
                || heir.evidence() == null
                || heir.evidence().parent() == null) {
            return first(all, Evidence::license, told);
        }
        Signal<String> inherited = inherited(format, repository, heir, heir.evidence(), files);
        return inherited.isKnown() ? inherited : first(all, Evidence::license, inherited);
    }

    private static Signal<String> inherited(
            Format format, Repository repository, LearntFile heir, Evidence own, List<LearntFile> files) {
        Evidence evidence = own;
        for (int i = 0; i < Ancestors.MAX; i++) {
            String parent = String.valueOf(evidence.parent());
            FileWant want = format.proxying().ancestor(repository, parent);
            if (want == null) {
                return Signal.unknown("the licence is left to a parent that cannot be named: " + parent);
            }
            LearntFile ancestor = at(files, Ancestors.path(heir.path(), want.path()));
            if (ancestor == null || ancestor.evidence() == null) {
                return Signal.unknown("the licence is left to the parent POM " + parent + ", which is not read yet");
            }
            evidence = ancestor.evidence();
            String declared = evidence.license().orNull();
            if (declared != null) {
                return Signal.known(declared, "parent POM " + parent);
            }
            if (evidence.parent() == null) {
                return Signal.unknown(
                        "parent POM " + parent + ": " + evidence.license().basis());
            }
        }
        return Signal.unknown("the licence is left to more than " + Ancestors.MAX + " parents, or to a circle of them");
    }

    /** Side-cars tell nothing that their file does not tell; what the index no longer lists counts no more. */
    private static List<LearntFile> listed(Format format, Release release, List<LearntFile> files) {
        Set<String> paths = new HashSet<>();
        for (ReleaseFile file : release.files()) {
            paths.add(file.path());
        }
        return files.stream()
                .filter(f -> paths.isEmpty() || paths.contains(f.path()))
                .filter(f -> !Judge.isSideCar(format, f.fileName()) && !Ancestors.isInherited(f.path(), files))
                .toList();
    }

    /** The file that speaks for a version: one that describes others, else the first that tells a licence, else the first. */
    private static @Nullable LearntFile foremost(
            List<LearntFile> files, Function<String, @Nullable String> descriptor) {
        Set<String> describing = new HashSet<>();
        for (LearntFile file : files) {
            String path = descriptor.apply(file.path());
            if (path != null) {
                describing.add(path);
            }
        }
        return files.stream()
                .min(Comparator.comparing((LearntFile f) -> !describing.contains(f.path()))
                        .thenComparing(f ->
                                f.evidence() == null || !f.evidence().license().isKnown())
                        .thenComparing(LearntFile::path))
                .orElse(null);
    }

    private static @Nullable LearntFile at(List<LearntFile> files, @Nullable String path) {
        for (LearntFile file : files) {
            if (file.path().equals(path)) {
                return file;
            }
        }
        return null;
    }

    private static <T> Signal<T> first(List<Evidence> all, Function<Evidence, Signal<T>> fact, Signal<T> otherwise) {
        for (Evidence evidence : all) {
            if (fact.apply(evidence).isKnown()) {
                return fact.apply(evidence);
            }
        }
        return otherwise;
    }

    private static Signal<Boolean> agreed(List<Evidence> all) {
        Signal<Boolean> agreed = Evidence.NONE.installScripts();
        for (Evidence evidence : all) {
            Signal<Boolean> one = evidence.installScripts();
            if (agreed.isKnown() && one.isKnown() && !Objects.equals(agreed.orNull(), one.orNull())) {
                return Signal.unknown("some of its files run code when installed, others do not");
            }
            agreed = one.isKnown() ? one : agreed;
        }
        return agreed;
    }

    private static Signal<Instant> age(List<LearntFile> files, @Nullable LearntFile judged) {
        LearntFile youngest = judged != null && judged.lastModified() != null ? judged : null;
        for (LearntFile file : youngest == null ? files : List.<LearntFile>of()) {
            Instant time = file.lastModified();
            if (time != null && (youngest == null || time.isAfter(Objects.requireNonNull(youngest.lastModified())))) {
                youngest = file;
            }
        }
        return youngest == null
                ? NONE.age()
                : Signal.known(
                        Objects.requireNonNull(youngest.lastModified()), "last-modified of " + youngest.fileName());
    }
}

package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.LearntFile;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import java.time.Instant;
import java.util.ArrayList;
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
 * @param firstAge the same of the oldest file
 */
record Testimony(Evidence evidence, Signal<Instant> age, Signal<Instant> firstAge) {

    private static final Signal<Instant> NO_AGE = Signal.unknown("not told");
    private static final Testimony NONE = new Testimony(Evidence.NONE, NO_AGE, NO_AGE);

    /**
     * Hears what counts.
     *
     * @param candidate what is judged; of a release whose index lists files, only those count
     * @param history of the version by its source
     */
    static Testimony of(Candidate candidate, VersionHistory history) {
        if (history.files().isEmpty()) {
            return NONE;
        }
        Ecosystem format = candidate.format();
        Repository repository = candidate.repository();
        Release release = candidate.release();
        ReleaseFile one = candidate.file();
        StoredFile stored = candidate.kept();
        String path = one != null ? one.path() : stored != null ? stored.path() : null;
        Digest kept = stored == null ? null : stored.contents().sha256();
        Function<String, @Nullable String> descriptor = of -> {
            FileWant want = format.proxying()
                    .descriptor(new FileWant(repository, candidate.packageName(), release.version(), of));
            return want == null ? null : want.path();
        };
        List<LearntFile> sideCars = new ArrayList<>();
        List<LearntFile> files = new ArrayList<>();
        for (LearntFile file : listed(format, release, history.files())) {
            (Judge.isSideCar(format, file.fileName()) ? sideCars : files).add(file);
        }
        LearntFile judged = path == null ? foremost(files, descriptor) : at(files, path);
        if (judged != null && path != null && kept != null && !judged.sha256().equals(kept)) {
            judged = null; // other bytes lay there
        }
        String about = path != null
                ? path
                : judged != null ? judged.path() : sideCars.isEmpty() ? null : subject(format, sideCars.getFirst());
        LearntFile describing = about == null ? null : at(files, descriptor.apply(about));
        LearntFile promising = about == null ? null : promising(format, sideCars, about);
        List<Evidence> others = Stream.concat(files.stream(), sideCars.stream())
                .map(LearntFile::evidence)
                .filter(Objects::nonNull)
                .toList();
        Evidence mine = evidence(judged);
        Evidence description = evidence(describing);
        Evidence promise = evidence(promising);
        String describer = describing == null ? "" : describing.fileName();
        String promiser = promising == null ? "" : promising.fileName();
        return new Testimony(
                new Evidence(
                        mine.reader(),
                        heard(
                                description.license().by(describer),
                                mine.license(),
                                promise.license().by(promiser),
                                inherited(
                                        format, repository, describing != null ? describing : judged, history.files()),
                                others,
                                Evidence::license),
                        path == null
                                ? agreed(others)
                                : mine.installScripts()
                                        .and(promise.installScripts().by(promiser)),
                        heard(
                                description.requiresRuntime().by(describer),
                                mine.requiresRuntime(),
                                promise.requiresRuntime().by(promiser),
                                null,
                                others,
                                Evidence::requiresRuntime),
                        mine.ambiguities(),
                        null,
                        mine.dependencies().and(promise.dependencies().by(promiser))),
                age(files, judged),
                files.stream()
                        .filter(file -> file.lastModified() != null)
                        .min(Comparator.comparing(file -> Objects.requireNonNull(file.lastModified())))
                        .map(Testimony::age)
                        .orElse(NO_AGE));
    }

    /** What the file inherits that does not say it itself, or null when it inherits from none. */
    private static @Nullable Signal<String> inherited(
            Ecosystem format, Repository repository, @Nullable LearntFile heir, List<LearntFile> files) {
        Evidence evidence = evidence(heir);
        if (heir == null || evidence.parent() == null) {
            return null;
        }
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

    /** What the index no longer lists counts no more. */
    private static List<LearntFile> listed(Ecosystem format, Release release, List<LearntFile> files) {
        Set<String> paths = new HashSet<>();
        for (ReleaseFile file : release.files()) {
            paths.add(file.path());
        }
        return files.stream()
                .filter(f -> paths.isEmpty() || paths.contains(subject(format, f)))
                .filter(f -> !Ancestors.isInherited(f.path(), files))
                .toList();
    }

    /** The path of the file that is judged, of a side-car that of its file. */
    static String subject(Ecosystem format, LearntFile file) {
        return file.path().substring(0, file.path().lastIndexOf('/') + 1) + format.judgedAs(file.fileName());
    }

    /** The side-car that promises what is in the file, or null when none was read. */
    private static @Nullable LearntFile promising(Ecosystem format, List<LearntFile> sideCars, String path) {
        for (LearntFile sideCar : sideCars) {
            if (path.equals(subject(format, sideCar)) && evidence(sideCar).tells()) {
                return sideCar;
            }
        }
        return null;
    }

    private static Evidence evidence(@Nullable LearntFile file) {
        Evidence evidence = file == null ? null : file.evidence();
        return evidence == null ? Evidence.NONE : evidence;
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

    /** What describes the file, its own bytes, and what was promised of them; where all are silent, another file's word. */
    private static <T> Signal<T> heard(
            Signal<T> description,
            Signal<T> own,
            Signal<T> promise,
            @Nullable Signal<T> inherited,
            List<Evidence> others,
            Function<Evidence, Signal<T>> fact) {
        Signal<T> told = description.isKnown() ? description.and(own) : own;
        told = (told.isKnown() || inherited == null ? told : inherited).and(promise);
        for (Evidence other : isSilent(told) ? others : List.<Evidence>of()) {
            if (!isSilent(fact.apply(other))) {
                return fact.apply(other).and(told);
            }
        }
        return told;
    }

    /** Whether nothing is known, or a text that says nothing. */
    private static boolean isSilent(Signal<?> signal) {
        return !signal.isKnown() || (signal.orNull() instanceof String text && text.isBlank());
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
        return youngest == null ? NO_AGE : age(youngest);
    }

    private static Signal<Instant> age(LearntFile file) {
        return Signal.known(Objects.requireNonNull(file.lastModified()), "last-modified of " + file.fileName());
    }
}

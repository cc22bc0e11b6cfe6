package dev.sluice.kernel.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Releases files: locates, obtains, judges, and hands over what is allowed. Files that left lately are decided about from memory.
 * Thread-safe.
 */
final class Releasing {

    private record HotKey(String repository, String format, String path) {}

    /** A file that left before, with everything needed to decide about it again without blocking. */
    private record HotFile(
            StoredFile file,
            Decision decision,
            Span span,
            Vintage vintage,
            Blend.Stamps stamps,
            Repository repository) {
        /** Roughly how much memory it takes with its key, in bytes: above all four digests, and the path three times. */
        int weight() {
            return 1_000 + 3 * file.path().length() + 200 * decision.verdicts().size();
        }
    }

    private final BlobStore blobs;
    private final HistoryStore history;
    private final Recorder recorder;
    private final InstantSource clock;
    private final Stages stages;
    private final Promises promises;
    private final Blends blends;
    private final FileLocator locator;
    private final Ancestors ancestors;
    private final Judge judge;
    private final Artifacts artifacts;
    private final Reading reading;
    private final Answers answers;
    /** What nobody took for hours is looked up again: garbage collection removes fetched files unused for a day or more. */
    private final Cache<HotKey, HotFile> hot;

    Releasing(
            Gate.Stores stores,
            Recorder recorder,
            InstantSource clock,
            GateSettings settings,
            Stages stages,
            Promises promises,
            Blends blends,
            FileLocator locator,
            Judge judge,
            Artifacts artifacts,
            Reading reading,
            Ancestors ancestors,
            Answers answers) {
        this.blobs = stores.blobs();
        this.history = stores.history();
        this.recorder = recorder;
        this.clock = clock;
        this.stages = stages;
        this.promises = promises;
        this.blends = blends;
        this.locator = locator;
        this.judge = judge;
        this.artifacts = artifacts;
        this.reading = reading;
        this.answers = answers;
        this.ancestors = ancestors;
        this.hot = Caffeine.newBuilder()
                .maximumWeight(settings.memoryForFiles())
                .weigher((HotKey key, HotFile file) -> file.weight())
                .expireAfterAccess(Duration.ofHours(12))
                .executor(Runnable::run)
                .build();
    }

    /** Decides from memory alone; null when that is not possible. */
    @Nullable
    Released fromMemory(Visit visit, Ecosystem format, FileWant want) {
        HotFile known = hot.getIfPresent(
                new HotKey(want.repository().id(), want.packageName().format(), want.path()));
        if (known == null
                || !judge.holds(known.vintage())
                || !known.span().holds(clock.instant())
                || !known.stamps()
                        .equals(blends.stamps(known.file().coordinates().packageName()))
                || !known.repository().equals(want.repository())) {
            return null;
        }
        return release(visit, want, format, known.file(), known.decision(), false);
    }

    /** What was found out about a want: a file that may leave, or the answer that takes its place. */
    private sealed interface Finding {}

    /**
     * A file that may leave.
     *
     * @param isWhole whether all that it leaves to other files is known
     * @param vintage of its judging
     * @param stamps what was published and learnt of its package then
     */
    private record Cleared(
            StoredFile file,
            Judge.Judgement judgement,
            boolean stale,
            boolean isWhole,
            Vintage vintage,
            Blend.Stamps stamps)
            implements Finding {}

    private record Denied(Denial denial) implements Finding, Obtaining {}

    /** Decides, obtaining the file when it is not here, and lets it out if it may leave. May block. */
    FileOutcome release(Visit visit, Ecosystem format, FileWant want) throws IOException {
        return switch (decide(visit, format, want)) {
            case Denied denied -> denied.denial();
            case Cleared cleared -> {
                remember(format, want, cleared);
                yield release(
                        visit, want, format, cleared.file(), cleared.judgement().decision(), cleared.stale());
            }
        };
    }

    /** The same, but tells of the file only: nothing leaves, and no download is recorded. */
    Description describe(Visit visit, Ecosystem format, FileWant want) throws IOException {
        return switch (decide(visit, format, want)) {
            case Denied denied -> denied.denial();
            case Cleared cleared -> new Described(cleared.file());
        };
    }

    private void remember(Ecosystem format, FileWant want, Cleared cleared) {
        Judge.Judgement judgement = cleared.judgement();
        if (cleared.isWhole()
                && !judgement.policies().readsRequest()
                && !format.proxying().isMutable(want)) {
            hot.put(
                    new HotKey(want.repository().id(), format.id(), want.path()),
                    new HotFile(
                            cleared.file(),
                            judgement.decision(),
                            new Span(judgement.at(), judgement.decision().horizon()),
                            cleared.vintage(),
                            cleared.stamps(),
                            want.repository()));
        }
    }

    private Finding decide(Visit visit, Ecosystem format, FileWant want) throws IOException {
        Vintage vintage = judge.vintage(want.packageName());
        long published = blends.stamps(want.packageName()).hosted();
        StoredFile present = artifacts.kept(want);
        StoredFile kept = present != null && blends.isStillOurs(want.repository(), present) ? present : null;
        FileLocator.Found found;
        switch (locate(format, want, kept)) {
            case FileLocator.Absent absent -> {
                return new Denied(absent(visit, format, want, absent));
            }
            case FileLocator.Found there -> found = there;
        }
        boolean stale = found.blend() != null && found.blend().stale;
        if (kept != null && !kept.isHosted() && !format.proxying().isMutable(want)) {
            promises.compare(want.repository(), kept, found.candidate().file());
        }
        if (kept == null) {
            switch (obtain(format, want, found, present, visit)) {
                case Denied denied -> {
                    return denied;
                }
                case Got got -> kept = got.file();
            }
        } else if (!kept.isHosted() && format.proxying().isMutable(want) && !artifacts.isCurrent(want, kept)) {
            Artifacts.Obtained again = fetch(want, found, kept);
            artifacts.revalidated(want);
            stale |= again.file() == null && again.failure() != null;
            kept = again.file() == null ? kept : again.file(); // what upstreams no longer have is still here
        }
        // Judged with what the bytes themselves tell: a licence, an install script, their age.
        reading.learn(format, kept);
        boolean isWhole = inherit(format, want);
        long learnt = blends.stamps(want.packageName()).history();
        Judge.Judgement judgement =
                judge(found.candidate().from(kept.upstream()).keptAs(kept), visit);
        if (!judgement.decision().isAllowed()) {
            return new Denied(refuse(visit, want, judgement, found));
        }
        StoredFile described = artifacts.asDescribed(want, found.candidate(), found.upstreams(), kept);
        if (!described.equals(kept)) {
            kept = described;
            learnt = blends.stamps(want.packageName()).history();
            judgement = judge(found.candidate().from(kept.upstream()).keptAs(kept), visit);
            if (!judgement.decision().isAllowed()) {
                return new Denied(refuse(visit, want, judgement, found));
            }
        }
        return new Cleared(kept, judgement, stale, isWhole, vintage, new Blend.Stamps(published, learnt));
    }

    /** What nobody has is refused where that is decided, and missing otherwise. */
    private Denial absent(Visit visit, Ecosystem format, FileWant want, FileLocator.Absent absent) {
        Judge.Judgement judgement = want.version() == null
                ? null
                : judge.judgeAbsent(
                        format, want.repository(), new Coordinates(want.packageName(), want.version()), visit.actor());
        return judgement == null ? absent.missing() : refuse(visit, want, judgement, absent);
    }

    private FileLocator.Location locate(Ecosystem format, FileWant want, @Nullable StoredFile kept) throws IOException {
        return stages.run("locate", () -> locator.locate(format, want, kept));
    }

    /** What came of obtaining a file. */
    private sealed interface Obtaining permits Got, Denied {}

    private record Got(StoredFile file) implements Obtaining {}

    /**
     * Obtains a file that is not kept. What is withheld anyway is not fetched; but facts that only the artifact or the file that
     * describes its release can tell are learnt before they count as unknown.
     */
    private Obtaining obtain(
            Ecosystem format, FileWant want, FileLocator.Found found, @Nullable StoredFile former, Visit visit)
            throws IOException {
        Judge.Judgement first = judge(found.candidate(), visit);
        if (first.isWithheldForGood()) {
            return new Denied(refuse(visit, want, first, found));
        }
        FileWant descriptor = format.proxying().descriptor(want);
        if (descriptor != null && !descriptor.path().equals(want.path()) && artifacts.kept(descriptor) == null) {
            fetch(descriptor, found, null);
            inherit(format, want);
            Judge.Judgement second = judge(found.candidate(), visit);
            if (second.isWithheldForGood()) {
                return new Denied(refuse(visit, want, second, found));
            }
        }
        Artifacts.Obtained obtained = fetch(want, found, former);
        return obtained.file() == null
                ? new Denied(answers.missing(
                        want.path(),
                        obtained.failure(),
                        found.upstreams(),
                        upstream -> format.proxying()
                                .fileQuestion(upstream, want, found.candidate().file())))
                : new Got(obtained.file());
    }

    private Artifacts.Obtained fetch(FileWant want, FileLocator.Found found, @Nullable StoredFile former)
            throws IOException {
        return stages.run("obtain", () -> artifacts.fetch(want, found.candidate(), found.upstreams(), former));
    }

    private boolean inherit(Ecosystem format, FileWant want) throws IOException {
        return stages.run("obtain", () -> ancestors.learn(format, want));
    }

    private Judge.Judgement judge(Candidate candidate, Visit visit) {
        return stages.run(
                "judge",
                () -> judge.judge(
                        candidate.knowing(history.of(candidate.repository().id(), candidate.packageName())),
                        visit.actor()));
    }

    private Refused refuse(Visit visit, FileWant want, Judge.Judgement judgement, FileLocator.Location location) {
        return answers.refuse(
                visit, judgement, want, judgement.candidate().coordinates().toString(), location.blend());
    }

    private Released release(
            Visit visit, FileWant want, Ecosystem format, StoredFile file, Decision decision, boolean stale) {
        recorder.download(visit, want, format, file, decision);
        List<String> warnings = new ArrayList<>();
        for (Verdict warning : decision.warnings()) {
            warnings.add("policy " + warning.policy().name() + ": " + String.join("; ", warning.reasons()));
        }
        HotKey key = new HotKey(want.repository().id(), format.id(), want.path());
        return new Released(file, blobs, new Notices(warnings, stale), () -> hot.invalidate(key));
    }
}

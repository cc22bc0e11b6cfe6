package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists packages: locates, indexes every release, learns of what is withheld for ignorance, and records what is withheld. Thread-safe. */
final class Listing {

    private final Blends blends;
    private final Judge judge;
    private final IndexJudge indexes;
    private final Learning learning;
    private final Answers answers;
    private final Recorder recorder;
    private final Stages stages;

    Listing(
            Blends blends,
            Judge judge,
            IndexJudge indexes,
            Learning learning,
            Answers answers,
            Recorder recorder,
            Stages stages) {
        this.blends = blends;
        this.judge = judge;
        this.indexes = indexes;
        this.learning = learning;
        this.answers = answers;
        this.recorder = recorder;
        this.stages = stages;
    }

    /** Lists a package, every release judged; {@link Refused} when nothing is left. May block. */
    IndexOutcome list(Visit visit, Ecosystem format, Repository repository, PackageName name) throws IOException {
        Blends.Located located = stages.run("locate", () -> blends.locate(format, repository, name));
        Blend blend = located.blend();
        if (blend == null) {
            // while an upstream cannot be asked, nobody knows that nobody has it
            Judge.Judgement judgement =
                    located.failure() != null ? null : judge.judgeAbsent(format, repository, name, visit.actor());
            if (judgement != null) {
                return answers.refuse(visit, judgement, null, name.name(), null);
            }
            return answers.missing(
                    name.name(),
                    located.failure(),
                    repository.upstreamsFor(name),
                    upstream -> format.proxying().indexQuestion(upstream, name));
        }
        Listed listed = stages.run("judge", () -> indexes.judge(format, blend, visit));
        if (!stages.run("learn", () -> learning.learn(format, blend, listed, visit))) {
            return answer(visit, format, blend, listed);
        }
        Blend learnt = stages.run("locate", () -> blends.locate(format, repository, name))
                .blend();
        return learnt == null
                ? answer(visit, format, blend, listed)
                : answer(visit, format, learnt, stages.run("judge", () -> indexes.judge(format, learnt, visit)));
    }

    /** The same from memory alone, or null when that is not possible. */
    @Nullable
    Listed fromMemory(Visit visit, Ecosystem format, Repository repository, PackageName name) {
        Blend blend = blends.fromMemory(repository, name);
        Listed listed = blend == null ? null : indexes.fromMemory(blend);
        if (blend == null
                || listed == null
                || listed.withholding(format.versionOrder()).isEmptied()) {
            return null;
        }
        recorder.hidden(visit, format, listed);
        return listed;
    }

    private IndexOutcome answer(Visit visit, Ecosystem format, Blend blend, Listed listed) {
        if (listed.withholding(format.versionOrder()).isEmptied()) {
            JudgedRelease newest = listed.releases().stream()
                    .max((a, b) -> format.versionOrder().compare(a.version(), b.version()))
                    .orElseThrow();
            return refuseIndex(visit, format, blend, newest, listed);
        }
        recorder.hidden(visit, format, listed);
        return listed;
    }

    private IndexOutcome refuseIndex(Visit visit, Ecosystem format, Blend blend, JudgedRelease newest, Listed listed) {
        List<ReleaseFile> files = newest.release().files();
        Candidate candidate = Candidate.of(format, blend, new Blend.Entry(newest.release(), newest.upstream()))
                .about(files.isEmpty() ? null : files.getFirst());
        Judge.Judgement judgement = judge.judge(candidate, visit.actor());
        if (judgement.decision().isAllowed()) {
            return listed; // it became allowed in this very instant; the next request lists it
        }
        return answers.refuse(
                visit,
                judgement,
                null,
                blend.name.name() + " (every version, " + listed.releases().size() + " in all)",
                null);
    }
}

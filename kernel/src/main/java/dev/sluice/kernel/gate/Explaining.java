package dev.sluice.kernel.gate;

import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.rego.value.ObjectValue;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Says what would be decided about a version, and what is known against it; nothing leaves and nothing is recorded. Thread-safe. */
public final class Explaining {

    private final FileStore files;
    private final HistoryStore history;
    private final Formats formats;
    private final Blends blends;
    private final Judge judge;
    private final Advice advice;

    Explaining(Gate.Stores stores, Formats formats, Blends blends, Judge judge, Advice advice) {
        this.files = stores.files();
        this.history = stores.history();
        this.formats = formats;
        this.blends = blends;
        this.judge = judge;
        this.advice = advice;
    }

    /** What is known against a version, and whether that is all there is. */
    public Findings findings(Coordinates coordinates) {
        return judge.findings(formats.of(coordinates.packageName()), coordinates);
    }

    /**
     * Explains what would be decided about a version now, without recording anything or fetching the artifact: the decision,
     * the facts, what each policy read, and the nearest allowed version.
     *
     * @param asked the version; one that is listed or kept in another spelling is found
     * @param upstreams whether upstream indexes may be asked; without, only what is kept is looked at
     */
    public ObjectValue explain(Visit visit, Repository repository, Coordinates asked, boolean upstreams)
            throws IOException {
        PackageName name = asked.packageName();
        Ecosystem format = formats.of(name);
        Blend blend = blends.lastSeen(repository, name);
        String failure = null;
        if (blend == null && upstreams) {
            Blends.Located located = blends.locate(format, repository, name);
            blend = located.blend();
            failure = located.failure();
        }
        Set<String> versions = new LinkedHashSet<>(blend == null ? Set.of() : blend.versions());
        versions.addAll(files.versions(repository.id(), name));
        Coordinates coordinates = new Coordinates(
                name, format.spellings(asked.version(), versions).getFirst());
        Blend.Entry entry = blend == null ? null : blend.release(coordinates.version());
        List<StoredFile> kept = files.of(repository.id(), coordinates);
        Candidate undescribed = Candidate.undescribed(format, repository, coordinates);
        boolean absent = entry == null && kept.isEmpty();
        boolean known = failure == null && upstreams && format.proxying().indexListsFiles();
        if (absent && known) {
            Judge.Judgement judgement = judge.judgedAbsent(undescribed, visit.actor());
            Advice.Instead instead = advice.insteadOf(visit, undescribed, blend, true);
            return Explanations.explanation(
                    judgement, instead, null, new Explanations.Standing(false, false, null, List.of()));
        }
        Candidate candidate = blend == null || entry == null ? undescribed : Candidate.of(format, blend, entry);
        if (!kept.isEmpty()) {
            candidate = candidate
                    .keptAs(kept.getFirst())
                    .from(entry == null ? kept.getFirst().upstream() : entry.upstream());
        }
        Judge.Judgement judgement = judge.judge(candidate.knowing(history.of(repository.id(), name)), visit.actor());
        Instant until = judgement.decision().isAllowed() ? null : judge.allowedFrom(judgement);
        Advice.Instead instead = judgement.decision().isAllowed()
                ? Advice.Instead.NOTHING
                : advice.insteadOf(visit, judgement.candidate(), blend, until == null);
        List<String> awaits = kept.isEmpty() && judgement.decision().isAllowed() ? Advice.awaits(judgement) : List.of();
        return Explanations.explanation(
                judgement,
                instead,
                until,
                new Explanations.Standing(absent ? null : Boolean.TRUE, entry != null, failure, awaits));
    }
}

package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.UnknownFact;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what to take instead of a withheld version, and what of that is not known yet. Thread-safe. */
final class Advice {

    private final Gate.Stores stores;
    private final Judge judge;
    private final IndexJudge indexes;

    /**
     * What to take instead.
     *
     * @param version the nearest version that is allowed by what is known, or null when none is
     * @param awaits facts of it that policies in force read and that only its artifact tells, which was not read yet
     */
    record Instead(@Nullable String version, List<String> awaits) {
        static final Instead NOTHING = new Instead(null, List.of());
    }

    Advice(Gate.Stores stores, Judge judge, IndexJudge indexes) {
        this.stores = stores;
        this.judge = judge;
        this.indexes = indexes;
    }

    /**
     * What to take instead of a version.
     *
     * @param blend where to look, or null when nowhere
     * @param upwards whether a newer version is the better advice (a fix), rather than an older one (a cool-down)
     */
    Instead insteadOf(Visit visit, Candidate withheld, @Nullable Blend blend, boolean upwards) {
        if (blend == null) {
            return Instead.NOTHING;
        }
        Ecosystem format = withheld.format();
        Listed listed = indexes.judge(format, blend, visit);
        String version = NearestVersion.of(
                format.versionOrder(), listed, withheld.coordinates().version(), upwards);
        Blend.Entry entry = version == null ? null : blend.release(version);
        if (version == null || entry == null) {
            return new Instead(version, List.of());
        }
        Coordinates coordinates = new Coordinates(withheld.packageName(), version);
        if (!stores.files().of(withheld.repository().id(), coordinates).isEmpty()) {
            return new Instead(version, List.of());
        }
        Candidate other = Candidate.of(format, blend, entry)
                .knowing(stores.history().of(withheld.repository().id(), withheld.packageName()));
        return new Instead(version, awaits(judge.judge(other, visit.actor())));
    }

    /** What enforcing policies read of a version that was not read yet. */
    static List<String> awaits(Judge.Judgement judgement) {
        return judgement
                .policies()
                .awaits(
                        judgement.open(),
                        judgement.candidate().repository(),
                        judgement.candidate().format().id())
                .stream()
                .map(UnknownFact::label)
                .toList();
    }
}

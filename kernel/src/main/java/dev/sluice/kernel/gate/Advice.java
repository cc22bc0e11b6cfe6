package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.repository.Repository;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what to take instead of a withheld version, and what of that is not known yet. Thread-safe. */
final class Advice {

    private final Gate.Stores stores;
    private final Judge judge;

    /**
     * What to take instead.
     *
     * @param version the nearest version that is allowed by what is known, or null when none is
     * @param awaits facts of it that policies in force read and that only its artifact tells, which was not read yet
     */
    record Instead(@Nullable String version, List<String> awaits) {
        static final Instead NOTHING = new Instead(null, List.of());
    }

    Advice(Gate.Stores stores, Judge judge) {
        this.stores = stores;
        this.judge = judge;
    }

    /**
     * What to take instead of a version.
     *
     * @param blend where to look, or null when nowhere
     * @param upwards whether a newer version is the better advice (a fix), rather than an older one (a cool-down)
     */
    Instead insteadOf(
            Visit visit,
            Ecosystem format,
            Repository repository,
            Coordinates withheld,
            @Nullable Blend blend,
            boolean upwards) {
        String version = blend == null
                ? null
                : NearestVersion.of(
                        format.versionOrder(), judge.judge(format, blend, visit), withheld.version(), upwards);
        Blend.Entry entry = version == null || blend == null ? null : blend.release(version);
        if (version == null || entry == null) {
            return new Instead(version, List.of());
        }
        Coordinates coordinates = new Coordinates(withheld.packageName(), version);
        if (!stores.files().of(repository.id(), coordinates).isEmpty()) {
            return new Instead(version, List.of());
        }
        Judge.Judgement judgement = judge.judge(
                format,
                repository,
                coordinates,
                entry.release(),
                null,
                entry.upstream(),
                stores.history().of(repository.id(), withheld.packageName()),
                null,
                visit.actor());
        return new Instead(version, awaits(judgement, repository, format));
    }

    /** What enforcing policies read of a version that was not read yet. */
    static List<String> awaits(Judge.Judgement judgement, Repository repository, Ecosystem format) {
        return judgement.policies().awaits(judgement.open(), repository, format.id()).stream()
                .map(UnknownFact::label)
                .toList();
    }
}

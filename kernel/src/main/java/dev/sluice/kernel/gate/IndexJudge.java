package dev.sluice.kernel.gate;

import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.Facts;
import dev.sluice.kernel.facts.PolicyInput;
import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.PolicySet;
import dev.sluice.kernel.policy.SharedAnswers;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Judges every release of a package, and keeps what it judged for as long as nothing that it depends on changed. Thread-safe. */
final class IndexJudge {

    /** So many versions are judged again by themselves, however few there are. */
    private static final int FEW = 8;

    private final Judge judge;
    private final Policies policies;
    private final AdvisoryIndex advisories;
    private final InstantSource clock;
    private final Workload work;
    private final Consumer<Blend> grown;

    /**
     * A judge of indexes.
     *
     * @param grown told when what was judged of a blend takes more memory than before
     */
    IndexJudge(
            Judge judge,
            Policies policies,
            AdvisoryIndex advisories,
            InstantSource clock,
            Workload work,
            Consumer<Blend> grown) {
        this.judge = judge;
        this.policies = policies;
        this.advisories = advisories;
        this.clock = clock;
        this.work = work;
        this.grown = grown;
    }

    /** The judged index if it still holds, from memory alone; null when it must be judged again. */
    @Nullable
    Listed fromMemory(Blend blend) {
        Blend.Judged judged = blend.judged;
        PolicySet set = policies.currentFromMemory();
        return judged != null
                        && set != null
                        && !set.readsRequest()
                        && judge.holds(judged.vintage())
                        && judged.span().holds(clock.instant())
                ? judged.listed()
                : null;
    }

    /** Judges every release of a package for a visitor. */
    Listed judge(Ecosystem format, Blend blend, Visit visit) {
        Listed kept = fromMemory(blend);
        if (kept != null) {
            return kept;
        }
        PolicySet set = policies.current();
        Vintage vintage = judge.vintage(set, blend.name);
        Blend.Judged former = blend.judged;
        if (former != null
                && !set.readsRequest()
                && !set.readsFeeds()
                && former.vintage().isSameForPackage(vintage)
                && former.span().holds(clock.instant())) {
            blend.judged = new Blend.Judged(former.listed(), vintage, former.span());
            return former.listed(); // the import did not touch this package
        }
        Instant now = clock.instant();
        Round round = new Round(format, blend, set, set.readsRequest() ? visit.actor() : null, now);
        Blend.Before before = blend.before();
        Listed again = before != null && isSharable(set, before, vintage, now) ? round.again(before) : null;
        Listed listed = again == null ? round.all() : again;
        if (!set.readsRequest()) {
            blend.judged(new Blend.Judged(listed, vintage, new Span(now, listed.horizon())));
            grown.accept(blend);
        }
        return listed;
    }

    /** Whether what was judged before something was learnt of some versions still holds for the others. */
    private static boolean isSharable(PolicySet set, Blend.Before before, Vintage vintage, Instant now) {
        Vintage then = before.judged().vintage();
        return !set.readsRequest()
                && then.isSameForPackage(vintage)
                && (!set.readsFeeds() || then.advisories() == vintage.advisories())
                && before.judged().span().holds(now);
    }

    /** One look at a package: what all its versions are judged with. For one thread. */
    private final class Round {

        private final Ecosystem format;
        private final Blend blend;
        private final PolicySet set;
        private final Event.@Nullable Actor actor;
        private final Instant now;
        private final PolicyInput renderer;
        private final SharedAnswers answers;
        private final AdvisoryIndex.OfPackage matcher;
        private Instant horizon;

        Round(Ecosystem format, Blend blend, PolicySet set, Event.@Nullable Actor actor, Instant now) {
            this.format = format;
            this.blend = blend;
            this.set = set;
            this.actor = actor;
            this.now = now;
            this.renderer = judge.renderer(format, now);
            this.answers = new SharedAnswers(now);
            this.matcher = advisories.of(format.versionOrder(), blend.name);
            this.horizon = judge.horizon(set, matcher, now);
        }

        /** Judges every version. */
        Listed all() {
            JudgedReleases judged = new JudgedReleases(blend);
            for (Blend.Entry entry : blend.entries()) {
                judged.add(entry, decided(entry));
            }
            return listed(judged, absent());
        }

        /**
         * Judges the versions of which something was learnt since, and keeps what was judged of the others; null when that would save
         * nothing. What was rendered is kept where nothing is decided otherwise.
         */
        @SuppressWarnings("ReferenceEquality") // the same list is answered where nothing is decided otherwise
        @Nullable
        Listed again(Blend.Before before) {
            Set<String> learnt = blend.learntSince(before.histories());
            if (learnt.size() > Math.max(FEW, blend.size() / 4)) {
                return null;
            }
            Listed former = before.judged().listed();
            horizon = Judge.earlier(horizon, former.horizon());
            Map<String, JudgedReleases.Decided> decided = new HashMap<>();
            for (String version : learnt) {
                Blend.Entry entry = blend.release(version);
                if (entry != null) {
                    decided.put(version, decided(entry));
                }
            }
            JudgedReleases judged = former.judged().with(decided);
            boolean same = judged == former.judged() && horizon.equals(former.horizon());
            return same ? former : listed(judged, former.absent());
        }

        private JudgedReleases.Decided decided(Blend.Entry entry) {
            Candidate whole = Candidate.of(format, blend, entry).withoutSideCars();
            Release release = whole.release();
            VersionHistory history = blend.histories.of(entry.upstream(), release.version());
            Findings findings = matcher.findings(release.version(), now);
            Decision decision = decided(whole, findings);
            Map<String, Decision> files = new HashMap<>();
            for (ReleaseFile file : release.files()) {
                if (isJudgedAlone(release, file) || isReadAlone(format, release, file, history)) {
                    files.put(file.name(), decided(whole.about(file), findings));
                }
            }
            shareWithSideCars(format, entry.release(), files);
            return new JudgedReleases.Decided(decision, files);
        }

        private Decision decided(Candidate candidate, Findings findings) {
            Facts facts = Judge.facts(candidate, findings, now);
            Decision decision = set.decide(
                    facts.repository(),
                    facts.coordinates().format(),
                    renderer.render(facts, actor),
                    UnknownFact.in(facts),
                    answers);
            horizon = Judge.earlier(horizon, decision.horizon());
            return decision;
        }

        /**
         * Versions that nobody has but advisories name, as far as policies withhold them: malware is mostly taken down before those ask
         * for it who had pinned it.
         */
        private List<JudgedRelease> absent() {
            List<JudgedRelease> absent = new ArrayList<>();
            for (String version : matcher.named(Judge.MOST_NAMED)) {
                if (blend.release(version) == null) {
                    Candidate candidate =
                            Candidate.undescribed(format, blend.repository, new Coordinates(blend.name, version));
                    Facts facts = Judge.facts(candidate, matcher.findings(version, now), now);
                    Decision decision =
                            set.decideAbsent(blend.repository, format.id(), renderer.render(facts, actor), now);
                    if (!decision.isAllowed()) {
                        absent.add(new JudgedRelease(candidate.release(), candidate.source(), decision, Map.of()));
                    }
                }
            }
            return absent;
        }

        private Listed listed(JudgedReleases judged, List<JudgedRelease> absent) {
            return new Listed(
                    blend.repository,
                    blend.name,
                    blend.sources,
                    judged,
                    absent,
                    horizon,
                    blend.stale ? new Notices(List.of(), true) : Notices.NONE,
                    work,
                    () -> grown.accept(blend));
        }
    }

    private static void shareWithSideCars(Ecosystem format, Release release, Map<String, Decision> files) {
        for (ReleaseFile file : release.files()) {
            Decision own = files.get(format.judgedAs(file.name()));
            if (own != null) {
                files.put(file.name(), own);
            }
        }
    }

    /** Whether a file differs from its release in something policies judge by: its own publish time or its own yank. */
    private static boolean isJudgedAlone(Release release, ReleaseFile file) {
        return (file.published().isKnown() && !file.published().equals(release.published()))
                || (file.yanked() != null && !file.yanked().equals(release.yanked()));
    }

    /** Whether a file's own bytes were read, which may tell otherwise than those of the release's other files. */
    private static boolean isReadAlone(
            Ecosystem format, Release release, ReleaseFile file, @Nullable VersionHistory history) {
        return history != null
                && release.files().size() > 1
                && history.files().stream()
                        .anyMatch(f -> Testimony.subject(format, f).equals(file.path()));
    }
}

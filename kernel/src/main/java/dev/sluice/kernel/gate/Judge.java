package dev.sluice.kernel.gate;

import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.Facts;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.facts.PolicyInput;
import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.PolicySet;
import dev.sluice.kernel.policy.SharedAnswers;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.ObjectValue;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gathers facts and has the policies decide. Keeps judged indexes for as long as nothing they depend on changed. Thread-safe. */
final class Judge {

    /** Versions named by advisories that are judged though nobody has them; records that list more list all there ever were. */
    private static final int MOST_NAMED = 500;

    /** So many versions are judged again by themselves, however few there are. */
    private static final int FEW = 8;

    /** A version that every range from the beginning covers. */
    private static final String FIRST = "0";

    private final Policies policies;
    private final AdvisoryIndex advisories;
    private final InstantSource clock;
    private final String workspace;
    private final Workload work;
    private final Consumer<Blend> grown;

    /**
     * A judge.
     *
     * @param grown told when what was judged of a blend takes more memory than before
     */
    Judge(
            Policies policies,
            AdvisoryIndex advisories,
            InstantSource clock,
            String workspace,
            Workload work,
            Consumer<Blend> grown) {
        this.policies = policies;
        this.advisories = advisories;
        this.clock = clock;
        this.workspace = workspace;
        this.work = work;
        this.grown = grown;
    }

    /** A decision with what it was made from. */
    record Judgement(Decision decision, Facts facts, ObjectValue input, PolicySet policies, Instant at) {

        /** What is not known and can still be learnt from the artifact or what lies beside it. */
        Set<UnknownFact> open() {
            return UnknownFact.in(facts).stream()
                    .filter(fact -> fact.isLearntFromArtifacts(facts))
                    .collect(Collectors.toUnmodifiableSet());
        }

        /** Whether it is withheld whatever could still be learnt. */
        boolean isWithheldForGood() {
            return !decision.isAllowed()
                    && policies.withholdsAnyway(
                            open(), facts.repository(), facts.coordinates().format(), input, UnknownFact.in(facts), at);
        }
    }

    /** The judged index if it still holds, from memory alone; null when it must be judged again. */
    @Nullable
    Listed judgedFromMemory(Blend blend) {
        Blend.Judged judged = blend.judged;
        PolicySet set = policies.currentFromMemory();
        return judged != null
                        && set != null
                        && !set.readsRequest()
                        && judged.policies() == set.revision()
                        && judged.advisories() == advisories.revision()
                        && judged.span().holds(clock.instant())
                ? judged.listed()
                : null;
    }

    /** Judges every release of a package for a visitor. */
    Listed judge(Ecosystem format, Blend blend, Visit visit) {
        Listed kept = judgedFromMemory(blend);
        if (kept != null) {
            return kept;
        }
        PolicySet set = policies.current();
        long revision = advisories.revision();
        long stamp = advisories.stamp(blend.name);
        Blend.Judged former = blend.judged;
        if (former != null
                && !set.readsRequest()
                && !set.readsFeeds()
                && former.policies() == set.revision()
                && former.stamp() == stamp
                && former.span().holds(clock.instant())) {
            blend.judged = new Blend.Judged(former.listed(), former.policies(), revision, stamp, former.span());
            return former.listed(); // the import did not touch this package
        }
        Instant now = clock.instant();
        Round round = new Round(format, blend, set, set.readsRequest() ? visit.actor() : null, now);
        Blend.Before before = blend.before();
        Listed again = before != null && isSharable(set, before, revision, stamp, now) ? round.again(before) : null;
        Listed listed = again == null ? round.all() : again;
        if (!set.readsRequest()) {
            blend.judged(new Blend.Judged(listed, set.revision(), revision, stamp, new Span(now, listed.horizon())));
            grown.accept(blend);
        }
        return listed;
    }

    /** Whether what was judged before something was learnt of some versions still holds for the others. */
    private static boolean isSharable(PolicySet set, Blend.Before before, long revision, long stamp, Instant now) {
        return !set.readsRequest()
                && before.judged().policies() == set.revision()
                && before.judged().stamp() == stamp
                && (!set.readsFeeds() || before.judged().advisories() == revision)
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
            this.renderer = renderer(format, now);
            this.answers = new SharedAnswers(now);
            this.matcher = advisories.of(format.versionOrder(), blend.name);
            this.horizon = horizon(set, matcher, now);
        }

        /** Judges every version. */
        Listed all() {
            JudgedReleases judged = new JudgedReleases(blend);
            for (Blend.Entry entry : blend.entries()) {
                judged.add(entry, decided(entry));
            }
            List<JudgedRelease> absent = absent(
                    format,
                    blend.repository,
                    blend.name,
                    version -> blend.release(version) != null,
                    matcher,
                    set,
                    renderer,
                    actor,
                    now);
            return listed(judged, absent);
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
            horizon = earlier(horizon, former.horizon());
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
            Release release = withoutSideCars(format, entry.release());
            VersionHistory history = blend.histories.of(entry.upstream(), release.version());
            Findings findings = matcher.findings(release.version(), now);
            Decision decision = decided(entry, release, null, findings);
            Map<String, Decision> files = new HashMap<>();
            for (ReleaseFile file : release.files()) {
                if (isJudgedAlone(release, file) || isReadAlone(format, release, file, history)) {
                    files.put(file.name(), decided(entry, release, file, findings));
                }
            }
            shareWithSideCars(format, entry.release(), files);
            return new JudgedReleases.Decided(decision, files);
        }

        private Decision decided(Blend.Entry entry, Release release, @Nullable ReleaseFile file, Findings findings) {
            Facts facts = facts(
                    format,
                    blend.repository,
                    new Coordinates(blend.name, release.version()),
                    release,
                    file,
                    entry.upstream(),
                    blend.histories,
                    null,
                    findings,
                    now);
            Decision decision = decide(set, renderer, facts, actor, answers);
            horizon = earlier(horizon, decision.horizon());
            return decision;
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

    /**
     * Versions that nobody has but advisories name, as far as policies withhold them: malware is mostly taken down before those ask
     * for it who had pinned it.
     *
     * @param present whether somebody has a version
     */
    private List<JudgedRelease> absent(
            Ecosystem format,
            Repository repository,
            PackageName name,
            Predicate<String> present,
            AdvisoryIndex.OfPackage matcher,
            PolicySet set,
            PolicyInput renderer,
            Event.@Nullable Actor actor,
            Instant now) {
        List<JudgedRelease> absent = new ArrayList<>();
        for (String version : matcher.named(MOST_NAMED)) {
            if (!present.test(version)) {
                Facts facts = bare(format, repository, new Coordinates(name, version), matcher, now);
                Decision decision = set.decideAbsent(repository, name.format(), renderer.render(facts, actor), now);
                if (!decision.isAllowed()) {
                    absent.add(new JudgedRelease(facts.release(), FileLocator.NOWHERE, decision, Map.of()));
                }
            }
        }
        return absent;
    }

    /** Judges a version that nobody has; null unless it is withheld by what is known of it all the same. */
    @Nullable
    Judgement judgeAbsent(Ecosystem format, Repository repository, Coordinates coordinates, Event.Actor actor) {
        Judgement judgement = judgedAbsent(format, repository, coordinates, actor);
        return judgement.decision().isAllowed() ? null : judgement;
    }

    /** The same, whatever is decided. */
    Judgement judgedAbsent(Ecosystem format, Repository repository, Coordinates coordinates, Event.Actor actor) {
        Instant now = clock.instant();
        PolicySet set = policies.current();
        AdvisoryIndex.OfPackage matcher = advisories.of(format.versionOrder(), coordinates.packageName());
        Facts facts = bare(format, repository, coordinates, matcher, now);
        ObjectValue input = renderer(format, now).render(facts, actor);
        Decision decision = set.decideAbsent(repository, coordinates.format(), input, now);
        return new Judgement(decision, facts, input, set, now);
    }

    /** Judges the version of a package that nobody has any more which advisories name last; null unless that is withheld. */
    @Nullable
    Judgement judgeAbsent(Ecosystem format, Repository repository, PackageName name, Event.Actor actor) {
        VersionOrder order = format.versionOrder();
        String version = advisories.of(order, name).named(MOST_NAMED).stream()
                .max(order)
                .orElse(FIRST); // a record may say: all of them
        return judgeAbsent(format, repository, new Coordinates(name, version), actor);
    }

    private Facts bare(
            Ecosystem format,
            Repository repository,
            Coordinates coordinates,
            AdvisoryIndex.OfPackage matcher,
            Instant now) {
        return facts(
                format,
                repository,
                coordinates,
                FileLocator.bare(coordinates.version()),
                null,
                FileLocator.NOWHERE,
                PackageHistory.NONE,
                null,
                matcher.findings(coordinates.version(), now),
                now);
    }

    /** The release as policies see it. */
    private static Release withoutSideCars(Ecosystem format, Release release) {
        List<ReleaseFile> files = release.files().stream()
                .filter(f -> !isSideCar(format, f.name()))
                .toList();
        return files.size() == release.files().size() ? release : release.withFiles(files);
    }

    /** Whether a file is judged as another one. */
    static boolean isSideCar(Ecosystem format, String fileName) {
        return !format.judgedAs(fileName).equals(fileName);
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

    /** Judges one version, or one file of it, with all that is known of it. */
    Judgement judge(
            Ecosystem format,
            Repository repository,
            Coordinates coordinates,
            Release release,
            @Nullable ReleaseFile file,
            @Nullable String upstream,
            PackageHistory histories,
            @Nullable StoredFile kept,
            Event.Actor actor) {
        return judgeAt(
                format, repository, coordinates, release, file, upstream, histories, kept, actor, clock.instant());
    }

    /** The same at another instant. */
    Judgement judgeAt(
            Ecosystem format,
            Repository repository,
            Coordinates coordinates,
            Release release,
            @Nullable ReleaseFile file,
            @Nullable String upstream,
            PackageHistory histories,
            @Nullable StoredFile kept,
            Event.Actor actor,
            Instant at) {
        PolicySet set = policies.current();
        AdvisoryIndex.OfPackage matcher = advisories.of(format.versionOrder(), coordinates.packageName());
        Facts facts = facts(
                format,
                repository,
                coordinates,
                withoutSideCars(format, release),
                file == null ? null : release.file(format.judgedAs(file.name())),
                upstream,
                histories,
                kept != null && isSideCar(format, kept.fileName()) ? null : kept,
                matcher.findings(coordinates.version(), at),
                at);
        ObjectValue input = renderer(format, at).render(facts, actor);
        Decision decision = set.decide(repository, coordinates.format(), input, UnknownFact.in(facts), at);
        return new Judgement(decision.until(horizon(set, matcher, at)), facts, input, set, at);
    }

    /** From when on a withheld version may leave if nothing but time passes, or null when time does not decide. */
    @Nullable
    Instant allowedFrom(Judgement judgement) {
        Decision decision = judgement.decision();
        Facts facts = judgement.facts();
        for (int steps = 0; steps < 8; steps++) { // several time rules may follow each other
            Instant horizon = decision.horizon();
            Verdict decisive = decision.decisive();
            if (horizon.equals(Instant.MAX) || (decisive != null && decisive.failure() != null)) {
                return null; // a policy that failed is asked again, but nobody knows what it will say
            }
            decision = judgement
                    .policies()
                    .decide(
                            facts.repository(),
                            facts.coordinates().format(),
                            judgement.input(),
                            UnknownFact.in(facts),
                            horizon);
            if (decision.isAllowed()) {
                return horizon;
            }
        }
        return null;
    }

    /** What is known against a version. */
    Findings findings(Ecosystem format, Coordinates coordinates) {
        return advisories.findings(
                format.versionOrder(), coordinates.packageName(), coordinates.version(), clock.instant());
    }

    /** Numbers that change when a decision about a package may: the policies' revision and the package's advisories. */
    record Stamp(long policies, long revision, long advisories) {}

    Stamp stamp(PackageName name) {
        return new Stamp(policies.current().revision(), advisories.revision(), advisories.stamp(name));
    }

    /** Whether a decision made under that stamp still holds, from memory alone. */
    boolean holds(Stamp stamp) {
        PolicySet set = policies.currentFromMemory();
        return set != null && set.revision() == stamp.policies() && advisories.revision() == stamp.revision();
    }

    /** Whether any policy in force reads a fact that artifacts tell. */
    boolean mayHangOnArtifacts() {
        return policies.current()
                .reads(Set.of(UnknownFact.PUBLISHED, UnknownFact.LICENSE, UnknownFact.INSTALL_SCRIPTS));
    }

    boolean readsRequest() {
        return policies.current().readsRequest();
    }

    private static Decision decide(
            PolicySet set, PolicyInput renderer, Facts facts, Event.@Nullable Actor actor, SharedAnswers answers) {
        return set.decide(
                facts.repository(),
                facts.coordinates().format(),
                renderer.render(facts, actor),
                UnknownFact.in(facts),
                answers);
    }

    private static Facts facts(
            Ecosystem format,
            Repository repository,
            Coordinates coordinates,
            Release release,
            @Nullable ReleaseFile file,
            @Nullable String upstream,
            PackageHistory histories,
            @Nullable StoredFile kept,
            Findings findings,
            Instant now) {
        VersionHistory known = histories.of(upstream, coordinates.version());
        VersionHistory history = known == null ? VersionHistory.seen(now) : known; // never older than it is
        Testimony told = Testimony.of(
                format,
                repository,
                coordinates.packageName(),
                release,
                file != null ? file.path() : kept != null ? kept.path() : null,
                kept == null ? null : kept.contents().sha256(),
                history);
        return new Facts(
                repository,
                coordinates,
                format.purl(coordinates),
                release,
                file,
                upstream == null,
                upstream == null ? null : upstream(repository, upstream),
                history.firstSeen(),
                told.evidence(),
                told.age(),
                told.firstAge(),
                kept,
                findings);
    }

    private static @Nullable Upstream upstream(Repository repository, String id) {
        for (Upstream upstream : repository.upstreams()) {
            if (upstream.id().equals(id)) {
                return upstream;
            }
        }
        return null;
    }

    /** When an advisory of the package begins or ceases to count by its own dates. */
    private PolicyInput renderer(Ecosystem format, Instant now) {
        return new PolicyInput(
                workspace,
                format.id(),
                advisories.feeds(),
                state -> advisories.freshness().isStale(state, now));
    }

    private Instant horizon(PolicySet set, AdvisoryIndex.OfPackage matcher, Instant now) {
        Instant byRecords = horizon(matcher, now);
        Instant byAge = set.readsFeeds() ? advisories.staleNext(now) : null;
        return byAge == null ? byRecords : earlier(byRecords, byAge);
    }

    private static Instant horizon(AdvisoryIndex.OfPackage matcher, Instant now) {
        Instant horizon = matcher.horizon(now);
        return horizon == null ? Instant.MAX : horizon;
    }

    private static Instant earlier(Instant left, Instant right) {
        return left.isBefore(right) ? left : right;
    }
}

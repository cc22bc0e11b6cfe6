package dev.sluice.kernel.gate;

import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.VersionOrder;
import dev.sluice.kernel.ecosystem.Ecosystem;
import dev.sluice.kernel.facts.Facts;
import dev.sluice.kernel.facts.PolicyInput;
import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.PolicySet;
import dev.sluice.kernel.policy.Verdict;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.ObjectValue;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gathers what is known of a candidate and has the policies decide. Thread-safe. */
final class Judge {

    /** Versions named by advisories that are judged though nobody has them; records that list more list all there ever were. */
    static final int MOST_NAMED = 500;

    /** A version that every range from the beginning covers. */
    private static final String FIRST = "0";

    private final Policies policies;
    private final AdvisoryIndex advisories;
    private final InstantSource clock;
    private final String workspace;

    Judge(Policies policies, AdvisoryIndex advisories, InstantSource clock, String workspace) {
        this.policies = policies;
        this.advisories = advisories;
        this.clock = clock;
        this.workspace = workspace;
    }

    /** A decision with what it was made from. */
    record Judgement(
            Candidate candidate, Decision decision, Facts facts, ObjectValue input, PolicySet policies, Instant at) {

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
                            open(), candidate.repository(), candidate.format().id(), input, UnknownFact.in(facts), at);
        }
    }

    /** Judges a version that nobody has; null unless it is withheld by what is known of it all the same. */
    @Nullable
    Judgement judgeAbsent(Ecosystem format, Repository repository, Coordinates coordinates, Event.Actor actor) {
        Judgement judgement = judgedAbsent(Candidate.undescribed(format, repository, coordinates), actor);
        return judgement.decision().isAllowed() ? null : judgement;
    }

    /** The same, whatever is decided. */
    Judgement judgedAbsent(Candidate candidate, Event.Actor actor) {
        Instant now = clock.instant();
        PolicySet set = policies.current();
        Facts facts = facts(candidate, findings(candidate, now), now);
        ObjectValue input = renderer(candidate.format(), now).render(facts, actor);
        Decision decision =
                set.decideAbsent(candidate.repository(), candidate.format().id(), input, now);
        return new Judgement(candidate, decision, facts, input, set, now);
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

    /** Whether a file is judged as another one. */
    static boolean isSideCar(Ecosystem format, String fileName) {
        return !format.judgedAs(fileName).equals(fileName);
    }

    /** Judges one version, or one file of it, with all that is known of it. */
    Judgement judge(Candidate candidate, Event.Actor actor) {
        Instant at = clock.instant();
        PolicySet set = policies.current();
        AdvisoryIndex.OfPackage matcher = matcher(candidate);
        Facts facts = facts(
                candidate.withoutSideCars(),
                matcher.findings(candidate.coordinates().version(), at),
                at);
        ObjectValue input = renderer(candidate.format(), at).render(facts, actor);
        Decision decision =
                set.decide(candidate.repository(), candidate.format().id(), input, UnknownFact.in(facts), at);
        return new Judgement(candidate, decision.until(horizon(set, matcher, at)), facts, input, set, at);
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

    /** Of which vintage a decision about the package is that is made now. */
    Vintage vintage(PolicySet set, PackageName name) {
        return new Vintage(set.revision(), advisories.revision(), advisories.stamp(name));
    }

    /** The same, by the policies in force. */
    Vintage vintage(PackageName name) {
        return vintage(policies.current(), name);
    }

    /** Whether a decision of that vintage still holds, from memory alone. */
    boolean holds(Vintage vintage) {
        PolicySet set = policies.currentFromMemory();
        return set != null && set.revision() == vintage.policies() && advisories.revision() == vintage.advisories();
    }

    /** Whether any policy in force reads a fact that artifacts tell. */
    boolean mayHangOnArtifacts() {
        return policies.current()
                .reads(Set.of(UnknownFact.PUBLISHED, UnknownFact.LICENSE, UnknownFact.INSTALL_SCRIPTS));
    }

    private AdvisoryIndex.OfPackage matcher(Candidate candidate) {
        return advisories.of(candidate.format().versionOrder(), candidate.packageName());
    }

    private Findings findings(Candidate candidate, Instant now) {
        return matcher(candidate).findings(candidate.coordinates().version(), now);
    }

    /** What is known of a candidate. */
    static Facts facts(Candidate candidate, Findings findings, Instant now) {
        Coordinates coordinates = candidate.coordinates();
        String source = candidate.source();
        StoredFile kept = candidate.kept();
        VersionHistory known = candidate.histories().of(source, coordinates.version());
        VersionHistory history = known == null ? VersionHistory.seen(now) : known; // never older than it is
        Testimony told = Testimony.of(candidate, history);
        return new Facts(
                candidate.repository(),
                coordinates,
                candidate.format().purl(coordinates),
                candidate.release(),
                candidate.file(),
                source == null,
                source == null ? null : upstream(candidate.repository(), source),
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

    /** Renders facts for policies, as they are at that instant. */
    PolicyInput renderer(Ecosystem format, Instant now) {
        return new PolicyInput(
                workspace,
                format.id(),
                advisories.feeds(),
                state -> advisories.freshness().isStale(state, now));
    }

    /** When a decision about the package may change by the dates of its advisories or the age of feeds. */
    Instant horizon(PolicySet set, AdvisoryIndex.OfPackage matcher, Instant now) {
        Instant byRecords = horizon(matcher, now);
        Instant byAge = set.readsFeeds() ? advisories.staleNext(now) : null;
        return byAge == null ? byRecords : earlier(byRecords, byAge);
    }

    private static Instant horizon(AdvisoryIndex.OfPackage matcher, Instant now) {
        Instant horizon = matcher.horizon(now);
        return horizon == null ? Instant.MAX : horizon;
    }

    static Instant earlier(Instant left, Instant right) {
        return left.isBefore(right) ? left : right;
    }
}

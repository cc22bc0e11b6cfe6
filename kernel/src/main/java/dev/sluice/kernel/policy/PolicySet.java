package dev.sluice.kernel.policy;

import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.value.ObjectValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All policies in force at one revision: asked together they make a decision.
 *
 * <p>A decision is a pure function of this set, the input document and the instant. Immutable and thread-safe.
 */
public final class PolicySet {

    private final long revision;
    private final List<CompiledPolicy> policies;
    private final boolean readsRequest;
    private final boolean readsFeeds;

    PolicySet(long revision, List<CompiledPolicy> policies) {
        this.revision = revision;
        this.policies = List.copyOf(policies);
        this.readsRequest = policies.stream().anyMatch(CompiledPolicy::readsRequest);
        this.readsFeeds = policies.stream().anyMatch(CompiledPolicy::readsFeeds);
    }

    /** The revision of the store that this set was compiled from. */
    public long revision() {
        return revision;
    }

    /** Whether a decision may depend on who asks, so that it cannot be kept for others. */
    public boolean readsRequest() {
        return readsRequest;
    }

    /** Whether a decision may depend on the state of the feeds themselves, such as their age. */
    public boolean readsFeeds() {
        return readsFeeds;
    }

    /** The policies, in order of asking. */
    public List<Policy> policies() {
        return policies.stream().map(CompiledPolicy::policy).toList();
    }

    /**
     * Decides about a version: policies run in ascending precedence. A later release lets out what was withheld before; of
     * states that withhold the strongest stands, and of policies that set it the first speaks (ADR 016).
     */
    public Decision decide(
            Repository repository, String format, ObjectValue input, Set<UnknownFact> unknown, Instant now) {
        return decide(repository, format, compiled -> compiled.ask(input, unknown, now));
    }

    /** The same, at the instant of those answers and with what they share: for many versions and files of one package. */
    public Decision decide(
            Repository repository, String format, ObjectValue input, Set<UnknownFact> unknown, SharedAnswers answers) {
        return decide(repository, format, compiled -> answers.of(compiled, input, unknown));
    }

    private Decision decide(Repository repository, String format, Function<CompiledPolicy, CompiledPolicy.Answer> ask) {
        PackageState state = PackageState.AVAILABLE;
        Verdict decisive = null;
        boolean firm = false; // whether the decisive policy matched, rather than failed or lacked a fact
        List<Verdict> verdicts = new ArrayList<>(2);
        Set<String> tags = null;
        Instant horizon = Instant.MAX;
        for (CompiledPolicy compiled : policies) {
            Policy policy = compiled.policy();
            if (!policy.scope().covers(repository, format)) {
                continue;
            }
            CompiledPolicy.Answer answer = ask.apply(compiled);
            Verdict verdict = answer.verdict();
            if (answer.horizon().isBefore(horizon)) {
                horizon = answer.horizon();
            }
            if (!verdict.matched() && verdict.failure() == null) {
                continue;
            }
            verdicts.add(verdict);
            if (policy.mode() != Policy.Mode.ENFORCE) {
                continue; // a policy on trial does not decide what others are asked
            }
            if (verdict.matched() && !answer.held()) {
                for (Action action : policy.actions()) {
                    switch (action) {
                        case Action.SetPackageState set -> {
                            PackageState wanted =
                                    set.state() == PackageState.QUARANTINED && policy.effect() == Policy.Effect.HIDE
                                            ? PackageState.HIDDEN
                                            : set.state();
                            if (wanted.isReleasable()) {
                                state = wanted;
                                decisive = null;
                            } else if (wanted.isStrongerThan(state) || (wanted == state && !firm)) {
                                state = wanted;
                                decisive = verdict;
                                firm = true;
                            }
                        }
                        case Action.AddPackageTags add ->
                            (tags = tags == null ? new TreeSet<>() : tags).addAll(add.tags());
                        case Action.RemovePackageTags remove -> {
                            if (tags != null) {
                                tags.removeAll(remove.tags());
                            }
                        }
                    }
                }
                if (policy.terminal()) {
                    break;
                }
                continue;
            }
            PackageState wanted = verdict.matched()
                    ? policy.effect()
                                    == Policy.Effect
                                            .HIDE // held, whatever its actions: nobody knows yet whether they apply
                            ? PackageState.HIDDEN
                            : PackageState.QUARANTINED
                    : policy.onError() == Policy.OnError.ALLOW
                            ? PackageState.AVAILABLE
                            : PackageState.QUARANTINED; // what cannot be judged is not let out
            if (wanted.isStrongerThan(state)) {
                state = wanted;
                decisive = verdict;
                firm = false;
            }
        }
        if (verdicts.isEmpty() && horizon.equals(Instant.MAX)) {
            return Decision.AVAILABLE;
        }
        if (decisive != null && verdicts.size() > 1) { // who speaks comes first
            verdicts.remove(decisive);
            verdicts.addFirst(decisive);
        }
        return new Decision(state, decisive, verdicts, tags == null ? Set.of() : tags, horizon);
    }

    /**
     * Whether the version is withheld whatever the open facts turn out to be, so that learning them is vain: by policies that
     * read none of them, while none that reads one lets out what others withhold or ends the run.
     *
     * @param open unknown facts that can still be learnt
     */
    public boolean withholdsAnyway(
            Set<UnknownFact> open,
            Repository repository,
            String format,
            ObjectValue input,
            Set<UnknownFact> unknown,
            Instant now) {
        List<CompiledPolicy> settled = new ArrayList<>();
        for (CompiledPolicy compiled : policies) {
            Policy policy = compiled.policy();
            if (!compiled.hangsOn(open)) {
                settled.add(compiled);
            } else if (policy.mode() == Policy.Mode.ENFORCE
                    && policy.scope().covers(repository, format)
                    && (policy.terminal() || policy.releases())) {
                return false;
            }
        }
        return !new PolicySet(revision, settled)
                .decide(repository, format, input, unknown, now)
                .isAllowed();
    }

    /** Those of the open facts that enforcing policies there read: until they are known a release is no promise. */
    public Set<UnknownFact> awaits(Set<UnknownFact> open, Repository repository, String format) {
        Set<UnknownFact> awaited = EnumSet.noneOf(UnknownFact.class);
        for (UnknownFact fact : open) {
            if (policies.stream()
                    .filter(each -> each.policy().mode() == Policy.Mode.ENFORCE
                            && each.policy().scope().covers(repository, format))
                    .anyMatch(each -> each.reads(fact))) {
                awaited.add(fact);
            }
        }
        return awaited;
    }

    /**
     * Decides about a version that nobody has, by those policies alone that read nothing of it but its name and what is known
     * against it: when it was published or what it holds will never be known. AVAILABLE, too, where a policy that reads more might
     * let it out or end the run.
     */
    public Decision decideAbsent(Repository repository, String format, ObjectValue input, Instant now) {
        List<CompiledPolicy> settled = new ArrayList<>();
        for (CompiledPolicy compiled : policies) {
            Policy policy = compiled.policy();
            if (!compiled.readsArtifact()) {
                settled.add(compiled);
            } else if (policy.mode() == Policy.Mode.ENFORCE
                    && policy.scope().covers(repository, format)
                    && (policy.terminal() || policy.releases())) {
                return Decision.AVAILABLE;
            }
        }
        return new PolicySet(revision, settled).decide(repository, format, input, Set.of(), now);
    }

    /** Whether the decision of any policy may depend on one of those facts. */
    public boolean reads(Set<UnknownFact> facts) {
        return policies.stream().anyMatch(policy -> policy.hangsOn(facts));
    }

    /** What a policy of this set read and which expressions decided, or null when the set does not hold it. */
    public Evaluation.@Nullable Result trace(Policy policy, ObjectValue input, Instant now) {
        for (CompiledPolicy compiled : policies) {
            if (compiled.policy().slug().equals(policy.slug())) {
                return compiled.trace(input, now);
            }
        }
        return null;
    }
}

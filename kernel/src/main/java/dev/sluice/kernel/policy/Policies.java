package dev.sluice.kernel.policy;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.rego.RegoError;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The policies of an installation: read, changed, and compiled for the gate.
 *
 * <p>A change is in force from the next decision on. Source text that does not compile is refused, and what was in force stays
 * in force. Every change is durable in the journal before the call returns. Thread-safe.
 */
public final class Policies {

    private static final int MAX_POLICIES = 1000;

    private final PolicyStore store;
    private final Journal journal;
    private final InstantSource clock;
    private final Ulid ids;
    private final BiConsumer<Policy, String> failures;
    private final ReentrantLock compiling = new ReentrantLock();
    private volatile PolicySet current = new PolicySet(-1, List.of());
    private Map<String, CompiledPolicy> compiled = Map.of();

    /**
     * The policies kept in a store.
     *
     * @param journal where changes are recorded
     * @param clock for the times of changes
     * @param ids for the journal's identifiers
     */
    public Policies(PolicyStore store, Journal journal, InstantSource clock, Ulid ids) {
        this(store, journal, clock, ids, (_, _) -> {});
    }

    /**
     * The same.
     *
     * @param failures is told of every policy that could not be evaluated, and why; called by the thread that decides, so it is
     *     quick and thread-safe
     */
    public Policies(
            PolicyStore store, Journal journal, InstantSource clock, Ulid ids, BiConsumer<Policy, String> failures) {
        this.failures = failures;
        this.store = store;
        this.journal = journal;
        this.clock = clock;
        this.ids = ids;
    }

    /** The set in force; compiles what changed since the last call. */
    public PolicySet current() {
        PolicySet known = current;
        return known.revision() == store.revision() ? known : recompile();
    }

    /** The set in force if that is known without reading the store, else null. */
    public @Nullable PolicySet currentFromMemory() {
        PolicySet known = current;
        return known.revision() == store.revision() ? known : null;
    }

    private PolicySet recompile() {
        compiling.lock();
        try {
            long revision = store.revision(); // before the list: a change in between only means compiling once more
            if (current.revision() == revision) {
                return current;
            }
            Map<String, CompiledPolicy> next = new HashMap<>();
            List<CompiledPolicy> asked = new ArrayList<>();
            for (Policy policy : store.list()) {
                CompiledPolicy known = compiled.get(policy.slug());
                CompiledPolicy ready = known != null && known.policy().equals(policy) ? known : compileStored(policy);
                next.put(policy.slug(), ready);
                if (policy.enabled() && policy.mode() != Policy.Mode.OFF) {
                    asked.add(ready);
                }
            }
            compiled = next;
            current = new PolicySet(revision, asked);
            return current;
        } finally {
            compiling.unlock();
        }
    }

    private CompiledPolicy compileStored(Policy policy) {
        try {
            return CompiledPolicy.compileStored(policy, failures);
        } catch (PolicyRejectedException e) {
            // Only a downgrade of the product can bring this about: never let packages out unjudged because of it.
            throw new IllegalStateException(
                    "stored policy '" + policy.name() + "' does not compile: " + e.getMessage(), e);
        }
    }

    /** All policies, by precedence. */
    public List<Policy> list() {
        return store.list();
    }

    /** The policy with that slug. */
    public Optional<Policy> find(String slug) {
        return store.find(slug);
    }

    /** What is wrong with the source text; empty when nothing is. */
    public List<RegoError> validate(String rego) {
        return findings(rego, "policy.rego");
    }

    /**
     * What would keep source text from being saved; empty when nothing would.
     *
     * @param fileName what findings call it
     */
    public static List<RegoError> findings(String rego, String fileName) {
        try {
            CompiledPolicy.program(rego, fileName);
            return List.of();
        } catch (PolicyRejectedException e) {
            return e.findings();
        }
    }

    /**
     * What would be taken and can hardly be meant: comparisons that never hold, paths that nobody knows, and a policy that
     * enforces nothing. Empty for a policy that would not be saved.
     */
    public static List<RegoError> warnings(Policy policy) {
        String file = policy.origin() != null ? policy.origin() : "policy.rego";
        List<RegoError> warnings = new ArrayList<>();
        try {
            warnings.addAll(CompiledPolicy.program(policy.rego(), file).warnings());
        } catch (PolicyRejectedException e) {
            return List.of();
        }
        boolean acts = policy.mode() == Policy.Mode.ENFORCE || policy.mode() == Policy.Mode.WARN;
        if (acts && policy.actions().isEmpty() && policy.onUnknown() != Policy.OnUnknown.HOLD) {
            warnings.add(new RegoError(
                    "policy_without_actions",
                    "mode " + policy.mode().label() + " without actions: a match withholds nothing",
                    file,
                    1,
                    1,
                    "add the action set_package_state: QUARANTINED"));
        }
        return List.copyOf(warnings);
    }

    /** The warnings of source text alone. */
    public static List<RegoError> warnings(String rego, String fileName) {
        try {
            return CompiledPolicy.program(rego, fileName).warnings();
        } catch (PolicyRejectedException e) {
            return List.of();
        }
    }

    /**
     * Adds a policy. Slug, version and times of the draft are replaced.
     *
     * @throws PolicyRejectedException when its source text is wrong
     * @throws IllegalArgumentException when there are too many policies
     * @throws NameTakenException when another has its name, in any case of letters
     */
    public Policy create(Policy draft, Event.Actor actor) throws PolicyRejectedException {
        if (store.list().size() >= MAX_POLICIES) {
            throw new IllegalArgumentException("Maximum number of policies reached.");
        }
        Instant now = clock.instant();
        free(draft.name(), null);
        Policy policy = with(draft, newSlug(), 1, now, now);
        CompiledPolicy.compile(policy);
        store.save(policy);
        record("created", policy, actor, now);
        return policy;
    }

    /**
     * Replaces the policy with the draft's slug; its version grows when the source text changed.
     *
     * @throws PolicyRejectedException when its source text is wrong; the former version stays in force
     * @throws IllegalArgumentException when there is no such policy
     * @throws NameTakenException when another has its new name
     */
    public Policy update(Policy draft, Event.Actor actor) throws PolicyRejectedException {
        Policy former = store.find(draft.slug())
                .orElseThrow(() -> new IllegalArgumentException("no policy '" + draft.slug() + "'"));
        if (!former.name().equalsIgnoreCase(draft.name())) {
            free(draft.name(), former.slug());
        }
        Instant now = clock.instant();
        int version = former.version() + (former.rego().equals(draft.rego()) ? 0 : 1);
        Policy policy = with(draft, former.slug(), version, former.createdAt(), now);
        CompiledPolicy.compile(policy);
        store.save(policy);
        record("changed", policy, actor, now);
        return policy;
    }

    /** Another policy has the name already: reports and refusals tell policies by their names. */
    public static final class NameTakenException extends IllegalArgumentException {
        private NameTakenException(String name) {
            super("There is a policy '" + name + "' already; change that one, or choose another name.");
        }
    }

    private void free(String name, @Nullable String slug) {
        for (Policy each : store.list()) {
            if (each.name().equalsIgnoreCase(name) && !each.slug().equals(slug)) {
                throw new NameTakenException(each.name());
            }
        }
    }

    /** Removes a policy; false when there was none. */
    public boolean delete(String slug, Event.Actor actor) {
        Optional<Policy> former = store.find(slug);
        boolean removed = store.remove(slug);
        if (removed) {
            former.ifPresent(policy -> record("deleted", policy, actor, clock.instant()));
        }
        return removed;
    }

    /** A new identifier for a policy or an action: 12 characters. */
    public static String newSlug() {
        SecureRandom random = new SecureRandom();
        StringBuilder slug = new StringBuilder(12);
        for (int i = 0; i < 12; i++) {
            slug.append("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".charAt(random.nextInt(62)));
        }
        return slug.toString();
    }

    private static Policy with(Policy p, String slug, int version, Instant createdAt, Instant updatedAt) {
        return new Policy(
                slug,
                p.name(),
                p.description(),
                p.rego(),
                p.enabled(),
                p.terminal(),
                p.precedence(),
                p.mode(),
                p.scope(),
                p.actions(),
                p.effect(),
                p.onUnknown(),
                p.onError(),
                version,
                createdAt,
                updatedAt,
                p.origin());
    }

    private void record(String what, Policy policy, Event.Actor actor, Instant now) {
        String message = "policy '" + policy.name() + "' " + what + " (version " + policy.version() + ", mode "
                + policy.mode().label() + (policy.enabled() ? ")" : ", disabled)");
        try {
            journal.append(Event.of(ids.next(), now, Event.Kind.POLICY, actor, message)
                            .decidedBy(List.of(policy.name())))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new CompletionException("the change is in force but could not be recorded", e.getCause());
        }
    }
}

package dev.sluice.server;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.policy.Policy;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A journal whose events are counted, by kind and by what was decided, and whose appends are timed. Thread-safe. */
final class CountedJournal implements Journal {

    /** More names than that are counted as one: each is a series for ever. */
    private static final int MAX_POLICIES = 200;

    private static final Map<Event.Kind, String> OUTCOMES =
            Map.of(Event.Kind.DOWNLOAD, "released", Event.Kind.REFUSAL, "refused", Event.Kind.HIDDEN, "hidden");

    private final Journal journal;
    private final Function<String, Optional<Policy.Mode>> modes;
    private final Map<Event.Kind, CounterDataPoint> kinds = new ConcurrentHashMap<>();
    private final Counter events;
    private final Counter decisions;
    private final Counter byPolicy;
    private final Histogram seconds;
    private final Counter failures;
    private final AtomicInteger pending = new AtomicInteger();
    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private final Consumer<@Nullable String> lastFailure;

    /**
     * Counts what is done with that journal.
     *
     * @param lastFailure is told after every write why it failed, or null
     */
    CountedJournal(
            Journal journal,
            PrometheusRegistry registry,
            Function<String, Optional<Policy.Mode>> modes,
            Consumer<@Nullable String> lastFailure) {
        this.lastFailure = lastFailure;
        this.journal = journal;
        this.modes = modes;
        this.events = Counter.builder()
                .name("sluice_journal_events_total")
                .help(
                        "Events written to the journal, by kind: downloads, refusals, publications, policy changes and so on")
                .labelNames("kind")
                .register(registry);
        Event.Kind.KNOWN.forEach(this::counted);
        this.decisions = Counter.builder()
                .name("sluice_decisions_total")
                .help(
                        "Decisions about files and indexes by outcome (released, refused, hidden: versions withheld from an index) and"
                                + " by the strictest mode of a policy that matched (enforce, warn, audit, none)")
                .labelNames("outcome", "mode")
                .register(registry);
        this.byPolicy = Counter.builder()
                .name("sluice_policy_matches_total")
                .help(
                        "Decisions in which a policy matched, by policy and outcome; beyond 200 names the policy is other")
                .labelNames("policy", "outcome")
                .register(registry);
        this.seconds = Histogram.builder()
                .name("sluice_journal_append_seconds")
                .help("Time until an event is durable")
                .classicOnly()
                .classicUpperBounds(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
                .register(registry);
        this.failures = Counter.builder()
                .name("sluice_journal_failures_total")
                .help("Events that could not be written; what they were about was answered with 503")
                .register(registry);
        GaugeWithCallback.builder()
                .name("sluice_journal_pending_events")
                .help("Events handed to the journal and not durable yet")
                .callback(callback -> callback.call(pending.get()))
                .register(registry);
    }

    @Override
    public CompletionStage<Void> append(Event event) {
        counted(event.kind()).inc();
        decided(event);
        long began = System.nanoTime();
        pending.incrementAndGet();
        CompletionStage<Void> written = journal.append(event);
        CompletableFuture<Void> counted = new CompletableFuture<>(); // who waits sees what was counted
        var _ = written.whenComplete((done, failure) -> {
            pending.decrementAndGet();
            if (failure == null) {
                seconds.observe((System.nanoTime() - began) / 1e9);
                lastFailure.accept(null);
                counted.complete(null);
            } else {
                failures.inc();
                lastFailure.accept(String.valueOf(failure.getMessage()));
                counted.completeExceptionally(failure);
            }
        });
        return counted;
    }

    private CounterDataPoint counted(Event.Kind kind) {
        return kinds.computeIfAbsent(kind, each -> events.labelValues(each.name()));
    }

    private void decided(Event event) {
        String outcome = OUTCOMES.get(event.kind());
        if (outcome == null) {
            return;
        }
        String strictest = "none";
        for (String policy : event.policies()) {
            boolean known = named.contains(policy) || (named.size() < MAX_POLICIES && named.add(policy));
            byPolicy.labelValues(known || named.contains(policy) ? policy : "other", outcome)
                    .inc();
            String mode = modes.apply(policy)
                    .map(m -> m.name().toLowerCase(Locale.ROOT))
                    .orElse("none");
            strictest = strictness(mode) > strictness(strictest) ? mode : strictest;
        }
        decisions.labelValues(outcome, strictest).inc();
    }

    private static int strictness(String mode) {
        return List.of("none", "off", "audit", "warn", "enforce").indexOf(mode);
    }

    @Override
    public Optional<Event> find(String id) {
        return journal.find(id);
    }

    @Override
    public List<Event> query(Query query) {
        return journal.query(query);
    }

    @Override
    public List<Consumption> consumption(Taken what, int limit) {
        return journal.consumption(what, limit);
    }

    @Override
    public Set<String> versions(PackageName name) {
        return journal.versions(name);
    }

    @Override
    public void settle() {
        journal.settle();
    }
}

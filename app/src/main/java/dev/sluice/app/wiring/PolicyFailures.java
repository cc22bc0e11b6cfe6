package dev.sluice.app.wiring;

import dev.sluice.kernel.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies that could not be evaluated, as operators learn of them: counted by policy, and one line in the log for each policy
 * once a minute at most. Thread-safe.
 */
final class PolicyFailures implements BiConsumer<Policy, String> {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyFailures.class);
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int MAX_POLICIES = 200;
    private static final String OTHER = "other";

    private final InstantSource clock;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    /**
     * The failures of one policy.
     *
     * @param count all of them
     * @param told when the log said so
     */
    private record Seen(LongAdder count, AtomicReference<Instant> told) {}

    PolicyFailures(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void accept(Policy policy, String failure) {
        String name = seen.containsKey(policy.name()) || seen.size() < MAX_POLICIES ? policy.name() : OTHER;
        Seen known = seen.computeIfAbsent(name, _ -> new Seen(new LongAdder(), new AtomicReference<>(Instant.MIN)));
        known.count.increment();
        Instant now = clock.instant();
        Instant last = known.told.get();
        if ((last.equals(Instant.MIN) || !now.isBefore(last.plus(QUIET))) && known.told.compareAndSet(last, now)) {
            LOG.warn(
                    "policy '{}' could not be evaluated, and {}: {} ({} times so far)",
                    policy.name(),
                    policy.onError() == Policy.OnError.ALLOW
                            ? "asks to be passed over then"
                            : policy.mode() == Policy.Mode.ENFORCE
                                    ? "withholds what it was asked about"
                                    : "is on trial",
                    failure,
                    known.count.sum());
        }
    }

    /** How often each policy failed, by name. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        seen.forEach((name, failures) -> counts.put(name, failures.count.sum()));
        return counts;
    }
}

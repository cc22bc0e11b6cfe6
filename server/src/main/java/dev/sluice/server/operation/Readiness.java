package dev.sluice.server.operation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must work so that requests should come here, asked when somebody asks for it. Many who ask at once cost one look; an answer
 * holds for some seconds. Thread-safe.
 */
public final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

    /** How long a look counts: what asks most often asks every few seconds. */
    private static final Duration HOLDS = Duration.ofSeconds(2);

    /** Something that must work. */
    @FunctionalInterface
    public interface Check {
        /** Returns when it works. Throws when it does not, saying why; bounded in time. */
        void run() throws Exception;
    }

    private final Map<String, Check> checks;
    private final InstantSource clock;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile List<String> failing = List.of();
    private volatile Instant looked = Instant.MIN;
    private volatile boolean leaving;

    /** What must work, by its name for operators. */
    public Readiness(Map<String, Check> checks, InstantSource clock) {
        this.checks = new TreeMap<>(checks);
        this.clock = clock;
    }

    /** Nothing is asked. */
    public static Readiness always() {
        return new Readiness(Map.of(), () -> Instant.EPOCH); // with nothing to ask, no time passes
    }

    /** From now on requests should go elsewhere, whatever works: this server is about to end. */
    public void leave() {
        leaving = true;
    }

    /** Whether this server is about to end. */
    public boolean isLeaving() {
        return leaving;
    }

    /** Names of what does not work; empty when everything does. While somebody looks, others are told the last answer. */
    public List<String> failing() {
        Instant now = clock.instant();
        if ((looked.isAfter(now.minus(HOLDS)) && !looked.isAfter(now)) || !looking.tryLock()) {
            return failing;
        }
        try {
            List<String> found = new ArrayList<>();
            checks.forEach((name, check) -> {
                try {
                    check.run();
                } catch (Exception e) {
                    found.add(name);
                    if (!failing.contains(name)) {
                        LOG.atError().addKeyValue("what", name).log("not ready: {}", e.getMessage());
                    }
                }
            });
            if (found.isEmpty() && !failing.isEmpty()) {
                LOG.info("ready again");
            }
            failing = List.copyOf(found);
            looked = clock.instant();
            return failing;
        } finally {
            looking.unlock();
        }
    }
}

package dev.sluice.server;

import dev.sluice.kernel.access.Grants;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.HttpDate;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.server.operation.Operations;
import dev.sluice.server.operation.Readiness;
import dev.sluice.server.trace.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all requests share: who decides, who answers, limits, counters. Thread-safe. */
final class Door {

    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);

    /** Memory for repositories looked up by names of clients' choosing: 1 MiB. */
    private static final long NAMES = 1L << 20;

    private record Dated(long second, String text) {}

    final Gate gate;
    final Grants grants;
    final Map<String, Format> formats;
    final Nodes nodes;
    final Remembered<Repository> repositories;
    final Authentication authentication;
    final Operations operations;
    final Compression compression = new Compression();
    final RecentBlobs blobs;
    final Metrics metrics;
    final Tracing tracing;
    final Readiness readiness;
    final Limits limits;
    final InstantSource clock;
    final FrontDoor.Binding binding;
    final Outgoing outgoing;
    final Executor blocking;
    final RateLimit failures;
    final RateLimit requests;
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    private final AtomicBoolean outOfTouch = new AtomicBoolean();
    private volatile Dated date = new Dated(-1, "");

    Door(FrontDoor.Rooms rooms, FrontDoor.Binding binding, Limits limits, InstantSource clock, Executor blocking) {
        FrontDoor.Packages packages = rooms.packages();
        FrontDoor.Visitors visitors = rooms.visitors();
        RepositoryStore stored = packages.repositories();
        Map<String, Format> byId = new LinkedHashMap<>();
        packages.formats().forEach(format -> byId.put(format.id(), format));
        this.gate = packages.gate();
        this.grants = visitors.grants();
        this.formats = byId;
        this.nodes = rooms.nodes();
        this.repositories = new Remembered<>(stored::revision, stored::find, NAMES);
        this.authentication = new Authentication(
                visitors.tokens(),
                visitors.journal(),
                new Ulid(clock),
                () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()));
        this.operations = new Operations(rooms.operations());
        this.metrics = rooms.observers().metrics();
        this.tracing = rooms.observers().tracing();
        this.readiness = rooms.observers().readiness();
        this.limits = limits;
        this.clock = clock;
        this.binding = binding;
        this.outgoing = new Outgoing(limits.responses());
        this.blobs = new RecentBlobs(limits.files());
        this.failures = new RateLimit(
                limits.rates().failures(),
                Duration.ofMinutes(1),
                2L * limits.rates().failures(),
                clock);
        this.requests = new RateLimit(
                limits.rates().requests(),
                Duration.ofSeconds(1),
                10L * limits.rates().requests(),
                clock);
        this.blocking = blocking;
    }

    /** The Date header for that instant (RFC 9110, section 5.6.7). */
    String httpDate(Instant now) {
        Dated known = date;
        if (known.second != now.getEpochSecond()) {
            known = new Dated(now.getEpochSecond(), HttpDate.of(now));
            date = known;
        }
        return known.text;
    }

    /** Notes whether this node could catch up with the others; logged when that changes, not at every request. */
    void touch(@Nullable Throwable failure) {
        boolean lost = failure != null;
        if (outOfTouch.get() != lost && outOfTouch.compareAndSet(!lost, lost)) {
            if (lost) {
                LOG.error("the database does not answer; requests get 503 until it does", failure);
            } else {
                LOG.info("the database answers again");
            }
        }
    }

    /** Takes a place among the requests that may block; false when all are taken. */
    boolean enter() {
        if (running.incrementAndGet() > limits.requests()) {
            running.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Gives the place back. */
    void leave() {
        running.decrementAndGet();
    }
}

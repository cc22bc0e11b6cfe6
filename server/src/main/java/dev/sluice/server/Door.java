package dev.sluice.server;

import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.server.operation.Operations;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** What all requests share: who decides, who answers, limits, counters. Thread-safe. */
final class Door {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private record Dated(long second, String text) {}

    final Gate gate;
    final FrontDoor.Access access;
    final Map<String, Format> formats;
    final RecentRepositories repositories;
    final Authentication authentication;
    final Operations operations;
    final Compression compression = new Compression();
    final RecentBlobs blobs = new RecentBlobs(RecentBlobs.MEMORY);
    final Metrics metrics;
    final Limits limits;
    final InstantSource clock;
    final FrontDoor.Binding binding;
    final Outgoing outgoing;
    final Executor blocking;
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    volatile boolean draining;
    private volatile Dated date = new Dated(-1, "");

    Door(
            Gate gate,
            FrontDoor.Access access,
            Map<String, Format> formats,
            RecentRepositories repositories,
            Authentication authentication,
            Operations operations,
            Metrics metrics,
            Limits limits,
            InstantSource clock,
            FrontDoor.Binding binding,
            Executor blocking) {
        this.gate = gate;
        this.access = access;
        this.formats = formats;
        this.repositories = repositories;
        this.authentication = authentication;
        this.operations = operations;
        this.metrics = metrics;
        this.limits = limits;
        this.clock = clock;
        this.binding = binding;
        this.outgoing = new Outgoing(limits.responses());
        this.blocking = blocking;
    }

    /** The Date header for that instant (RFC 9110, section 5.6.7). */
    String httpDate(Instant now) {
        Dated known = date;
        if (known.second != now.getEpochSecond()) {
            known = new Dated(now.getEpochSecond(), HTTP_DATE.format(now));
            date = known;
        }
        return known.text;
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

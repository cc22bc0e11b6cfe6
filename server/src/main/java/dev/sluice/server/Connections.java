package dev.sluice.server;

import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop: which of them wait for a request, and since when.
 *
 * <p>Whoever sends heads one byte at a time looks alive to an idle timer; here only whole requests count. Used on its event loop
 * only; times are {@link System#nanoTime}.
 */
final class Connections {

    private static final class Waiting {
        final HttpConnection connection;
        long since;
        int running;

        Waiting(HttpConnection connection, long since) {
            this.connection = connection;
            this.since = since;
        }
    }

    private final Limits.Times times;
    private final Map<HttpConnection, Waiting> all = new HashMap<>();

    /** Those that have not asked yet, and those between two requests; each in the order in which they began to wait. */
    private final SequencedSet<Waiting> fresh = new LinkedHashSet<>();

    private final SequencedSet<Waiting> between = new LinkedHashSet<>();

    Connections(Limits.Times times) {
        this.times = times;
    }

    /** A connection was opened. */
    void opened(HttpConnection connection, long now) {
        Waiting waiting = new Waiting(connection, now);
        all.put(connection, waiting);
        fresh.add(waiting);
    }

    /** A whole head arrived on it. */
    void asked(HttpConnection connection) {
        Waiting waiting = all.get(connection);
        if (waiting != null && waiting.running++ == 0 && !between.remove(waiting)) {
            fresh.remove(waiting);
        }
    }

    /** A request on it was answered. */
    void answered(HttpConnection connection, long now) {
        Waiting waiting = all.get(connection);
        if (waiting != null && --waiting.running == 0) {
            waiting.since = now;
            between.add(waiting);
        }
    }

    /** It is closed. */
    void closed(HttpConnection connection) {
        Waiting waiting = all.remove(connection);
        if (waiting != null && !between.remove(waiting)) {
            fresh.remove(waiting);
        }
    }

    /** Closes those that waited too long. */
    void sweep(long now) {
        sweep(fresh, now - times.firstRequest().toNanos());
        sweep(between, now - times.keepAlive().toNanos());
    }

    /** Closes the one that has waited longest, other than the one given; false when all are at work. */
    boolean makeRoom(HttpConnection besides) {
        Waiting young = eldest(fresh, besides);
        Waiting old = eldest(between, besides);
        Waiting eldest = young == null || (old != null && old.since - young.since < 0) ? old : young;
        if (eldest == null) {
            return false;
        }
        close(eldest);
        return true;
    }

    private static @Nullable Waiting eldest(SequencedSet<Waiting> waiting, HttpConnection besides) {
        for (Waiting each : waiting) {
            if (each.connection != besides) {
                return each;
            }
        }
        return null;
    }

    private void sweep(SequencedSet<Waiting> waiting, long before) {
        while (!waiting.isEmpty()) {
            Iterator<Waiting> first = waiting.iterator();
            Waiting eldest = first.next();
            if (eldest.since - before > 0) {
                return;
            }
            close(eldest);
        }
    }

    private void close(Waiting waiting) {
        closed(waiting.connection);
        waiting.connection.close();
    }
}

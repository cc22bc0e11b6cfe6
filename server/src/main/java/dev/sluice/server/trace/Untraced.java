package dev.sluice.server.trace;

import dev.sluice.kernel.gate.Inspector;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Journal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tracing that is off: every port is the one that was given. */
final class Untraced implements Tracing {

    @Override
    public @Nullable Followed begin(Head head) {
        return null;
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T run(String stage, Work<T, E> work) throws E {
        return work.run();
    }

    @Override
    public UpstreamClient upstreams(UpstreamClient client) {
        return client;
    }

    @Override
    public Inspector inspector(Inspector inspector) {
        return inspector;
    }

    @Override
    public Journal journal(Journal journal) {
        return journal;
    }

    @Override
    public @Nullable String traceparent() {
        return null;
    }

    @Override
    public Map<String, Long> fates() {
        return Map.of();
    }

    @Override
    public void close() {
        // nothing was begun
    }
}

package dev.sluice.server.trace;

import dev.sluice.kernel.gate.Inspector;
import dev.sluice.kernel.gate.Stages;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Journal;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Follows requests: each that is followed becomes a trace of what was done for it.
 *
 * <p>What runs within {@link Followed#execute} counts as part of the request: stages, upstream calls, inspections and journal records
 * of the ports made here. Knows nothing of OpenTelemetry, so that whoever does not trace does not load it. Thread-safe; never throws,
 * waits or fails what it follows.
 */
public interface Tracing extends Stages, AutoCloseable {

    /** Follows nothing. */
    Tracing OFF = new Untraced();

    /** Begins to follow a request whose head has arrived; null when requests are not followed. */
    @Nullable
    Followed begin(Head head);

    /** The way to upstreams, with each call followed. */
    UpstreamClient upstreams(UpstreamClient client);

    /** The inspector, with each inspection followed. */
    Inspector inspector(Inspector inspector);

    /** The journal, with each record followed until it is durable. */
    Journal journal(Journal journal);

    /** Value of the {@code traceparent} header (W3C Trace Context) for what the calling thread asks of others, or null. */
    @Nullable
    String traceparent();

    /** How many spans had which fate so far, for a counter. */
    Map<String, Long> fates();

    /** Sends what is left, for some seconds at most. */
    @Override
    void close();

    /** A request that is followed. {@link #execute} runs work as part of it, on the calling thread; others may do so at the same time. */
    interface Followed extends Executor {
        /** The trace it belongs to, 32 hexadecimal digits. */
        String trace();

        /** Says how it ended; later calls say nothing. */
        void end(End end);
    }

    /**
     * How a request begins.
     *
     * @param method as sent
     * @param scheme http or https, as the server sees it
     * @param address IP address of the client
     * @param agent its User-Agent, or null
     * @param traceparent what it sent of a trace it belongs to, or null
     * @param believed whether that trace is gone on with; else this is a trace of its own that refers to it
     */
    record Head(
            String method,
            String scheme,
            String address,
            @Nullable String agent,
            @Nullable String traceparent,
            boolean believed) {}

    /**
     * How a request ended. Texts that do not apply are empty.
     *
     * @param status HTTP status; 499 when the client went away
     * @param endpoint name of the endpoint or operation
     * @param path without the query and without tokens
     * @param format id of the format
     * @param repository name of the repository
     * @param outcome released or refused
     * @param from memory, store or upstream
     * @param request its X-Request-Id
     */
    record End(
            int status,
            String endpoint,
            String path,
            String format,
            String repository,
            String outcome,
            String from,
            String request) {}
}

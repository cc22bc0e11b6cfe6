package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Version;
import dev.sluice.app.logging.Logging;
import dev.sluice.server.Metrics;
import dev.sluice.server.trace.Tracing;
import java.time.InstantSource;

/** Those who watch all the others: figures and traces. */
record Observing(Metrics metrics, Tracing tracing) {

    /** Makes them as configured; first of all rooms, so that its traces are closed last and tell of all the others. */
    static Observing open(Configuration configuration, InstantSource clock, Opened opened) {
        Tracing tracing = opened.add(TraceSettings.tracing(configuration, clock));
        Metrics metrics = new Metrics();
        metrics.build(Version.TEXT);
        metrics.counters(
                "sluice_log_dropped_lines_total",
                "Lines that a log could not write in time or at all, by log: main, access",
                "log",
                Logging::dropped);
        metrics.counters(
                "sluice_trace_spans_total",
                "Spans of traces by what became of them: sent, dropped-full (the queue was full), dropped-failed (the collector did"
                        + " not take them)",
                "fate",
                tracing::fates);
        return new Observing(metrics, tracing);
    }
}

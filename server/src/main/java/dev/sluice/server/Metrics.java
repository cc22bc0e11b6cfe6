package dev.sluice.server;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.server.operation.FeedReport;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** Figures about requests, journal events and the JVM, in Prometheus' text format. Thread-safe. */
public final class Metrics {

    /** Media type of {@link #text}. */
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder()
            .name("sluice_http_requests_total")
            .help("Requests answered, by endpoint and status")
            .labelNames("endpoint", "method", "status")
            .register(registry);
    private final Histogram seconds = Histogram.builder()
            .name("sluice_http_request_seconds")
            .help("Time from the request's head to the response's last byte")
            .labelNames("endpoint")
            .classicOnly()
            .classicUpperBounds(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
            .register(registry);
    private final Counter sent = Counter.builder()
            .name("sluice_http_response_bytes_total")
            .help("Bytes sent in responses")
            .labelNames("endpoint")
            .register(registry);
    private final Counter received = Counter.builder()
            .name("sluice_http_request_bytes_total")
            .help("Bytes received in request bodies")
            .labelNames("endpoint")
            .register(registry);
    private final Counter events = Counter.builder()
            .name("sluice_journal_events_total")
            .help(
                    "Events written to the journal: downloads, refusals, hidden versions, publications, policy changes, ...")
            .labelNames("kind")
            .register(registry);

    /** New figures, all zero, with those of the JVM. */
    public Metrics() {
        JvmMetrics.builder().register(registry);
    }

    /** Notes a request. */
    void request(String endpoint, String method, int status, double duration, long bytesSent, long bytesReceived) {
        requests.labelValues(endpoint, method, Integer.toString(status)).inc();
        seconds.labelValues(endpoint).observe(duration);
        sent.labelValues(endpoint).inc(bytesSent);
        received.labelValues(endpoint).inc(bytesReceived);
    }

    /** Shows a number that changes. */
    void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** Shows how the certificate fares. */
    void certificate(ServerCertificate certificate) {
        gauge(
                "sluice_tls_certificate_expiry_timestamp_seconds",
                "When the certificate shown now expires, in seconds since 1970",
                () -> certificate.expiresAt().getEpochSecond());
        CounterWithCallback.builder()
                .name("sluice_tls_reloads_total")
                .help("Certificate files read again: in force, or not usable so that the former stayed")
                .labelNames("outcome")
                .callback(callback -> {
                    callback.call((double) certificate.renewals(), "renewed");
                    callback.call((double) certificate.failures(), "failed");
                })
                .register(registry);
    }

    /** Shows how old each feed is and how its syncs go. */
    void feeds(FeedReport feeds, InstantSource clock) {
        feed(
                "sluice_feed_age_seconds",
                "Time since the feed was last known to be up to date",
                (figure, show) -> {
                    Instant updated = figure.updatedAt();
                    if (updated != null) {
                        show.accept((double)
                                Duration.between(updated, clock.instant()).toSeconds());
                    }
                },
                feeds);
        feed(
                "sluice_feed_last_success_timestamp_seconds",
                "When that was, in seconds since 1970",
                (figure, show) -> {
                    Instant updated = figure.updatedAt();
                    if (updated != null) {
                        show.accept((double) updated.getEpochSecond());
                    }
                },
                feeds);
        feed(
                "sluice_feed_records",
                "Records kept of the feed, or listed by one source of it",
                (figure, show) -> show.accept((double) figure.records()),
                feeds);
        feed(
                "sluice_feed_failures",
                "Syncs that failed since the last that succeeded",
                (figure, show) -> show.accept((double) figure.failures()),
                feeds);
    }

    private void feed(
            String name, String help, BiConsumer<FeedReport.Figure, Consumer<Double>> value, FeedReport feeds) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("feed")
                .callback(callback -> feeds.figures()
                        .forEach(figure -> value.accept(figure, number -> callback.call(number, figure.name()))))
                .register(registry);
    }

    /** The journal, with its events counted by kind: downloads and decisions per second are seen there. */
    public Journal counting(Journal journal) {
        Map<Event.Kind, CounterDataPoint> byKind = new EnumMap<>(Event.Kind.class);
        for (Event.Kind kind : Event.Kind.values()) {
            byKind.put(kind, events.labelValues(kind.name()));
        }
        return new CountingJournal(journal, byKind);
    }

    /** All figures as text. */
    byte[] text() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(16 * 1024);
        PrometheusTextFormatWriter.create().write(out, registry.scrape());
        return out.toByteArray();
    }

    private record CountingJournal(Journal journal, Map<Event.Kind, CounterDataPoint> counters) implements Journal {
        @Override
        public CompletionStage<Void> append(Event event) {
            CounterDataPoint counter = counters.get(event.kind());
            if (counter != null) {
                counter.inc();
            }
            return journal.append(event);
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
        public List<Consumption> consumption(Subject subject, int limit) {
            return journal.consumption(subject, limit);
        }

        @Override
        public void settle() {
            journal.settle();
        }
    }
}

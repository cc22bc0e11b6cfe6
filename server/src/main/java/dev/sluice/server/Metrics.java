package dev.sluice.server;

import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.server.operation.FeedReport;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Figures about requests, journal events and the JVM, in Prometheus' text format; new ones are zero. Thread-safe. */
public final class Metrics {

    /** Media type of {@link #text}. */
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE");

    private volatile @Nullable String journalFailure;
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder()
            .name("sluice_http_requests_total")
            .help("Requests answered, by endpoint, format, method and status; 499 when the client went away")
            .labelNames("endpoint", "format", "method", "status")
            .register(registry);
    private final Histogram seconds = Histogram.builder()
            .name("sluice_http_request_seconds")
            .help("Time from a request's head to its response's last byte, by endpoint")
            .labelNames("endpoint")
            .classicOnly()
            .classicUpperBounds(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
            .register(registry);
    private final Counter limited = Counter.builder()
            .name("sluice_http_rate_limited_total")
            .help(
                    "Requests answered 429 because of limits.failures or limits.request-rate, by who was limited: token, address")
            .labelNames("who")
            .register(registry);
    private final Counter sent = Counter.builder()
            .name("sluice_http_response_bytes_total")
            .help("Bytes sent in responses, by endpoint")
            .labelNames("endpoint")
            .register(registry);
    private final Counter received = Counter.builder()
            .name("sluice_http_request_bytes_total")
            .help("Bytes received in request bodies, by endpoint")
            .labelNames("endpoint")
            .register(registry);
    private final Counter answers = Counter.builder()
            .name("sluice_http_answers_total")
            .help(
                    "Requests to formats that were let in, by endpoint and from where they could be answered: memory, store, upstream")
            .labelNames("endpoint", "from")
            .register(registry);
    private final Histogram loopDelay = Histogram.builder()
            .name("sluice_event_loop_delay_seconds")
            .help("How much later than planned a timer ran on an event loop: above some hundredths, loops are stalled")
            .classicOnly()
            .classicUpperBounds(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
            .register(registry);
    private volatile Function<String, Optional<Policy.Mode>> modes = policy -> Optional.empty();

    /** Those of the JVM, which are the process's: made when they are first asked for, since that takes a while. */
    private static final class OfTheJvm {
        private static final PrometheusRegistry REGISTRY = new PrometheusRegistry();

        static {
            JvmMetrics.builder().register(REGISTRY);
        }
    }

    /** Notes that somebody was asked to wait. */
    void limited(String who) {
        limited.labelValues(who).inc();
    }

    /** Notes a request. */
    void request(
            String endpoint,
            String format,
            String method,
            int status,
            double duration,
            long bytesSent,
            long bytesReceived) {
        String known = METHODS.contains(method) ? method : "other"; // a client can make up any number of methods
        requests.labelValues(endpoint, format, known, Integer.toString(status)).inc();
        seconds.labelValues(endpoint).observe(duration);
        sent.labelValues(endpoint).inc(bytesSent);
        received.labelValues(endpoint).inc(bytesReceived);
    }

    /** Notes from where a request to a format could be answered. */
    void answered(String endpoint, String from) {
        answers.labelValues(endpoint, from).inc();
    }

    /** Shows a number that changes. */
    public void gauge(String name, String help, DoubleSupplier value) {
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
    public void feeds(FeedReport feeds, InstantSource clock) {
        feed(
                "sluice_feed_age_seconds",
                "Time since the newest date in the data of a feed, by feed",
                (figure, show) -> {
                    Instant newest = figure.newest();
                    if (newest != null) {
                        show.accept((double)
                                Duration.between(newest, clock.instant()).toSeconds());
                    }
                },
                feeds);
        feed(
                "sluice_feed_stale",
                "1 where nobody looked for news of a feed for too long, or there was none for longer than its pace, else 0, by feed",
                (figure, show) -> show.accept(figure.stale() ? 1d : 0d),
                feeds);
        feed(
                "sluice_feed_last_success_timestamp_seconds",
                "When a feed was last known to be up to date, in seconds since 1970, by feed",
                (figure, show) -> {
                    Instant updated = figure.updatedAt();
                    if (updated != null) {
                        show.accept((double) updated.getEpochSecond());
                    }
                },
                feeds);
        feed(
                "sluice_feed_records",
                "Records kept of a feed, or listed by one source of it, by feed",
                (figure, show) -> show.accept((double) figure.records()),
                feeds);
        feed(
                "sluice_feed_failures",
                "Syncs of a feed that failed since the last that succeeded, by feed",
                (figure, show) -> show.accept((double) figure.failures()),
                feeds);
        gauges(
                "sluice_advisories_known",
                "1 where the advisories of a format are known as a whole, else 0: its versions may be affected unknown",
                "format",
                feeds::coverage);
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

    /** Shows numbers that change, one for each value of the label; asked for at every scrape. */
    public void gauges(String name, String help, String label, Supplier<Map<String, Long>> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback -> values.get().forEach((key, value) -> callback.call(value, key)))
                .register(registry);
    }

    /** Shows counts that something else keeps, one for each value of the label; asked for at every scrape. */
    public void counters(String name, String help, String label, Supplier<Map<String, Long>> values) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback -> values.get().forEach((key, value) -> callback.call((double) value, key)))
                .register(registry);
    }

    /** The journal, with its events counted and its appends timed; decisions are counted by what the events say. */
    public Journal counting(Journal journal) {
        return new CountedJournal(journal, registry, this::mode, failure -> journalFailure = failure);
    }

    /** Why the last event could not be written to the journal that is counted, or null when it could. */
    public @Nullable String journalFailure() {
        return journalFailure;
    }

    /** The way to upstreams, with requests counted and timed. */
    public UpstreamClient timing(UpstreamClient client) {
        return new TimedUpstreams(client, registry);
    }

    /** Lets decisions be counted by the modes of the policies behind them: policies in force by name. */
    public void modes(Function<String, Optional<Policy.Mode>> modes) {
        this.modes = modes;
    }

    private Optional<Policy.Mode> mode(String policy) {
        return modes.apply(policy);
    }

    /** Says which build this is. */
    public void build(String version) {
        Gauge build = Gauge.builder()
                .name("sluice_build_info")
                .help("Always 1; the labels say which version runs on which Java")
                .labelNames("version", "java")
                .register(registry);
        build.labelValues(version, Runtime.version().toString()).set(1);
    }

    /** Notes how much later than planned something ran on an event loop. */
    void loopDelay(double late) {
        loopDelay.observe(Math.max(late, 0));
    }

    /** Names, kinds and descriptions of all own figures, without those of the JVM, by name. */
    public List<Figure> figures() {
        return registry.scrape().stream()
                .map(snapshot -> Figure.of(
                        snapshot, String.valueOf(snapshot.getMetadata().getHelp())))
                .sorted(Comparator.comparing(Figure::name))
                .toList();
    }

    /**
     * A figure.
     *
     * @param name as it is exposed
     * @param kind counter, gauge or histogram
     * @param help what it tells
     */
    public record Figure(String name, String kind, String help) {
        private static Figure of(MetricSnapshot snapshot, String help) {
            String name = snapshot.getMetadata().getPrometheusName();
            return switch (snapshot) {
                case CounterSnapshot _ -> new Figure(name + "_total", "counter", help);
                case HistogramSnapshot _ -> new Figure(name, "histogram", help);
                default -> new Figure(name, "gauge", help);
            };
        }
    }

    /** All figures as text, and those of the JVM. */
    public byte[] text() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(16 * 1024);
        PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
        writer.write(out, registry.scrape());
        writer.write(out, OfTheJvm.REGISTRY.scrape());
        return out.toByteArray();
    }
}

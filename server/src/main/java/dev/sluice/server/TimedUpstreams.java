package dev.sluice.server;

import dev.sluice.kernel.gate.UpstreamClient;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to upstreams, with requests counted and timed, and refusals told. Thread-safe. */
final class TimedUpstreams implements UpstreamClient {

    /** Whether this thread asked an upstream since it was told to forget. */
    private static final ThreadLocal<Boolean> ASKED = ThreadLocal.withInitial(() -> false);

    private static final Logger LOG = LoggerFactory.getLogger(TimedUpstreams.class);

    private static final long TOLD_AGAIN = Duration.ofHours(1).toNanos();
    private static final int MOST_TOLD = 10_000;

    private final ConcurrentHashMap<String, Long> told = new ConcurrentHashMap<>();
    private final UpstreamClient client;
    private final Counter requests;
    private final Histogram seconds;
    private final Counter bytes;

    TimedUpstreams(UpstreamClient client, PrometheusRegistry registry) {
        this.client = client;
        this.requests = Counter.builder()
                .name("sluice_upstream_requests_total")
                .help(
                        "Requests to upstreams, by upstream and outcome: 2xx, 304, 4xx and so on, failed when there was no answer")
                .labelNames("upstream", "outcome")
                .register(registry);
        this.seconds = Histogram.builder()
                .name("sluice_upstream_request_seconds")
                .help("Time until an upstream's answer begins, by upstream")
                .labelNames("upstream")
                .classicOnly()
                .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
                .register(registry);
        this.bytes = Counter.builder()
                .name("sluice_upstream_bytes_total")
                .help("Bytes received from upstreams after decoding, by upstream")
                .labelNames("upstream")
                .register(registry);
    }

    /** Forgets whether this thread asked. */
    static void forget() {
        ASKED.set(false);
    }

    /** Whether this thread asked since {@link #forget}. */
    static boolean hasAsked() {
        return ASKED.get();
    }

    @Override
    public Answer ask(Ask ask) throws IOException {
        ASKED.set(true);
        String upstream = ask.upstream().id();
        long began = System.nanoTime();
        Answer answer;
        try {
            answer = client.ask(ask);
        } catch (IOException | RuntimeException e) {
            requests.labelValues(upstream, "failed").inc();
            throw e;
        }
        seconds.labelValues(upstream).observe((System.nanoTime() - began) / 1e9);
        String outcome = answer.status() == 304 ? "304" : answer.status() / 100 + "xx";
        requests.labelValues(upstream, outcome).inc();
        if (answer.status() == 403 && !ask.upstream().lacks(403)) {
            tell(ask);
        }
        CounterDataPoint counter = bytes.labelValues(upstream);
        return new Answer(answer.status(), answer.uri(), answer.headers(), new Counted(answer.body(), counter));
    }

    /** Once an hour for each upstream: one that means "not there" says so at every miss. */
    private void tell(Ask ask) {
        long now = System.nanoTime();
        String upstream = ask.upstream().id();
        Long last = told.get(upstream);
        if ((last == null || now - last > TOLD_AGAIN) && told.size() < MOST_TOLD) {
            told.put(upstream, now);
            LOG.atWarn()
                    .addKeyValue("upstream", upstream)
                    .addKeyValue("path", ask.uri().getRawPath()) // a query may be a signature
                    .log("{}", ask.upstream().told(403));
        }
    }

    private static final class Counted extends FilterInputStream {
        private final CounterDataPoint counter;

        Counted(InputStream in, CounterDataPoint counter) {
            super(in);
            this.counter = counter;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            if (one >= 0) {
                counter.inc();
            }
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (count > 0) {
                counter.inc(count);
            }
            return count;
        }
    }
}

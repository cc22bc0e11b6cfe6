package dev.sluice.server;

import dev.sluice.kernel.gate.UpstreamClient;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The way to upstreams, with requests counted and timed. Thread-safe. */
final class TimedUpstreams implements UpstreamClient {

    /** Whether this thread asked an upstream since it was told to forget. */
    private static final ThreadLocal<Boolean> ASKED = ThreadLocal.withInitial(() -> false);

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
        CounterDataPoint counter = bytes.labelValues(upstream);
        return new Answer(answer.status(), answer.uri(), answer.headers(), new Counted(answer.body(), counter));
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

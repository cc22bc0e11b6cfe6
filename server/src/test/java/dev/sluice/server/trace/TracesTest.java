package dev.sluice.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Spans on their way to a collector. What they say is shown by TracingTest of the app. */
@Timeout(120)
final class TracesTest {

    private static final Tracing.Head HEAD = new Tracing.Head("GET", "http", "127.0.0.1", null, null, false);
    private static final Tracing.End END = new Tracing.End(200, "npm.index", "/npm/main/a", "npm", "main", "", "", "1");

    private final FakeUpstreamServer collector = FakeUpstreamServer.start();

    TracesTest() throws IOException {
        collector.serve("/v1/traces", Answer.ok("taken"));
    }

    @AfterEach
    void close() {
        collector.close();
    }

    private Traces traces(int queue) {
        return Traces.open(
                new Traces.Settings(
                        collector.url().toString(), Map.of(), 1, "sluice", "1", queue, Duration.ofMinutes(1)),
                () -> Instant.parse("2026-11-22T09:00:00Z"));
    }

    private static void request(Tracing traces) {
        Tracing.Followed followed = traces.begin(HEAD);
        assertThat(followed).isNotNull();
        if (followed != null) {
            followed.end(END);
        }
    }

    @Test
    void what_finds_the_queue_full_is_dropped_and_counted() throws InterruptedException {
        collector.serve("/v1/traces", Answer.ok("taken later").stalled());
        Traces traces = traces(4);
        request(traces);
        collector.awaitRequests("/v1/traces", 1);

        for (int i = 0; i < 100; i++) {
            request(traces);
        }

        assertThat(traces.fates())
                .hasEntrySatisfying("dropped-full", count -> assertThat(count).isBetween(1L, 96L));
        collector.release();
        traces.close();
        assertThat(traces.fates().values().stream().mapToLong(n -> n).sum()).isEqualTo(101);
    }

    @Test
    void a_full_batch_is_sent_before_its_time_and_the_rest_at_the_end() {
        try (Traces traces = traces(2_000)) {
            for (int i = 0; i < 1_500; i++) {
                request(traces);
            }
            traces.close();
            assertThat(traces.fates()).containsEntry("sent", 1_500L);
        }
    }

    @Test
    void a_collector_that_is_not_there_costs_spans_alone() {
        collector.close();
        Traces traces = traces(10);
        request(traces);
        traces.close();
        assertThat(traces.fates()).containsEntry("dropped-failed", 1L).containsEntry("sent", 0L);
    }

    @Test
    void outside_a_request_nothing_is_followed() throws InterruptedException {
        Traces traces = traces(10);
        assertThat(traces.traceparent()).isNull();
        assertThat(traces.<String, RuntimeException>run("locate", () -> "found"))
                .isEqualTo("found");
        traces.close();
        assertThat(collector.received()).isEmpty();
    }

    @Test
    void two_requests_at_once_do_not_see_each_other() throws InterruptedException {
        Traces traces = traces(10);
        Tracing.Followed one = traces.begin(HEAD);
        Tracing.Followed two = traces.begin(HEAD);
        CountDownLatch within = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        AtomicReference<String> theirs = new AtomicReference<>();
        Thread other = Thread.ofVirtual()
                .start(() -> two.execute(() -> {
                    within.countDown();
                    try {
                        looked.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    theirs.set(String.valueOf(traces.traceparent()));
                }));
        within.await();
        one.execute(() -> assertThat(traces.traceparent()).contains(one.trace()));
        looked.countDown();
        other.join();
        assertThat(theirs.get()).contains(two.trace());
        assertThat(one.trace()).isNotEqualTo(two.trace());
        traces.close();
    }

    @Test
    void the_headers_for_the_collector_are_in_no_text() {
        assertThat(new Traces.Settings(
                                "http://collector.example", Map.of("x", "hush"), 1, "sluice", "1", 1, Duration.ZERO)
                        .toString())
                .doesNotContain("hush");
    }
}

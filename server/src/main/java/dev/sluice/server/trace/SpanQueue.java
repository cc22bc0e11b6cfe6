package dev.sluice.server.trace;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans that ended, on their way to the collector.
 *
 * <p>One daemon thread sends them in batches. A span that finds the queue full, or whose batch the collector does not take, is dropped
 * and counted: whoever ends a span never waits. The SDK's own processor does the same, but counts into an API of metrics that is not
 * the one used here. Thread-safe.
 */
final class SpanQueue implements SpanProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(SpanQueue.class);
    private static final int BATCH = 512;
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** How long one batch may take; the exporter has the same limit. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SpanExporter exporter;
    private final Duration farewell;
    private final BlockingQueue<ReadableSpan> queue;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final LongAdder sent = new LongAdder();
    private final LongAdder full = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /**
     * A queue in front of that exporter, which is closed with it.
     *
     * @param capacity how many spans may wait
     * @param farewell how long the end waits for the collector
     */
    SpanQueue(SpanExporter exporter, int capacity, Duration farewell) {
        this.exporter = exporter;
        this.farewell = farewell;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("trace-export").factory(), new ThreadPoolExecutor.DiscardPolicy());
        var _ = thread.scheduleWithFixedDelay(this::send, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How many spans had which fate so far. */
    Map<String, Long> fates() {
        return Map.of("sent", sent.sum(), "dropped-full", full.sum(), "dropped-failed", failed.sum());
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        // of interest once it ended
    }

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (!span.getSpanContext().isSampled()) {
            return;
        }
        if (!queue.offer(span)) {
            full.increment();
        } else if (queue.size() >= BATCH && woken.compareAndSet(false, true)) {
            thread.execute(this::send);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    /** Sends all there is; on the one thread. */
    private void send() {
        woken.set(false);
        List<ReadableSpan> batch = new ArrayList<>(BATCH);
        while (queue.drainTo(batch, BATCH) > 0) {
            try {
                List<SpanData> data =
                        batch.stream().map(ReadableSpan::toSpanData).toList();
                CompletableResultCode result =
                        exporter.export(data).join(PATIENCE.toMillis() + 1_000, TimeUnit.MILLISECONDS);
                note(batch.size(), result.isSuccess());
            } catch (RuntimeException e) {
                LOG.debug("a batch of spans", e);
                note(batch.size(), false);
            }
            batch.clear();
        }
    }

    /** Logged when that changes, not at every batch. */
    private void note(int spans, boolean success) {
        (success ? sent : failed).add(spans);
        if (failing.get() == success && failing.compareAndSet(success, !success)) {
            if (success) {
                LOG.info("the collector of traces answers again");
            } else {
                LOG.warn("the collector of traces does not take them; they are dropped and counted until it does");
            }
        }
    }

    @Override
    public CompletableResultCode forceFlush() {
        thread.execute(this::send);
        return CompletableResultCode.ofSuccess();
    }

    /** Sends what is left; whatever the collector does, this returns soon after the time for farewell. */
    @Override
    public CompletableResultCode shutdown() {
        if (!closed.compareAndSet(false, true)) {
            return CompletableResultCode.ofSuccess();
        }
        try {
            thread.execute(this::send);
            thread.shutdown();
            if (!thread.awaitTermination(farewell.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the collector of traces did not take the last of them in time");
                full.add(queue.size());
                queue.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return exporter.shutdown();
    }
}

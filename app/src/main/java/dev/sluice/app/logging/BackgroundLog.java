package dev.sluice.app.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Writes a log on a thread of its own, so that a disk or a reader that is slow, full or stalled holds up nobody who logs.
 *
 * <p>So many lines may wait; what comes beyond is dropped and counted, news a little before warnings and errors. So is what cannot
 * be written. As soon as lines can be written again, one of them says how many are missing. Stopping it writes what waits, as long
 * as that moves. Thread-safe.
 */
final class BackgroundLog extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** About a second's worth at the highest load measured; some 20 MB when all of it waits. */
    static final int CAPACITY = 16_384;

    private static final int BATCH_BYTES = 64 * 1024;

    /** How long lines gather behind one that comes alone: waking a thread and writing for each costs more than all else of it. */
    private static final long GATHERING_NANOS = Duration.ofMillis(20).toNanos();

    private static final LoggingEvent WAKE = new LoggingEvent();

    /** Opens what is written to. */
    @FunctionalInterface
    interface Destination {
        OutputStream open() throws IOException;
    }

    private final Destination destination;
    private final Encoder<ILoggingEvent> encoder;
    private final Duration patience;
    private final ArrayBlockingQueue<ILoggingEvent> waiting;

    /** Only lines from WARN on may take the last of the places. */
    private final int reserved;

    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final Thread thread;
    private @Nullable OutputStream out;
    private long told;
    private volatile boolean stopping;

    /**
     * Opens a log.
     *
     * @param encoder started; makes lines
     * @param capacity most lines that wait, at least 8
     * @param patience how long stopping waits for a line to be written, each time
     * @throws IOException when the destination cannot be opened
     */
    BackgroundLog(Destination destination, Encoder<ILoggingEvent> encoder, int capacity, Duration patience)
            throws IOException {
        this.destination = destination;
        this.encoder = encoder;
        this.patience = patience;
        this.waiting = new ArrayBlockingQueue<>(capacity);
        this.reserved = capacity / 8;
        this.out = destination.open();
        this.thread = Thread.ofPlatform().daemon().name("sluice-log").unstarted(this::work);
    }

    /** Lines that are missing, since the start. */
    long dropped() {
        return dropped.get();
    }

    @Override
    public void start() {
        super.start();
        thread.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        boolean news = !event.getLevel().isGreaterOrEqual(Level.WARN);
        if ((news && waiting.remainingCapacity() <= reserved) || !waiting.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    /** Takes no more lines and returns when those that wait are written, or none was for as long as the patience. */
    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        stopping = true;
        var _ = waiting.offer(WAKE); // a full queue wakes by itself
        LockSupport.unpark(thread);
        try {
            long before = -1;
            while (!thread.join(patience) && written.get() != before) {
                before = written.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(BATCH_BYTES);
        while (true) {
            ILoggingEvent next = waiting.poll();
            if (next == null && stopping) {
                close();
                return;
            }
            if (next == null) {
                try {
                    next = waiting.take();
                } catch (InterruptedException nobodyDoesThis) {
                    continue;
                }
                gather();
            }
            lines.reset();
            int count = 0;
            for (; next != null; next = next(lines)) {
                count += add(lines, next);
            }
            write(lines, count);
        }
    }

    private void gather() {
        if (!stopping && waiting.remainingCapacity() > reserved) {
            LockSupport.parkNanos(this, GATHERING_NANOS);
        }
    }

    @SuppressWarnings("ReferenceEquality") // it is that very object
    private int add(ByteArrayOutputStream lines, ILoggingEvent event) {
        if (event == WAKE) {
            return 0;
        }
        try {
            lines.writeBytes(encoder.encode(event));
            return 1;
        } catch (RuntimeException e) {
            dropped.incrementAndGet(); // one line that cannot be made ends no log
            return 0;
        }
    }

    private @Nullable ILoggingEvent next(ByteArrayOutputStream lines) {
        return lines.size() < BATCH_BYTES ? waiting.poll() : null;
    }

    private void write(ByteArrayOutputStream lines, int count) {
        try {
            OutputStream open = out;
            if (open == null) {
                open = destination.open();
                out = open;
            }
            long missing = dropped.get();
            if (missing > told) {
                open.write(encoder.encode(missing(missing - told)));
                told = missing;
            }
            lines.writeTo(open);
            open.flush();
            written.addAndGet(count);
        } catch (IOException e) {
            dropped.addAndGet(count);
            close();
        }
    }

    private ILoggingEvent missing(long lines) {
        LoggerContext context = (LoggerContext) getContext();
        LoggingEvent event = new LoggingEvent(
                "",
                context.getLogger("dev.sluice.log"),
                Level.WARN,
                "lines of this log are missing here, because they came faster than they could be written",
                null,
                null);
        event.addKeyValuePair(new KeyValuePair("lines", lines));
        return event;
    }

    private void close() {
        OutputStream open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                addError("closing the log", e);
            }
        }
    }
}

package dev.sluice.bench;

import dev.sluice.kernel.journal.Event;
import dev.sluice.storage.journal.SegmentJournal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Events per second that the embedded journal makes durable while each producer waits for its own, beside a file that is appended to
 * and synced with the same bytes, by the same kind of group commit and nothing else: no encoding, no checksums, no index.
 */
final class JournalThroughput implements Part {

    private static final int[] PRODUCERS = {32, 256};

    /** As many bytes as an encoded event has. */
    private static final int RECORD = 470;

    /** Makes something durable. */
    private interface Store extends AutoCloseable {
        CompletionStage<Void> append(Event event);

        @Override
        void close() throws IOException;
    }

    @Override
    public String name() {
        return "journal";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        for (int producers : PRODUCERS) {
            List<Double> ours = new ArrayList<>();
            List<Double> bare = new ArrayList<>();
            for (int round = 0; round <= options.rounds(); round++) { // the first is for warming up
                Path here = folder.resolve(producers + "-" + round);
                double plain = perSecond(
                        new BareLog(here.resolveSibling("bare-" + producers + "-" + round)),
                        producers,
                        options.seconds());
                double own = perSecond(journal(here), producers, options.seconds());
                System.out.printf(Locale.ROOT, "  %d producers: bare %.0f/s, journal %.0f/s%n", producers, plain, own);
                if (round > 0) {
                    bare.add(plain);
                    ours.add(own);
                }
            }
            report.add(
                    "journal, " + producers + " producers",
                    String.format(Locale.ROOT, "%,.0f events/s", Median.of(ours)),
                    "bare append and fsync in groups",
                    String.format(Locale.ROOT, "%,.0f/s", Median.of(bare)),
                    String.format(Locale.ROOT, "%.2f", Median.ratio(ours, bare)),
                    "≥ 0.8");
        }
    }

    private static Store journal(Path folder) throws IOException {
        SegmentJournal journal = SegmentJournal.open(folder);
        return new Store() {
            @Override
            public CompletionStage<Void> append(Event event) {
                return journal.append(event);
            }

            @Override
            public void close() throws IOException {
                journal.close();
            }
        };
    }

    private static double perSecond(Store store, int producers, int seconds) throws IOException, InterruptedException {
        AtomicInteger number = new AtomicInteger();
        AtomicInteger durable = new AtomicInteger();
        long began = System.nanoTime();
        long end = began + TimeUnit.SECONDS.toNanos(seconds);
        try (store) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    while (System.nanoTime() < end) {
                        store.append(Events.number(number.getAndIncrement()))
                                .toCompletableFuture()
                                .join();
                        durable.incrementAndGet();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            return durable.get() / ((System.nanoTime() - began) / 1e9);
        }
    }

    /** Appends and syncs in groups, nothing else. */
    private static final class BareLog implements Store {
        private static final byte[] BYTES = new byte[RECORD];

        private final FileChannel file;
        private final BlockingQueue<CompletableFuture<Void>> waiting = new LinkedBlockingQueue<>();
        private final CompletableFuture<Void> stop = new CompletableFuture<>();
        private final Thread writer;

        BareLog(Path path) throws IOException {
            this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            this.writer = Thread.ofPlatform().start(this::write);
        }

        @Override
        public CompletionStage<Void> append(Event event) {
            CompletableFuture<Void> durable = new CompletableFuture<>();
            waiting.add(durable);
            return durable;
        }

        private void write() {
            List<CompletableFuture<Void>> batch = new ArrayList<>();
            boolean stopped = false;
            try {
                while (!stopped) {
                    batch.clear();
                    batch.add(waiting.take());
                    waiting.drainTo(batch);
                    stopped = batch.removeIf(each -> each == stop);
                    ByteBuffer bytes = ByteBuffer.allocate(batch.size() * RECORD);
                    batch.forEach(each -> bytes.put(BYTES));
                    bytes.flip();
                    while (bytes.hasRemaining()) {
                        file.write(bytes);
                    }
                    file.force(false);
                    batch.forEach(each -> each.complete(null));
                }
            } catch (IOException | InterruptedException e) {
                batch.forEach(each -> each.completeExceptionally(e));
            }
        }

        @Override
        public void close() throws IOException {
            waiting.add(stop);
            try {
                writer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            file.close();
        }
    }
}

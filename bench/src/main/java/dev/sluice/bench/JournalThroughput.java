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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Events per second that the embedded journal makes durable while each producer waits for its own, beside a file that is appended to
 * and synced with the same bytes, by the same kind of group commit and nothing else: no encoding, no checksums, no index.
 */
final class JournalThroughput implements Part {

    static final int[] PRODUCERS = {32, 256};

    /** Makes something durable. */
    interface Store extends AutoCloseable {
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
                        bare(here.resolveSibling("bare-" + producers + "-" + round)), producers, options.seconds());
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

    static double perSecond(Store store, int producers, int seconds) throws IOException, InterruptedException {
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

    /** A file that is appended to and synced, nothing else. */
    private static GroupCommit bare(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new GroupCommit(
                records -> {
                    ByteBuffer bytes = ByteBuffer.allocate(records * Events.BYTES);
                    while (bytes.hasRemaining()) {
                        file.write(bytes);
                    }
                    file.force(false);
                },
                file);
    }
}

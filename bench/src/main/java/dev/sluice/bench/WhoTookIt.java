package dev.sluice.bench;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.storage.journal.SegmentJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Who took a version, asked of a journal of ten million downloads: a version that a fifth of them are of, taken by 5,000 people, and an
 * ordinary one. The journal is made once and kept in {@code bench/target}.
 */
final class WhoTookIt implements Part {

    private static final int ASKED = 21;
    private static final int MOST = 1000;
    private static final int UNDER_WAY = 50_000;

    @Override
    public String name() {
        return "who";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        Path kept = Options.kept().resolve("journal-of-" + options.events());
        Path complete = kept.resolve("complete");
        try (SegmentJournal journal = SegmentJournal.open(kept)) {
            if (!Files.exists(complete)) {
                fill(journal, options.events());
                Files.writeString(complete, "");
            }
            ask(report, journal, options, Events.HOT, "who took a version taken by 5,000 people");
            ask(report, journal, options, Events.ORDINARY, "who took an ordinary version");
            List<Double> latest = new ArrayList<>();
            for (int i = 0; i < ASKED; i++) {
                long began = System.nanoTime();
                journal.query(Journal.Query.ALL.about(Events.HOT).limit(100));
                latest.add((System.nanoTime() - began) / 1e6);
            }
            line(report, options, "the latest 100 events about the first", latest, "");
        }
    }

    private static void fill(SegmentJournal journal, int events) throws IOException {
        System.out.println("  making a journal of " + events + " events, once");
        long began = System.nanoTime();
        List<CompletionStage<Void>> pending = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            pending.add(journal.append(Events.number(i)));
            if (pending.size() == UNDER_WAY) {
                pending.forEach(each -> each.toCompletableFuture().join());
                pending.clear();
            }
        }
        pending.forEach(each -> each.toCompletableFuture().join());
        long written = System.nanoTime();
        journal.settle();
        System.out.printf(
                Locale.ROOT,
                "  written in %.0f s, indexed after %.0f s%n",
                (written - began) / 1e9,
                (System.nanoTime() - began) / 1e9);
    }

    private static void ask(Report report, SegmentJournal journal, Options options, Coordinates version, String what)
            throws IOException {
        Journal.Taken subject = new Journal.Taken(version.format(), version.name(), Set.of(version.version()), null);
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < ASKED; i++) {
            long began = System.nanoTime();
            if (journal.consumption(subject, MOST).isEmpty()) {
                throw new IOException("nobody took " + version);
            }
            millis.add((System.nanoTime() - began) / 1e6);
        }
        line(report, options, what, millis, "< 100 ms");
    }

    private static void line(Report report, Options options, String what, List<Double> millis, String goal) {
        report.add(
                what + ", of " + String.format(Locale.ROOT, "%,d", options.events()) + " events",
                String.format(Locale.ROOT, "%.1f ms (the first time %.1f ms)", Median.of(millis), millis.getFirst()),
                "",
                "",
                "",
                goal);
    }
}

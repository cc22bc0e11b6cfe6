package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** From the start of the program to the first answer, beside Verdaccio: on an empty data directory, and on one that was there. */
final class StartUp implements Part {

    private static final int STARTS = 5;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        int starts = Math.min(STARTS, options.rounds() + 2);
        start(folder.resolve("training"), Map.of("SLUICE_NO_BUILD", "")); // the launcher makes its AOT cache
        List<Double> theirs = new ArrayList<>();
        List<Double> empty = new ArrayList<>();
        List<Double> warm = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            long began = System.nanoTime();
            Peers.verdaccio(folder.resolve("v"), "http://127.0.0.1:9/").close();
            theirs.add((System.nanoTime() - began) / 1e6);
            empty.add(start(folder.resolve("empty" + i), Map.of()));
            warm.add(start(folder.resolve("training"), Map.of()));
            without.add(start(folder.resolve("training"), Map.of("SLUICE_AOT", "off")));
        }
        line(report, "ready, second start on the same data", warm, theirs, "< 1000 ms");
        line(report, "ready, first start on an empty directory", empty, theirs, "");
        line(report, "ready, second start without the AOT cache", without, theirs, "");
    }

    /** Milliseconds until it answered, as the launcher and the ready file have it; then it is stopped. */
    private static double start(Path folder, Map<String, String> environment) throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(Downloads.QUIET);
        all.putAll(environment);
        java.nio.file.Files.deleteIfExists(folder.resolve("ready.json"));
        long began = System.nanoTime();
        Registry registry = Registry.start("Sluice", folder, "/health", all, Downloads.NO_UPSTREAM);
        double took = (System.nanoTime() - began) / 1e6;
        registry.close();
        return took;
    }

    private static void line(Report report, String what, List<Double> ours, List<Double> theirs, String goal) {
        report.add(
                what,
                String.format(Locale.ROOT, "%.0f ms", Median.of(ours)),
                "Verdaccio 6.2",
                String.format(Locale.ROOT, "%.0f ms", Median.of(theirs)),
                String.format(Locale.ROOT, "%.2f × as fast", Median.ratio(theirs, ours)),
                goal);
    }
}

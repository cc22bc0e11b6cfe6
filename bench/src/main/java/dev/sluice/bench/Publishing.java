package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Publishing packages of 1 MB, one after the other, beside Verdaccio. */
final class Publishing implements Part {

    private static final int BYTES = 1024 * 1024;
    private static final int EACH_ROUND = 5;

    @Override
    public String name() {
        return "publish";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        try (Registry sluice = Registry.start(
                        "Sluice", folder.resolve("s1"), "/npm/main/", Downloads.QUIET, Downloads.NO_UPSTREAM);
                Child verdaccio = Peers.verdaccio(folder.resolve("v"), "http://127.0.0.1:9/")) {
            String address = verdaccio.target().replace("/-/ping", "/");
            List<Double> ours = new ArrayList<>();
            List<Double> theirs = new ArrayList<>();
            for (int round = 0; round <= options.rounds(); round++) { // the first is for warming up
                for (int i = 0; i < EACH_ROUND; i++) {
                    String name = "hosted-" + round + "-" + i;
                    String submission = NpmPackage.ofSize(name, BYTES).submission();
                    double other = Http.put(address + name, submission, Map.of());
                    double own = Http.put(sluice.target() + name, submission, sluice.credentials());
                    if (round > 0) {
                        theirs.add(other);
                        ours.add(own);
                    }
                }
            }
            report.add(
                    "publishing an npm package of 1 MB (synced, inspected, judged)",
                    String.format(Locale.ROOT, "%.1f ms", Median.of(ours)),
                    verdaccio.name(),
                    String.format(Locale.ROOT, "%.1f ms", Median.of(theirs)),
                    String.format(Locale.ROOT, "%.2f × as fast", Median.ratio(theirs, ours)),
                    "");
        }
    }
}

package dev.sluice.bench;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A file of 50 MB asked for the first time: beside Verdaccio, which streams while it stores, and beside the upstream itself. Sluice
 * verifies and inspects the whole file before its first byte leaves.
 */
final class ColdFiles implements Part {

    private static final int BYTES = 50 * 1024 * 1024;
    private static final double MEGABYTE = 1 << 20;

    @Override
    public String name() {
        return "cold";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start();
                Registry sluice = Registry.start(
                        "Sluice",
                        folder.resolve("s1"),
                        "/npm/main/cold0",
                        Downloads.QUIET,
                        Packuments.upstream(upstream));
                Child verdaccio =
                        Peers.verdaccio(folder.resolve("v"), upstream.url().toString())) {
            String address = verdaccio.target().replace("/-/ping", "");
            List<Http.Timed> direct = new ArrayList<>();
            List<Http.Timed> theirs = new ArrayList<>();
            List<Http.Timed> ours = new ArrayList<>();
            for (int i = 0; i <= options.rounds(); i++) { // the first is for warming up
                String name = "cold" + i;
                NpmPackage npm = NpmPackage.ofSize(name, BYTES);
                String path = "/" + name + "/-/" + name + "-1.0.0.tgz";
                upstream.serve(path, Answer.ok(npm.tarball()));
                upstream.serve(
                        "/" + name, Answer.ok(npm.packument(upstream.url(path)).getBytes(StandardCharsets.UTF_8)));
                Http.get(sluice.at("/npm/main/" + name).target(), Map.of());
                Http.get(address + "/" + name, Map.of());
                Http.Timed plain = Http.timed(upstream.url(path).toString());
                Http.Timed other = Http.timed(address + path);
                Http.Timed own = Http.timed(sluice.at("/npm/main" + path).target());
                upstream.forget(path);
                if (own.bytes() != npm.tarball().length || other.bytes() != own.bytes()) {
                    throw new IOException("a download was not whole");
                }
                if (i > 0) {
                    direct.add(plain);
                    theirs.add(other);
                    ours.add(own);
                }
            }
            line(
                    report,
                    "first byte of a cold 50 MB tarball",
                    "%.0f ms",
                    Http.Timed::firstMillis,
                    ours,
                    theirs,
                    direct);
            line(
                    report,
                    "throughput of a cold 50 MB tarball",
                    "%.0f MB/s",
                    t -> t.bytes() / MEGABYTE / t.allMillis() * 1000,
                    ours,
                    theirs,
                    direct);
        }
    }

    private static void line(
            Report report,
            String what,
            String shape,
            ToDoubleFunction<Http.Timed> figure,
            List<Http.Timed> ours,
            List<Http.Timed> theirs,
            List<Http.Timed> direct) {
        List<Double> own = ours.stream().mapToDouble(figure).boxed().toList();
        List<Double> other = theirs.stream().mapToDouble(figure).boxed().toList();
        List<Double> plain = direct.stream().mapToDouble(figure).boxed().toList();
        report.add(
                what,
                shape.formatted(Median.of(own)),
                "Verdaccio 6.2; the upstream itself",
                shape.formatted(Median.of(other)) + "; " + shape.formatted(Median.of(plain)),
                String.format(Locale.ROOT, "%.2f", Median.ratio(own, other)),
                "");
    }
}

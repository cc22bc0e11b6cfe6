package dev.sluice.bench;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What npm lists of a package with 1,000 versions, ten of them withheld by the cool-down, beside Verdaccio with the same upstream,
 * which withholds nothing: full and abbreviated, from memory, unchanged (304), and for the first time.
 */
final class Packuments implements Part {

    private static final int VERSIONS = 1000;
    private static final int WITHHELD = 10;
    private static final int COLD = 8;
    private static final int SHORT_WARMUP = 4;
    private static final String ABBREVIATED = "application/vnd.npm.install-v1+json";

    @Override
    public String name() {
        return "packument";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            for (int i = 0; i <= COLD; i++) {
                upstream.serve(
                        "/many" + i, Answer.ok(NpmPackage.packument("many" + i, VERSIONS, WITHHELD, upstream.url())));
            }
            try (Registry sluice = Registry.start(
                            "Sluice",
                            folder.resolve("s1"),
                            "/npm/main/many0",
                            Map.of("SLUICE_LOG_ACCESS", "false", "SLUICE_UPSTREAM_FRESHNESS", "PT1H"),
                            upstream(upstream));
                    Child verdaccio =
                            Peers.verdaccio(folder.resolve("v"), upstream.url().toString())) {
                Child many = verdaccio.at(verdaccio.target().replace("/-/ping", "/many0"));
                Map<String, String> full = Map.of("Accept", "application/json", "Accept-Encoding", "gzip");
                Map<String, String> brief = Map.of("Accept", ABBREVIATED, "Accept-Encoding", "gzip");
                warm(options, folder, report, sluice, many, full, "full packument, 1,000 versions, 10 withheld");
                warm(options, folder, report, sluice, many, brief, "abbreviated packument, the same");
                Rounds.of(
                                options,
                                folder,
                                many,
                                with(brief, "If-None-Match", Http.etag(many.target(), brief)),
                                sluice,
                                with(brief, "If-None-Match", Http.etag(sluice.target(), brief)),
                                SHORT_WARMUP)
                        .report(report, "the same, unchanged (304)", "≥ 5");
                cold(report, sluice, many, brief);
            }
        }
    }

    static List<String> upstream(FakeUpstreamServer upstream) {
        return List.of(
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=" + upstream.url("/simple/"),
                "--upstream",
                "maven=none");
    }

    private static void warm(
            Options options,
            Path folder,
            Report report,
            Registry sluice,
            Child verdaccio,
            Map<String, String> headers,
            String what)
            throws IOException, InterruptedException {
        String listed = new String(Http.get(sluice.target(), Map.of()), java.nio.charset.StandardCharsets.UTF_8);
        if (!listed.contains("\"latest\":\"" + NpmPackage.version(VERSIONS - WITHHELD - 1) + "\"")) {
            throw new IOException("the packument is not filtered as it should be: " + told(listed));
        }
        Rounds.of(options, folder, verdaccio, sluice, headers, SHORT_WARMUP).report(report, what, "≥ 5");
    }

    /** Where its tags point and what it says of what is withheld. */
    private static String told(String packument) {
        int tags = packument.indexOf("\"dist-tags\"");
        int restrictions = packument.indexOf("\"policyRestrictions\"");
        return part(packument, tags) + " … " + part(packument, restrictions);
    }

    private static String part(String text, int from) {
        return from < 0 ? "" : text.substring(from, Math.min(text.length(), from + 500));
    }

    private static void cold(Report report, Registry sluice, Child verdaccio, Map<String, String> headers)
            throws IOException, InterruptedException {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int i = 1; i <= COLD; i++) {
            theirs.add(Http.millis(verdaccio.target().replace("many0", "many" + i), headers));
            ours.add(Http.millis(sluice.target().replace("many0", "many" + i), headers));
        }
        report.add(
                "the same, for the first time (fetched, judged)",
                String.format(Locale.ROOT, "%.0f ms", Median.of(ours)),
                verdaccio.name(),
                String.format(Locale.ROOT, "%.0f ms", Median.of(theirs)),
                String.format(Locale.ROOT, "%.2f × as fast", Median.ratio(theirs, ours)),
                "");
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> more = new java.util.LinkedHashMap<>(headers);
        more.put(name, value);
        return more;
    }
}

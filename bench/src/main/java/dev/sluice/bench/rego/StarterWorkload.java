package dev.sluice.bench.rego;

import dev.sluice.feeds.FeedImport;
import dev.sluice.feeds.Progress;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.Facts;
import dev.sluice.kernel.facts.PolicyInput;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.SharedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Each starter policy over a real package: the version of django with the number of advisories that is nearest 30. */
final class StarterWorkload {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final PackageName NAME = new PackageName("pypi", "django");
    private static final int WANTED = 30;
    private static final List<String> STARTERS =
            List.of("known-malware", "exploited-vulnerabilities", "licence-deny-list", "cool-down");

    private StarterWorkload() {}

    /** One per policy; none where the data beside the checkout is absent, which is said. */
    static List<Workload> all() throws IOException {
        Optional<Path> data = SharedFolder.find("data");
        if (data.isEmpty()) {
            System.out.println("skipped the starter policies: no ../shared/data with real advisories");
            return List.of();
        }
        Value input = input(data.get());
        List<Workload> out = new ArrayList<>();
        for (String starter : STARTERS) {
            SourceFile module = new SourceFile(starter + ".rego", text(starter));
            for (String rule : List.of("match", "reason")) {
                out.add(new Workload(
                        "starter " + starter + ", " + rule,
                        List.of(module),
                        "data.cloudsmith." + rule,
                        ObjectValue.EMPTY,
                        input,
                        1));
            }
        }
        return out;
    }

    private static String text(String starter) throws IOException {
        String resource = "/dev/sluice/app/policies/" + starter + ".rego";
        try (InputStream text = StarterWorkload.class.getResourceAsStream(resource)) {
            if (text == null) {
                throw new IOException("no " + resource);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Value input(Path data) throws IOException {
        MemoryAdvisoryStore store = new MemoryAdvisoryStore();
        new FeedImport(store, () -> NOW)
                .run(
                        List.of(
                                data.resolve("osv/pypi-pysec.jsonl.gz"),
                                data.resolve("epss/epss_sample.csv"),
                                data.resolve("kev/known_exploited_vulnerabilities.json.gz")),
                        Progress.NONE);
        AdvisoryIndex index = new AdvisoryIndex(store);
        String version = "1.0";
        Findings findings = index.findings(new Pep440Order(), NAME, version, NOW);
        for (int major = 1; major < 6; major++) {
            for (int minor = 0; minor < 12; minor++) {
                String candidate = major + "." + minor;
                Findings found = index.findings(new Pep440Order(), NAME, candidate, NOW);
                if (Math.abs(found.matches().size() - WANTED)
                        < Math.abs(findings.matches().size() - WANTED)) {
                    version = candidate;
                    findings = found;
                }
            }
        }
        System.out.println("starter policies: django " + version + " with "
                + findings.matches().size() + " advisories");
        return new PolicyInput("main", "pypi", index.feeds(), feed -> false).render(facts(version, findings), null);
    }

    private static Facts facts(String version, Findings findings) {
        Release release = new Release(
                version,
                Signal.known(Instant.parse("2024-03-01T00:00:00Z"), "upstream-index"),
                Signal.known("BSD-3-Clause", "upstream-index"),
                null,
                null,
                Signal.known(false, "upstream-index"),
                List.of(),
                "a web framework",
                List.of(),
                new byte[0]);
        return new Facts(
                new Repository("main", true, List.of(), List.of()),
                new Coordinates(NAME, version),
                Purl.of("pypi", null, NAME.name(), version),
                release,
                null,
                false,
                new Upstream("pypi", "pypi", URI.create("https://files.example/"), 100, Upstream.Trust.TRUSTED, null),
                Instant.parse("2026-01-01T00:00:00Z"),
                Evidence.NONE,
                Signal.unknown("not told"),
                Signal.unknown("not told"),
                null,
                findings);
    }
}

package dev.sluice.bench;

import dev.sluice.formats.version.SemverOrder;
import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.advisory.Findings;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.Facts;
import dev.sluice.kernel.facts.PolicyInput;
import dev.sluice.kernel.facts.UnknownFact;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.Decision;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.policy.PolicySet;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.storage.sql.Database;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.MemoryJournal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What judging one npm version by the four starter policies costs, part by part. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls prepare() first
public class JudgingBenchmark {

    private static final Repository MAIN = new Repository("main", true, List.of(), List.of());
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final PackageName NAME = new PackageName("npm", "measured");
    private static final String VERSION = "1.5.0";
    private static final List<String> STARTERS = List.of(
            "known-malware", "exploited-vulnerabilities", "critical-vulnerabilities", "licence-deny-list", "cool-down");

    /** How many advisories affect the version. */
    @Param({"0", "5"})
    public int advisories;

    private Database database;
    private PolicySet policies;
    private AdvisoryIndex index;
    private Facts facts;
    private ObjectValue input;
    private PolicyInput renderer;

    /** Prepares the policies, the advisories and the version. */
    @Setup
    public void prepare() throws IOException, PolicyRejectedException {
        policies = policies();
        index = new AdvisoryIndex(store(advisories));
        renderer = new PolicyInput("main", "npm", index.feeds(), feed -> false);
        facts = facts(match());
        input = renderer.render(facts, null);
    }

    /** Lets go of the policies' store. */
    @TearDown
    public void close() {
        database.close();
    }

    /** Finds what affects the version, in memory. */
    @Benchmark
    public Findings match() {
        return index.findings(new SemverOrder(), NAME, VERSION, NOW);
    }

    /** Renders the facts as the input document; what versions of a package have in common is shared. */
    @Benchmark
    public ObjectValue render() {
        return renderer.render(facts, null);
    }

    /** Asks the four policies about a rendered input. */
    @Benchmark
    public Decision decide() {
        return policies.decide(MAIN, "npm", input, UnknownFact.in(facts), NOW);
    }

    /** All of it, as for each version of an index. */
    @Benchmark
    public Decision judge() {
        Facts now = facts(match());
        return policies.decide(MAIN, "npm", renderer.render(now, null), UnknownFact.in(now), NOW);
    }

    private static Facts facts(Findings findings) {
        Coordinates coordinates = new Coordinates(NAME, VERSION);
        Signal<Instant> published = Signal.known(Instant.parse("2024-03-01T00:00:00Z"), "upstream-index");
        URI home = URI.create("https://files.example/");
        ReleaseFile file = new ReleaseFile(
                "measured-1.5.0.tgz",
                "measured/-/measured-1.5.0.tgz",
                home.resolve("measured-1.5.0.tgz").toString(),
                List.of(),
                40_000,
                published,
                null);
        Release release = new Release(
                VERSION,
                published,
                Signal.known("MIT", "upstream-index"),
                null,
                null,
                Signal.known(false, "upstream-index"),
                List.of("somebody <somebody@example.com>"),
                "made up for measuring",
                List.of(file),
                new byte[0]);
        return new Facts(
                MAIN,
                coordinates,
                Purl.of("npm", null, NAME.name(), VERSION),
                release,
                null,
                false,
                new Upstream("npm", "npm", home, 100, Upstream.Trust.TRUSTED, null),
                Instant.parse("2026-01-01T00:00:00Z"),
                Evidence.NONE,
                Signal.unknown("not told"),
                Signal.unknown("not told"),
                null,
                findings);
    }

    private static MemoryAdvisoryStore store(int affecting) {
        MemoryAdvisoryStore store = new MemoryAdvisoryStore();
        try (AdvisoryStore.Import importing = store.begin()) {
            for (int i = 0; i < affecting; i++) {
                importing.put(advisory(i));
            }
            importing.feed(new AdvisoryStore.FeedState(AdvisoryStore.FeedState.osv("npm"), affecting, NOW, NOW));
            importing.commit();
        }
        return store;
    }

    private static Advisory advisory(int number) {
        List<Advisory.Severity> severities =
                List.of(new Advisory.Severity("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8));
        AffectedRange range = new AffectedRange(
                AffectedRange.Type.SEMVER,
                List.of(
                        new AffectedRange.Event(AffectedRange.Kind.INTRODUCED, "1.0.0"),
                        new AffectedRange.Event(AffectedRange.Kind.FIXED, "1.6." + number)));
        return new Advisory(
                "GHSA-aaaa-aaaa-aaa" + number,
                List.of("CVE-2025-000" + number),
                "a fault",
                "",
                severities,
                "CRITICAL",
                NOW,
                NOW,
                null,
                List.of(new Advisory.Affected(NAME, List.of(range), List.of(), List.of())),
                List.of(),
                "osv",
                false);
    }

    private PolicySet policies() throws IOException, PolicyRejectedException {
        database = Database.open(Files.createTempDirectory("sluice-jmh"));
        Policies policies = new Policies(database.policies(), new MemoryJournal(), () -> NOW, new Ulid(() -> NOW));
        int precedence = 100;
        for (String starter : STARTERS) {
            policies.create(policy(starter, precedence), Event.Actor.SYSTEM);
            precedence += 100;
        }
        return policies.current();
    }

    private static Policy policy(String starter, int precedence) throws IOException {
        String resource = "/dev/sluice/app/policies/" + starter + ".rego";
        try (InputStream text = JudgingBenchmark.class.getResourceAsStream(resource)) {
            if (text == null) {
                throw new IOException("no " + resource);
            }
            return new Policy(
                    "draft",
                    starter,
                    "",
                    new String(text.readAllBytes(), StandardCharsets.UTF_8),
                    true,
                    false,
                    precedence,
                    Policy.Mode.ENFORCE,
                    new Policy.Scope(Set.of(), Set.of()),
                    new ArrayList<>(List.of(new Action.SetPackageState("action", 1, PackageState.QUARANTINED))),
                    Policy.Effect.REFUSE,
                    Policy.OnUnknown.ALLOW,
                    1,
                    NOW,
                    NOW,
                    null);
        }
    }
}

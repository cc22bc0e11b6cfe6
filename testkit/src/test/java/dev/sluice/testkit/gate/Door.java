package dev.sluice.testkit.gate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AffectedRange;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.gate.BusyException;
import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.IndexOutcome;
import dev.sluice.kernel.gate.Inspector;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Refusal;
import dev.sluice.kernel.gate.Refused;
import dev.sluice.kernel.gate.Released;
import dev.sluice.kernel.gate.Upload;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.Node;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The gate with a made-up format, and short words for what its tests do again and again. */
final class Door {

    static final String UP = "http://up.example/";
    static final String OTHER = "http://other.example/";

    final TextFormat format;
    final AdvisoryStore advisories;
    final TestGate gate;
    private final FirstLine inspector;

    private Door(TextFormat format, GateSettings settings) {
        this.format = format;
        this.advisories = new MemoryAdvisoryStore();
        this.inspector = new FirstLine(format.id(), 1);
        this.gate = new TestGate(format, advisories, inspector, settings);
    }

    private Door(TextFormat format, TestGate gate, FirstLine inspector) {
        this.format = format;
        this.advisories = gate.node().advisories();
        this.inspector = inspector;
        this.gate = gate;
    }

    /** The door of a node; indexes list files. */
    static Door of(Node node, GateSettings settings) {
        TextFormat format = new TextFormat("text", true);
        FirstLine inspector = new FirstLine(format.id(), 1);
        return new Door(format, new TestGate(format, inspector, settings, node), inspector);
    }

    /** The door of another node of the same installation. */
    Door neighbour(Node another) {
        return new Door(format, gate.neighbour(another), inspector);
    }

    /** The door after a restart with an inspector that reads more. */
    Door upgraded() {
        FirstLine newer = new FirstLine(format.id(), inspector.version() + 1);
        return new Door(format, gate.restarted(newer), newer);
    }

    /** How many files were looked into. */
    long inspected() {
        return inspector.inspected.sum();
    }

    /** Whether others take all the room there is for inspections. */
    void crowd(boolean all) {
        inspector.crowded = all;
    }

    /** Catches up with the other nodes, as every request does. */
    Door caughtUp() {
        gate.node().nodes().catchUp().toCompletableFuture().join();
        return this;
    }

    /** Indexes list files, as npm's and PyPI's do. */
    static Door listing() {
        return listing(GateSettings.STANDARD);
    }

    /** The same with other settings. */
    static Door listing(GateSettings settings) {
        return new Door(new TextFormat("text", true), settings);
    }

    /** Indexes list versions only, as Maven's do. */
    static Door unlisting() {
        return new Door(new TextFormat("text", false), GateSettings.STANDARD);
    }

    /** The same with an upstream at {@link #UP}. */
    Door trusting() {
        gate.upstream("up", UP, Upstream.Trust.TRUSTED);
        return this;
    }

    PackageName name(String text) {
        return format.packageName(text);
    }

    FileWant want(String version, String file) {
        return new FileWant(gate.repository(), name("lib"), version, TextFormat.path("lib", version, file));
    }

    FileWant want(String version) {
        return want(version, "lib-" + version + ".txt");
    }

    Visit visit() {
        return visit("127.0.0.1");
    }

    Visit visit(String address) {
        return new Visit(Principal.ANONYMOUS, address, "test", gate.now());
    }

    /** The upstream at the address has an index with those lines, and a file {@code bytes of VERSION} of each. */
    Door has(String upstream, String... lines) {
        gate.upstreams().has(upstream + "lib", String.join("\n", lines));
        for (String line : lines) {
            String version = line.split(" ", 2)[0];
            hasFile(upstream, version, "lib-" + version + ".txt", "bytes of " + version);
        }
        return this;
    }

    void hasFile(String upstream, String version, String file, String text) {
        String uri = upstream + TextFormat.path("lib", version, file);
        gate.upstreams().has(uri, text);
        if (!format.listsFiles()) {
            gate.upstreams().has(uri + ".sha256", sha256(text));
        }
    }

    static String sha256(String text) {
        return MemoryBlobStore.digest(Digest.Algorithm.SHA256, text.getBytes(UTF_8))
                .hex();
    }

    FileOutcome file(String version) {
        return file(want(version));
    }

    FileOutcome file(FileWant want) {
        try {
            return gate.gate().file(visit(), want);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of a file that must be released. */
    String bytes(FileWant want) {
        return text(file(want));
    }

    String bytes(String version) {
        return bytes(want(version));
    }

    static String text(@Nullable FileOutcome outcome) {
        if (!(outcome instanceof Released released)) {
            throw new AssertionError("not released but " + outcome);
        }
        try (InputStream in = released.open(0, released.size())) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Refusal refusal(Object outcome) {
        assertThat(outcome).isInstanceOf(Refused.class);
        return ((Refused) outcome).refusal();
    }

    static Missing missing(Object outcome) {
        assertThat(outcome).isInstanceOf(Missing.class);
        return (Missing) outcome;
    }

    IndexOutcome index() {
        return index("127.0.0.1");
    }

    IndexOutcome index(String address) {
        try {
            return gate.gate().index(visit(address), gate.repository(), name("lib"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Listed listed() {
        IndexOutcome outcome = index();
        assertThat(outcome).isInstanceOf(Listed.class);
        return (Listed) outcome;
    }

    /** The versions that the index lets out. */
    List<String> versions() {
        return listed().allowedVersions();
    }

    /** A rendering of the index, as a format makes it. */
    static Listed.Rendering rendering(Listed listed) {
        try {
            return listed.rendering(
                    "plain",
                    "text/plain",
                    l -> String.join("\n", l.allowedVersions()).getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Publishes a version of {@code lib} with one file. */
    void publish(String version, String file, String text) {
        try (Upload upload =
                gate.gate().hosting().upload(visit(), gate.repository(), TextFormat.path("lib", version, file))) {
            upload.write(text.getBytes(UTF_8));
            gate.gate().hosting().publish(visit(), publication(version, file, upload));
        } catch (IOException | Publication.RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same over a name that an upstream has, which is possible while it is reserved. */
    void publishOver(String version, String file, String text) {
        gate.reserve("text:lib");
        publish(version, file, text);
        gate.unreserve();
    }

    /** Takes a published version of {@code lib} away. */
    void unpublish(String version) {
        try {
            gate.gate()
                    .hosting()
                    .publish(
                            visit(),
                            new Publication(
                                    gate.repository(),
                                    name("lib"),
                                    Event.Kind.UNPUBLISH,
                                    "unpublished " + version,
                                    List.of(),
                                    current -> new Change(new byte[0], List.of(), List.of(version))));
        } catch (IOException | Publication.RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    Publication publication(String version, String file, Upload upload) {
        return new Publication(
                gate.repository(),
                name("lib"),
                Event.Kind.PUBLISH,
                "published " + version,
                List.of(new Publication.FileOf(version, upload)),
                current -> {
                    List<ReleaseFile> files = new ArrayList<>();
                    current.index().releases().stream()
                            .filter(r -> r.version().equals(version))
                            .forEach(r -> files.addAll(r.files()));
                    files.add(new ReleaseFile(
                            file, upload.path(), null, List.of(), -1, Signal.unknown("as the release"), null));
                    return new Change(new byte[0], List.of(hosted(version).withFiles(files)), List.of());
                });
    }

    static Release hosted(String version) {
        return new Release(
                version,
                Signal.unknown("hosted"),
                Signal.unknown("hosted"),
                null,
                null,
                Signal.known(false, "hosted"),
                List.of(),
                "",
                List.of(),
                new byte[0]);
    }

    /** Imports all advisories there are: versions of {@code lib} before that one are affected. */
    void affectedBefore(String id, String fixed) {
        imported(advisory(id, name("lib"), fixed, gate.now()), name("lib").format());
    }

    /** Imports an advisory, as all there are of those formats. */
    void imported(Advisory advisory, String... formats) {
        try (AdvisoryStore.Import run = advisories.begin()) {
            run.put(advisory);
            run.feed(new AdvisoryStore.FeedState("osv", 1, gate.now(), null));
            for (String format : formats) {
                run.feed(new AdvisoryStore.FeedState(AdvisoryStore.FeedState.osv(format), 1, gate.now(), null));
            }
            run.commit();
        }
    }

    static Advisory advisory(String id, PackageName name, String fixed, Instant modified) {
        AffectedRange range = new AffectedRange(
                AffectedRange.Type.ECOSYSTEM,
                List.of(
                        new AffectedRange.Event(AffectedRange.Kind.INTRODUCED, "0"),
                        new AffectedRange.Event(AffectedRange.Kind.FIXED, fixed)));
        return new Advisory(
                id,
                List.of(),
                "a hole",
                "",
                List.of(new Advisory.Severity("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8)),
                "CRITICAL",
                Instant.parse("2026-01-01T00:00:00Z"),
                modified,
                null,
                List.of(new Advisory.Affected(name, List.of(range), List.of(), List.of())),
                List.of(),
                "test",
                false);
    }

    /** Puts a policy in force and returns it. */
    Policy policy(Draft draft) {
        try {
            return gate.policies().create(draft.policy(gate.now()), Event.Actor.SYSTEM);
        } catch (PolicyRejectedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Withholds what the condition says. */
    Policy withhold(String name, String... condition) {
        return policy(Draft.of(name, condition));
    }

    /** Withholds versions published (or first seen) less than three days ago, with the usual text of such policies. */
    Policy coolDown() {
        return withhold(
                "cool-down",
                "published := time.parse_rfc3339_ns(input.v0.package.upstream_metadata.published_at)",
                "time.now_ns() - published < 3 * 24 * 60 * 60 * 1000000000");
    }

    void pass(Duration time) {
        gate.pass(time);
    }

    long faults() {
        return gate.journal().events(Event.Kind.UPSTREAM_FAULT).size();
    }

    /** How many blobs are kept. */
    int blobs() {
        List<Object> all = new ArrayList<>();
        gate.blobs().list(all::add);
        return all.size();
    }

    /** A policy being written; what is not said is as most policies have it. */
    record Draft(
            String name,
            String rego,
            Policy.Mode mode,
            int precedence,
            boolean terminal,
            Policy.Scope scope,
            List<Action> actions,
            Policy.Effect effect,
            Policy.OnUnknown onUnknown) {

        static Draft of(String name, String... condition) {
            return written(
                    name,
                    "package cloudsmith\n\ndefault match := false\n\nmatch if {\n"
                            + String.join(
                                    "\n",
                                    Stream.of(condition).map(c -> "  " + c).toList())
                            + "\n}\n\nreason contains \"" + name + " says no\" if match\n");
        }

        static Draft written(String name, String rego) {
            return new Draft(
                    name,
                    rego,
                    Policy.Mode.ENFORCE,
                    10,
                    false,
                    Policy.Scope.ALL,
                    List.of(state(PackageState.QUARANTINED)),
                    Policy.Effect.REFUSE,
                    Policy.OnUnknown.ALLOW);
        }

        static Action state(PackageState state) {
            return new Action.SetPackageState("state", 1, state);
        }

        Draft mode(Policy.Mode newMode) {
            return new Draft(name, rego, newMode, precedence, terminal, scope, actions, effect, onUnknown);
        }

        Draft at(int newPrecedence) {
            return new Draft(name, rego, mode, newPrecedence, terminal, scope, actions, effect, onUnknown);
        }

        Draft last() {
            return new Draft(name, rego, mode, precedence, true, scope, actions, effect, onUnknown);
        }

        Draft only(Set<String> repositories, Set<String> formats) {
            Policy.Scope narrow = new Policy.Scope(repositories, formats);
            return new Draft(name, rego, mode, precedence, terminal, narrow, actions, effect, onUnknown);
        }

        Draft does(Action... newActions) {
            return new Draft(name, rego, mode, precedence, terminal, scope, List.of(newActions), effect, onUnknown);
        }

        Draft onUnknown(Policy.OnUnknown meaning) {
            return new Draft(name, rego, mode, precedence, terminal, scope, actions, effect, meaning);
        }

        Policy policy(Instant now) {
            return new Policy(
                    "draft",
                    name,
                    "",
                    rego,
                    true,
                    terminal,
                    precedence,
                    mode,
                    scope,
                    actions,
                    effect,
                    onUnknown,
                    1,
                    now,
                    now,
                    null);
        }
    }

    /**
     * Reads the licence from the first line of a text, when that begins with {@code license }; its second version reads {@code
     * licence: } as well.
     */
    private static final class FirstLine implements Inspector {
        private final String format;
        private final int version;
        private final LongAdder inspected = new LongAdder();
        private volatile boolean crowded;

        FirstLine(String format, int version) {
            this.format = format;
            this.version = version;
        }

        @Override
        public Set<String> formats() {
            return Set.of(format);
        }

        @Override
        public int version() {
            return version;
        }

        @Override
        public byte @Nullable [] description(String of, String fileName, Content content) throws IOException {
            if (new String(content.open(0, Long.MAX_VALUE).readAllBytes(), UTF_8).startsWith("no archive")) {
                throw new IOException("it is no archive");
            }
            return null;
        }

        @Override
        public Inspection inspect(String of, String fileName, Content content) throws IOException {
            if (crowded) {
                throw new BusyException("others are inspected");
            }
            inspected.increment();
            String line = new String(content.open(0, Long.MAX_VALUE).readAllBytes(), UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
            Signal<String> license = Signal.unknown(fileName + " does not tell");
            if (fileName.endsWith(".txt") && line.startsWith("license ")) {
                license = Signal.known(line.substring(8), fileName);
            } else if (version > 1 && line.startsWith("licence: ")) {
                license = Signal.known(line.substring(9), fileName);
            }
            return new Inspection(
                    license,
                    Signal.unknown("not looked for"),
                    Signal.unknown("not looked for"),
                    line.equals("two readings") ? List.of("it begins twice") : List.of());
        }
    }
}

package dev.sluice.testkit;

import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Exploitation;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.format.Endpoint;
import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.format.Route;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.Inspector;
import dev.sluice.kernel.gate.Stages;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.policy.Action;
import dev.sluice.kernel.policy.PackageState;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.repository.NamePattern;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The real gate over stores in memory and fake upstreams, with a clock that stands still until told: what a format's tests send
 * requests to, without any server.
 */
public final class TestGate {

    /** Address of this server as clients see it. */
    public static final String ORIGIN = "http://sluice.example";

    private Principal principal = Principal.ANONYMOUS;
    private final Format format;
    private final Inspector inspector;
    private final GateSettings settings;
    private final World world;
    private final Node node;
    private final Policies policies;
    private final Gate gate;

    /** What all gates of an installation share beside their database. */
    private static final class World {
        private final FakeUpstream upstreams = new FakeUpstream();
        private final MemoryJournal journal = new MemoryJournal();
        private final MemoryBlobStore blobs = new MemoryBlobStore();
        private final FaultyBlobs faultyBlobs = new FaultyBlobs(blobs);
        private final ManualClock clock = ManualClock.at("2026-06-01T12:00:00Z");
        private volatile Repository repository = new Repository("main", true, List.of(), List.of());
    }

    /** A gate for that format; the repository {@code main} has no upstreams yet. */
    public TestGate(Format format) {
        this(format, new NoAdvisories(), new NoInspector(), GateSettings.STANDARD);
    }

    /** The same with those advisories, that inspector and those settings. */
    public TestGate(Format format, AdvisoryStore advisories, Inspector inspector, GateSettings settings) {
        this(format, inspector, settings, MemoryStores.alone(advisories));
    }

    /** The gate of a node among others. */
    public TestGate(Format format, Inspector inspector, GateSettings settings, Node node) {
        this(format, inspector, settings, node, new World());
    }

    private TestGate(Format format, Inspector inspector, GateSettings settings, Node node, World world) {
        this.format = format;
        this.inspector = inspector;
        this.settings = settings;
        this.world = world;
        this.node = node;
        Ulid ids = new Ulid(world.clock);
        this.policies = new Policies(node.policies(), world.journal, world.clock, ids);
        this.gate = new Gate(
                new Gate.Stores(
                        world.faultyBlobs,
                        node.hosted(),
                        node.files(),
                        node.documents(),
                        node.history(),
                        node.leases()),
                Map.of(format.id(), format),
                policies,
                new AdvisoryIndex(node.advisories()),
                world.journal,
                world.upstreams,
                inspector,
                world.clock,
                ids,
                settings,
                Stages.UNFOLLOWED);
    }

    /** The gate of another node: the same upstreams, blobs, journal, repository and clock. */
    public TestGate neighbour(Node another) {
        return new TestGate(format, inspector, settings, another, world);
    }

    /** The gate after a restart with another inspector, on the same stores. */
    public TestGate restarted(Inspector another) {
        return new TestGate(format, another, settings, node, world);
    }

    /** The stores of its node. */
    public Node node() {
        return node;
    }

    /** The gate itself. */
    public Gate gate() {
        return gate;
    }

    /** The policies in force. */
    public Policies policies() {
        return policies;
    }

    /** The bytes that are kept. */
    public MemoryBlobStore blobs() {
        return world.blobs;
    }

    /** How the gate reaches them: what fails when told to. */
    public FaultyBlobs faultyBlobs() {
        return world.faultyBlobs;
    }

    /** The repository that requests go to. */
    public Repository repository() {
        return world.repository;
    }

    /** Puts another configuration of the repository in force. */
    public void repository(Repository newRepository) {
        world.repository = newRepository;
    }

    /** What upstreams have. */
    public FakeUpstream upstreams() {
        return world.upstreams;
    }

    /** What was recorded. */
    public MemoryJournal journal() {
        return world.journal;
    }

    /** Adds an upstream at that address; those added first are asked first. */
    public TestGate upstream(String id, String url, Upstream.Trust trust) {
        List<Upstream> more = new ArrayList<>(world.repository.upstreams());
        more.add(new Upstream(id, format.id(), URI.create(url), more.size(), trust, null));
        Repository former = world.repository;
        world.repository = former.with(former.openReads(), more, former.reserved());
        return this;
    }

    /** Reserves a name, written {@code format:pattern}. */
    public TestGate reserve(String pattern) {
        List<NamePattern> more = new ArrayList<>(world.repository.reserved());
        more.add(NamePattern.parse(pattern));
        Repository former = world.repository;
        world.repository = former.with(former.openReads(), former.upstreams(), more);
        return this;
    }

    /** Gives every reserved name free. */
    public TestGate unreserve() {
        Repository former = world.repository;
        world.repository = former.with(former.openReads(), former.upstreams(), List.of());
        return this;
    }

    /** Everything from now on is sent by that principal; before, by nobody in particular. */
    public TestGate as(Principal who) {
        principal = who;
        return this;
    }

    /** Lets time pass. */
    public void pass(Duration time) {
        world.clock.advance(time);
    }

    /** Now. */
    public Instant now() {
        return world.clock.instant();
    }

    /**
     * Puts a policy in force that quarantines what the Rego condition says, for example {@code input.v0.package.version ==
     * "1.0"}; returns its slug.
     */
    public String withhold(String name, String condition) {
        String rego = "package cloudsmith\n\ndefault match := false\n\nmatch if {\n  " + condition
                + "\n}\n\nreason contains \"" + name + " says no\" if match\n";
        Policy draft = new Policy(
                "draft",
                name,
                "",
                rego,
                true,
                false,
                10,
                Policy.Mode.ENFORCE,
                Policy.Scope.ALL,
                List.of(new Action.SetPackageState("action", 1, PackageState.QUARANTINED)),
                Policy.Effect.REFUSE,
                Policy.OnUnknown.ALLOW,
                1,
                now(),
                now(),
                null);
        try {
            return policies.create(draft, Event.Actor.SYSTEM).slug();
        } catch (PolicyRejectedException e) {
            throw new IllegalArgumentException(rego + "\n" + e.findings(), e);
        }
    }

    /** Takes a policy out of force. */
    public void drop(String slug) {
        policies.delete(slug, Event.Actor.SYSTEM);
    }

    /** GET of a path below {@code /{format}/main/}; headers as name, value, name, value … */
    public Response get(String path, String... headers) throws IOException {
        return send("GET", path, new byte[0], headers);
    }

    /** PUT of a path below {@code /{format}/main/}. */
    public Response put(String path, byte[] body, String... headers) throws IOException {
        return send("PUT", path, body, headers);
    }

    /** PUT of text. */
    public Response put(String path, String body, String... headers) throws IOException {
        return put(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** Any request; 404 where the format knows no such address. The path may end in a query, whose parts are not decoded. */
    public Response send(String method, String pathAndQuery, byte[] body, String... headers) throws IOException {
        String[] halves = pathAndQuery.split("\\?", 2);
        Endpoint endpoint = format.route(new Route(method, List.of(halves[0].split("/", -1))));
        if (endpoint == null) {
            return Response.text(404, "no such address");
        }
        Visit visit = new Visit(principal, "127.0.0.1", "test", now());
        return endpoint.handle(
                new Exchange(new Sent(method, query(halves), body, headers), world.repository, visit, gate));
    }

    private static Map<String, List<String>> query(String[] halves) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : halves.length < 2 ? new String[0] : halves[1].split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.computeIfAbsent(parts[0], k -> new ArrayList<>()).add(parts.length < 2 ? "" : parts[1]);
        }
        return query;
    }

    /** The bytes a response carries, artifact or not. */
    public static byte[] body(Response response) throws IOException {
        return switch (response.body()) {
            case Response.Bytes bytes -> bytes.bytes();
            case Response.Packed packed -> packed.zipped().plain();
            case Response.Artifact artifact -> {
                try (InputStream in =
                        artifact.released().open(0, artifact.released().size())) {
                    yield in.readAllBytes();
                }
            }
            case Response.Empty empty -> new byte[0];
        };
    }

    /** The text a response carries. */
    public static String text(Response response) throws IOException {
        return new String(body(response), StandardCharsets.UTF_8);
    }

    /** A request as a server would hand it over. */
    private static final class Sent implements Request {
        private final String method;
        private final Map<String, List<String>> query;
        private final byte[] body;
        private final Map<String, List<String>> headers = new LinkedHashMap<>();

        Sent(String method, Map<String, List<String>> query, byte[] body, String... headers) {
            this.method = method;
            this.query = query;
            this.body = body;
            for (int i = 0; i + 1 < headers.length; i += 2) {
                this.headers
                        .computeIfAbsent(headers[i].toLowerCase(Locale.ROOT), k -> new ArrayList<>())
                        .add(headers[i + 1]);
            }
        }

        @Override
        public String method() {
            return method;
        }

        @Override
        public String origin() {
            return ORIGIN;
        }

        @Override
        public List<String> headers(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        }

        @Override
        public Map<String, List<String>> query() {
            return query;
        }

        @Override
        public long contentLength() {
            return body.length;
        }

        @Override
        public InputStream body() {
            return new ByteArrayInputStream(body);
        }
    }

    /** An inspector that can read nothing. */
    private static final class NoInspector implements Inspector {
        @Override
        public Set<String> formats() {
            return Set.of();
        }

        @Override
        public Inspection inspect(String format, String fileName, Content content) {
            return new Inspection(
                    Signal.unknown("not inspected"),
                    Signal.unknown("not inspected"),
                    Signal.unknown("not inspected"),
                    List.of());
        }

        @Override
        public byte @org.jspecify.annotations.Nullable [] description(String format, String fileName, Content content) {
            return null;
        }
    }

    /** A world without advisories. */
    private static final class NoAdvisories implements AdvisoryStore {
        @Override
        public long revision() {
            return 1;
        }

        @Override
        public List<Advisory> about(PackageName name) {
            return List.of();
        }

        @Override
        public List<Advisory> find(String identifierOrAlias) {
            return List.of();
        }

        @Override
        public Map<String, Exploitation> exploitation(Collection<String> cves) {
            return Map.of();
        }

        @Override
        public List<FeedState> feeds() {
            return List.of();
        }

        @Override
        public SyncStore syncs() {
            return new MemorySyncStore();
        }

        @Override
        public Import begin() {
            throw new UnsupportedOperationException("nothing is imported here");
        }
    }
}

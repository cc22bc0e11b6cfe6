package dev.sluice.app.wiring;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.config.Version;
import dev.sluice.app.control.ControlFile;
import dev.sluice.app.feed.FeedSyncs;
import dev.sluice.app.logging.Logging;
import dev.sluice.app.machine.Found;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.policies.PolicyDirectory;
import dev.sluice.app.policies.StarterPolicies;
import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.TokenSecrets;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.policy.Policies;
import dev.sluice.kernel.policy.Policy;
import dev.sluice.kernel.policy.PolicySet;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.server.Metrics;
import dev.sluice.server.Readiness;
import dev.sluice.server.trace.Tracing;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.blob.CountedBlobs;
import dev.sluice.storage.blob.Damages;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.sql.DatabaseCopy;
import dev.sluice.storage.upkeep.Backup;
import dev.sluice.storage.upkeep.JournalCheck;
import dev.sluice.storage.upkeep.Scrub;
import dev.sluice.upstream.HttpUpstreamClient;
import dev.sluice.upstream.Reach;
import dev.sluice.upstream.Timeouts;
import dev.sluice.upstream.TrustedRoots;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One installation, opened: its stores, journal, formats, policies and gate, wired by hand.
 *
 * <p>This is the composition root: whoever wants to know what is made of what reads {@link #open}. Close it to let go of the data
 * directory.
 */
public final class Installation implements AutoCloseable {

    /** The repository every installation begins with. */
    public static final String MAIN = "main";

    private static final Logger LOG = LoggerFactory.getLogger(Installation.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Configuration configuration;
    private final InstantSource clock;
    private final Database database;
    private final BlobStore blobs;
    private final Journal journal;
    private final JournalCheck journalCheck;
    private final Readiness readiness;
    private final Scrub scrub;
    private final Backup.Source backupSource;
    private final Metrics metrics = new Metrics();
    private final Tracing tracing;
    private final Ulid ids;
    private final Policies policies;
    private final AdvisoryIndex advisories;
    private final List<Format> formats;
    private final Gate gate;
    private final FeedSyncs feedSyncs;
    private final @Nullable String newAdminToken;
    private final List<String> findings = new ArrayList<>();

    private Installation(Configuration configuration, InstantSource clock, Machine machine) throws IOException {
        this.configuration = configuration;
        this.clock = clock;
        try {
            this.tracing =
                    opened(TraceSettings.tracing(configuration, clock)); // closed last: it tells of all the others
            Path data = directory(configuration);
            Parts.check(configuration, data);
            Home home = opened(Home.open(configuration, data));
            this.database = home.database();
            refuseUnfinished(database);
            keepSecrets(data);
            Damages damages = new Damages(this::tell);
            BlobStore store = Home.blobs(configuration, data, clock, damages);
            if (store instanceof AutoCloseable closeable) {
                opened(closeable);
            }
            Parts.agree(configuration, data, home, store, new Ulid(clock));
            CountedBlobs counted = new CountedBlobs(store);
            this.blobs = counted;
            StorageFigures.blobs(metrics, counted, store, damages);
            this.scrub = new Scrub(blobs, data.resolve("scrub.json"), clock);
            StorageFigures.scrub(metrics, scrub);
            StorageFigures.database(metrics, database);
            this.journal = tracing.journal(metrics.counting(home.journal()));
            this.journalCheck = home.check();
            this.backupSource = new BackupSource(database, home.journal());
            this.ids = new Ulid(clock);
            PolicyFailures failures = new PolicyFailures(clock);
            this.policies = new Policies(database.policies(), journal, clock, ids, failures);
            metrics.counters(
                    "sluice_policy_failures_total",
                    "Evaluations of policies that failed (a builtin, a limit, a fault of ours), by policy; beyond 200 names the"
                            + " policy is other",
                    "policy",
                    failures::counts);
            GateSettings settings = settings(configuration);
            this.advisories = new AdvisoryIndex(
                    database.advisories(), settings.memoryForAdvisories(), FeedSyncs.freshness(configuration));
            this.formats = formats(configuration);
            List<Path> certificates = certificates(configuration, machine);
            HttpUpstreamClient http = opened(new HttpUpstreamClient(
                    new Reach(hosts(configuration)),
                    new Timeouts(
                            configuration.duration(Setting.UPSTREAM_CONNECT),
                            configuration.duration(Setting.UPSTREAM_ANSWER),
                            configuration.duration(Setting.UPSTREAM_STALL)),
                    "sluice/" + Version.TEXT,
                    () -> TrustedRoots.context(certificates),
                    tracing::traceparent));
            UpstreamClient upstreams = tracing.upstreams(metrics.timing(http));
            metrics.build(Version.TEXT);
            metrics.counters(
                    "sluice_log_dropped_lines_total",
                    "Lines that a log could not write in time or at all, by log: main, access",
                    "log",
                    Logging::dropped);
            metrics.counters(
                    "sluice_trace_spans_total",
                    "Spans of traces by what became of them: sent, dropped-full (the queue was full), dropped-failed (the collector did"
                            + " not take them)",
                    "fate",
                    tracing::fates);
            metrics.modes(this::mode);
            this.gate = new Gate(
                    new Gate.Stores(
                            blobs,
                            database.hosted(),
                            database.files(),
                            database.documents(),
                            database.history(),
                            database.leases()),
                    byId(formats),
                    policies,
                    advisories,
                    journal,
                    upstreams,
                    tracing.inspector(new ArtifactInspector()),
                    clock,
                    ids,
                    settings,
                    tracing);
            this.readiness = new Readiness(
                    Map.of(
                            "journal",
                            Writes.journal(metrics::journalFailure, journal, clock, ids),
                            "blobs",
                            Writes.blobs(counted::writeFailure, blobs),
                            "database",
                            () -> database.files().find("", "", ""),
                            "upstream client",
                            () -> {
                                if (!http.isAlive()) {
                                    throw new IOException("the client of upstreams has died");
                                }
                            }),
                    clock);
            gate.recordUntold();
            StorageFigures.journalAndUpstreams(metrics, home.unindexed(), gate);
            String made = database.repositories().list().isEmpty() ? beginOnce(machine) : null;
            this.newAdminToken = made == null ? unshownToken().orElse(null) : made;
            configureUpstreams();
            if (configuration.find(Setting.POLICIES).isPresent()) {
                opened(PolicyDirectory.open(
                        configuration.path(Setting.POLICIES).toAbsolutePath().normalize(),
                        policies,
                        database.nodes(),
                        database.leases()));
            }
            policies.current();
            this.feedSyncs = opened(new FeedSyncs(this, upstreams, database.leases()));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens an installation, making it first when the data directory is empty.
     *
     * @throws ConfigurationException when the configuration cannot be followed
     * @throws IOException when something cannot be opened
     */
    public static Installation open(Configuration configuration, InstantSource clock, Machine machine)
            throws IOException {
        return new Installation(configuration, clock, machine);
    }

    /** How it is configured. */
    public Configuration configuration() {
        return configuration;
    }

    /** Its time. */
    public InstantSource clock() {
        return clock;
    }

    /** The stores of everything but blobs and the journal. */
    public Database database() {
        return database;
    }

    /** The bytes of artifacts. */
    public BlobStore blobs() {
        return blobs;
    }

    /** The record of everything. */
    public Journal journal() {
        return journal;
    }

    /** Reads the journal end to end. */
    public JournalCheck journalCheck() {
        return journalCheck;
    }

    /** Whether requests should come here. */
    public Readiness readiness() {
        return readiness;
    }

    /** Reads all blobs from time to time. */
    public Scrub scrub() {
        return scrub;
    }

    /** What a backup copies. */
    public Backup.Source backupSource() {
        return backupSource;
    }

    /** Figures of what runs. */
    public Metrics metrics() {
        return metrics;
    }

    /** Who follows requests. */
    public Tracing tracing() {
        return tracing;
    }

    /** Makes identifiers. */
    public Ulid ids() {
        return ids;
    }

    /** What decides. */
    public Policies policies() {
        return policies;
    }

    /** What is known of vulnerabilities. */
    public AdvisoryIndex advisories() {
        return advisories;
    }

    /** The formats that are served, in the order in which people see them. */
    public List<Format> formats() {
        return formats;
    }

    /** The one door to artifacts. */
    public Gate gate() {
        return gate;
    }

    /** Syncs of feeds. */
    public FeedSyncs feedSyncs() {
        return feedSyncs;
    }

    /** The administrator's token if nobody was shown it yet, else null; {@link #tokenShown} forgets it. */
    public @Nullable String newAdminToken() {
        return newAdminToken;
    }

    /** What to tell about upstreams found or not found when the installation was made, one line each. */
    public List<String> findings() {
        return findings;
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    private static Path directory(Configuration configuration) throws IOException {
        Path data = configuration.path(Setting.DATA);
        if (Files.exists(data) && !Files.isDirectory(data)) {
            throw new ConfigurationException("data is '" + data + "', which is no directory");
        }
        PrivateFiles.keep(data);
        return data;
    }

    private void keepSecrets(Path data) {
        KeyFile key = KeyFile.of(configuration, data);
        int sealed = database.sealWith(key);
        if (sealed > 0) {
            LOG.warn(
                    "{} passwords of upstreams lay open in the database and are sealed now; the key is in {}",
                    sealed,
                    key.place());
        }
        if (configuration.flag(Setting.SECRET_KEY_LOST).orElse(false)) {
            LOG.warn(
                    "{} passwords of upstreams were sealed with a key that is lost: forgotten",
                    database.forgetSealed());
        }
        boolean open = database.repositories().list().stream()
                .flatMap(repository -> repository.upstreams().stream())
                .anyMatch(upstream -> upstream.credentials() != null);
        if (open && key.find() == null) {
            LOG.warn("passwords of upstreams lie open in the database: set SLUICE_SECRET_KEY, the same on every node"
                    + " (openssl rand -hex 32)");
        }
    }

    /** The journal knows of every damaged blob. */
    private void tell(Damages.Damage damage) {
        journal.append(Event.of(ids.next(), clock.instant(), Event.Kind.DAMAGE, Event.Actor.SYSTEM, damage.problem())
                .with(new Event.Bytes(null, damage.blob().hex(), null)));
    }

    private static void refuseUnfinished(Database database) {
        DatabaseCopy.unfinished(database).ifPresent(source -> {
            throw new StorageException(
                    "this database is an unfinished copy of " + source + "; run that 'sluice migrate' again", null);
        });
    }

    private static Set<String> hosts(Configuration configuration) {
        Set<String> hosts = new LinkedHashSet<>();
        for (String host : configuration.get(Setting.ALLOWED_HOSTS).split(",", -1)) {
            if (!host.isBlank()) {
                hosts.add(host.strip().toLowerCase(Locale.ROOT));
            }
        }
        return hosts;
    }

    /** The formats that are served, as they are configured. */
    public static List<Format> formats(Configuration configuration) {
        return List.of(
                new NpmFormat(),
                new PypiFormat(
                        new Pep440Order(),
                        configuration.get(Setting.PYPI_WITHHELD).equals("yank") ? Withheld.YANK : Withheld.DROP),
                new MavenFormat(configuration.number(Setting.MAVEN_SNAPSHOTS, 1, 1_000)));
    }

    /** The system's own roots count, so that a company's authority installed on the machine is trusted. */
    private static List<Path> certificates(Configuration configuration, Machine machine) throws IOException {
        List<Path> files = new ArrayList<>();
        Path own = configuration.find(Setting.CA_FILE).map(Path::of).orElse(null);
        if (own != null) {
            if (!Files.isReadable(own)) {
                throw new ConfigurationException("upstream.ca-file '" + own + "' cannot be read");
            }
            TrustedRoots.check(own);
            files.add(own);
        }
        for (String variable : List.of("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "PIP_CERT")) {
            String file = machine.environment().get(variable);
            if (file != null && !file.isBlank()) {
                files.add(Path.of(file));
            }
        }
        files.addAll(Trust.SYSTEM);
        return files.stream().distinct().toList();
    }

    /** The mode of the policy in force that has that name. */
    private Optional<Policy.Mode> mode(String policy) {
        PolicySet current = policies.currentFromMemory();
        return current == null
                ? Optional.empty()
                : current.policies().stream()
                        .filter(p -> p.name().equals(policy))
                        .map(Policy::mode)
                        .findFirst();
    }

    private static Map<String, Format> byId(List<Format> formats) {
        Map<String, Format> byId = new LinkedHashMap<>();
        formats.forEach(format -> byId.put(format.id(), format));
        return byId;
    }

    private static GateSettings settings(Configuration configuration) {
        return new GateSettings(
                configuration.get(Setting.WORKSPACE),
                configuration.duration(Setting.FRESHNESS),
                configuration.duration(Setting.ABSENCE),
                configuration.duration(Setting.OUTAGE),
                configuration.duration(Setting.PATIENCE),
                configuration.bytes(Setting.MAX_INDEX),
                configuration.bytes(Setting.MAX_ARTIFACT),
                configuration.memory(Setting.INDEX_MEMORY));
    }

    /** Of nodes that start at once on an empty database, one makes the installation. */
    private @Nullable String beginOnce(Machine machine) {
        try (Leases.Lease lease = database.leases()
                .take("installation", configuration.duration(Setting.PATIENCE))
                .orElseThrow(() -> new StorageException("another node is making the installation; try again", null))) {
            database.nodes().catchUp().toCompletableFuture().join();
            return database.repositories().list().isEmpty() ? begin(machine) : null;
        }
    }

    /** The administrator's token when nobody was shown it yet: the start that made it ended before it could. */
    private Optional<String> unshownToken() throws IOException {
        Path file = unshown();
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(new String(in.readNBytes(1024), StandardCharsets.UTF_8).strip());
        }
    }

    private Path unshown() {
        return configuration.path(Setting.DATA).resolve("administrator-token.unshown");
    }

    /** The administrator was shown the token: from now on it is nowhere in clear. */
    public void tokenShown() throws IOException {
        Files.deleteIfExists(unshown());
    }

    /** Makes what a new installation begins with; returns the administrator's token. */
    private String begin(Machine machine) {
        List<Upstream> upstreams = new ArrayList<>();
        for (Format format : formats) {
            if (!configuration.upstream(format.id()).isEmpty()) {
                continue; // configured ones are put in place at every start
            }
            Optional<Found> found = machine.upstream(format.id());
            String otherwise =
                    ": only what is published here is served; set one with --upstream " + format.id() + "=URL";
            if (found.isEmpty()) {
                findings.add("no upstream is known for " + format.ecosystem() + otherwise);
            } else if (isHere(found.get().url())) {
                findings.add("this machine's own configuration for " + format.ecosystem() + " ("
                        + found.get().origin() + ") points here" + otherwise);
            } else {
                upstreams.add(new Upstream(
                        format.id(),
                        format.id(),
                        found.get().url(),
                        100,
                        Upstream.Trust.TRUSTED,
                        found.get().credentials()));
                findings.add(format.ecosystem() + " packages come from the upstream that this machine uses ("
                        + found.get().origin() + ")");
            }
        }
        if (database.policies().list().isEmpty()) {
            StarterPolicies.createIn(policies);
        }
        TokenSecrets.Issued issued =
                TokenSecrets.issue("administrator", "admin", Role.ADMINISTRATOR, List.of(), clock.instant(), null);
        database.tokens().add(issued.token());
        try {
            ControlFile.writePrivate(unshown(), issued.text() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // last: its presence says that the installation is complete
        database.repositories().save(new Repository(MAIN, true, upstreams, List.of()));
        return issued.text();
    }

    /** Whether an address is our own: whoever followed our set-up lines before must not make us ask ourselves. */
    private boolean isHere(URI url) {
        String port = String.valueOf(
                url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80);
        return configuration
                        .find(Setting.PUBLIC_URL)
                        .filter(own -> url.toString().startsWith(own))
                        .isPresent()
                || (port.equals(configuration.get(Setting.PORT)) && isLocal(String.valueOf(url.getHost())));
    }

    private static boolean isLocal(String host) {
        return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || host.startsWith("127.");
    }

    /** Explicit configuration wins over what the machine said or an earlier start kept. */
    private void configureUpstreams() {
        Repository main = database.repositories().find(MAIN).orElseThrow();
        List<Upstream> upstreams = new ArrayList<>(main.upstreams());
        for (String id : configuration.upstreamFormats()) {
            if (formats.stream().noneMatch(f -> f.id().equals(id))) {
                throw new ConfigurationException("upstream '" + id + "': there is no such format; known are "
                        + String.join(", ", formats.stream().map(Format::id).toList()));
            }
            Upstream former = upstreams.stream()
                    .filter(u -> u.id().equals(id))
                    .findFirst()
                    .orElse(null);
            upstreams.removeIf(u -> u.id().equals(id));
            Map<String, String> parts = configuration.upstream(id);
            String url = parts.getOrDefault("url", "none");
            if (!url.equals("none")) { // "none" takes an upstream away
                upstreams.add(upstream(id, url, parts, former));
            }
        }
        Repository wanted = main.with(main.openReads(), upstreams, main.reserved());
        if (!wanted.equals(main)) {
            database.repositories().save(wanted);
        }
    }

    private static Upstream.Forbidden forbidden(String id, @Nullable String text, Upstream.Forbidden otherwise) {
        return switch (text) {
            case null -> otherwise;
            case "refused" -> Upstream.Forbidden.REFUSED;
            case "absent" -> Upstream.Forbidden.ABSENT;
            default ->
                throw new ConfigurationException(
                        "upstreams." + id + ".forbidden is '" + text + "', but it takes refused or absent");
        };
    }

    /** What configuration does not say stays as it was set, as long as the address does. */
    private static Upstream upstream(String id, String url, Map<String, String> parts, @Nullable Upstream former) {
        String token = parts.get("token");
        String user = parts.get("user");
        Upstream.Credentials credentials = token != null
                ? new Upstream.Bearer(token)
                : user != null ? new Upstream.Basic(user, parts.getOrDefault("password", "")) : null;
        try {
            Upstream wanted = new Upstream(id, id, URI.create(url), 100, Upstream.Trust.TRUSTED, credentials);
            Upstream as = former != null && former.url().equals(wanted.url()) ? former : wanted;
            return wanted.meaning(as.trustsTimes(), forbidden(id, parts.get("forbidden"), as.forbidden()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() + "", e);
        }
    }

    /** Lets go of everything, in reverse order. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                failure = failure == null ? new IOException("closing failed: " + e.getMessage(), e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

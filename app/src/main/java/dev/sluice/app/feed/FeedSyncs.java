package dev.sluice.app.feed;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.feeds.Ecosystem;
import dev.sluice.feeds.FeedLimits;
import dev.sluice.feeds.FeedSource;
import dev.sluice.feeds.FeedSync;
import dev.sluice.feeds.ImportSummary;
import dev.sluice.feeds.Progress;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.Freshness;
import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.node.Leases;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Syncs of feeds: by the clock while the server runs, and whenever somebody asks for them.
 *
 * <p>Close it to stop the clock; a sync under way is given up and leaves the last good state.
 */
public final class FeedSyncs implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Logger LOG = LoggerFactory.getLogger(FeedSyncs.class);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final int MAX_KEPT = 20;

    private final Duration interval;
    private final AdvisoryStore advisories;
    private final FeedEvents events;
    private final FeedSync syncs;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread thread;

    /** Syncs of what is configured; nothing runs before {@link #schedule} or a request. Throws {@link ConfigurationException}. */
    public FeedSyncs(
            Configuration configuration,
            AdvisoryStore advisories,
            UpstreamClient client,
            Leases leases,
            FeedEvents events)
            throws IOException {
        this.interval = configuration.duration(Setting.FEEDS_INTERVAL);
        this.advisories = advisories;
        this.events = events;
        this.syncs = new FeedSync(
                advisories,
                sources(configuration),
                client,
                leases,
                events.clock(),
                Path.of(configuration.get(Setting.DATA)).resolve("feeds"),
                new FeedSync.Settings(
                        interval,
                        configuration.duration(Setting.FEEDS_TIMEOUT),
                        new FeedLimits(
                                FeedLimits.STANDARD.recordBytes(),
                                configuration.bytes(Setting.MAX_FEED),
                                configuration.bytes(Setting.MAX_FEED_UNPACKED),
                                FeedLimits.STANDARD.files())));
    }

    private static List<FeedSource> sources(Configuration configuration) {
        List<FeedSource> sources = new ArrayList<>();
        List<String> served =
                Ecosystem.served().stream().map(Ecosystem::osvName).toList();
        configuration.find(Setting.FEEDS_OSV).ifPresent(address -> {
            for (String name : configuration
                    .find(Setting.FEEDS_ECOSYSTEMS)
                    .orElse(String.join(",", served))
                    .split(",", -1)) {
                String ecosystem = served.stream()
                        .filter(known -> known.equalsIgnoreCase(name.strip()))
                        .findFirst()
                        .orElseThrow(() -> new ConfigurationException("feeds.ecosystems: '" + name.strip()
                                + "' is not served here; known are " + String.join(", ", served)));
                sources.add(source(Setting.FEEDS_OSV, () -> FeedSource.osv(address, ecosystem)));
            }
        });
        configuration
                .find(Setting.FEEDS_KEV)
                .ifPresent(address -> sources.add(source(Setting.FEEDS_KEV, () -> FeedSource.kev(address))));
        configuration
                .find(Setting.FEEDS_EPSS)
                .ifPresent(address -> sources.add(source(Setting.FEEDS_EPSS, () -> FeedSource.epss(address))));
        return sources;
    }

    /** When a feed counts as stale. Throws {@link ConfigurationException}. */
    public static Freshness freshness(Configuration configuration) {
        Map<String, Duration> paces = new HashMap<>(Freshness.STANDARD.paces());
        for (String pace : configuration.get(Setting.FEEDS_PACE).split(",", -1)) {
            String[] parts = pace.strip().split("=", 2);
            String name = parts[0].strip().toLowerCase(Locale.ROOT);
            try {
                if (parts.length < 2 || !Freshness.STANDARD.paces().containsKey(name)) {
                    throw new DateTimeException("known are " + String.join(", ", paces.keySet()));
                }
                paces.put(name, Duration.parse(parts[1].strip()));
            } catch (DateTimeException malformed) {
                throw new ConfigurationException(
                        "feeds.pace: '" + pace.strip() + "' is no name and duration such as npm=P3D: "
                                + malformed.getMessage(),
                        malformed);
            }
        }
        return new Freshness(configuration.duration(Setting.FEEDS_STALE_AFTER), paces);
    }

    private static FeedSource source(Setting setting, java.util.function.Supplier<FeedSource> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(setting.key() + ": " + e.getMessage(), e);
        }
    }

    /** How they are asked for and followed. */
    public List<Operation> operations() {
        return List.of(
                Operation.of("feeds.sync", "POST", "/api/feeds/syncs", Permission.ADMINISTER, this::start),
                Operation.of("feeds.synced", "GET", "/api/feeds/syncs/{sync}", Permission.ADMINISTER, this::look));
    }

    /** Whether anything is configured to be synced. */
    public boolean isConfigured() {
        return !syncs.sources().isEmpty();
    }

    /** From now on syncs by the clock. */
    public void schedule() {
        plan();
        if (isConfigured() && !interval.isZero()) {
            thread = Thread.ofVirtual().name("feed-schedule").start(this::followClock);
        }
    }

    /** Writes down what is configured, so that it is seen to be missing until it was synced, and what no longer is. */
    private void plan() {
        for (SyncState state : advisories.syncs().all()) {
            if (state.nextAt() != null
                    && syncs.sources().stream()
                            .noneMatch(source -> source.name().equals(state.source()))) {
                advisories.syncs().save(state.due(null));
            }
        }
        for (FeedSource source : syncs.sources()) {
            if (advisories.syncs().find(source.name()).isEmpty()) {
                advisories.syncs().save(syncs.state(source));
            }
        }
    }

    private void followClock() {
        try {
            do {
                for (FeedSource source : syncs.sources()) {
                    due(source);
                }
            } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void due(FeedSource source) throws InterruptedException {
        try {
            if (syncs.isDue(source)) {
                LOG.info("syncing feed {} from {}", source.name(), source.shown());
                syncs.runIfDue(source, new Logged(source)).ifPresent(outcome -> note(outcome, Event.Actor.SYSTEM));
            }
        } catch (RuntimeException e) {
            LOG.error("feed {} cannot be synced: the store fails", source.name(), e);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Tells the log how far a long sync is, every ten seconds. */
    private final class Logged implements Progress {
        private final FeedSource source;
        private Instant told = events.clock().instant();

        Logged(FeedSource source) {
            this.source = source;
        }

        @Override
        public void at(Path file, long records) {
            if (isTime()) {
                LOG.info("syncing feed {}: {} records read", source.name(), records);
            }
        }

        @Override
        public void fetching(String document, long bytes) {
            if (isTime()) {
                LOG.info("syncing feed {}: {} MB of {} fetched", source.name(), bytes >> 20, document);
            }
        }

        private boolean isTime() {
            Instant now = events.clock().instant();
            boolean due = Duration.between(told, now).toSeconds() >= 10;
            told = due ? now : told;
            return due;
        }
    }

    /** A sync that was asked for, and how far it is. */
    private static final class Running {
        final List<ObjectNode> results = new CopyOnWriteArrayList<>();
        volatile String source = "";
        volatile String at = "";
        volatile long bytes;
        volatile long records;
        volatile boolean over;
    }

    private Response start(Call call) throws IOException {
        JsonNode body = JSON.readTree(call.request().body());
        List<FeedSource> wanted = new ArrayList<>();
        if (syncs.sources().isEmpty()) {
            throw new Problem(
                    409,
                    "Nothing to sync",
                    "no feed has an address: set feeds.osv, feeds.kev or feeds.epss (docs/feeds.md), or import files");
        }
        if (body.path("feeds").isEmpty()) {
            wanted.addAll(syncs.sources());
        }
        for (JsonNode feed : body.path("feeds")) {
            String name = feed.asString("");
            List<FeedSource> named = syncs.sources().stream()
                    .filter(source -> source.feed().equals(name)
                            || source.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                    .toList();
            if (named.isEmpty()) {
                throw Problem.badRequest("feed '" + name + "' has no address here; configured are "
                        + String.join(
                                ", ",
                                syncs.sources().stream().map(FeedSource::name).toList()) + "; see feeds." + name);
            }
            wanted.addAll(named);
        }
        if (running.size() >= MAX_KEPT) {
            running.values().removeIf(each -> each.over);
        }
        if (running.size() >= MAX_KEPT) {
            throw new Problem(429, "Busy", "many syncs wait already; look at sluice feeds status");
        }
        String id = events.ids().next();
        Running sync = new Running();
        running.put(id, sync);
        Event.Actor actor = call.visit().actor();
        boolean whole = body.path("whole").asBoolean(false);
        Thread.ofVirtual().name("feed-sync").start(() -> run(sync, wanted, whole, actor));
        return Response.json(202, JSON.createObjectNode().put("id", id).toString());
    }

    private void run(Running sync, List<FeedSource> sources, boolean whole, Event.Actor actor) {
        try {
            for (FeedSource source : sources) {
                sync.source = source.name();
                sync.at = "";
                sync.bytes = 0;
                sync.records = 0;
                FeedSync.Outcome outcome = syncs.run(source, whole, new Progress() {
                    @Override
                    public void at(Path file, long records) {
                        sync.records = records;
                    }

                    @Override
                    public void fetching(String document, long bytes) {
                        sync.at = document;
                        sync.bytes = bytes;
                    }
                });
                note(outcome, actor);
                sync.results.add(written(outcome));
            }
        } catch (RuntimeException e) {
            LOG.error("feed {} cannot be synced: the store fails", sync.source, e);
            sync.results.add(JSON.createObjectNode()
                    .put("source", sync.source)
                    .put("failure", e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        } finally {
            sync.over = true;
        }
    }

    /** Logs a sync, and records it when it changed something or failed. */
    private void note(FeedSync.Outcome outcome, Event.Actor actor) {
        String source = outcome.state().source();
        String failure = outcome.failure();
        ImportSummary summary = outcome.summary();
        if (failure != null) {
            LOG.warn(
                    "feed {} could not be synced, what is kept stays (from {}): {}; next attempt {}",
                    source,
                    outcome.state().succeededAt(),
                    failure,
                    outcome.state().nextAt());
            events.record(
                    actor,
                    "sync of " + source + " failed: " + failure,
                    written(outcome).toString());
        } else if (summary == null) {
            LOG.info("feed {} is up to date", source);
        } else {
            LOG.info("feed {} synced in {} ms: {}", source, outcome.took().toMillis(), FeedImports.counts(summary));
            events.record(
                    actor,
                    "synced " + source + ": " + FeedImports.counts(summary),
                    written(outcome).toString());
        }
    }

    private Response look(Call call) {
        Running sync = running.get(call.parameter("sync"));
        if (sync == null) {
            throw Problem.notFound("there is no such sync");
        }
        boolean over = sync.over; // before the results, which then are complete
        ObjectNode body = JSON.createObjectNode()
                .put("state", over ? "done" : "running")
                .put("source", sync.source)
                .put("document", sync.at)
                .put("bytes", sync.bytes)
                .put("records", sync.records);
        ArrayNode results = body.putArray("results");
        sync.results.forEach(results::add);
        return Response.json(200, body.toString());
    }

    private static ObjectNode written(FeedSync.Outcome outcome) {
        ObjectNode node = JSON.createObjectNode()
                .put("source", outcome.state().source())
                .put("address", outcome.state().address())
                .put("failure", outcome.failure())
                .put("whole", outcome.whole())
                .put("milliseconds", outcome.took().toMillis());
        Instant next = outcome.state().nextAt();
        node.put("next_at", next == null ? null : next.toString());
        ImportSummary summary = outcome.summary();
        if (summary == null) {
            node.putNull("summary");
        } else {
            node.set("summary", FeedImports.write(summary));
        }
        return node;
    }

    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        Thread clock = thread;
        if (clock != null) {
            clock.interrupt();
            clock.join(Duration.ofSeconds(10));
        }
    }
}

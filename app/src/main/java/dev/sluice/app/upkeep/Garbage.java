package dev.sluice.app.upkeep;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.blob.BlobStore.Kept;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import dev.sluice.storage.upkeep.GarbageCollection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Garbage collection, by hand and on schedule. One node at a time does it. Thread-safe. */
final class Garbage implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final int MOST_NAMED = 1000;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final Configuration configuration;
    private final GarbageCollection collection;
    private final Journal journal;
    private final Leases leases;
    private final InstantSource clock;
    private final Tasks tasks;
    private @Nullable ScheduledExecutorService schedule;
    private @Nullable ScheduledFuture<?> due;

    Garbage(
            Configuration configuration,
            GarbageCollection collection,
            Journal journal,
            Leases leases,
            InstantSource clock,
            Tasks tasks) {
        this.configuration = configuration;
        this.collection = collection;
        this.journal = journal;
        this.leases = leases;
        this.clock = clock;
        this.tasks = tasks;
    }

    Operation operation() {
        return Operation.of("upkeep.gc", "POST", "/api/upkeep/gc", Permission.ADMINISTER, this::collect);
    }

    private Response collect(Call call) throws IOException {
        JsonNode body = JSON.readTree(call.request().body());
        GarbageCollection.Rules rules = rules(
                body.hasNonNull("grace") ? body.path("grace").asString("") : null,
                body.path("dry_run").asBoolean(false));
        Event.Actor actor = call.visit().actor();
        return tasks.start("gc", task -> collect(task, rules, actor));
    }

    private GarbageCollection.Rules rules(@Nullable String grace, boolean dryRun) {
        String cachedAfter = configuration.get(Setting.GC_CACHED_AFTER);
        try {
            return new GarbageCollection.Rules(
                    grace == null ? configuration.duration(Setting.GC_GRACE) : Duration.parse(grace),
                    cachedAfter.equals("off") ? null : configuration.duration(Setting.GC_CACHED_AFTER),
                    dryRun);
        } catch (DateTimeParseException e) {
            throw Problem.badRequest("the grace period is an ISO 8601 duration such as PT24H (a day)");
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private ObjectNode collect(Tasks.Task task, GarbageCollection.Rules rules, Event.Actor actor) throws IOException {
        try (Leases.Lease lease = leases.take("gc", Duration.ZERO)
                .orElseThrow(() -> new IOException("another node is removing garbage; wait for it to end"))) {
            ObjectNode result = JSON.createObjectNode();
            GarbageCollection.Report report = collection.run(rules, actor, new Named(result, task));
            return written(result, report);
        }
    }

    private static ObjectNode written(ObjectNode result, GarbageCollection.Report report) {
        return result.put("dry_run", report.dryRun())
                .put("blobs", report.blobs())
                .put("bytes", report.bytes())
                .put("young", report.young())
                .put("removed", report.removed())
                .put("removed_bytes", report.removedBytes())
                .put("evicted", report.evicted())
                .put("evicted_bytes", report.evictedBytes())
                .put("absent", report.absent())
                .put("orphans", report.orphans());
    }

    /** Keeps the names of what goes, the first of them. */
    private static final class Named implements GarbageCollection.Watcher {
        private final ArrayNode blobs;
        private final ArrayNode cached;
        private final Tasks.Task task;

        Named(ObjectNode result, Tasks.Task task) {
            this.blobs = result.putArray("removed_blobs");
            this.cached = result.putArray("evicted_files");
            this.task = task;
        }

        @Override
        public void blob(Kept kept) {
            if (blobs.size() < MOST_NAMED) {
                blobs.addObject()
                        .put("digest", kept.blob().digest().toString())
                        .put("size", kept.blob().size())
                        .put("committed", kept.committed().toString());
            }
        }

        @Override
        public void cached(StoredFile file) {
            if (cached.size() < MOST_NAMED) {
                cached.addObject()
                        .put("repository", file.repository())
                        .put("format", file.coordinates().format())
                        .put("path", file.path())
                        .put("size", file.contents().size());
            }
        }

        @Override
        public void looked(long count) {
            task.step(String.format(Locale.ROOT, "%,d blobs looked at", count));
        }
    }

    /** Runs collections on schedule until this is closed; nothing when that is switched off. Wrong settings are told at once. */
    void schedule() {
        String text = configuration.get(Setting.GC_INTERVAL);
        if (text.equals("off")) {
            return;
        }
        Duration interval = configuration.duration(Setting.GC_INTERVAL);
        if (interval.isZero()) {
            throw new ConfigurationException("gc.interval is '" + text + "', but it takes off or more than no time");
        }
        GarbageCollection.Rules rules;
        try {
            rules = rules(null, false);
        } catch (Problem e) {
            throw new ConfigurationException("gc.grace and gc.cached-after: " + e.detail(), e);
        }
        long wait = Math.min(interval.toMillis(), LONGEST_WAIT.toMillis());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("sluice-upkeep").factory());
        due = timer.scheduleWithFixedDelay(() -> collectWhenDue(interval, rules), wait, wait, TimeUnit.MILLISECONDS);
        schedule = timer;
    }

    /** The journal knows when it last ran, also before a restart and on other nodes. */
    private void collectWhenDue(Duration interval, GarbageCollection.Rules rules) {
        try {
            List<Event> last = journal.query(Journal.Query.latest(1, Event.Kind.GC));
            Instant now = clock.instant();
            if (last.isEmpty() || !last.getFirst().at().plus(interval).isAfter(now)) {
                tasks.begin("gc", task -> collect(task, rules, Event.Actor.SYSTEM));
            }
        } catch (Problem busy) {
            LOG.debug("something else is running; garbage is collected later");
        } catch (RuntimeException e) {
            LOG.warn("garbage collection could not begin: {}", e.getMessage());
        }
    }

    /** Ends the schedule; what runs is ended with the tasks. */
    @Override
    public void close() {
        if (due != null) {
            due.cancel(false);
        }
        if (schedule != null) {
            schedule.shutdownNow();
        }
    }
}

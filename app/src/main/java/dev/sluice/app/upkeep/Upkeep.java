package dev.sluice.app.upkeep;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.control.ControlToken;
import dev.sluice.app.wiring.Installation;
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
import dev.sluice.storage.blob.S3Location;
import dev.sluice.storage.upkeep.Backup;
import dev.sluice.storage.upkeep.Examination;
import dev.sluice.storage.upkeep.Finding;
import dev.sluice.storage.upkeep.GarbageCollection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looking after the running installation: garbage collection by hand and on schedule, examinations, backups.
 *
 * <p>One piece of such work runs at a time; it goes on when the command that asked for it goes away, and ends when this is closed.
 * Thread-safe.
 */
public final class Upkeep implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final int MOST_NAMED = 1000;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final Installation installation;
    private final ControlToken control;
    private final AtomicReference<@Nullable Task> latest = new AtomicReference<>();
    private @Nullable ScheduledExecutorService schedule;
    private @Nullable ScheduledExecutorService scrub;
    private @Nullable ScheduledFuture<?> due;

    /** Work that may take long. */
    @FunctionalInterface
    interface Work {
        /** Does it, tells how far it is, and gives what the command prints. */
        ObjectNode run(Task task) throws IOException;
    }

    /** A piece of work and how far it is. */
    static final class Task {
        private final String id;
        private final String name;
        private volatile String step = "";
        private volatile @Nullable ObjectNode result;
        private volatile @Nullable String failure;
        private volatile @Nullable Thread thread;

        private Task(String id, String name) {
            this.id = id;
            this.name = name;
        }

        /** Says how far it is, for people. */
        void step(String text) {
            step = text;
        }

        private boolean isDone() {
            return result != null || failure != null;
        }
    }

    /** Of that installation; backups are for who has the control token. */
    public Upkeep(Installation installation, ControlToken control) {
        this.control = control;
        this.installation = installation;
    }

    /** How it is asked for and followed. */
    public List<Operation> operations() {
        return List.of(
                Operation.of("upkeep.gc", "POST", "/api/upkeep/gc", Permission.ADMINISTER, this::collect),
                Operation.of("upkeep.doctor", "POST", "/api/upkeep/doctor", Permission.ADMINISTER, this::examine),
                Operation.of("upkeep.backup", "POST", "/api/upkeep/backup", Permission.ADMINISTER, this::backup),
                Operation.of("upkeep.task", "GET", "/api/upkeep/{task}", Permission.ADMINISTER, this::look));
    }

    private Response collect(Call call) throws IOException {
        JsonNode body = JSON.readTree(call.request().body());
        GarbageCollection.Rules rules = rules(
                body.hasNonNull("grace") ? body.path("grace").asString("") : null,
                body.path("dry_run").asBoolean(false));
        Event.Actor actor = call.visit().actor();
        return start("gc", task -> collect(task, rules, actor));
    }

    private GarbageCollection.Rules rules(@Nullable String grace, boolean dryRun) {
        String cachedAfter = installation.configuration().get(Setting.GC_CACHED_AFTER);
        try {
            return new GarbageCollection.Rules(
                    grace == null ? installation.configuration().duration(Setting.GC_GRACE) : Duration.parse(grace),
                    cachedAfter.equals("off")
                            ? null
                            : installation.configuration().duration(Setting.GC_CACHED_AFTER),
                    dryRun);
        } catch (DateTimeParseException e) {
            throw Problem.badRequest("the grace period is an ISO 8601 duration such as PT24H (a day)");
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private ObjectNode collect(Task task, GarbageCollection.Rules rules, Event.Actor actor) throws IOException {
        try (Leases.Lease lease = installation
                .database()
                .leases()
                .take("gc", Duration.ZERO)
                .orElseThrow(() -> new IOException("another node is removing garbage; wait for it to end"))) {
            ObjectNode result = JSON.createObjectNode();
            GarbageCollection.Report report = new GarbageCollection(
                            installation.blobs(),
                            installation.database().inventory(),
                            installation.database().files(),
                            installation.journal(),
                            installation.clock(),
                            installation.ids())
                    .run(rules, actor, new Named(result, task));
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

    private Response examine(Call call) throws IOException {
        JsonNode body = JSON.readTree(call.request().body());
        boolean deep = body.path("deep").asBoolean(false);
        boolean repair = body.path("repair").asBoolean(false);
        return start("doctor", task -> examine(installation, deep, repair, task::step));
    }

    /** Examines an installation; gives what {@code sluice doctor} prints. */
    public static ObjectNode examine(Installation installation, boolean deep, boolean repair, Consumer<String> progress)
            throws IOException {
        progress.accept("the database");
        List<Finding> damage = installation.database().damage();
        Examination.Report report = new Examination(
                        new Examination.Subject(
                                installation.blobs(),
                                installation.database().inventory(),
                                installation.database().repositories(),
                                installation.database().files(),
                                installation.database().hosted(),
                                installation.journal(),
                                installation.journalCheck()),
                        installation.clock(),
                        installation.ids())
                .run(deep, repair, progress);
        ObjectNode result = JSON.createObjectNode()
                .put("sound", report.isSound() && damage.isEmpty())
                .put("faults", report.faults() + damage.size())
                .put("repaired", report.repaired())
                .put("notes", report.notes())
                .put("unchecked", report.unchecked())
                .put(
                        "index_faults",
                        report.findings().stream()
                                .filter(finding -> finding.subject().equals(Examination.INDEX))
                                .count());
        result.putObject("scrub")
                .put("last_ended", installation.scrub().state().lastEnded())
                .put("begun", installation.scrub().state().begun())
                .put("percent", installation.scrub().state().next() * 100 / 256);
        ObjectNode counts = result.putObject("counts");
        new TreeMap<>(report.counts()).forEach(counts::put);
        ArrayNode findings = result.putArray("findings");
        damage.forEach(finding -> write(findings, finding));
        report.findings().forEach(finding -> write(findings, finding));
        return result;
    }

    /** Writes a finding as {@code sluice doctor} prints it. */
    public static void write(ArrayNode findings, Finding finding) {
        findings.addObject()
                .put("kind", finding.kind().name().toLowerCase(Locale.ROOT))
                .put("subject", finding.subject())
                .put("problem", finding.problem())
                .put("remedy", finding.remedy());
    }

    /** The directory lies on the server's machine: only who can read the control file may name one. */
    private Response backup(Call call) throws IOException {
        control.require(call, "backups are made by 'sluice backup' on the server's machine");
        JsonNode body = JSON.readTree(call.request().body());
        if (body.path("target").asString("").isBlank()) {
            throw Problem.badRequest("name the directory to write to as target");
        }
        Path target = Path.of(body.path("target").asString("")).toAbsolutePath().normalize();
        Path data =
                installation.configuration().path(Setting.DATA).toAbsolutePath().normalize();
        if (target.startsWith(data) || data.startsWith(target)) {
            throw Problem.badRequest("a backup must lie outside the data directory " + data);
        }
        boolean link = body.path("link").asBoolean(false);
        return start("backup", task -> {
            Backup.Manifest manifest = new Backup(
                            installation.backupSource(), installation.blobs(), installation.clock())
                    .take(target, link, task::step);
            return written(manifest).put("target", target.toString());
        });
    }

    /** What {@code sluice backup} and {@code sluice restore} print. */
    static ObjectNode written(Backup.Manifest manifest) {
        return written(manifest, manifest.skipped());
    }

    /** The same, with what else was skipped. */
    public static ObjectNode written(Backup.Manifest manifest, List<String> left) {
        ObjectNode written = JSON.createObjectNode()
                .put("taken_at", manifest.takenAt())
                .put("files", manifest.files().size())
                .put("blobs", manifest.blobs())
                .put("blob_bytes", manifest.blobBytes())
                .put("copied", manifest.copied());
        ArrayNode skipped = written.putArray("skipped");
        left.forEach(skipped::add);
        return written;
    }

    /** Keeps the names of what goes, the first of them. */
    private static final class Named implements GarbageCollection.Watcher {
        private final ArrayNode blobs;
        private final ArrayNode cached;
        private final Task task;

        Named(ObjectNode result, Task task) {
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

    /** Reads all blobs at the configured pace whenever that is due, on a thread of its own, until this is closed. */
    private void scrub() {
        boolean inS3 = installation
                .configuration()
                .find(Setting.BLOBS)
                .filter(S3Location::isS3)
                .isPresent();
        String text = installation.configuration().find(Setting.SCRUB_RATE).orElse(inS3 ? "off" : "8m");
        if (text.equals("off")) {
            return;
        }
        long rate = Configuration.size(Setting.SCRUB_RATE.key(), text);
        Duration interval = installation.configuration().duration(Setting.SCRUB_INTERVAL);
        if (rate < 1024 || interval.isZero()) {
            throw new ConfigurationException("scrub.rate takes off or 1k at least, scrub.interval more than no time");
        }
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("sluice-scrub").factory());
        var _ = timer.scheduleWithFixedDelay(() -> scrubWhenDue(rate, interval), 1, 10, TimeUnit.MINUTES);
        scrub = timer;
    }

    private void scrubWhenDue(long rate, Duration interval) {
        try {
            if (!installation.scrub().isDue(interval)) {
                return;
            }
            try (Leases.Lease lease = installation
                    .database()
                    .leases()
                    .take("scrub", Duration.ZERO)
                    .orElse(null)) {
                if (lease != null) {
                    installation.scrub().run(bytes -> rest(bytes, rate));
                }
            }
        } catch (IOException | RuntimeException e) { // one that leaves here would end all later runs
            LOG.warn("the scrub stopped, it goes on later: {}", e.getMessage());
        }
    }

    private static void rest(long bytes, long rate) {
        try {
            TimeUnit.NANOSECONDS.sleep(bytes * 1_000_000_000L / rate);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs collections on schedule until this is closed; nothing when that is switched off. Wrong settings are told at once. */
    public void schedule() {
        scrub();
        String text = installation.configuration().get(Setting.GC_INTERVAL);
        if (text.equals("off")) {
            return;
        }
        Duration interval = installation.configuration().duration(Setting.GC_INTERVAL);
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
            List<Event> last = installation.journal().query(Journal.Query.latest(1, Event.Kind.GC));
            Instant now = installation.clock().instant();
            if (last.isEmpty() || !last.getFirst().at().plus(interval).isAfter(now)) {
                begin("gc", task -> collect(task, rules, Event.Actor.SYSTEM));
            }
        } catch (Problem busy) {
            LOG.debug("something else is running; garbage is collected later");
        } catch (RuntimeException e) {
            LOG.warn("garbage collection could not begin: {}", e.getMessage());
        }
    }

    private Response start(String name, Work work) {
        return Response.json(
                202, JSON.createObjectNode().put("id", begin(name, work).id).toString());
    }

    private synchronized Task begin(String name, Work work) {
        Task running = latest.get();
        if (running != null && !running.isDone()) {
            throw new Problem(409, "Busy", running.name + " is running; wait for it to end, then try again");
        }
        Task task = new Task(installation.ids().next(), name);
        latest.set(task);
        task.thread = Thread.ofVirtual().name("upkeep-" + name).start(() -> run(task, work));
        return task;
    }

    private static void run(Task task, Work work) {
        try {
            task.result = work.run(task);
            LOG.info("{} is done", task.name);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} failed: {}", task.name, e.getMessage());
            task.failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private Response look(Call call) {
        Task task = latest.get();
        if (task == null || !task.id.equals(call.parameter("task"))) {
            throw Problem.notFound("there is no such work, or other work was begun since");
        }
        ObjectNode body = JSON.createObjectNode().put("name", task.name).put("step", task.step);
        ObjectNode result = task.result;
        String failure = task.failure;
        body.put("state", failure != null ? "failed" : result != null ? "done" : "running");
        body.put("failure", failure);
        if (result != null) {
            body.set("result", result);
        }
        return Response.json(200, body.toString());
    }

    /** Ends the schedule and the work under way, and waits for its last step. */
    @Override
    public void close() {
        if (due != null) {
            due.cancel(false);
        }
        if (schedule != null) {
            schedule.shutdownNow();
        }
        if (scrub != null) {
            scrub.shutdownNow();
        }
        Task task = latest.get();
        Thread thread = task == null ? null : task.thread;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

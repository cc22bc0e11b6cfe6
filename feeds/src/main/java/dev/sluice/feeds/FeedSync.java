package dev.sluice.feeds;

import dev.sluice.kernel.advisory.AdvisoryStore;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.advisory.Freshness;
import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.advisory.SyncState.Validator;
import dev.sluice.kernel.advisory.SyncStore;
import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.node.Leases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Brings feeds up to date from where they are published.
 *
 * <p>Asks only for what changed: a document with its validator; of OSV the list of changes, then the records it names, or the
 * ecosystem's whole archive when nothing is kept yet or too much changed. Everything is fetched to disk first, then imported in
 * one transaction, so that a failure at any point leaves the last good state. Thread-safe; one sync runs at a time, on one node.
 */
public final class FeedSync {

    private static final String LEASE = "feeds";
    private static final String LIST = "modified_id.csv";
    private static final String ARCHIVE = "all.zip";

    /** Beyond so many changed records, the archive is less work for both sides. */
    private static final int MOST_SINGLE = 1_000;

    private static final int AT_A_TIME = 8;

    /** So many records that are missing are named. */
    private static final int MOST_NAMED = 5;

    /** No source is left alone for longer, whatever it says. */
    private static final Duration LONGEST_PLAN = Duration.ofDays(7);

    private static final Duration FIRST_RETRY = Duration.ofMinutes(5);

    /**
     * How to sync.
     *
     * @param interval time between two syncs of a source; zero when none is planned
     * @param timeout how long one document may take
     * @param limits how much is read
     */
    public record Settings(Duration interval, Duration timeout, FeedLimits limits) {}

    /**
     * What became of one sync.
     *
     * @param state the state of the source after it
     * @param whole whether the whole feed was read rather than what changed
     * @param took how long it took
     * @param summary what was imported, or null when nothing was new or it failed
     */
    public record Outcome(
            SyncState state,
            boolean whole,
            Duration took,
            @Nullable ImportSummary summary) {

        /** Why it failed, or null when it did not. */
        public @Nullable String failure() {
            return state.failure();
        }
    }

    private final AdvisoryStore store;
    private final SyncStore states;
    private final List<FeedSource> sources;
    private final Map<String, Ecosystem> ecosystems = Ecosystem.byName(Ecosystem.served());
    private final Fetcher fetcher;
    private final Leases leases;
    private final InstantSource clock;
    private final Path folder;
    private final Settings settings;
    private final RandomGenerator random;
    private final ReentrantLock one = new ReentrantLock();

    /**
     * Syncs those sources.
     *
     * @param leases keep the nodes of one database apart
     * @param folder for what is fetched; what a killed process left there is deleted
     */
    public FeedSync(
            AdvisoryStore store,
            List<FeedSource> sources,
            UpstreamClient client,
            Leases leases,
            InstantSource clock,
            Path folder,
            Settings settings)
            throws IOException {
        this(store, sources, client, leases, clock, folder, settings, RandomGenerator.getDefault(), Thread::sleep);
    }

    FeedSync(
            AdvisoryStore store,
            List<FeedSource> sources,
            UpstreamClient client,
            Leases leases,
            InstantSource clock,
            Path folder,
            Settings settings,
            RandomGenerator random,
            Fetcher.Pause pause)
            throws IOException {
        this.store = store;
        this.states = store.syncs();
        this.sources = List.copyOf(sources);
        this.leases = leases;
        this.clock = clock;
        this.folder = folder;
        this.settings = settings;
        this.random = random;
        this.fetcher = new Fetcher(client, clock, settings.limits(), settings.timeout(), random, pause);
        Files.createDirectories(folder);
        try (Stream<Path> left = Files.list(folder)) {
            for (Path each : left.toList()) {
                delete(each);
            }
        }
    }

    /** What is synced. */
    public List<FeedSource> sources() {
        return sources;
    }

    /** How the syncs of a source went, and when the next is due: at once when none was planned yet. */
    public SyncState state(FeedSource source) {
        SyncState known = states.find(source.name()).orElse(null);
        return known == null ? SyncState.fresh(source.name(), source.shown()) : known;
    }

    /** Whether a source is to be synced by now. */
    public boolean isDue(FeedSource source) {
        SyncState state = state(source);
        Instant next = state.nextAt();
        return !settings.interval().isZero()
                && (next == null
                        || !state.address().equals(source.shown())
                        || !next.isAfter(clock.instant())
                        || next.isAfter(clock.instant().plus(LONGEST_PLAN))); // planned by a clock that was wrong
    }

    /** Syncs a source if it is due and no other node is at it; empty when not. */
    public Optional<Outcome> runIfDue(FeedSource source, Progress progress) {
        one.lock();
        try (Leases.@Nullable Lease lease = leases.take(LEASE, Duration.ZERO).orElse(null)) {
            return lease == null || !isDue(source) ? Optional.empty() : Optional.of(sync(source, false, progress));
        } finally {
            one.unlock();
        }
    }

    /**
     * Syncs a source, after whoever is at it, and saves how it went. A failure is part of the outcome.
     *
     * @param whole whether to read the whole feed, whatever is kept, and to accept that much of it disappeared
     */
    public Outcome run(FeedSource source, boolean whole, Progress progress) {
        one.lock();
        try (Leases.@Nullable Lease lease =
                leases.take(LEASE, settings.timeout()).orElse(null)) {
            return lease == null
                    ? new Outcome(
                            state(source).failed(clock.instant(), null, "another node is still syncing"),
                            whole,
                            Duration.ZERO,
                            null)
                    : sync(source, whole, progress);
        } finally {
            one.unlock();
        }
    }

    private Outcome sync(FeedSource source, boolean whole, Progress progress) {
        Instant began = clock.instant();
        SyncState state = state(source);
        boolean fresh = whole || state.succeededAt() == null || !state.address().equals(source.shown());
        SyncState before = fresh
                ? new SyncState(
                        source.name(),
                        source.shown(),
                        null,
                        null,
                        state.records(),
                        state.attemptedAt(),
                        state.succeededAt(),
                        state.changedAt(),
                        state.nextAt(),
                        state.failures(),
                        state.failure())
                : state;
        Path here = null;
        try {
            here = Files.createTempDirectory(folder, "sync-");
            return new Attempt(source, before, whole, here, began, progress).run();
        } catch (IOException | RuntimeException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            Path temporary = here;
            String shown = temporary == null ? why : why.replace(temporary + "/", "");
            SyncState after = state.failed(began, nextAfterFailure(state, e), shown);
            if (!Thread.currentThread().isInterrupted()) { // it ends with the process, not by a fault
                states.save(after);
            }
            return new Outcome(after, fresh, Duration.between(began, clock.instant()), null);
        } finally {
            delete(here);
        }
    }

    private @Nullable Instant next() {
        return settings.interval().isZero()
                ? null
                : clock.instant()
                        .plus(settings.interval().multipliedBy(9).dividedBy(10))
                        .plus(Fetcher.jittered(settings.interval().dividedBy(10), random));
    }

    /** Sooner than after a success, but less and less so, and not before the source wants to be asked again. */
    private @Nullable Instant nextAfterFailure(SyncState state, Exception failure) {
        if (settings.interval().isZero()) {
            return null;
        }
        Duration backoff = FIRST_RETRY.multipliedBy(1L << Math.min(state.failures(), 10));
        Duration shorter = backoff.compareTo(settings.interval()) < 0 ? backoff : settings.interval();
        Instant own = clock.instant().plus(Fetcher.jittered(shorter, random));
        Instant asked = failure instanceof FeedException feed ? feed.notBefore() : null;
        Instant latest = clock.instant().plus(LONGEST_PLAN);
        asked = asked != null && asked.isAfter(latest) ? latest : asked;
        return asked != null && asked.isAfter(own) ? asked : own;
    }

    private static void delete(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            // swept at the next start
        }
    }

    /** One sync of one source. */
    private final class Attempt {

        private final FeedSource source;
        private final SyncState before;
        private final boolean whole;
        private final Path here;
        private final Instant began;
        private final Progress progress;

        Attempt(FeedSource source, SyncState before, boolean whole, Path here, Instant began, Progress progress) {
            this.source = source;
            this.before = before;
            this.whole = whole;
            this.here = here;
            this.began = began;
            this.progress = progress;
        }

        Outcome run() throws IOException {
            return source.ecosystem().isEmpty() ? document() : osv();
        }

        /** KEV or EPSS: one document that holds everything. */
        private Outcome document() throws IOException {
            String feed = source.feed();
            Path file = here.resolve(feed.equals("kev") ? "kev.json" : "epss.csv");
            switch (fetcher.fetch(source, source.address(), file, before.validator(), progress)) {
                case Fetcher.Unchanged same -> {
                    return unchanged();
                }
                case Fetcher.Absent absent -> throw new FeedException("there is nothing at " + source.shown());
                case Fetcher.Kept kept -> {
                    Set<String> known = new HashSet<>(states.listing(source.name()));
                    Set<String> named;
                    ImportSummary summary;
                    try (AdvisoryStore.Import target = store.begin()) {
                        ImportRun run =
                                new ImportRun(target, ecosystems, settings.limits(), "osv", clock.instant(), progress);
                        run.path(kept.file());
                        ImportSummary.Feed read = run.feed(feed);
                        if (read.rejected() * FeedStates.MOST_REJECTED > read.read()
                                || read.read() == 0
                                || run.feed("osv").read() > 0) {
                            throw new FeedException(source.shown() + " holds no whole " + feed + " feed"
                                    + firstRejection(run.feed("osv"), read));
                        }
                        named = run.named(feed);
                        Set<String> gone = new HashSet<>(known);
                        gone.removeAll(named);
                        guard(gone, known);
                        AdvisoryStore.Import.Kind kind =
                                feed.equals("kev") ? AdvisoryStore.Import.Kind.KEV : AdvisoryStore.Import.Kind.EPSS;
                        gone.forEach(id -> run.takeBack(feed, kind, id));
                        summary = run.finish(
                                new FeedStates(store.feeds(), clock.instant()),
                                Map.of(),
                                Map.of(),
                                true); // guarded above
                    }
                    return changed(summary, true, kept.validator(), null, known, named);
                }
            }
        }

        private Outcome osv() throws IOException {
            Ecosystem ecosystem = ecosystems.get(source.ecosystem().toLowerCase(Locale.ROOT));
            if (ecosystem == null) {
                throw new FeedException("the ecosystem " + source.ecosystem() + " is not served here; known are "
                        + String.join(", ", ecosystems.keySet()));
            }
            Fetcher.Fetched list =
                    fetcher.fetch(source, source.document(LIST), here.resolve(LIST), before.validator(), progress);
            return switch (list) {
                case Fetcher.Unchanged same -> unchanged();
                case Fetcher.Absent absent -> archiveAlone(ecosystem);
                case Fetcher.Kept kept -> byList(ecosystem, kept);
            };
        }

        private Outcome byList(Ecosystem ecosystem, Fetcher.Kept kept) throws IOException {
            ModifiedList list;
            try {
                list = ModifiedList.read(kept.file(), settings.limits(), began.plus(Freshness.SKEW));
            } catch (IOException e) {
                throw new FeedException(kept.file(), e);
            }
            Instant cursor = before.cursor();
            if (cursor != null && list.newest().isBefore(cursor)) {
                throw new FeedException(LIST + ": the list ends at " + list.newest() + ", but changes up to " + cursor
                        + " are kept already: the mirror is behind");
            }
            Set<String> known = new HashSet<>(states.listing(source.name()));
            List<String> wanted = cursor == null ? null : list.changed(known, cursor, MOST_SINGLE);
            Path archive = null;
            Set<String> all = known;
            if (wanted == null) {
                archive = archive();
                Set<String> held = entries(archive);
                wanted = list.changed(held, Instant.MAX, MOST_SINGLE);
                if (wanted == null) {
                    throw new FeedException(ARCHIVE + ": it lacks more than " + MOST_SINGLE + " of the "
                            + list.ids().size() + " records that " + LIST + " names");
                }
                all = held;
                all.addAll(known);
            }
            Set<String> gone = list.gone(all);
            guard(gone, all);
            if (archive == null && wanted.isEmpty() && gone.isEmpty()) {
                upToDate(true);
                return saved(
                        before.changed(began, clock.instant(), next(), kept.validator(), list.newest(), known.size()),
                        null,
                        false);
            }
            Path records = here.resolve("records");
            Set<String> listed = new HashSet<>(list.ids());
            listed.removeAll(fetch(wanted, Files.createDirectory(records)));
            ImportSummary summary = imported(ecosystem, archive, records, gone, list.ids(), listed);
            Instant newest = list.newest();
            if (archive != null) { // what changed after the archive was made is fetched by the next sync
                Instant newestOfArchive = summary.feed("osv").newest();
                newest = newestOfArchive == null || newestOfArchive.isAfter(newest) ? newest : newestOfArchive;
            }
            return changed(
                    summary,
                    archive != null,
                    newest.equals(list.newest()) && listed.size() == list.ids().size() ? kept.validator() : null,
                    newest,
                    known,
                    listed);
        }

        /** A mirror that keeps archives and no lists. */
        private Outcome archiveAlone(Ecosystem ecosystem) throws IOException {
            Path file = here.resolve(ARCHIVE);
            switch (fetcher.fetch(source, source.document(ARCHIVE), file, before.validator(), progress)) {
                case Fetcher.Unchanged same -> {
                    return unchanged();
                }
                case Fetcher.Absent absent ->
                    throw new FeedException("there is neither " + LIST + " nor " + ARCHIVE + " of " + source.ecosystem()
                            + " at " + source.shown());
                case Fetcher.Kept kept -> {
                    Set<String> known = new HashSet<>(states.listing(source.name()));
                    Set<String> held = entries(file);
                    Set<String> gone = new HashSet<>(known);
                    gone.removeAll(held);
                    guard(gone, known);
                    ImportSummary summary = imported(ecosystem, file, null, gone, held, new HashSet<>(held));
                    return changed(summary, true, kept.validator(), null, known, held);
                }
            }
        }

        private Path archive() throws FeedException {
            Path file = here.resolve(ARCHIVE);
            if (fetcher.fetch(source, source.document(ARCHIVE), file, null, progress) instanceof Fetcher.Absent) {
                throw new FeedException(
                        "there is no " + ARCHIVE + " of " + source.ecosystem() + " at " + source.shown());
            }
            return file;
        }

        /** The identifiers of an archive's records. */
        private Set<String> entries(Path archive) throws FeedException {
            Set<String> ids = new HashSet<>();
            try (ZipFile zip = new ZipFile(archive.toFile())) {
                if (zip.size() > settings.limits().files()) {
                    throw new FeedException(
                            archive, "holds more than " + settings.limits().files() + " entries");
                }
                zip.stream()
                        .map(ZipEntry::getName)
                        .filter(name -> name.endsWith(".json") && name.length() < 300 && name.indexOf('\n') < 0)
                        .forEach(name -> ids.add(name.substring(name.lastIndexOf('/') + 1, name.length() - 5)));
            } catch (FeedException known) {
                throw known;
            } catch (IOException | IllegalArgumentException e) {
                throw new FeedException(archive, "is no whole zip: " + e.getMessage());
            }
            if (ids.isEmpty()) {
                throw new FeedException(archive, "holds no records");
            }
            return ids;
        }

        /** Fetches single records, several at a time; gives those that are not there (any more). */
        private Set<String> fetch(List<String> ids, Path into) throws FeedException {
            Set<String> absent = new HashSet<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(
                    AT_A_TIME, Thread.ofVirtual().name("feed-record").factory())) {
                List<Future<Fetcher.Fetched>> answers = new ArrayList<>();
                for (String id : ids) {
                    Path file = into.resolve(id + ".json");
                    answers.add(threads.submit(
                            () -> fetcher.fetch(source, source.document(id + ".json"), file, null, Progress.NONE)));
                }
                try {
                    for (int i = 0; i < ids.size(); i++) {
                        if (answers.get(i).get() instanceof Fetcher.Absent) {
                            absent.add(ids.get(i));
                        }
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new FeedException("interrupted");
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof FeedException known
                            ? known
                            : new FeedException(String.valueOf(e.getCause()));
                } finally {
                    threads.shutdownNow(); // one record that cannot be had is enough to give up
                }
            }
            return absent;
        }

        /**
         * Imports what was fetched. {@code listed} are the records that are there; those that cannot be read are taken out, so that
         * they are asked for again, and until they can, the ecosystem is not known as a whole.
         */
        private ImportSummary imported(
                Ecosystem ecosystem,
                @Nullable Path archive,
                @Nullable Path records,
                Set<String> gone,
                Set<String> all,
                Set<String> listed)
                throws IOException {
            try (AdvisoryStore.Import target = store.begin()) {
                ImportRun run = new ImportRun(target, ecosystems, settings.limits(), "osv", clock.instant(), progress);
                if (archive != null) {
                    run.path(archive);
                }
                if (records != null && !isEmpty(records)) {
                    run.path(records);
                }
                gone.forEach(id -> run.takeBack(id, ecosystem.format()));
                String format = ecosystem.format();
                listed.removeAll(run.spoken().torn());
                long unread = (long) all.size() - listed.size();
                return run.finish(
                        new FeedStates(store.feeds(), clock.instant()),
                        Map.of(format, run.spoken().part(format).of(all.size())),
                        unread == 0
                                ? Map.of()
                                : Map.of(
                                        format,
                                        unread + " of the " + all.size()
                                                + " records it lists are not there or could not be read: "
                                                + named(all, listed)),
                        true); // guarded above
            }
        }

        private static String named(Set<String> all, Set<String> listed) {
            List<String> missing =
                    all.stream().filter(id -> !listed.contains(id)).sorted().toList();
            return String.join(", ", missing.subList(0, Math.min(MOST_NAMED, missing.size())))
                    + (missing.size() > MOST_NAMED ? ", …" : "");
        }

        private static boolean isEmpty(Path folder) throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                return files.findAny().isEmpty();
            }
        }

        /** A feed that loses much of what it had is more likely broken than right. */
        private void guard(Set<String> gone, Set<String> known) throws FeedException {
            if (!whole && gone.size() > FeedStates.FEW && gone.size() > known.size() / 2) {
                throw new FeedException("it names " + gone.size() + " of " + known.size()
                        + " records no more, which is taken for a fault; if it is right: sluice feeds sync "
                        + source.feed() + " --whole");
            }
        }

        private static String firstRejection(ImportSummary.Feed... feeds) {
            for (ImportSummary.Feed feed : feeds) {
                if (!feed.rejections().isEmpty()) {
                    return ": " + feed.rejections().getFirst().reason();
                }
            }
            return "";
        }

        private Outcome unchanged() {
            Validator validator = before.validator();
            upToDate(validator != null
                    && validator.document().endsWith(LIST)); // kept of a list only when all of it was there
            return saved(before.unchanged(began, clock.instant(), next()), null, false);
        }

        /** Nothing new; that it is known to be up to date, is. {@code complete} says that all the source names is here. */
        private void upToDate(boolean complete) {
            Ecosystem ecosystem = ecosystems.get(source.ecosystem().toLowerCase(Locale.ROOT));
            try (AdvisoryStore.Import target = store.begin()) {
                FeedStates states = new FeedStates(store.feeds(), clock.instant());
                if (ecosystem == null) {
                    states.unchanged(source.feed());
                } else if (states.covers(ecosystem.format()) || (!complete && states.tells(ecosystem.format()))) {
                    states.unchanged(FeedState.osv(ecosystem.format()));
                } else { // or synced by a node of a version that did not note it
                    states.imported(ecosystem.format(), before.records(), before.cursor(), null, true);
                }
                states.note(target);
                target.commit();
            }
        }

        private Outcome changed(
                ImportSummary summary,
                boolean all,
                @Nullable Validator validator,
                @Nullable Instant cursor,
                Set<String> known,
                Set<String> listed) {
            if (!listed.equals(known)) {
                states.list(source.name(), listed);
            }
            return saved(
                    before.changed(began, clock.instant(), next(), validator, cursor, listed.size()), summary, all);
        }

        private Outcome saved(SyncState after, @Nullable ImportSummary summary, boolean all) {
            states.save(after);
            return new Outcome(after, all, Duration.between(began, clock.instant()), summary);
        }
    }
}

package dev.sluice.storage.upkeep;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobStore.Kept;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Journal.Query.Field;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes what nobody refers to any more.
 *
 * <p>Safe beside publishes and fetches: they commit a blob before its row appears, so only blobs older than the grace period are
 * looked at, whether a row refers to one is asked again right before it goes, and the store lets nothing go that was committed
 * again meanwhile. Safe to kill at any instant: every removal stands alone, and the next run goes on (ADR 007). Memory does not
 * grow with the number of blobs. Thread-safe.
 */
public final class GarbageCollection {

    /** The shortest grace period: longer than any request takes from its last byte to its row. */
    public static final Duration LEAST_GRACE = Duration.ofMinutes(10);
    /** The shortest time after which fetched files may go: longer than any memory of them lasts. */
    public static final Duration LEAST_CACHED_AFTER = Duration.ofDays(1);

    private static final int PAGE = 500;
    private static final int AT_ONCE = 100;

    private final BlobStore blobs;
    private final RepositoryStore repositories;
    private final Inventory inventory;
    private final FileStore files;
    private final Journal journal;
    private final InstantSource clock;
    private final Ulid ids;

    /**
     * What a run may do.
     *
     * @param grace how old a blob must be before it is looked at, at least {@link #LEAST_GRACE}
     * @param cachedAfter how long a fetched file must not have been downloaded before it goes, at least
     *     {@link #LEAST_CACHED_AFTER}; null keeps all of them
     * @param dryRun whether to tell only
     */
    public record Rules(Duration grace, @Nullable Duration cachedAfter, boolean dryRun) {
        /** Checks the times. Throws IllegalArgumentException. */
        public Rules {
            if (grace.compareTo(LEAST_GRACE) < 0) {
                throw new IllegalArgumentException("the grace period must be at least " + LEAST_GRACE
                        + ": a blob is committed before anything refers to it");
            }
            if (cachedAfter != null && cachedAfter.compareTo(LEAST_CACHED_AFTER) < 0) {
                throw new IllegalArgumentException(
                        "fetched files are kept for at least " + LEAST_CACHED_AFTER + " after their last download");
            }
        }
    }

    /** Is told of every single thing that goes, or would go. */
    public interface Watcher {
        /** A blob that nothing refers to. */
        void blob(Kept kept);

        /** A fetched file that nobody downloaded for long. */
        void cached(StoredFile file);

        /** How many blobs were looked at so far. */
        void looked(long blobs);
    }

    /**
     * What a run did, or would do.
     *
     * @param blobs how many blobs were looked at
     * @param bytes their length together
     * @param young how many of them nothing refers to yet, but which are within the grace period or not known to be older
     * @param removed how many blobs went
     * @param removedBytes their length together
     * @param evicted how many fetched files were forgotten; their blobs go with a later run
     * @param evictedBytes their length together
     * @param absent how many memories of "there is none" were forgotten
     * @param orphans how many rows of deleted repositories went
     * @param dryRun whether all that is only said
     */
    public record Report(
            long blobs,
            long bytes,
            long young,
            long removed,
            long removedBytes,
            long evicted,
            long evictedBytes,
            long absent,
            long orphans,
            boolean dryRun) {}

    /** One that looks after these stores. */
    public GarbageCollection(
            BlobStore blobs,
            RepositoryStore repositories,
            Inventory inventory,
            FileStore files,
            Journal journal,
            InstantSource clock,
            Ulid ids) {
        this.blobs = blobs;
        this.repositories = repositories;
        this.inventory = inventory;
        this.files = files;
        this.journal = journal;
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * Runs once, and writes into the journal what it did unless it was a dry run. An interrupt ends it between two steps.
     *
     * @param actor who asked for it
     * @throws IOException when a store fails; what was removed until then stays removed, and is not recorded
     */
    public Report run(Rules rules, Event.Actor actor, Watcher watcher) throws IOException {
        Run run = new Run(rules, watcher);
        // First the blobs, then the rows: what loses its row in this run is still there for whoever just looked it up.
        run.sweep();
        run.evict();
        run.forgetAbsent();
        run.removeOrphans();
        Report report = run.report();
        if (!rules.dryRun()) {
            record(report, actor);
        }
        return report;
    }

    private final class Run {
        private final Rules rules;
        private final Watcher watcher;
        private final Instant now = clock.instant();
        private final Instant oldBefore;
        private final List<Kept> waiting = new ArrayList<>(AT_ONCE);
        private long seen;
        private long bytes;
        private long young;
        private long removed;
        private long removedBytes;
        private long evicted;
        private long evictedBytes;
        private long absent;
        private long orphans;

        Run(Rules rules, Watcher watcher) {
            this.rules = rules;
            this.watcher = watcher;
            this.oldBefore = now.minus(rules.grace());
        }

        void sweep() throws IOException {
            try {
                blobs.list(kept -> {
                    checkInterrupt();
                    seen++;
                    bytes += kept.blob().size();
                    waiting.add(kept);
                    if (waiting.size() == AT_ONCE) {
                        judgeWaiting();
                    }
                    if (seen % 1000 == 0) {
                        watcher.looked(seen);
                    }
                });
                judgeWaiting();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            watcher.looked(seen);
        }

        private void judgeWaiting() {
            List<Digest> digests =
                    waiting.stream().map(kept -> kept.blob().digest()).toList();
            Set<Digest> referenced = inventory.referenced(digests);
            for (Kept kept : waiting) {
                if (referenced.contains(kept.blob().digest())) {
                    continue;
                }
                if (kept.committed().isBefore(oldBefore)) {
                    remove(kept);
                } else {
                    young++;
                }
            }
            waiting.clear();
        }

        private void remove(Kept kept) {
            Digest digest = kept.blob().digest();
            try {
                if (!rules.dryRun()
                        && (!inventory.referenced(Set.of(digest)).isEmpty() || !blobs.delete(digest, oldBefore))) {
                    return;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            watcher.blob(kept);
            removed++;
            removedBytes += kept.blob().size();
        }

        void evict() {
            Duration after = rules.cachedAfter();
            if (after == null) {
                return;
            }
            Instant before = now.minus(after);
            journal.settle();
            List<StoredFile> page = inventory.files(null, PAGE);
            while (!page.isEmpty()) {
                checkInterrupt();
                for (StoredFile file : page) {
                    if (!file.isHosted() && file.storedAt().isBefore(before) && !isUsed(file, before)) {
                        evict(file);
                    }
                }
                page = inventory.files(page.getLast(), PAGE);
            }
        }

        private boolean isUsed(StoredFile file, Instant since) {
            return names(file.repository())
                    .anyMatch(name -> !journal.query(Journal.Query.latest(1, Event.Kind.DOWNLOAD)
                                    .where(Field.REPOSITORY, name)
                                    .where(
                                            Field.DIGEST,
                                            file.contents().sha256().hex())
                                    .between(since, null))
                            .isEmpty());
        }

        /** The names that a repository has or had: the journal keeps the one of the time. */
        private Stream<String> names(String id) {
            return repositories.list().stream()
                    .filter(each -> each.id().equals(id))
                    .flatMap(each -> Stream.concat(Stream.of(each.name()), each.formerNames().stream()));
        }

        private void evict(StoredFile file) {
            if (!rules.dryRun()
                    && !files.remove(file.repository(), file.coordinates().format(), file.path())) {
                return;
            }
            watcher.cached(file);
            evicted++;
            evictedBytes += file.contents().size();
        }

        void forgetAbsent() {
            if (rules.dryRun()) {
                return;
            }
            int count;
            do {
                checkInterrupt();
                count = inventory.removeAbsent(oldBefore, PAGE);
                absent += count;
            } while (count == PAGE);
        }

        void removeOrphans() {
            if (rules.dryRun()) {
                orphans = inventory.orphans();
                return;
            }
            int count;
            do {
                checkInterrupt();
                count = inventory.removeOrphans(PAGE);
                orphans += count;
            } while (count > 0);
        }

        Report report() {
            return new Report(
                    seen, bytes, young, removed, removedBytes, evicted, evictedBytes, absent, orphans, rules.dryRun());
        }
    }

    private static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new UncheckedIOException(new IOException("interrupted; the next run goes on"));
        }
    }

    private void record(Report report, Event.Actor actor) {
        journal.append(Event.of(
                                ids.next(),
                                clock.instant(),
                                Event.Kind.GC,
                                actor,
                                "removed " + report.removed() + " blobs (" + report.removedBytes() + " bytes), forgot "
                                        + report.evicted() + " cached files")
                        .detailed(Json.write(ObjectValue.builder()
                                .put("blobs", NumberValue.of(report.blobs()))
                                .put("removed", NumberValue.of(report.removed()))
                                .put("removed_bytes", NumberValue.of(report.removedBytes()))
                                .put("evicted", NumberValue.of(report.evicted()))
                                .put("evicted_bytes", NumberValue.of(report.evictedBytes()))
                                .put("absent", NumberValue.of(report.absent()))
                                .put("orphans", NumberValue.of(report.orphans()))
                                .build())))
                .toCompletableFuture()
                .join();
    }
}

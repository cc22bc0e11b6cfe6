package dev.sluice.storage.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobStore.Kept;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.upkeep.GarbageCollection.Report;
import dev.sluice.storage.upkeep.GarbageCollection.Rules;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.MemoryBlobStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GarbageCollectionTest {
    private static final Duration GRACE = Duration.ofHours(24);

    @TempDir
    Path folder = Path.of("");

    private final ManualClock clock = ManualClock.at("2026-03-01T00:00:00Z");
    private final Ulid ids = new Ulid(clock);
    private final Told told = new Told();
    private final MemoryBlobStore blobs = new MemoryBlobStore(clock);
    private Database database;
    private SegmentJournal journal;

    /** What went, by name. */
    private static final class Told implements GarbageCollection.Watcher {
        final List<Digest> blobs = new ArrayList<>();
        final List<String> cached = new ArrayList<>();

        @Override
        public void blob(Kept kept) {
            blobs.add(kept.blob().digest());
        }

        @Override
        public void cached(StoredFile file) {
            cached.add(file.path());
        }

        @Override
        public void looked(long count) {}
    }

    @BeforeEach
    void open() throws IOException {
        database = Database.open(folder.resolve("db"));
        journal = SegmentJournal.open(folder.resolve("journal"));
        database.repositories().save(new Repository("main", true, List.of(), List.of()));
    }

    @AfterEach
    void close() throws IOException {
        journal.close();
        database.close();
    }

    private Contents commit(String text) throws IOException {
        try (BlobWriter writer = blobs.begin()) {
            writer.write(text.getBytes(UTF_8));
            return writer.commit();
        }
    }

    private StoredFile keep(String path, @Nullable String upstream) throws IOException {
        StoredFile file = new StoredFile(
                "main", path, Coordinates.of("npm", "widget", "1"), commit(path), upstream, clock.instant(), null);
        database.files().put(file);
        return file;
    }

    private Report run(Rules rules) throws IOException {
        return new GarbageCollection(
                        blobs, database.repositories(), database.inventory(), database.files(), journal, clock, ids)
                .run(rules, Event.Actor.SYSTEM, told);
    }

    private Report run() throws IOException {
        return run(new Rules(GRACE, null, false));
    }

    private boolean isKept(Contents contents) {
        return blobs.find(contents.sha256()).isPresent();
    }

    @Test
    void removes_what_no_row_refers_to_once_the_grace_period_is_over() throws IOException {
        Contents garbage = commit("garbage");
        StoredFile file = keep("kept", null);
        Contents index = commit("index");
        database.documents()
                .save(new Document(
                        "main",
                        "npm",
                        "npm",
                        "index:x",
                        index.sha256(),
                        "",
                        null,
                        null,
                        clock.instant(),
                        clock.instant()));

        Report early = run();
        assertThat(early.removed()).isZero();
        assertThat(early.young()).isEqualTo(1);
        assertThat(isKept(garbage)).isTrue();

        clock.advance(GRACE.plusSeconds(1));
        Report report = run();

        assertThat(told.blobs).containsExactly(garbage.sha256());
        assertThat(report.removed()).isEqualTo(1);
        assertThat(report.removedBytes()).isEqualTo(7);
        assertThat(report.blobs()).isEqualTo(3);
        assertThat(isKept(garbage)).isFalse();
        assertThat(isKept(file.contents())).isTrue();
        assertThat(isKept(index)).isTrue();
        assertThat(run().removed()).isZero();
    }

    @Test
    void a_dry_run_tells_and_removes_nothing() throws IOException {
        Contents garbage = commit("garbage");
        StoredFile cached = keep("cached", "npm");
        clock.advance(Duration.ofDays(40));

        Report report = run(new Rules(GRACE, Duration.ofDays(30), true));

        assertThat(told.blobs).containsExactly(garbage.sha256());
        assertThat(told.cached).containsExactly("cached");
        assertThat(report.removedBytes()).isEqualTo(7);
        assertThat(report.evicted()).isEqualTo(1);
        assertThat(isKept(garbage)).isTrue();
        assertThat(database.files().find("main", "npm", "cached")).contains(cached);
        journal.settle();
        assertThat(journal.query(Journal.Query.latest(10, Kind.GC))).isEmpty();
    }

    @Test
    void a_blob_whose_row_appears_after_it_was_found_unreferenced_stays() throws IOException {
        Contents late = commit("late");
        clock.advance(GRACE.plusSeconds(1));
        Inventory published = new LateRow(
                database.inventory(),
                () -> database.files()
                        .put(new StoredFile(
                                "main",
                                "late",
                                Coordinates.of("npm", "widget", "1"),
                                late,
                                null,
                                clock.instant(),
                                null)));

        Report report = new GarbageCollection(
                        blobs, database.repositories(), published, database.files(), journal, clock, ids)
                .run(new Rules(GRACE, null, false), Event.Actor.SYSTEM, told);

        assertThat(report.removed()).isZero();
        assertThat(isKept(late)).isTrue();
        assertThat(database.files().find("main", "npm", "late")).isPresent();
    }

    /** An inventory in which somebody publishes right after it was first asked. */
    private record LateRow(Inventory real, Runnable publish) implements Inventory {
        @Override
        public Set<Digest> referenced(Collection<Digest> asked) {
            Set<Digest> answer = real.referenced(asked);
            publish.run();
            return answer;
        }

        @Override
        public List<StoredFile> files(@Nullable StoredFile after, int limit) {
            return real.files(after, limit);
        }

        @Override
        public List<Document> documents(@Nullable Document after, int limit) {
            return real.documents(after, limit);
        }

        @Override
        public List<HostedRelease> releases(@Nullable HostedRelease after, int limit) {
            return real.releases(after, limit);
        }

        @Override
        public boolean remove(Document document) {
            return real.remove(document);
        }

        @Override
        public long orphans() {
            return real.orphans();
        }

        @Override
        public int removeOrphans(int limit) {
            return real.removeOrphans(limit);
        }

        @Override
        public int removeAbsent(Instant validatedBefore, int limit) {
            return real.removeAbsent(validatedBefore, limit);
        }
    }

    @Test
    void bytes_committed_again_begin_a_new_grace_period() throws IOException {
        Contents garbage = commit("again");
        clock.advance(GRACE.plusSeconds(1));
        commit("again");

        assertThat(run().removed()).isZero();
        assertThat(isKept(garbage)).isTrue();
    }

    @Test
    void fetched_files_that_nobody_downloads_go_when_that_is_asked_for_and_their_bytes_with_a_later_run()
            throws IOException {
        StoredFile unused = keep("unused", "npm");
        StoredFile used = keep("used", "npm");
        StoredFile hosted = keep("hosted", null);
        clock.advance(Duration.ofDays(20));
        downloaded(used);
        clock.advance(Duration.ofDays(20));
        StoredFile fresh = keep("fresh", "npm");

        Report report = run(new Rules(GRACE, Duration.ofDays(30), false));

        assertThat(told.cached).containsExactly("unused");
        assertThat(report.evictedBytes()).isEqualTo(6);
        assertThat(database.files().find("main", "npm", "unused")).isEmpty();
        assertThat(isKept(unused.contents()))
                .as("whoever just looked it up can still read it")
                .isTrue();
        assertThat(run().removed()).isEqualTo(1);
        assertThat(isKept(unused.contents())).isFalse();
        for (StoredFile kept : List.of(used, hosted, fresh)) {
            assertThat(database.files().find("main", "npm", kept.path())).isPresent();
            assertThat(isKept(kept.contents())).isTrue();
        }
    }

    @Test
    void what_was_downloaded_under_any_name_of_its_repository_is_used() throws IOException {
        StoredFile before = keep("before", "npm");
        StoredFile after = keep("after", "npm");
        clock.advance(Duration.ofDays(20));
        downloaded("main", before);
        Repository main = database.repositories().find("main").orElseThrow();
        database.repositories().save(main.renamed("packages"));
        downloaded("packages", after);
        clock.advance(Duration.ofDays(20));

        assertThat(run(new Rules(GRACE, Duration.ofDays(30), false)).evicted()).isZero();
    }

    @Test
    void fetched_files_stay_for_ever_unless_told_otherwise() throws IOException {
        keep("unused", "npm");
        clock.advance(Duration.ofDays(4000));

        assertThat(run().evicted()).isZero();
    }

    @Test
    void what_a_deleted_repository_held_goes() throws IOException {
        StoredFile file = keep("orphan", null);
        database.repositories().remove("main");
        clock.advance(GRACE.plusSeconds(1));

        assertThat(run().orphans()).as("the file and what was counted").isEqualTo(2);
        assertThat(run().removed()).isEqualTo(1);
        assertThat(isKept(file.contents())).isFalse();
    }

    @Test
    void what_it_did_is_in_the_journal() throws IOException {
        commit("garbage");
        clock.advance(GRACE.plusSeconds(1));

        run();

        journal.settle();
        Event event = journal.query(Journal.Query.latest(1, Kind.GC)).getFirst();
        assertThat(event.message()).isEqualTo("removed 1 blobs (7 bytes), forgot 0 cached files");
        assertThat(event.detail()).contains("\"removed\":1").contains("\"removed_bytes\":7");
    }

    @Test
    void many_blobs_are_looked_at_in_pages() throws IOException {
        List<Contents> kept = new ArrayList<>();
        for (int i = 0; i < 350; i++) {
            kept.add(keep("kept " + i, null).contents());
            commit("garbage " + i);
        }
        clock.advance(GRACE.plusSeconds(1));

        assertThat(run().removed()).isEqualTo(350);
        assertThat(kept).allMatch(this::isKept);
    }

    @Test
    void a_clock_that_stepped_back_removes_nothing() throws IOException {
        Contents garbage = commit("garbage");
        clock.set(clock.instant().minus(Duration.ofDays(400)));

        assertThat(run().removed()).isZero();
        assertThat(isKept(garbage)).isTrue();
    }

    @Test
    void a_grace_period_shorter_than_a_publish_may_take_is_refused() {
        assertThatThrownBy(() -> new Rules(Duration.ofMinutes(9), null, false))
                .hasMessageContaining("grace period must be at least PT10M");
        assertThatThrownBy(() -> new Rules(GRACE, Duration.ofHours(1), false)).hasMessageContaining("PT24H");
    }

    private void downloaded(StoredFile file) {
        downloaded("main", file);
    }

    private void downloaded(String repository, StoredFile file) {
        journal.append(Event.of(ids.next(), clock.instant(), Kind.DOWNLOAD, Event.Actor.SYSTEM, "")
                        .about(Event.Subject.of(repository, file.coordinates()))
                        .with(new Event.Bytes(
                                file.path(), file.contents().sha256().hex(), "npm")))
                .toCompletableFuture()
                .join();
    }
}

package dev.sluice.storage.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.storage.blob.DirectoryBlobStore;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.sql.Database;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupTest {
    @TempDir
    Path folder = Path.of("");

    private final ManualClock clock = ManualClock.at("2026-03-01T00:00:00Z");
    private final Ulid ids = new Ulid(clock);
    private Kept kept;
    private Path target;

    /** An embedded installation's stores. */
    private final class Kept implements Backup.Source, AutoCloseable {
        final Database database;
        final SegmentJournal journal;
        final DirectoryBlobStore blobs;

        Kept(Path data) throws IOException {
            database = Database.open(data);
            journal = SegmentJournal.open(data.resolve("journal"), 2000);
            blobs = DirectoryBlobStore.open(data.resolve("blobs"));
        }

        @Override
        public long journalEnd() {
            return journal.end();
        }

        @Override
        public void copyDatabases(Path directory) {
            database.copyTo(directory);
        }

        @Override
        public void copyJournal(Path log, long end) throws IOException {
            journal.copyTo(log, end);
        }

        @Override
        public Inventory inventory() {
            return database.inventory();
        }

        @Override
        public RepositoryStore repositories() {
            return database.repositories();
        }

        /** As the gate does: blob, rows, event; returns when the event is durable. */
        void publish(String name) throws IOException {
            PackageName packageName = new PackageName("npm", name);
            Contents contents;
            try (BlobWriter writer = blobs.begin()) {
                writer.write(name.getBytes(UTF_8));
                contents = writer.commit();
            }
            StoredFile file = new StoredFile(
                    "main",
                    "path/file-" + name,
                    new Coordinates(packageName, name),
                    contents,
                    null,
                    clock.instant(),
                    null);
            database.hosted()
                    .apply(
                            "main",
                            packageName,
                            0,
                            new Change(new byte[0], List.of(Samples.release(name)), List.of()),
                            List.of(file));
            journal.append(Event.of(ids.next(), clock.instant(), Kind.PUBLISH, Event.Actor.SYSTEM, "")
                            .about(Event.Subject.of("main", file.coordinates()))
                            .with(new Event.Bytes(file.path(), contents.sha256().hex(), null)))
                    .toCompletableFuture()
                    .join();
        }

        boolean has(String name) {
            return database.hosted().find("main", new PackageName("npm", name)).isPresent();
        }

        Examination.Report examine() throws IOException {
            return new Examination(
                            new Examination.Subject(
                                    blobs,
                                    database.inventory(),
                                    database.repositories(),
                                    database.files(),
                                    database.hosted(),
                                    journal,
                                    journal::check),
                            clock,
                            ids)
                    .run(true, false, text -> {});
        }

        @Override
        public void close() throws IOException {
            blobs.close();
            journal.close();
            database.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        kept = new Kept(folder.resolve("data"));
        kept.database.repositories().save(new Repository("main", true, List.of(), List.of()));
        target = folder.resolve("backup");
    }

    @AfterEach
    void close() throws IOException {
        kept.close();
    }

    private Backup.Manifest back() throws IOException {
        return new Backup(kept, kept.blobs, clock).take(target, false, text -> {});
    }

    private Kept restored(String name) throws IOException {
        new BackedUp(target).restore(folder.resolve(name), text -> {});
        return new Kept(folder.resolve(name));
    }

    @Test
    void what_was_there_is_there_after_the_way_back() throws IOException {
        for (int i = 0; i < 30; i++) {
            kept.publish("1.0." + i);
        }

        Backup.Manifest manifest = back();

        assertThat(manifest.blobs()).isEqualTo(30);
        try (Kept restored = restored("restored")) {
            Examination.Report report = restored.examine();
            assertThat(report.findings()).isEmpty();
            assertThat(report.counts()).containsEntry("published versions", 30L).containsEntry("events", 30L);
            restored.publish("later");
            assertThat(restored.examine().findings()).isEmpty();
        }
    }

    @Test
    void a_backup_under_load_has_every_publish_that_was_acknowledged_before_it_began_and_is_sound() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger number = new AtomicInteger();
        List<Thread> publishers = new ArrayList<>();
        List<String> acknowledged = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 4; i++) {
            publishers.add(Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    String name = "1.0." + number.incrementAndGet();
                    try {
                        kept.publish(name);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                    acknowledged.add(name);
                }
            }));
        }
        try {
            for (int round = 0; round < 3; round++) {
                int enough = acknowledged.size() + 20;
                while (acknowledged.size() < enough) {
                    Thread.onSpinWait();
                }
                List<String> before = List.copyOf(acknowledged);

                back();

                try (Kept restored = restored("restored" + round)) {
                    assertThat(before).allMatch(restored::has);
                    Examination.Report report = restored.examine();
                    assertThat(report.isSound()).as(report.toString()).isTrue();
                }
            }
        } finally {
            stop.set(true);
            for (Thread publisher : publishers) {
                publisher.join();
            }
        }
    }

    @Test
    void a_second_backup_copies_only_what_is_new_and_drops_what_is_gone() throws IOException {
        kept.publish("1.0.0");
        kept.publish("2.0.0");
        assertThat(back().copied()).isEqualTo(2);
        kept.publish("3.0.0");
        kept.database
                .hosted()
                .apply(
                        "main",
                        new PackageName("npm", "1.0.0"),
                        1,
                        new Change(new byte[0], List.of(), List.of("1.0.0")),
                        List.of());
        kept.blobs.delete(Samples.contents("1.0.0").sha256(), java.time.Instant.MAX);

        Backup.Manifest second = back();

        assertThat(second.copied()).isEqualTo(1);
        assertThat(second.blobs()).isEqualTo(2);
        try (Kept restored = restored("restored")) {
            assertThat(restored.has("3.0.0")).isTrue();
            assertThat(restored.has("1.0.0")).isFalse();
            assertThat(restored.examine().counts()).containsEntry("blobs", 2L);
        }
    }

    @Test
    void hard_links_do_as_well() throws IOException {
        kept.publish("1.0.0");

        new Backup(kept, kept.blobs, clock).take(target, true, text -> {});

        Path blob = kept.blobs.path(Samples.contents("1.0.0").sha256()).orElseThrow();
        assertThat((int) Files.getAttribute(blob, "unix:nlink")).isEqualTo(2);
        try (Kept restored = restored("restored")) {
            assertThat(restored.examine().findings()).isEmpty();
        }
    }

    @Test
    void hard_links_are_made_after_a_restart_too() throws IOException {
        kept.publish("1.0.0");
        kept.close();
        kept = new Kept(folder.resolve("data"));

        new Backup(kept, kept.blobs, clock).take(target, true, text -> {});

        assertThat((int) Files.getAttribute(blob(folder.resolve("data"), "1.0.0"), "unix:nlink"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_cached_file_that_is_damaged_is_skipped_and_named(boolean link) throws IOException {
        kept.publish("1.0.0");
        Contents cached;
        try (BlobWriter writer = kept.blobs.begin()) {
            writer.write("from elsewhere".getBytes(UTF_8));
            cached = writer.commit();
        }
        kept.close();
        kept = new Kept(folder.resolve("data"));
        Files.writeString(blob(folder.resolve("data"), "from elsewhere"), "from elsewherE");

        Backup.Manifest manifest = new Backup(kept, kept.blobs, clock).take(target, link, text -> {});

        assertThat(manifest.skipped()).containsExactly(cached.sha256().toString());
        assertThat(manifest.blobs()).isOne();
        assertThat(new BackedUp(target).manifest()).isEqualTo(manifest);
        try (Kept restored = restored("restored")) {
            assertThat(restored.examine().findings()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_published_file_that_is_damaged_fails_the_backup_each_time_and_is_named(boolean link) throws IOException {
        kept.publish("1.0.0");
        kept.publish("2.0.0");
        kept.close();
        kept = new Kept(folder.resolve("data"));
        Files.writeString(blob(folder.resolve("data"), "1.0.0"), "1.0.1");

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> new Backup(kept, kept.blobs, clock).take(target, link, text -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(Samples.contents("1.0.0").sha256().hex())
                    .hasMessageContaining("unpublish");
        }
        assertThat(blob(target, "2.0.0")).exists();
        assertThatThrownBy(() -> new BackedUp(target).manifest()).hasMessageContaining("no complete backup");
    }

    @Test
    void what_rotted_in_an_earlier_backup_is_made_anew_by_the_next_run() throws IOException {
        for (int i = 0; i < 30; i++) {
            kept.publish("1.0." + i);
        }
        back();
        flip(blob(target, "1.0.7"));
        try (Stream<Path> segments = Files.list(target.resolve("journal/log"))) {
            flip(segments.sorted().findFirst().orElseThrow());
        }

        Backup.Manifest second = back();

        assertThat(second.copied()).isOne();
        assertThat(new BackedUp(target).verify(text -> {}).faults()).isEmpty();
        try (Kept restored = restored("restored")) {
            assertThat(restored.examine().findings()).isEmpty();
        }
    }

    @Test
    void a_journal_that_is_damaged_itself_makes_no_backup() throws IOException {
        for (int i = 0; i < 30; i++) {
            kept.publish("1.0." + i);
        }
        kept.journal.settle();
        flip(folder.resolve("data/journal/log/0000000000000000000.log"));

        assertThatThrownBy(this::back)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the journal is damaged")
                .hasMessageContaining("doctor");
        assertThatThrownBy(() -> new BackedUp(target).manifest()).hasMessageContaining("no complete backup");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_cached_file_that_rotted_since_it_was_read_is_skipped_and_named(boolean link) throws IOException {
        kept.publish("1.0.0");
        byte[] large = new byte[300_000];
        Contents cached;
        try (BlobWriter writer = kept.blobs.begin()) {
            writer.write(large);
            cached = writer.commit();
        }
        String hex = cached.sha256().hex();
        Path file = folder.resolve("data/blobs/sha256/" + hex.substring(0, 2) + "/" + hex.substring(2));
        assertThat(kept.blobs.path(cached.sha256())).as("known to be right").contains(file);
        FileTime time = Files.getLastModifiedTime(file);
        flip(file);
        Files.setLastModifiedTime(file, time);

        Backup.Manifest manifest = new Backup(kept, kept.blobs, clock).take(target, link, text -> {});

        assertThat(manifest.skipped()).containsExactly(cached.sha256().toString());
        assertThat(new BackedUp(target).verify(text -> {}).faults()).isEmpty();
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(file, bytes);
    }

    @Test
    void a_published_file_that_only_an_earlier_run_still_has_stays_in_the_backup() throws IOException {
        kept.publish("1.0.0");
        back();
        Files.delete(blob(folder.resolve("data"), "1.0.0"));

        back();

        assertThat(blob(target, "1.0.0")).hasContent("1.0.0");
        try (Kept restored = restored("restored")) {
            assertThat(restored.examine().findings()).isEmpty();
        }
    }

    @Test
    void a_manifest_of_an_earlier_version_is_read() throws IOException {
        kept.publish("1.0.0");
        back();
        Path manifest = target.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replaceFirst(",\\s*\"skipped\"\\s*:\\s*\\[\\s*]", ""));
        assertThat(manifest).content().doesNotContain("skipped");

        assertThat(new BackedUp(target).manifest().skipped()).isEmpty();
    }

    private static Path blob(Path root, String text) {
        String hex = Samples.contents(text).sha256().hex();
        return root.resolve("blobs/sha256/" + hex.substring(0, 2) + "/" + hex.substring(2));
    }

    @Test
    void damage_is_found_before_anything_is_restored() throws IOException {
        kept.publish("1.0.0");
        back();
        String hex = Samples.contents("1.0.0").sha256().hex();
        Path blob = target.resolve("blobs/sha256/" + hex.substring(0, 2) + "/" + hex.substring(2));
        Files.writeString(blob, "9.9.9");

        assertThatThrownBy(() -> new BackedUp(target).restore(folder.resolve("restored"), text -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining(hex);
        assertThat(folder.resolve("restored")).doesNotExist();

        Files.delete(blob);
        assertThatThrownBy(() -> new BackedUp(target).restore(folder.resolve("restored"), text -> {}))
                .hasMessageContaining("damaged or missing")
                .hasMessageContaining(hex);

        Files.writeString(target.resolve("sluice.db"), "x");
        assertThatThrownBy(() -> new BackedUp(target).restore(folder.resolve("restored"), text -> {}))
                .hasMessageContaining("sluice.db");
    }

    @Test
    void an_unfinished_backup_is_none_and_the_next_run_completes_it() throws IOException {
        kept.publish("1.0.0");
        back();
        Files.delete(target.resolve("manifest.json"));
        Files.writeString(target.resolve("UNFINISHED"), "");

        assertThatThrownBy(() -> new BackedUp(target).restore(folder.resolve("restored"), text -> {}))
                .hasMessageContaining("no complete backup");

        assertThat(back().copied()).isZero();
        try (Kept restored = restored("restored")) {
            assertThat(restored.examine().findings()).isEmpty();
        }
    }

    @Test
    void directories_that_hold_something_else_are_left_alone() throws IOException {
        kept.publish("1.0.0");
        Files.createDirectories(target);
        Files.writeString(target.resolve("thesis.txt"), "years of work");
        assertThatThrownBy(this::back).hasMessageContaining("neither empty nor an earlier backup");
        Files.delete(target.resolve("thesis.txt"));
        back();

        Path data = Files.createDirectories(folder.resolve("occupied"));
        Files.writeString(data.resolve("thesis.txt"), "years of work");
        assertThatThrownBy(() -> new BackedUp(target).restore(data, text -> {})).hasMessageContaining("is not empty");
        assertThat(data.resolve("thesis.txt")).hasContent("years of work");
    }
}

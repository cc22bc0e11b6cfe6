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
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.storage.DamagedException;
import dev.sluice.storage.blob.DirectoryBlobStore;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.sql.Database;
import dev.sluice.storage.upkeep.Examination.Report;
import dev.sluice.testkit.FaultyDisk;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.Samples;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExaminationTest {
    private static final PackageName WIDGET = new PackageName("npm", "widget");

    @TempDir
    Path folder = Path.of("");

    private final ManualClock clock = ManualClock.at("2026-03-01T00:00:00Z");
    private final Ulid ids = new Ulid(clock);
    private Database database;
    private SegmentJournal journal;
    private DirectoryBlobStore blobs;

    @BeforeEach
    void open() throws IOException {
        database = Database.open(folder.resolve("db"));
        journal = SegmentJournal.open(folder.resolve("journal"), 4096);
        blobs = DirectoryBlobStore.open(folder.resolve("blobs"));
        database.repositories().save(new Repository("main", true, List.of(), List.of()));
    }

    @AfterEach
    void close() throws IOException {
        blobs.close();
        journal.close();
        database.close();
    }

    private Contents commit(String text) throws IOException {
        try (BlobWriter writer = blobs.begin()) {
            writer.write(text.getBytes(UTF_8));
            return writer.commit();
        }
    }

    private StoredFile fetched(String path) throws IOException {
        StoredFile file = file(path, "1", "npm");
        database.files().put(file);
        return file;
    }

    private StoredFile file(String path, String version, @Nullable String upstream) throws IOException {
        return new StoredFile(
                "main", path, new Coordinates(WIDGET, version), commit(path), upstream, clock.instant(), null);
    }

    /** Publishes as the gate does; its sample release names one file. */
    private StoredFile published(String version) throws IOException {
        StoredFile file = publishedUnrecorded(version);
        record(Kind.PUBLISH, file);
        return file;
    }

    private StoredFile publishedUnrecorded(String version) throws IOException {
        StoredFile file = file("path/file-" + version, version, null);
        database.hosted()
                .apply(
                        "main",
                        WIDGET,
                        revision(),
                        new Change(new byte[0], List.of(Samples.release(version)), List.of()),
                        List.of(file));
        return file;
    }

    private long revision() {
        return database.hosted()
                .find("main", WIDGET)
                .map(hosted -> hosted.revision())
                .orElse(0L);
    }

    private void record(Event.Kind kind, StoredFile file) {
        journal.append(Event.of(ids.next(), clock.instant(), kind, Event.Actor.SYSTEM, "")
                        .about(Event.Subject.of("main", file.coordinates()))
                        .with(new Event.Bytes(
                                file.path(), file.contents().sha256().hex(), null)))
                .toCompletableFuture()
                .join();
    }

    private Report examine(boolean deep, boolean repair) throws IOException {
        Examination.Subject subject = new Examination.Subject(
                blobs,
                database.inventory(),
                database.repositories(),
                database.files(),
                database.hosted(),
                journal,
                journal::check);
        return new Examination(subject, clock, ids).run(deep, repair, text -> {});
    }

    private Path blobOf(StoredFile file) {
        return blobs.path(file.contents().sha256()).orElseThrow();
    }

    @Test
    void what_was_published_and_fetched_is_sound() throws IOException {
        published("1.0.0");
        published("2.0.0");
        fetched("fetched");
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
        commit("garbage");

        Report report = examine(true, false);

        assertThat(report.findings()).isEmpty();
        assertThat(report.isSound()).isTrue();
        assertThat(report.counts())
                .containsEntry("files", 3L)
                .containsEntry("documents", 1L)
                .containsEntry("published versions", 2L)
                .containsEntry("publications", 2L)
                .containsEntry("events", 2L)
                .containsEntry("blobs", 5L)
                .containsEntry("blobs that nothing refers to", 1L);
    }

    @Test
    void a_fetched_file_whose_bytes_are_gone_is_forgotten_when_repair_is_asked_for() throws IOException {
        StoredFile file = fetched("gone");
        Files.delete(blobOf(file));

        Report found = examine(false, false);
        assertThat(found.isSound()).isFalse();
        assertThat(found.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.subject()).isEqualTo("npm/main/gone");
            assertThat(finding.problem()).contains("bytes are missing");
            assertThat(finding.remedy()).contains("--repair");
        });
        assertThat(database.files().find("main", "npm", "gone")).isPresent();

        Report repaired = examine(false, true);
        assertThat(repaired.isSound()).isTrue();
        assertThat(repaired.repaired()).isEqualTo(1);
        assertThat(database.files().find("main", "npm", "gone")).isEmpty();
        assertThat(examine(false, false).findings()).isEmpty();
    }

    @Test
    void a_published_file_whose_bytes_are_gone_is_told_and_never_forgotten() throws IOException {
        StoredFile file = published("1.0.0");
        Files.delete(blobOf(file));

        Report report = examine(false, true);

        assertThat(report.isSound()).isFalse();
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.FAULT);
            assertThat(finding.remedy())
                    .contains("from a backup")
                    .contains(file.contents().sha256().toString());
        });
        assertThat(database.files().find("main", "npm", file.path())).isPresent();
    }

    @Test
    void wrong_lengths_are_found_at_once_and_other_bytes_by_a_deep_look() throws IOException {
        StoredFile shorter = fetched("shorter");
        StoredFile rotten = fetched("rotten");
        Files.writeString(blobOf(shorter), "x");
        Files.writeString(blobOf(rotten), "ROTTEN");

        assertThat(examine(false, false).findings())
                .extracting(Finding::subject)
                .containsExactly("npm/main/shorter");
        assertThat(examine(true, false).findings())
                .extracting(Finding::subject)
                .containsExactlyInAnyOrder("npm/main/shorter", "npm/main/rotten");
    }

    @Test
    void a_document_whose_bytes_are_gone_is_forgotten_when_repair_is_asked_for() throws IOException {
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
        Files.delete(blobs.path(index.sha256()).orElseThrow());

        assertThat(examine(false, false).faults()).isEqualTo(1);
        assertThat(examine(false, true).repaired()).isEqualTo(1);
        assertThat(database.documents().find("main", "npm", "npm", "index:x")).isEmpty();
    }

    @Test
    void a_version_nobody_was_told_of_is_a_note_and_the_journal_learns_of_it_when_repair_is_asked_for()
            throws IOException {
        publishedUnrecorded("1.0.0");

        Report report = examine(false, false);
        assertThat(report.isSound()).isTrue();
        assertThat(report.notes()).isEqualTo(1);
        assertThat(report.findings().getFirst().problem()).contains("journal does not say who published it");

        examine(false, true);
        journal.settle();
        assertThat(journal.query(Journal.Query.latest(1, Kind.PUBLISH))
                        .getFirst()
                        .message())
                .contains("sluice doctor");
        assertThat(examine(false, false).findings()).isEmpty();
    }

    @Test
    void a_published_version_that_is_not_there_is_a_fault_unless_it_was_unpublished() throws IOException {
        StoredFile file = published("1.0.0");
        published("2.0.0");
        database.hosted()
                .apply("main", WIDGET, revision(), new Change(new byte[0], List.of(), List.of("1.0.0")), List.of());

        Report report = examine(false, true);
        assertThat(report.isSound()).isFalse();
        assertThat(report.findings().getFirst().subject()).isEqualTo("npm/main widget 1.0.0");
        assertThat(report.findings().getFirst().problem())
                .contains("was published")
                .contains("is not here");

        record(Kind.UNPUBLISH, file);
        assertThat(examine(false, false).findings()).isEmpty();
    }

    @Test
    void a_published_file_that_no_version_knows_is_a_fault() throws IOException {
        database.files().put(file("stray", "9.9.9", null));

        assertThat(examine(false, false).findings())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.problem()).contains("9.9.9").contains("not published"));
    }

    @Test
    void a_version_whose_file_is_not_known_is_a_fault() throws IOException {
        StoredFile file = published("1.0.0");
        database.files().remove("main", "npm", file.path());

        assertThat(examine(false, true).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.problem()).contains("nothing is known of its file"));
    }

    @Test
    void a_damaged_journal_is_told_with_the_place() throws IOException {
        for (int i = 0; i < 60; i++) {
            published("1.0." + i);
        }
        journal.settle();
        Path first = folder.resolve("journal/log/0000000000000000000.log");
        try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(0xFF);
        }

        Report report = examine(false, false);

        assertThat(report.isSound()).isFalse();
        assertThat(report.findings())
                .anySatisfy(finding ->
                        assertThat(finding.problem()).contains("damaged").contains(first.toString()));
    }

    @Test
    void a_journal_whose_index_lies_on_a_full_disk_could_not_be_checked_and_is_no_fault() throws Exception {
        published("1.0.0");
        journal.settle();
        try (java.sql.Connection index =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("journal/index.db"));
                java.sql.Statement statement = index.createStatement()) {
            statement.execute("CREATE TRIGGER no_room BEFORE INSERT ON event BEGIN"
                    + " SELECT RAISE(FAIL, 'database or disk is full'); END");
        }
        published("2.0.0");

        Report report = examine(true, false);

        assertUnchecked(report, "could not be checked", "disk is full");
    }

    @Test
    void a_log_or_bytes_that_the_disk_does_not_give_could_not_be_checked_and_are_no_fault() throws IOException {
        published("1.0.0");
        journal.settle();
        journal.close();
        blobs.close();
        FaultyDisk disk = new FaultyDisk();
        journal = SegmentJournal.open(disk.at(folder.resolve("journal")), 4096);
        blobs = DirectoryBlobStore.open(disk.at(folder.resolve("blobs")));
        disk.breakAt(FaultyDisk.Step.READ, FaultyDisk.DAMAGED);

        Report report = examine(true, false);
        disk.recover();

        assertUnchecked(report, "could not be checked", FaultyDisk.DAMAGED);
        assertUnchecked(report, "could not be read", FaultyDisk.DAMAGED);
        assertThat(examine(true, false).isSound()).isTrue();
    }

    private static void assertUnchecked(Report report, String... texts) {
        assertThat(report.findings())
                .anySatisfy(finding -> assertThat(finding.problem()).contains(texts))
                .allSatisfy(finding -> assertThat(finding.kind()).isEqualTo(Finding.Kind.UNCHECKED))
                .noneSatisfy(finding -> assertThat(finding.remedy()).contains("restore"));
        assertThat(report.faults()).isZero();
        assertThat(report.unchecked()).isPositive();
        assertThat(report.isSound()).isFalse();
    }

    @Test
    void events_that_the_index_lacks_are_told() throws Exception {
        published("1.0.0");
        journal.settle();
        try (var connection =
                java.sql.DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("journal/index.db"))) {
            connection.createStatement().executeUpdate("DELETE FROM event");
        }

        assertThat(examine(false, false).findings()).anySatisfy(finding -> {
            assertThat(finding.subject()).isEqualTo(Examination.INDEX);
            assertThat(finding.problem()).contains("is not in the index");
            assertThat(finding.remedy()).contains("doctor --repair");
        });
    }

    @Test
    void a_damaged_index_is_a_fault_of_the_index_and_not_of_the_journal() throws IOException {
        for (int i = 0; i < 60; i++) {
            published("1.0." + i);
        }
        journal.settle();
        journal.close();
        Path index = folder.resolve("journal/index.db");
        try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
            for (long page = 4096; page < file.length(); page += 4096) {
                file.seek(page);
                file.write(new byte[64]);
            }
        }
        assertThatThrownBy(() ->
                        SegmentJournal.open(folder.resolve("journal"), 4096).close())
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("index.db is damaged")
                .hasMessageContaining("doctor --repair");

        Files.delete(index);
        journal = SegmentJournal.open(folder.resolve("journal"), 4096);
        assertThat(examine(false, false).findings()).isEmpty();
    }

    @Test
    void an_index_of_another_journal_is_refused() throws IOException {
        published("1.0.0");
        published("2.0.0");
        journal.settle();
        journal.close();
        Path index = folder.resolve("journal/index.db");
        try (SegmentJournal other = SegmentJournal.open(folder.resolve("other"), 4096)) {
            other.append(Event.of(ids.next(), clock.instant(), Kind.ADMIN, Event.Actor.SYSTEM, ""))
                    .toCompletableFuture()
                    .join();
            other.settle();
        }
        Files.copy(folder.resolve("other/index.db"), index, StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() ->
                        SegmentJournal.open(folder.resolve("journal"), 4096).close())
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("is not the index of this journal");

        Files.delete(index);
        journal = SegmentJournal.open(folder.resolve("journal"), 4096);
    }

    /** Whoever edits the log and its checksums must edit the index too; that nobody can at all is for sealing. */
    @Test
    void an_edited_record_with_a_right_checksum_differs_from_the_index() throws IOException {
        published("1.0.0");
        published("2.0.0");
        journal.settle();
        Path log = folder.resolve("journal/log/0000000000000000000.log");
        byte[] bytes = Files.readAllBytes(log);
        int record = 8 + 20; // after the headers of segment and batch
        int length = ByteBuffer.wrap(bytes).getInt(record);
        byte[] json = Arrays.copyOfRange(bytes, record + 8, record + 8 + length);
        byte[] edited = new String(json, UTF_8).replace("1.0.0", "1.0.9").getBytes(UTF_8);
        assertThat(edited).hasSameSizeAs(json).isNotEqualTo(json);
        CRC32C crc = new CRC32C();
        crc.update(edited);
        ByteBuffer.wrap(bytes).putInt(record + 4, (int) crc.getValue()).put(record + 8, edited);
        Files.write(log, bytes);

        assertThat(examine(false, false).findings()).anySatisfy(finding -> {
            assertThat(finding.subject()).isEqualTo(Examination.INDEX);
            assertThat(finding.problem()).contains("is something else in the index");
        });
    }

    @Test
    void what_was_published_before_a_rename_is_sound_after_it() throws IOException {
        published("1.0.0");
        Repository main = database.repositories().find("main").orElseThrow();
        database.repositories().save(main.renamed("other"));

        assertThat(examine(false, false).findings()).isEmpty();
    }

    @Test
    void rows_of_deleted_repositories_are_counted_only() throws IOException {
        published("1.0.0");
        database.repositories().remove("main");

        Report report = examine(false, false);

        assertThat(report.findings()).isEmpty();
        assertThat(report.counts()).containsEntry("rows of deleted repositories", 2L);
    }
}

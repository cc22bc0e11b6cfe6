package dev.sluice.storage.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.blob.BlobStore.Check;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.storage.blob.DirectoryBlobStore;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.storage.sql.Database;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backup damaged at each of its parts: verifying tells it, restoring refuses or leaves out what can be had again. */
final class BackedUpTest {

    private static final String PUBLISHED = "published here";
    private static final String FETCHED = "fetched from an upstream";
    private static final int EVENTS = 40;

    @TempDir
    private Path folder;

    private final ManualClock clock = ManualClock.at("2026-03-01T00:00:00Z");
    private Path backup;

    @BeforeEach
    void take() throws IOException {
        Path data = folder.resolve("data");
        backup = folder.resolve("backup");
        Ulid ids = new Ulid(clock);
        try (Database database = Database.open(data);
                SegmentJournal journal = SegmentJournal.open(data.resolve("journal"), 2000);
                DirectoryBlobStore blobs = DirectoryBlobStore.open(data.resolve("blobs"))) {
            database.repositories().save(new Repository("main", true, List.of(), List.of()));
            database.files().put(file(blobs, PUBLISHED, null));
            database.files().put(file(blobs, FETCHED, "npm"));
            for (int i = 0; i < EVENTS; i++) {
                journal.append(Event.of(ids.next(), clock.instant(), Kind.ADMIN, Event.Actor.SYSTEM, "event " + i))
                        .toCompletableFuture()
                        .join();
            }
            new Backup(source(database, journal), blobs, clock).take(backup, false, text -> {});
        }
    }

    private StoredFile file(DirectoryBlobStore blobs, String text, @Nullable String upstream) throws IOException {
        try (BlobWriter writer = blobs.begin()) {
            writer.write(text.getBytes(UTF_8));
            Contents contents = writer.commit();
            return new StoredFile(
                    "main",
                    text,
                    new Coordinates(new PackageName("npm", "widget"), "1.0.0"),
                    contents,
                    upstream,
                    clock.instant(),
                    null);
        }
    }

    private static Backup.Source source(Database database, SegmentJournal journal) {
        return new Backup.Source() {
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
        };
    }

    /** What is done to one file of the backup. */
    enum Harm {
        FLIP,
        TRUNCATE,
        EMPTY,
        DELETE,
        /** The same file of another installation. */
        FOREIGN;

        void to(Path file) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            switch (this) {
                case FLIP -> {
                    bytes[bytes.length / 2] ^= 0x10;
                    Files.write(file, bytes);
                }
                case TRUNCATE -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
                case EMPTY -> Files.write(file, new byte[0]);
                case DELETE -> Files.delete(file);
                case FOREIGN -> Files.write(file, new byte[bytes.length]);
            }
        }
    }

    private Path part(String name) throws IOException {
        return switch (name) {
            case "first segment", "middle segment", "last segment" -> {
                try (Stream<Path> files = Files.list(backup.resolve("journal/log"))) {
                    List<Path> segments = files.sorted().toList();
                    assertThat(segments).hasSizeGreaterThan(2);
                    yield segments.get(
                            name.startsWith("first")
                                    ? 0
                                    : name.startsWith("middle") ? segments.size() / 2 : segments.size() - 1);
                }
            }
            case "published blob" -> blob(PUBLISHED);
            case "fetched blob" -> blob(FETCHED);
            default -> backup.resolve(name);
        };
    }

    private Path blob(String text) throws IOException {
        try (Stream<Path> files = Files.walk(backup.resolve("blobs"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() == text.length())
                    .findFirst()
                    .orElseThrow();
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # part          , verify names                , restore
            sluice.db       , sluice.db                   , refuses
            advisories.db   , advisories.db               , leaves out
            first segment   , journal                     , refuses
            middle segment  , journal                     , refuses
            last segment    , journal                     , refuses
            published blob  , npm/main/published here     , refuses
            fetched blob    , npm/main/fetched            , leaves out
            manifest.json   , manifest.json               , refuses
            """)
    void damage_of_a_part_is_told_and_costs_no_more_than_it_must(String part, String named, String restore)
            throws IOException {
        for (Harm harm : Harm.values()) {
            take(harm, part);
            String what = harm + " of " + part;

            List<String> told = told();
            assertThat(told).as(what).anySatisfy(line -> assertThat(line).contains(named));

            Path data = folder.resolve("restored " + harm);
            if (restore.equals("refuses")) {
                assertThatThrownBy(() -> new BackedUp(backup).restore(data, text -> {}))
                        .as(what)
                        .isInstanceOf(IOException.class);
                assertThat(data).doesNotExist();
            } else {
                assertThat(new BackedUp(backup).restore(data, text -> {}).skipped())
                        .as(what)
                        .singleElement()
                        .asString()
                        .contains(named);
                assertSound(data);
            }
        }
    }

    private void take(Harm harm, String part) throws IOException {
        BackupFiles.deleteTree(folder.resolve("data"));
        BackupFiles.deleteTree(backup);
        take();
        assertThat(told()).as("before").isEmpty();
        harm.to(part(part));
    }

    private List<String> told() {
        try {
            BackedUp.Report report = new BackedUp(backup).verify(text -> {});
            return Stream.concat(report.faults().stream(), report.skipped().stream())
                    .toList();
        } catch (IOException noBackup) {
            return List.of(String.valueOf(noBackup.getMessage()));
        }
    }

    /** What was published is there, and whatever is there is right. */
    private static void assertSound(Path data) throws IOException {
        try (Database database = Database.open(data);
                SegmentJournal journal = SegmentJournal.open(data.resolve("journal"), 2000);
                DirectoryBlobStore blobs = DirectoryBlobStore.open(data.resolve("blobs"))) {
            StoredFile published =
                    database.files().find("main", "npm", PUBLISHED).orElseThrow();
            assertThat(blobs.verify(published.contents().sha256(), count -> {})).isEqualTo(Check.SOUND);
            blobs.list(kept -> {
                try {
                    assertThat(blobs.verify(kept.blob().digest(), count -> {})).isEqualTo(Check.SOUND);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(journal.check(count -> {}).events()).isEqualTo(EVENTS);
        }
    }
}

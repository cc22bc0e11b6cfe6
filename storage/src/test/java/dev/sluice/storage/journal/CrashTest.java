package dev.sluice.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal.Query;
import dev.sluice.kernel.journal.Journal.Taken;
import dev.sluice.storage.StorageException;
import dev.sluice.testkit.contract.JournalContract;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the journal when it is killed, truncated, damaged or cannot write. */
class CrashTest {
    private static final String FIRST = "0000000000000000000.log";

    @TempDir
    Path directory = Path.of("");

    @Test
    void a_last_record_cut_at_any_byte_is_forgotten_and_all_before_it_is_kept(@TempDir Path copies) throws IOException {
        long before;
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 1);
            append(journal, 2);
            before = Files.size(log(directory, FIRST));
            append(journal, 3);
        }
        byte[] whole = Files.readAllBytes(log(directory, FIRST));

        for (int length = (int) before; length < whole.length; length++) {
            Path copy = Files.createDirectories(copies.resolve("cut-" + length));
            Files.createDirectories(copy.resolve("log"));
            Files.write(log(copy, FIRST), Arrays.copyOf(whole, length));
            try (Segments segments = Segments.open(copy.resolve("log"), 1000)) {
                assertThat(segments.end()).isEqualTo(before);
                assertThat(segments.cutOff()).isEqualTo(length - before);
                assertThat(segments.read(0, segments.end(), 1_000_000).records())
                        .hasSize(2);
            }
            assertThat(Files.size(log(copy, FIRST))).isEqualTo(before);
        }
    }

    @Test
    void after_a_torn_write_the_journal_goes_on() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 1);
        }
        Path log = log(directory, FIRST);
        Files.write(log, new byte[] {'S', 'L', 'B', '1', 0, 0, 1, 0, 0, 0, 0, 0}, StandardOpenOption.APPEND);
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 2);
        }
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            assertThat(events(journal)).containsExactly(event(2), event(1));
        }
    }

    @Test
    void zeros_at_the_end_are_cut_off() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 1);
        }
        Files.write(log(directory, FIRST), new byte[5_000], StandardOpenOption.APPEND);
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 2);
            assertThat(events(journal)).containsExactly(event(2), event(1));
        }
    }

    @Test
    void any_damaged_byte_before_the_last_batch_is_reported_and_nothing_is_changed() throws IOException {
        long end;
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 1);
            end = Files.size(log(directory, FIRST));
            append(journal, 2);
            append(journal, 3);
        }
        Files.delete(directory.resolve("index.db"));
        Path log = log(directory, FIRST);
        byte[] whole = Files.readAllBytes(log);
        for (int at = 0; at < end; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x40;
            Files.write(log, damaged);

            assertThatThrownBy(() -> SegmentJournal.open(directory).close())
                    .as("byte %d", at)
                    .isInstanceOf(JournalCorruptException.class)
                    .hasMessageContaining(FIRST);
            assertThat(log).hasBinaryContent(damaged);
        }
    }

    @Test
    void a_damaged_record_in_an_older_file_stops_the_index_and_says_where() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory, 200)) {
            append(journal, 1);
            append(journal, 2);
        }
        deleteIndex(directory);
        Path log = log(directory, FIRST);
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 1;
        Files.write(log, bytes);

        try (SegmentJournal journal = SegmentJournal.open(directory, 200)) {
            assertThatThrownBy(journal::settle)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(FIRST)
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void a_missing_file_in_the_middle_is_reported() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory, 200)) {
            for (int i = 0; i < 4; i++) {
                append(journal, i);
            }
        }
        List<Path> files = logFiles();
        assertThat(files).hasSizeGreaterThanOrEqualTo(3);
        Files.delete(files.get(1));

        assertThatThrownBy(() -> SegmentJournal.open(directory).close())
                .isInstanceOf(JournalCorruptException.class)
                .hasMessageContaining("gap");
    }

    @Test
    void an_end_that_is_missing_is_reported_when_the_index_knows_of_it() throws IOException {
        long before;
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 1);
            before = Files.size(log(directory, FIRST));
            append(journal, 2);
            journal.settle();
        }
        try (FileChannel log = FileChannel.open(log(directory, FIRST), StandardOpenOption.WRITE)) {
            log.truncate(before);
        }

        assertThatThrownBy(() -> SegmentJournal.open(directory).close())
                .isInstanceOf(JournalCorruptException.class)
                .hasMessageContaining("the end of the journal is missing");
    }

    @Test
    void events_span_many_files_and_are_all_found() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory, 1_000)) {
            for (int i = 0; i < 40; i++) {
                append(journal, i);
            }
            journal.settle();
            assertThat(journal.query(Query.latest(100))).hasSize(40);
        }
        assertThat(logFiles()).hasSizeGreaterThan(5);
        try (SegmentJournal journal = SegmentJournal.open(directory, 1_000)) {
            append(journal, 40);
            assertThat(events(journal)).hasSize(41).startsWith(event(40), event(39));
        }
    }

    @Test
    void a_lost_index_is_built_again_from_the_log() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory, 500)) {
            for (int i = 0; i < 10; i++) {
                append(journal, i);
            }
        }
        deleteIndex(directory);
        try (SegmentJournal journal = SegmentJournal.open(directory, 500)) {
            assertThat(events(journal)).hasSize(10);
            assertThat(journal.consumption(new Taken("npm", "widget", Set.of(), null), 5)
                            .getFirst()
                            .count())
                    .isEqualTo(10);
        }
    }

    @Test
    void a_copy_taken_at_any_moment_holds_every_acknowledged_event_exactly_once(@TempDir Path copies)
            throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory, 2_000)) {
            for (int i = 0; i < 8; i++) {
                append(journal, i);
                copyTo(copies.resolve("at-" + i));
            }
        }
        for (int i = 0; i < 8; i++) {
            try (SegmentJournal survivor = SegmentJournal.open(copies.resolve("at-" + i), 2_000)) {
                assertThat(events(survivor)).hasSize(i + 1).startsWith(event(i));
                assertThat(survivor.consumption(new Taken("npm", "widget", Set.of(), null), 5)
                                .getFirst()
                                .count())
                        .isEqualTo(i + 1);
            }
        }
    }

    @Test
    void a_directory_in_use_is_refused() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 1);
            assertThatThrownBy(() -> SegmentJournal.open(directory).close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
        }
        SegmentJournal.open(directory).close();
    }

    @Test
    void a_closed_journal_takes_nothing_more() throws IOException {
        SegmentJournal journal = SegmentJournal.open(directory);
        journal.close();
        journal.close();

        assertThatThrownBy(() -> append(journal, 1)).hasRootCauseInstanceOf(StorageException.class);
    }

    @Test
    void an_interrupted_reader_does_not_close_the_journal() throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            append(journal, 1);
            journal.settle();
            Thread.currentThread().interrupt();
            try {
                assertThatThrownBy(() -> journal.find(event(1).id())).isInstanceOf(StorageException.class);
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
            append(journal, 2);
            assertThat(events(journal)).hasSize(2);
        }
    }

    private static Event event(int second) {
        return JournalContract.download(second);
    }

    private static void append(SegmentJournal journal, int second) {
        journal.append(event(second)).toCompletableFuture().join();
    }

    private static List<Event> events(SegmentJournal journal) {
        journal.settle();
        return journal.query(Query.latest(1000));
    }

    private static Path log(Path directory, String name) {
        return directory.resolve("log").resolve(name);
    }

    private List<Path> logFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("log"))) {
            return files.sorted().toList();
        }
    }

    private static void deleteIndex(Path journal) throws IOException {
        for (String name : List.of("index.db", "index.db-wal", "index.db-shm")) {
            Files.deleteIfExists(journal.resolve(name));
        }
    }

    /** The log before the index: a copy may know less in its index than in its log, as after a crash. */
    private void copyTo(Path target) throws IOException {
        Files.createDirectories(target.resolve("log"));
        for (String name : List.of("index.db", "index.db-wal")) {
            if (Files.exists(directory.resolve(name))) {
                Files.copy(directory.resolve(name), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        for (Path file : logFiles()) {
            Files.copy(file, log(target, file.getName(file.getNameCount() - 1).toString()));
        }
    }
}

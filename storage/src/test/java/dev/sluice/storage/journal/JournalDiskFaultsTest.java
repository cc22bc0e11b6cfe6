package dev.sluice.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal.Query;
import dev.sluice.storage.StorageException;
import dev.sluice.testkit.FaultyDisk;
import dev.sluice.testkit.FaultyDisk.Step;
import dev.sluice.testkit.contract.JournalContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal on a disk that fails: what failed was not acknowledged and is not there, what was acknowledged is. */
class JournalDiskFaultsTest {
    /** So small that every event after the first begins a file of its own. */
    private static final long TINY = 100;

    private final FaultyDisk disk = new FaultyDisk();

    @TempDir
    Path directory;

    private SegmentJournal open(long segmentBytes) throws IOException {
        return SegmentJournal.open(disk.at(directory), segmentBytes);
    }

    private static void append(SegmentJournal journal, int second) {
        journal.append(JournalContract.download(second)).toCompletableFuture().join();
    }

    private static void refuses(SegmentJournal journal, int second, String reason) {
        assertThatThrownBy(() -> append(journal, second))
                .hasCauseInstanceOf(StorageException.class)
                .rootCause()
                .hasMessageContaining(reason);
    }

    /** What is there for whoever opens the directory next, the latest first. */
    private void holdsAfterwards(int... seconds) throws IOException {
        try (SegmentJournal journal = SegmentJournal.open(directory)) {
            holds(journal, seconds);
            assertThat(journal.check(count -> {}).faults()).isEmpty();
        }
    }

    private static void holds(SegmentJournal journal, int... seconds) {
        journal.settle();
        List<Event> expected = java.util.Arrays.stream(seconds)
                .mapToObj(JournalContract::download)
                .toList();
        assertThat(journal.query(Query.latest(100))).isEqualTo(expected);
    }

    @Test
    void an_event_whose_sync_fails_is_not_acknowledged_and_not_there_and_no_later_one_is_before_a_sync_succeeds()
            throws IOException {
        try (SegmentJournal journal = open(SegmentJournal.SEGMENT_BYTES)) {
            append(journal, 1);
            disk.breakAt(Step.FORCE, FaultyDisk.DAMAGED);
            refuses(journal, 2, FaultyDisk.DAMAGED);
            refuses(journal, 3, FaultyDisk.DAMAGED);
            disk.recover();
            append(journal, 4);
            holds(journal, 4, 1);
        }
        holdsAfterwards(4, 1);
    }

    @Test
    void an_event_whose_sync_failed_last_is_not_found_after_a_restart() throws IOException {
        try (SegmentJournal journal = open(SegmentJournal.SEGMENT_BYTES)) {
            append(journal, 1);
            disk.breakAt(Step.FORCE, FaultyDisk.FULL);
            refuses(journal, 2, FaultyDisk.FULL);
        }
        holdsAfterwards(1);
    }

    @Test
    void a_write_that_stops_half_way_leaves_no_trace() throws IOException {
        try (SegmentJournal journal = open(SegmentJournal.SEGMENT_BYTES)) {
            append(journal, 1);
            disk.transferAtMost(50);
            disk.breakAfter(2, Step.WRITE, FaultyDisk.FULL);
            refuses(journal, 2, FaultyDisk.FULL);
            disk.recover();
            append(journal, 3);
            holds(journal, 3, 1);
        }
        holdsAfterwards(3, 1);
    }

    @Test
    void a_write_that_takes_a_few_bytes_at_a_time_is_completed() throws IOException {
        disk.transferAtMost(7);
        try (SegmentJournal journal = open(TINY)) {
            append(journal, 1);
            append(journal, 2);
            holds(journal, 2, 1);
        }
        holdsAfterwards(2, 1);
    }

    @Test
    void half_a_write_that_cannot_be_cut_off_keeps_every_event_out_until_it_can() throws IOException {
        try (SegmentJournal journal = open(SegmentJournal.SEGMENT_BYTES)) {
            append(journal, 1);
            disk.breakAt(Step.FORCE, FaultyDisk.DAMAGED);
            disk.breakAt(Step.TRUNCATE, FaultyDisk.DAMAGED);
            refuses(journal, 2, FaultyDisk.DAMAGED);
            disk.recover();
            disk.breakAt(Step.TRUNCATE, FaultyDisk.DAMAGED);
            refuses(journal, 3, FaultyDisk.DAMAGED);
            disk.recover();
            append(journal, 4);
            holds(journal, 4, 1);
        }
        holdsAfterwards(4, 1);
    }

    @Test
    void a_new_file_that_cannot_be_moved_to_its_place_is_none_and_is_begun_anew() throws IOException {
        try (SegmentJournal journal = open(TINY)) {
            append(journal, 1);
            disk.breakAt(Step.MOVE, FaultyDisk.DAMAGED);
            refuses(journal, 2, FaultyDisk.DAMAGED);
            try (Stream<Path> files = Files.list(directory.resolve("log"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".log")))
                        .hasSize(1);
            }
            disk.recover();
            append(journal, 3);
            holds(journal, 3, 1);
        }
        holdsAfterwards(3, 1);
    }

    @Test
    void a_new_file_whose_folder_cannot_be_synced_takes_no_event_before_it_is() throws IOException {
        try (SegmentJournal journal = open(TINY)) {
            append(journal, 1);
            disk.breakAfter(1, Step.FORCE, FaultyDisk.DAMAGED); // the file's own goes well
            refuses(journal, 2, FaultyDisk.DAMAGED);
            disk.recover();
            append(journal, 3);
            holds(journal, 3, 1);
        }
        holdsAfterwards(3, 1);
    }

    @Test
    void events_that_cannot_be_read_are_an_error_and_there_when_they_can() throws IOException {
        try (SegmentJournal journal = open(SegmentJournal.SEGMENT_BYTES)) {
            append(journal, 1);
            journal.settle();
            disk.breakAt(Step.READ, FaultyDisk.DAMAGED);
            assertThatThrownBy(() -> journal.query(Query.latest(1)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("cannot read the journal")
                    .hasMessageContaining(FaultyDisk.DAMAGED);
            disk.recover();
            holds(journal, 1);
        }
    }

    @Test
    void a_disk_that_becomes_read_only_takes_no_event_keeps_all_and_is_used_again_when_it_can_be_written()
            throws IOException {
        try (SegmentJournal journal = open(SegmentJournal.SEGMENT_BYTES)) {
            append(journal, 1);
            disk.becomeReadOnly();
            refuses(journal, 2, FaultyDisk.READ_ONLY);
            holds(journal, 1);
            disk.recover();
            append(journal, 3);
        }
        holdsAfterwards(3, 1);
    }

    @Test
    void a_journal_on_a_read_only_disk_is_not_opened_and_says_why() throws IOException {
        open(SegmentJournal.SEGMENT_BYTES).close();
        disk.becomeReadOnly();

        assertThatThrownBy(() -> open(SegmentJournal.SEGMENT_BYTES).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(FaultyDisk.READ_ONLY)
                .hasMessageContaining(directory.toString());
    }
}

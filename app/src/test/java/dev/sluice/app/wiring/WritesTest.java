package dev.sluice.app.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.server.Metrics;
import dev.sluice.server.operation.Readiness;
import dev.sluice.storage.blob.CountedBlobs;
import dev.sluice.storage.blob.DirectoryBlobStore;
import dev.sluice.storage.journal.SegmentJournal;
import dev.sluice.testkit.FaultyDisk;
import dev.sluice.testkit.FaultyDisk.Step;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes nothing makes a node not ready, and ready again when it does. */
final class WritesTest {

    private final ManualClock clock = ManualClock.at("2026-03-10T12:00:00Z");
    private final Ulid ids = new Ulid(clock);
    private final FaultyDisk disk = new FaultyDisk();

    private Event event() {
        return Event.of(ids.next(), clock.instant(), Event.Kind.ADMIN, Event.Actor.SYSTEM, "something");
    }

    @Test
    void a_journal_on_a_full_disk(@TempDir Path folder) throws IOException {
        Metrics metrics = new Metrics();
        try (SegmentJournal segments = SegmentJournal.open(disk.at(folder))) {
            Journal journal = metrics.counting(segments);
            Readiness.Check check = Writes.journal(metrics::journalFailure, journal, clock, ids);
            assertThatCode(check::run).doesNotThrowAnyException();

            disk.breakAt(Step.WRITE, FaultyDisk.FULL);
            assertThatThrownBy(
                            () -> journal.append(event()).toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class);
            assertThatThrownBy(check::run).hasMessageContaining(FaultyDisk.FULL);

            disk.recover();
            assertThatCode(check::run).doesNotThrowAnyException();
            assertThat(metrics.journalFailure()).isNull();
            segments.settle();
            assertThat(segments.query(Journal.Query.latest(10, Event.Kind.ADMIN)))
                    .singleElement()
                    .satisfies(event -> assertThat(event.message()).contains("can be written again"));
        }
    }

    @Test
    void blobs_on_a_full_disk(@TempDir Path folder) throws IOException {
        try (DirectoryBlobStore directory = DirectoryBlobStore.open(disk.at(folder))) {
            CountedBlobs blobs = new CountedBlobs(directory);
            Readiness.Check check = Writes.blobs(blobs::writeFailure, blobs);
            assertThatCode(check::run).doesNotThrowAnyException();

            disk.breakAt(Step.WRITE, FaultyDisk.FULL);
            assertThatThrownBy(() -> {
                        try (BlobWriter writer = blobs.begin()) {
                            writer.write("bytes".getBytes(UTF_8));
                            writer.commit();
                        }
                    })
                    .hasMessageContaining(FaultyDisk.FULL);
            assertThatThrownBy(check::run).hasMessageContaining(FaultyDisk.FULL);

            disk.recover();
            assertThatCode(check::run).doesNotThrowAnyException();
            assertThat(blobs.writeFailure()).isNull();
        }
    }
}

package dev.sluice.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.testkit.FaultyDisk;
import dev.sluice.testkit.FaultyDisk.Step;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs on a disk that fails: told as that, never half a blob nor a wrong byte, and all goes on when it works again. */
class BlobDiskFaultsTest {
    private final FaultyDisk disk = new FaultyDisk();
    private final byte[] bytes = new byte[300_000];

    @TempDir
    Path directory;

    private DirectoryBlobStore store;

    BlobDiskFaultsTest() {
        new Random(1).nextBytes(bytes);
    }

    @BeforeEach
    void open() throws IOException {
        store = DirectoryBlobStore.open(disk.at(directory));
    }

    @AfterEach
    void close() throws IOException {
        disk.recover();
        store.close();
    }

    private Contents commit() throws IOException {
        try (BlobWriter writer = store.begin()) {
            writer.write(bytes);
            return writer.commit();
        }
    }

    private byte[] read(Digest digest) throws IOException {
        try (InputStream in = store.open(digest, 0, Long.MAX_VALUE)) {
            return in.readAllBytes();
        }
    }

    /** A commit fails for that reason, leaves nothing behind, and the next one succeeds. */
    private void failsOnceFor(String reason) throws IOException {
        assertThatThrownBy(this::commit)
                .isInstanceOf(BlobsUnavailableException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining(directory.toString());
        try (Stream<Path> left = Files.walk(directory)) {
            assertThat(left.filter(file -> Files.isRegularFile(file) && !file.endsWith("lock")))
                    .isEmpty();
        }
        disk.recover();

        assertThat(read(commit().sha256())).isEqualTo(bytes);
    }

    @Test
    void a_blob_that_finds_no_room_half_way_leaves_nothing() throws IOException {
        disk.breakAfter(1, Step.WRITE, FaultyDisk.FULL);
        failsOnceFor(FaultyDisk.FULL);
    }

    @Test
    void a_blob_whose_sync_fails_is_not_there() throws IOException {
        disk.breakAt(Step.FORCE, FaultyDisk.DAMAGED);
        failsOnceFor(FaultyDisk.DAMAGED);
    }

    @Test
    void a_blob_that_cannot_be_moved_to_its_place_is_not_there() throws IOException {
        disk.breakAt(Step.MOVE, FaultyDisk.DAMAGED);
        failsOnceFor(FaultyDisk.DAMAGED);
    }

    @Test
    void a_blob_that_cannot_be_begun_is_told_as_the_disks_fault() throws IOException {
        disk.breakAt(Step.CREATE, "Too many open files");
        failsOnceFor("Too many open files");
    }

    @Test
    void a_blob_whose_name_cannot_be_made_durable_is_not_called_kept() throws IOException {
        disk.breakAfter(2, Step.FORCE, FaultyDisk.DAMAGED); // of the file and of the folder above go well
        assertThatThrownBy(this::commit)
                .isInstanceOf(BlobsUnavailableException.class)
                .hasMessageContaining(FaultyDisk.DAMAGED);
        disk.recover();

        assertThat(read(commit().sha256())).isEqualTo(bytes);
    }

    @Test
    void writes_and_reads_that_take_a_few_bytes_at_a_time_are_completed() throws IOException {
        disk.transferAtMost(1_013);

        assertThat(read(commit().sha256())).isEqualTo(bytes);
    }

    @Test
    void a_blob_that_cannot_be_read_to_its_end_breaks_off_with_an_error_and_without_a_wrong_byte() throws IOException {
        Digest digest = commit().sha256();
        disk.transferAtMost(100_000);
        disk.breakAfter(2, Step.READ, FaultyDisk.DAMAGED);

        try (InputStream in = store.open(digest, 0, Long.MAX_VALUE)) {
            byte[] got = in.readNBytes(8_192);
            assertThat(got).isEqualTo(java.util.Arrays.copyOf(bytes, got.length));
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(BlobsUnavailableException.class)
                    .hasMessageContaining(FaultyDisk.DAMAGED);
        }
        disk.recover();
        assertThat(read(digest)).isEqualTo(bytes);
    }

    @Test
    void a_blob_that_cannot_be_opened_is_not_taken_for_one_that_is_missing() throws IOException {
        Digest digest = commit().sha256();
        disk.breakAt(Step.OPEN, FaultyDisk.DAMAGED);

        assertThatThrownBy(() -> store.open(digest, 0, 10))
                .isInstanceOf(BlobsUnavailableException.class)
                .hasMessageContaining(FaultyDisk.DAMAGED);
    }

    @Test
    void a_disk_that_becomes_read_only_takes_and_loses_nothing() throws IOException {
        Digest digest = commit().sha256();
        disk.becomeReadOnly();

        assertThatThrownBy(this::commit)
                .isInstanceOf(BlobsUnavailableException.class)
                .hasMessageContaining(FaultyDisk.READ_ONLY);
        assertThatThrownBy(() -> store.delete(digest, Instant.MAX)).isInstanceOf(IOException.class);
        assertThat(read(digest)).isEqualTo(bytes);
        disk.recover();
        commit();
    }

    @Test
    void a_store_on_a_read_only_disk_is_not_opened_and_says_why() {
        disk.becomeReadOnly();

        assertThatThrownBy(() -> DirectoryBlobStore.open(disk.at(directory)).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(FaultyDisk.READ_ONLY)
                .hasMessageContaining(directory.toString());
    }
}

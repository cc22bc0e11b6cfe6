package dev.sluice.storage.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.testkit.FaultyBlobs;
import dev.sluice.testkit.contract.BlobStoreContract;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A counted store is a store like any other, and says what was done with it. */
class CountedBlobsTest implements BlobStoreContract {
    private final Path directory;
    private DirectoryBlobStore behind;
    private FaultyBlobs faulty;
    private CountedBlobs counted;

    CountedBlobsTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.behind = DirectoryBlobStore.open(directory);
        this.faulty = new FaultyBlobs(behind);
        this.counted = new CountedBlobs(faulty);
    }

    @Override
    public BlobStore store() {
        return counted;
    }

    @Override
    public BlobStore reopened() throws IOException {
        close();
        behind = DirectoryBlobStore.open(directory);
        faulty = new FaultyBlobs(behind);
        counted = new CountedBlobs(faulty);
        return counted;
    }

    @Override
    public void overwrite(Digest sha256, byte @Nullable [] bytes) throws IOException {
        Path file = directory.resolve(
                "sha256/" + sha256.hex().substring(0, 2) + "/" + sha256.hex().substring(2));
        if (bytes == null) {
            Files.delete(file);
        } else {
            Files.write(file, bytes);
        }
    }

    @AfterEach
    void close() throws IOException {
        behind.close();
    }

    private Contents write(String text) throws IOException {
        try (BlobWriter writer = counted.begin()) {
            writer.write(text.getBytes(UTF_8));
            return writer.commit();
        }
    }

    @Test
    void bytes_and_operations_are_counted() throws IOException {
        Digest sha256 = write("five!").sha256();
        assertThat(counted.find(sha256)).isPresent();
        try (InputStream in = counted.open(sha256, 1, 3)) {
            assertThat(in.readAllBytes()).hasSize(3);
        }

        assertThat(counted.bytes()).containsEntry("written", 5L).containsEntry("read", 3L);
        assertThat(counted.operations())
                .containsEntry("write", 1L)
                .containsEntry("find", 1L)
                .containsEntry("open", 1L)
                .containsEntry("delete", 0L);
        assertThat(counted.failures().values()).containsOnly(0L);
    }

    @Test
    void a_failure_is_counted_and_what_is_not_kept_is_none() throws IOException {
        Digest sha256 = write("kept").sha256();
        Digest other = Digest.sha256("0".repeat(64));
        assertThatThrownBy(() -> counted.open(other, 0, 1)).isInstanceOf(FileNotFoundException.class);
        assertThat(counted.failures().values()).containsOnly(0L);

        faulty.breakAt(FaultyBlobs.Step.COMMIT, FaultyBlobs.Fault.FAIL);

        assertThatThrownBy(() -> write("no place for it")).isInstanceOf(IOException.class);
        assertThat(counted.failures()).containsEntry("write", 1L).containsEntry("open", 0L);
        assertThat(counted.find(sha256)).isPresent();
    }
}

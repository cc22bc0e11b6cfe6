package dev.sluice.storage.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.testkit.Together;
import dev.sluice.testkit.contract.BlobStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBlobStoreTest implements BlobStoreContract {
    @TempDir
    Path directory = Path.of("");

    private @Nullable DirectoryBlobStore store;

    @Override
    public BlobStore store() throws IOException {
        DirectoryBlobStore known = store;
        if (known == null) {
            known = DirectoryBlobStore.open(directory);
            store = known;
        }
        return known;
    }

    @Override
    public BlobStore reopened() throws IOException {
        close();
        return store();
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
        if (store != null) {
            store.close();
            store = null;
        }
    }

    @Test
    void lays_blobs_out_by_the_first_byte_of_their_digest() throws IOException {
        Contents contents = commit("abc");

        assertThat(directory.resolve("sha256/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
                .hasContent("abc");
        assertThat(store().path(contents.sha256())).isPresent();
    }

    @Test
    void what_a_killed_process_left_unfinished_is_removed() throws IOException {
        Path left = Files.createDirectories(directory.resolve("incoming/dead"));
        Files.writeString(left.resolve("lock"), "");
        Files.writeString(left.resolve("half"), "half a blob");
        Path neverLocked = Files.createDirectories(directory.resolve("incoming/younger"));

        store();

        assertThat(left).doesNotExist();
        assertThat(neverLocked).doesNotExist();
    }

    @Test
    void what_another_open_store_is_writing_stays() throws IOException {
        try (BlobWriter writer = store().begin()) {
            writer.write("slow".getBytes(UTF_8));
            try (DirectoryBlobStore second = DirectoryBlobStore.open(directory)) {
                Contents contents = writer.commit();
                assertThat(second.find(contents.sha256())).isPresent();
            }
        }
    }

    @Test
    void a_copy_of_the_directory_taken_at_any_step_holds_the_whole_blob_or_none(@TempDir Path copies)
            throws IOException {
        List<Path> snapshots = new ArrayList<>();
        Contents contents;
        try (BlobWriter writer = store().begin()) {
            snapshots.add(copy(copies.resolve("begun")));
            writer.write(new byte[300_000]);
            snapshots.add(copy(copies.resolve("written")));
            writer.contents();
            snapshots.add(copy(copies.resolve("told")));
            contents = writer.commit();
            snapshots.add(copy(copies.resolve("committed")));
        }

        List<Boolean> found = new ArrayList<>();
        for (Path snapshot : snapshots) {
            try (DirectoryBlobStore survivor = DirectoryBlobStore.open(snapshot)) {
                found.add(survivor.find(contents.sha256()).isPresent());
                survivor.find(contents.sha256())
                        .ifPresent(blob -> assertThat(blob.size()).isEqualTo(300_000));
                try (Stream<Path> incoming = Files.list(snapshot.resolve("incoming"))) {
                    assertThat(incoming.filter(Files::isDirectory)).hasSize(1);
                }
            }
        }
        assertThat(found).containsExactly(false, false, false, true);
    }

    @Test
    void a_damaged_blob_heals_when_it_comes_again() throws IOException {
        Contents contents = commit("good");
        Files.writeString(store().path(contents.sha256()).orElseThrow(), "rotten");

        commit("good");

        assertThat(read(contents.sha256(), 0, 10)).isEqualTo("good");
    }

    @Test
    void strange_files_in_the_directory_are_no_blobs() throws IOException {
        Contents contents = commit("abc");
        Files.writeString(directory.resolve("sha256/ba/README"), "");
        Files.writeString(directory.resolve("sha256/aa"), "");
        Files.createDirectories(directory.resolve("sha256/zz"));

        List<String> seen = new ArrayList<>();
        store().list(kept -> seen.add(kept.blob().digest().hex()));

        assertThat(seen).containsExactly(contents.sha256().hex());
    }

    @Test
    void says_where_and_how_much_when_a_blob_cannot_be_kept() throws IOException {
        try (BlobWriter writer = store().begin()) {
            writer.write("x".getBytes(UTF_8));
            // A file where the blob's folder must be: the rename has nowhere to go.
            Files.writeString(
                    directory.resolve(
                            "sha256/" + writer.contents().sha256().hex().substring(0, 2)),
                    "");

            assertThatThrownBy(writer::commit)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot write a blob of 1 bytes")
                    .hasMessageContaining("bytes are free on");
        }
    }

    private Path copy(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted().toList()) {
                Path to = target.resolve(directory.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
        return target;
    }

    @Test
    void bytes_committed_while_their_old_blob_is_being_removed_stay() throws IOException {
        BlobStore opened = store();
        for (int round = 0; round < 200; round++) {
            Digest digest = commit("raced").sha256();
            Path file = opened.path(digest).orElseThrow();
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            Instant dayAgo = Instant.now().minus(Duration.ofDays(1));

            Together.all(2, number -> number == 0 ? opened.delete(digest, dayAgo) : commit("raced"));

            assertThat(opened.find(digest)).as("round " + round).isPresent();
        }
    }
}

package dev.sluice.storage.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import dev.sluice.storage.blob.Damages;
import dev.sluice.storage.blob.DirectoryBlobStore;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every blob is read from time to time. */
class ScrubTest {
    private final ManualClock clock = ManualClock.at("2026-03-10T12:00:00Z");
    private final List<Damages.Damage> damages = new ArrayList<>();

    @TempDir
    Path folder;

    private DirectoryBlobStore blobs;

    @BeforeEach
    void open() throws IOException {
        blobs = DirectoryBlobStore.open(folder.resolve("blobs"), new Damages(damages::add));
    }

    @AfterEach
    void close() throws IOException {
        blobs.close();
    }

    private Contents commit(String text) throws IOException {
        try (BlobWriter writer = blobs.begin()) {
            writer.write(text.getBytes(UTF_8));
            return writer.commit();
        }
    }

    private Scrub scrub() {
        return new Scrub(blobs, folder.resolve("scrub.json"), clock);
    }

    @Test
    void a_bit_that_flips_under_an_unchanged_look_is_found_and_told() throws IOException {
        Contents right = commit("right");
        Contents rotten = commit("to rot");
        Path file = blobs.path(rotten.sha256()).orElseThrow();
        FileTime before = Files.getLastModifiedTime(file);
        Files.writeString(file, "to rOt");
        Files.setLastModifiedTime(file, before);
        long[] read = {0};
        Scrub scrub = scrub();

        scrub.run(count -> read[0] += count);

        assertThat(read[0]).isEqualTo(11);
        assertThat(scrub.blobs()).containsEntry("sound", 1L).containsEntry("damaged", 1L);
        assertThat(damages)
                .singleElement()
                .satisfies(damage -> assertThat(damage.blob()).isEqualTo(rotten.sha256()));
        assertThat(blobs.find(rotten.sha256())).isEmpty();
        assertThat(blobs.find(right.sha256())).isPresent();
    }

    @Test
    void a_pass_that_was_cut_short_goes_on_after_a_restart_and_reads_each_blob_once() throws IOException {
        for (int i = 0; i < 100; i++) {
            commit("blob " + i);
        }
        Scrub first = scrub();
        long[] read = {0};
        first.run(count -> {
            if (++read[0] == 40) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(first.state().begun()).isNotNull();

        Scrub second = scrub();
        assertThat(second.isDue(Duration.ofDays(7))).isTrue();
        second.run(count -> read[0]++);

        assertThat(read[0]).isBetween(100L, 105L); // the folder under way is read again
        assertThat(second.state().lastEnded()).isNotNull();
    }

    @Test
    void the_next_pass_begins_when_it_is_due() throws IOException {
        Scrub scrub = scrub();
        assertThat(scrub.isDue(Duration.ofDays(7))).isTrue();
        scrub.run(count -> {});

        assertThat(scrub().isDue(Duration.ofDays(7))).isFalse();
        clock.advance(Duration.ofDays(7));
        assertThat(scrub().isDue(Duration.ofDays(7))).isTrue();
    }

    @Test
    void what_it_wrote_down_and_cannot_read_begins_anew() throws IOException {
        Files.writeString(folder.resolve("scrub.json"), "{\"next\": 999");

        assertThat(scrub().state()).isEqualTo(Scrub.State.NONE);

        for (String time : List.of("yesterday", "+1000000000-12-31T23:59:59Z", "")) {
            Files.writeString(folder.resolve("scrub.json"), "{\"next\": 0, \"lastBegun\": \"" + time + "\"}");
            assertThat(scrub().isDue(Duration.ofDays(7))).as(time).isTrue();
        }
    }
}

package dev.sluice.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.advisory.AdvisoryStore.Import;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.repository.Release;
import dev.sluice.storage.StorageException;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.contract.AdvisoryStoreContract;
import dev.sluice.testkit.contract.FileStoreContract;
import dev.sluice.testkit.contract.TokenStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the database when it is killed, closed or no database at all. */
class DatabaseTest {
    @RegisterExtension
    final OpenDatabase.Embedded database = OpenDatabase.sqlite();

    @Test
    void a_half_imported_feed_is_rolled_back_after_a_kill(@TempDir Path copies) throws IOException {
        Database live = database.get();
        try (Import run = live.advisories().begin()) {
            run.put(AdvisoryStoreContract.advisory("GHSA-1", 0, List.of(), AdvisoryStoreContract.WIDGET));
            run.commit();
        }
        long revision = live.advisories().revision();
        try (Import run = live.advisories().begin()) {
            // Enough to overflow the page cache, so that uncommitted pages are on disk when the copy is taken.
            for (int i = 2; i < 20_000; i++) {
                run.put(AdvisoryStoreContract.advisory(
                        "GHSA-" + i, 0, List.of("CVE-" + i), AdvisoryStoreContract.WIDGET));
            }
            copyTo(copies);
        }

        try (Database survivor = Database.open(copies)) {
            assertThat(survivor.advisories().revision()).isEqualTo(revision);
            assertThat(survivor.advisories().about(AdvisoryStoreContract.WIDGET))
                    .hasSize(1);
            assertThat(survivor.advisories().find("CVE-2")).isEmpty();
            try (Import run = survivor.advisories().begin()) {
                assertThat(run.commit()).isGreaterThan(revision);
            }
        }
    }

    @Test
    void what_was_acknowledged_before_a_kill_is_kept(@TempDir Path copies) throws IOException {
        for (int i = 0; i < 5; i++) {
            database.get().tokens().add(TokenStoreContract.token("t" + i, i));
            database.get().files().put(Samples.file("main", FileStoreContract.WIDGET, "p" + i, "npm"));
            Path copy = Files.createDirectories(copies.resolve("at-" + i));
            copyTo(copy);
            try (Database survivor = Database.open(copy)) {
                assertThat(survivor.tokens().list()).hasSize(i + 1);
                assertThat(survivor.files().of("main", FileStoreContract.WIDGET))
                        .hasSize(i + 1);
            }
        }
    }

    @Test
    void a_database_that_is_closed_says_so() {
        Database closed = database.get();
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.tokens().list()).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> closed.tokens().add(TokenStoreContract.token("a", 0)))
                .isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> closed.advisories().begin()).isInstanceOf(StorageException.class);
    }

    @Test
    void closing_ends_an_import_that_is_still_under_way() throws InterruptedException {
        Database live = database.get();
        Import run = live.advisories().begin();
        Thread closer = Thread.ofPlatform().start(live::close);
        boolean gaveUp = false;
        while (!gaveUp) {
            try {
                run.put(AdvisoryStoreContract.advisory("GHSA-1", 0, List.of(), AdvisoryStoreContract.WIDGET));
            } catch (StorageException closing) {
                gaveUp = true;
            }
        }
        run.close();
        closer.join();

        assertThat(database.reopened().advisories().find("GHSA-1")).isEmpty();
    }

    @Test
    void a_file_that_is_no_database_is_refused_with_its_name(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("sluice.db"), "this is not a database, but it is long enough".repeat(50));

        assertThatThrownBy(() -> Database.open(directory))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("sluice.db");
    }

    @Test
    void the_stored_form_of_releases_stays_readable() {
        String stored =
                "{\"version\":\"1.0\",\"published\":{\"is\":\"known\",\"value\":\"2026-01-02T03:04:05.678912345Z\","
                        + "\"source\":\"index\"},\"license\":{\"is\":\"unknown\",\"why\":\"not told\"},\"deprecated\":null,"
                        + "\"yanked\":\"\",\"installScripts\":{\"is\":\"known\",\"value\":true,\"source\":\"index\"},"
                        + "\"maintainers\":[\"a\"],\"summary\":\"s\",\"files\":[{\"name\":\"f\",\"path\":\"p/f\","
                        + "\"location\":\"https://files.example/f\",\"digests\":[\"md5:900150983cd24fb0d6963f7d28e17f72\"],"
                        + "\"size\":3,\"published\":{\"is\":\"unknown\",\"why\":\"w\"},\"yanked\":null}],\"document\":\"\"}";

        Release release = StoredJson.read(stored, Release.class);

        assertThat(release.published().orNull()).isEqualTo(Samples.INSTANT);
        assertThat(release.files().getFirst().digests())
                .containsExactly(Digest.parse("md5:900150983cd24fb0d6963f7d28e17f72"));
        assertThat(StoredJson.write(release)).isEqualTo(stored);
    }

    private void copyTo(Path target) throws IOException {
        try (Stream<Path> files = Files.list(database.directory())) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        target.resolve(file.getName(file.getNameCount() - 1).toString()));
            }
        }
    }
}

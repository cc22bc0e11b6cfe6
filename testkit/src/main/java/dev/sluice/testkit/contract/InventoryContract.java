package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.DocumentStore;
import dev.sluice.kernel.repository.DocumentStore.Document;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.Inventory;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.RepositoryStore;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.testkit.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link Inventory} does. */
public interface InventoryContract {
    /** The inventory under test, of the four stores below. */
    Inventory inventory();

    /** Kept files. */
    FileStore files();

    /** What upstreams answered. */
    DocumentStore documents();

    /** Published packages. */
    HostedStore hosted();

    /** Repositories. */
    RepositoryStore repositories();

    @Test
    default void knows_blobs_of_files_and_of_documents_and_no_others() {
        StoredFile file = Samples.file("main", Coordinates.of("npm", "a", "1"), "a/1", "npm");
        files().put(file);
        Digest document = Samples.contents("document").sha256();
        documents().save(document("main", "index:a", document));
        List<Digest> asked = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            asked.add(Samples.contents("nobody's " + i).sha256());
        }
        asked.add(7, file.contents().sha256());
        asked.add(200, document);

        assertThat(inventory().referenced(asked))
                .containsExactlyInAnyOrder(file.contents().sha256(), document);
        assertThat(inventory().referenced(Set.of())).isEmpty();
    }

    @Test
    default void gives_every_file_once_page_by_page() {
        List<StoredFile> all = new ArrayList<>();
        for (String repository : List.of("main", "other")) {
            for (int i = 0; i < 7; i++) {
                StoredFile file = Samples.file(repository, Coordinates.of("npm", "a", "1." + i), "päth/" + i, "npm");
                files().put(file);
                all.add(file);
            }
        }

        assertThat(pages(inventory()::files)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    default void gives_every_document_once_page_by_page() {
        List<Document> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Document document =
                    document("main", "index:" + i, Samples.contents("d" + i).sha256());
            documents().save(document);
            all.add(document);
        }

        assertThat(pages(inventory()::documents)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    default void gives_every_published_release_once_page_by_page() {
        for (String name : List.of("a", "b", "c")) {
            publish("main", name, "1.0.0", "2.0.0", "10.0.0");
        }

        assertThat(pages(inventory()::releases))
                .extracting(each -> each.repository() + " " + each.name().name() + " "
                        + each.release().version())
                .hasSize(9)
                .doesNotHaveDuplicates()
                .contains("main a 1.0.0", "main b 10.0.0", "main c 2.0.0");
    }

    @Test
    default void forgets_a_document_unless_it_was_replaced() {
        Document old = document("main", "index:a", Samples.contents("old").sha256());
        Document replacement =
                document("main", "index:a", Samples.contents("new").sha256());
        documents().save(old);
        documents().save(replacement);

        assertThat(inventory().remove(old)).isFalse();
        assertThat(inventory().remove(replacement)).isTrue();
        assertThat(inventory().documents(null, 10)).isEmpty();
    }

    @Test
    default void forgets_that_there_was_none_only_when_it_was_said_long_ago() {
        documents().save(document("main", "old", null));
        documents()
                .save(new Document(
                        "main",
                        "npm",
                        "npm",
                        "new",
                        null,
                        "",
                        null,
                        null,
                        Samples.INSTANT.plusSeconds(60),
                        Samples.INSTANT.plusSeconds(60)));
        documents().save(document("main", "there", Samples.contents("d").sha256()));

        assertThat(inventory().removeAbsent(Samples.INSTANT.plusSeconds(30), 10))
                .isEqualTo(1);

        assertThat(documents().find("main", "npm", "npm", "old")).isEmpty();
        assertThat(documents().find("main", "npm", "npm", "new")).isPresent();
        assertThat(documents().find("main", "npm", "npm", "there")).isPresent();
    }

    @Test
    default void removes_what_belonged_to_a_repository_that_is_gone() {
        repositories().save(new Repository("main", true, List.of(), List.of()));
        for (String repository : List.of("main", "gone")) {
            publish(repository, "a", "1.0.0");
            files().put(Samples.file(repository, Coordinates.of("npm", "x", "1"), "x/1", "npm"));
            documents()
                    .save(document(repository, "index:x", Samples.contents("d").sha256()));
        }

        assertThat(inventory().orphans()).isBetween(5L, 6L);
        int removed = 0;
        int step;
        do {
            step = inventory().removeOrphans(2);
            removed += step;
        } while (step > 0);

        assertThat(removed).isBetween(3, 6); // a package's releases may go with it uncounted
        assertThat(inventory().orphans()).isZero();
        assertThat(files().find("gone", "npm", "x/1")).isEmpty();
        assertThat(hosted().find("gone", new PackageName("npm", "a"))).isEmpty();
        assertThat(files().find("main", "npm", "x/1")).isPresent();
        assertThat(hosted().find("main", new PackageName("npm", "a"))).isPresent();
    }

    @Test
    default void a_renamed_repository_keeps_everything() {
        Repository repository = new Repository("main", true, List.of(), List.of());
        repositories().save(repository);
        publish("main", "a", "1.0.0");
        repositories().save(repository.renamed("other"));

        assertThat(inventory().orphans()).isZero();
        assertThat(inventory().removeOrphans(10)).isZero();
        assertThat(hosted().find("main", new PackageName("npm", "a"))).isPresent();
    }

    private void publish(String repository, String name, String... versions) {
        PackageName packageName = new PackageName("npm", name);
        List<StoredFile> files = new ArrayList<>();
        for (String version : versions) {
            files.add(Samples.file(
                    repository, new Coordinates(packageName, version), name + "-" + version + ".tgz", null));
        }
        hosted().apply(
                        repository,
                        packageName,
                        0,
                        new Change(
                                new byte[] {1},
                                List.of(versions).stream().map(Samples::release).toList(),
                                List.of()),
                        files.subList(0, 1));
    }

    private static Document document(String repository, String key, @Nullable Digest blob) {
        return new Document(repository, "npm", "npm", key, blob, "", null, null, Samples.INSTANT, Samples.INSTANT);
    }

    private static <T> List<T> pages(BiFunction<@Nullable T, Integer, List<T>> page) {
        List<T> all = new ArrayList<>();
        List<T> next = page.apply(null, 3);
        while (!next.isEmpty()) {
            assertThat(next).hasSizeLessThanOrEqualTo(3);
            all.addAll(next);
            next = page.apply(next.getLast(), 3);
        }
        return all;
    }
}

package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link FileStore} does. */
public interface FileStoreContract {
    /** A version most tests keep files of. */
    Coordinates WIDGET = Coordinates.of("npm", "widget", "1.0.0");

    /** The store under test; the same one throughout a test. */
    FileStore store();

    /** Closes the store and opens it again on the same data. */
    FileStore reopened();

    @Test
    default void gives_back_every_property() {
        StoredFile full = new StoredFile(
                "main",
                "widget/-/widget-1.0.0.tgz",
                WIDGET,
                Samples.contents("bytes"),
                "npm",
                Samples.INSTANT,
                Instant.parse("2001-02-03T04:05:06Z"));
        store().put(full);

        assertThat(store().find("main", "npm", full.path())).contains(full);
        assertThat(reopened().find("main", "npm", full.path())).contains(full);
    }

    @Test
    default void a_hosted_file_has_no_upstream() {
        StoredFile hosted = Samples.file("main", WIDGET, "p", null);
        store().put(hosted);

        StoredFile kept = store().find("main", "npm", "p").orElseThrow();
        assertThat(kept).isEqualTo(hosted);
        assertThat(kept.isHosted()).isTrue();
    }

    @Test
    default void finds_only_in_that_repository_format_and_path() {
        store().put(Samples.file("main", WIDGET, "Path", "npm"));

        assertThat(store().find("main", "npm", "path")).isEmpty();
        assertThat(store().find("main", "npm", "Path/")).isEmpty();
        assertThat(store().find("other", "npm", "Path")).isEmpty();
        assertThat(store().find("main", "pypi", "Path")).isEmpty();
    }

    @Test
    default void replaces_what_was_recorded_for_the_path() {
        store().put(Samples.file("main", WIDGET, "p", "npm"));
        StoredFile newer = new StoredFile(
                "main",
                "p",
                Coordinates.of("npm", "widget", "2.0.0"),
                Samples.contents("newer"),
                null,
                Samples.INSTANT.plusSeconds(5),
                Samples.INSTANT);
        store().put(newer);

        assertThat(store().find("main", "npm", "p")).contains(newer);
        assertThat(store().of("main", WIDGET)).isEmpty();
        assertThat(store().versions("main", WIDGET.packageName())).containsExactly("2.0.0");
    }

    @Test
    default void removes_a_file_once() {
        store().put(Samples.file("main", WIDGET, "p", "npm"));

        assertThat(store().remove("main", "npm", "p")).isTrue();
        assertThat(store().remove("main", "npm", "p")).isFalse();
        assertThat(reopened().find("main", "npm", "p")).isEmpty();
    }

    @Test
    default void tells_the_files_of_a_version_by_path() {
        StoredFile b = Samples.file("main", WIDGET, "b", "npm");
        StoredFile a = Samples.file("main", WIDGET, "a", null);
        store().put(b);
        store().put(a);
        store().put(Samples.file("main", Coordinates.of("npm", "widget", "1.0.0-rc"), "c", "npm"));
        store().put(Samples.file("other", WIDGET, "d", "npm"));

        assertThat(store().of("main", WIDGET)).containsExactly(a, b);
    }

    @Test
    default void tells_the_versions_of_which_files_are_kept() {
        store().put(Samples.file("main", WIDGET, "a", "npm"));
        store().put(Samples.file("main", WIDGET, "b", "npm"));
        store().put(Samples.file("main", Coordinates.of("npm", "widget", "0.9"), "c", "npm"));
        store().put(Samples.file("main", Coordinates.of("npm", "gadget", "7"), "d", "npm"));

        assertThat(store().versions("main", WIDGET.packageName())).containsExactlyInAnyOrder("1.0.0", "0.9");
        assertThat(store().versions("other", WIDGET.packageName())).isEmpty();
    }

    @Test
    default void finds_equal_bytes_wherever_they_are() {
        StoredFile here = new StoredFile("main", "a", WIDGET, Samples.contents("same"), "npm", Samples.INSTANT, null);
        StoredFile there = new StoredFile(
                "other",
                "b",
                Coordinates.of("pypi", "gadget", "1"),
                Samples.contents("same"),
                null,
                Samples.INSTANT,
                null);
        store().put(here);
        store().put(there);
        store().put(Samples.file("main", WIDGET, "different", "npm"));

        assertThat(store().withDigest(here.contents().sha256(), 10)).containsExactlyInAnyOrder(here, there);
        assertThat(store().withDigest(here.contents().sha256(), 1)).hasSize(1);
        assertThat(store().withDigest(Samples.contents("nobody").sha256(), 10)).isEmpty();
    }

    @Test
    default void keeps_hostile_paths_as_they_are() {
        for (String text : Samples.HOSTILE_TEXTS) {
            StoredFile file = Samples.file("main", Coordinates.of("npm", text, "1"), "../" + text + "/x", "npm");
            store().put(file);
            assertThat(store().find("main", "npm", file.path())).contains(file);
        }
        assertThat(store().find("main", "npm", "' OR '1'='1")).isEmpty();
    }

    @Test
    default void what_no_database_keeps_is_refused_and_never_found() {
        assertThat(store().find("main", "npm", "a\0b")).isEmpty();
        assertThat(store().remove("main", "npm", "a\0b")).isFalse();
        assertThatThrownBy(() -> store().put(Samples.file("main", WIDGET, "a\0b", "npm")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().put(Samples.file("main", WIDGET, "a\uD83D", "npm")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store().find("main", "npm", "a?")).isEmpty();
    }

    @Test
    default void a_failed_write_does_not_harm_those_beside_it() {
        FileStore store = store();

        List<Boolean> kept = Together.all(8, number -> {
            try {
                store.put(Samples.file("main", WIDGET, number % 2 == 0 ? "p" + number : "bad\0" + number, "npm"));
                return true;
            } catch (IllegalArgumentException refused) {
                return false;
            }
        });

        assertThat(kept).containsExactly(true, false, true, false, true, false, true, false);
        assertThat(reopened().of("main", WIDGET)).extracting(StoredFile::path).containsExactly("p0", "p2", "p4", "p6");
    }

    @Test
    default void lists_each_package_of_which_a_file_is_kept_once_and_page_by_page() {
        store().put(Samples.file("main", WIDGET, "a", "npm"));
        store().put(Samples.file("main", Coordinates.of("npm", "widget", "2.0.0"), "b", null));
        store().put(Samples.file("main", Coordinates.of("npm", "gadget", "1.0.0"), "c", "npm"));
        store().put(Samples.file("main", Coordinates.of("pypi", "other", "1.0.0"), "d", "pypi"));
        store().put(Samples.file("elsewhere", Coordinates.of("npm", "zebra", "1.0.0"), "e", "npm"));

        assertThat(store().names("main", "npm", "", 10))
                .containsExactly(new PackageName("npm", "gadget"), new PackageName("npm", "widget"));
        assertThat(store().names("main", "npm", "", 1)).containsExactly(new PackageName("npm", "gadget"));
        assertThat(store().names("main", "npm", "gadget", 1)).containsExactly(new PackageName("npm", "widget"));
        assertThat(store().names("main", "npm", "widget", 1)).isEmpty();
    }
}

package dev.sluice.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.FileStore;
import dev.sluice.kernel.repository.HostedStore;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.kernel.repository.HostedStore.HostedPackage;
import dev.sluice.kernel.repository.HostedStore.RevisionConflictException;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What every {@link HostedStore} does, together with the {@link FileStore} it shares its files with. */
public interface HostedStoreContract {
    /** A package most tests publish. */
    PackageName NAME = new PackageName("npm", "@acme/widget");

    /** The store under test; the same one throughout a test. */
    HostedStore store();

    /** The files of the same data. */
    FileStore files();

    /** Closes the store and opens it again on the same data. */
    HostedStore reopened();

    /** A change that puts releases of those versions. */
    static Change put(String... versions) {
        List<Release> releases = new ArrayList<>();
        for (String version : versions) {
            releases.add(Samples.release(version));
        }
        return new Change("document".getBytes(UTF_8), releases, List.of());
    }

    /** A change that removes those versions. */
    static Change remove(String... versions) {
        return new Change("document".getBytes(UTF_8), List.of(), List.of(versions));
    }

    /** The file published with a version of the package. */
    static StoredFile file(PackageName name, String version) {
        return Samples.file("main", new Coordinates(name, version), name.name() + "/-/" + version + ".tgz", null);
    }

    /** Versions of the package in the order they are told. */
    default List<String> versions(HostedStore store, PackageName name) {
        return store.find("main", name)
                .map(p -> p.index().releases().stream().map(Release::version).toList())
                .orElse(List.of());
    }

    @Test
    default void a_first_publication_starts_at_revision_one() {
        long revision = store().apply("main", NAME, 0, put("1.0.0"), List.of(file(NAME, "1.0.0")));

        assertThat(revision).isEqualTo(1);
        HostedPackage found = store().find("main", NAME).orElseThrow();
        assertThat(found.revision()).isEqualTo(1);
        assertThat(found.index().name()).isEqualTo(NAME);
        assertThat(found.index().document()).isEqualTo("document".getBytes(UTF_8));
        assertThat(versions(store(), NAME)).containsExactly("1.0.0");
        assertThat(files().find("main", "npm", file(NAME, "1.0.0").path())).contains(file(NAME, "1.0.0"));
        assertThat(versions(reopened(), NAME)).containsExactly("1.0.0");
    }

    /** An event that tells of a version of the package, with that number. */
    private static Event event(int number, String message) {
        return Event.of(
                        String.format(Locale.ROOT, "01J%023d", number),
                        Samples.INSTANT,
                        Event.Kind.PUBLISH,
                        new Event.Actor("ada", "token", "192.0.2.1", "npm/11"),
                        message)
                .about(Event.Subject.of("main", new Coordinates(NAME, "1.0.0")).as("pkg:npm/%40acme/widget@1.0.0"))
                .with(new Event.Bytes("a/file", "abc", null))
                .decidedBy(List.of("policy"))
                .detailed("{\"a\":1}");
    }

    @Test
    default void events_are_kept_with_their_change_until_the_journal_is_said_to_have_them() {
        List<Event> events = new ArrayList<>();
        for (String text : Samples.HOSTILE_TEXTS) {
            events.add(event(events.size(), text));
        }
        Event ofPackage = Event.of("01K", Samples.INSTANT, Event.Kind.CHANGE, Event.Actor.SYSTEM, "")
                .about(Event.Subject.of(null, NAME));
        events.add(ofPackage);
        store().apply("main", NAME, 0, put("1.0.0").telling(events), List.of());
        assertThat(store().untold()).isEqualTo(events);
        HostedStore again = reopened();
        assertThat(again.untold()).isEqualTo(events);

        again.told(
                events.stream().map(Event::id).filter(id -> !id.equals("01K")).toList());
        again.apply("main", NAME, 1, put("2.0.0"), List.of());

        assertThat(again.untold()).containsExactly(ofPackage);
    }

    @Test
    default void a_change_that_is_not_made_leaves_no_event() {
        store().apply("main", NAME, 0, put("1.0.0").telling(List.of(event(1, "made"))), List.of());

        assertThatThrownBy(() ->
                        store().apply("main", NAME, 0, put("2.0.0").telling(List.of(event(2, "not made"))), List.of()))
                .isInstanceOf(RevisionConflictException.class);

        assertThat(store().untold()).containsExactly(event(1, "made"));
    }

    @Test
    default void gives_back_every_property_of_a_release() {
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        Digest digest = Samples.contents("x").sha512();
        ReleaseFile file = new ReleaseFile(
                "o'file.whl",
                "a/o'file.whl",
                "https://files.example/a%20b",
                List.of(digest),
                42,
                Signal.known(Samples.INSTANT, "upload"),
                "broken \"build\"");
        Release release = new Release(
                "1!2.0+local.1",
                Signal.known(Samples.INSTANT, "index"),
                Signal.known("MIT OR Apache-2.0", "index"),
                "use 漢字 instead",
                "",
                Signal.known(false, "index"),
                List.of("A \"B\" <a@b.example>"),
                "summary",
                List.of(file),
                everyByte);
        store().apply("main", NAME, 0, new Change(everyByte, List.of(release), List.of()), List.of());

        HostedPackage found = reopened().find("main", NAME).orElseThrow();
        assertThat(found.index().document()).isEqualTo(everyByte);
        Release kept = found.index().releases().getFirst();
        assertThat(kept).usingRecursiveComparison().isEqualTo(release);
        assertThat(kept.document()).isEqualTo(everyByte);
    }

    @Test
    default void an_unknown_fact_stays_unknown_for_its_reason() {
        store().apply("main", NAME, 0, put("1.0.0"), List.of());

        Release kept =
                store().find("main", NAME).orElseThrow().index().releases().getFirst();
        assertThat(kept.license()).isEqualTo(Signal.unknown("not told"));
        assertThat(kept.installScripts()).isEqualTo(Signal.unknown("not told"));
        assertThat(kept.deprecated()).isNull();
        assertThat(kept.yanked()).isNull();
    }

    @Test
    default void keeps_the_order_of_publication_and_the_place_of_what_is_replaced() {
        store().apply("main", NAME, 0, put("2.0.0", "10.0.0"), List.of());
        store().apply("main", NAME, 1, put("1.0.0"), List.of());
        store().apply("main", NAME, 2, put("10.0.0"), List.of());

        assertThat(versions(store(), NAME)).containsExactly("2.0.0", "10.0.0", "1.0.0");
        assertThat(store().find("main", NAME).orElseThrow().revision()).isEqualTo(3);
    }

    @Test
    default void refuses_a_change_made_from_an_old_revision() {
        store().apply("main", NAME, 0, put("1.0.0"), List.of());
        store().apply("main", NAME, 1, put("2.0.0"), List.of());

        assertThatThrownBy(() -> store().apply("main", NAME, 1, put("3.0.0"), List.of(file(NAME, "3.0.0"))))
                .isInstanceOf(RevisionConflictException.class);
        assertThatThrownBy(() -> store().apply("main", NAME, 0, put("3.0.0"), List.of()))
                .isInstanceOf(RevisionConflictException.class);
        assertThatThrownBy(() -> store().apply("main", NAME, 9, put("3.0.0"), List.of()))
                .isInstanceOf(RevisionConflictException.class);
        assertThat(versions(store(), NAME)).containsExactly("1.0.0", "2.0.0");
        assertThat(files().find("main", "npm", file(NAME, "3.0.0").path())).isEmpty();
    }

    @Test
    default void refuses_a_change_of_what_does_not_exist() {
        assertThatThrownBy(() -> store().apply("main", NAME, 1, put("1.0.0"), List.of()))
                .isInstanceOf(RevisionConflictException.class);
        assertThat(store().find("main", NAME)).isEmpty();
    }

    @Test
    default void a_removed_version_takes_its_published_files_with_it() {
        store().apply("main", NAME, 0, put("1.0.0", "2.0.0"), List.of(file(NAME, "1.0.0"), file(NAME, "2.0.0")));
        StoredFile fetched = Samples.file("main", new Coordinates(NAME, "1.0.0"), "fetched", "npm");
        files().put(fetched);

        store().apply("main", NAME, 1, remove("1.0.0"), List.of());

        assertThat(versions(store(), NAME)).containsExactly("2.0.0");
        assertThat(files().of("main", new Coordinates(NAME, "1.0.0"))).containsExactly(fetched);
        assertThat(files().of("main", new Coordinates(NAME, "2.0.0"))).containsExactly(file(NAME, "2.0.0"));
    }

    @Test
    default void single_published_files_go_while_their_version_stays() {
        StoredFile other = Samples.file("main", new Coordinates(NAME, "1.0.0"), "other", null);
        StoredFile fetched = Samples.file("main", new Coordinates(NAME, "1.0.0"), "fetched", "npm");
        store().apply("main", NAME, 0, put("1.0.0"), List.of(file(NAME, "1.0.0"), other));
        files().put(fetched);

        store().apply(
                        "main",
                        NAME,
                        1,
                        new Change(new byte[0], List.of(), List.of(), List.of("other", "fetched", "nobody's")),
                        List.of());

        assertThat(versions(store(), NAME)).containsExactly("1.0.0");
        assertThat(files().of("main", new Coordinates(NAME, "1.0.0")))
                .containsExactlyInAnyOrder(file(NAME, "1.0.0"), fetched);
    }

    @Test
    default void a_package_without_releases_is_gone_and_begins_anew() {
        store().apply("main", NAME, 0, put("1.0.0"), List.of(file(NAME, "1.0.0")));
        store().apply("main", NAME, 1, remove("1.0.0"), List.of());

        assertThat(store().find("main", NAME)).isEmpty();
        assertThat(store().names("main", "npm", "", 10)).isEmpty();
        assertThat(store().apply("main", NAME, 0, put("1.0.1"), List.of())).isEqualTo(1);
    }

    @Test
    default void the_stamp_differs_after_every_change_also_when_a_package_began_anew() {
        List<Long> stamps = new ArrayList<>();
        stamps.add(store().stamp(NAME));
        store().apply("main", NAME, 0, put("1.0.0"), List.of());
        stamps.add(store().stamp(NAME));
        store().apply("main", NAME, 1, remove("1.0.0"), List.of());
        stamps.add(store().stamp(NAME));
        store().apply("main", NAME, 0, put("1.0.0"), List.of());
        stamps.add(store().stamp(NAME));
        store().apply("other", NAME, 0, put("1.0.0"), List.of());
        stamps.add(store().stamp(NAME));
        assertThatThrownBy(() -> store().apply("main", NAME, 9, put("3.0.0"), List.of()))
                .isInstanceOf(RevisionConflictException.class);

        assertThat(stamps).doesNotHaveDuplicates();
        assertThat(store().stamp(NAME)).isEqualTo(stamps.getLast());
    }

    @Test
    default void a_path_of_another_package_undoes_the_whole_change() {
        PackageName other = new PackageName("npm", "other");
        store().apply("main", NAME, 0, put("1.0.0"), List.of(file(NAME, "1.0.0")));
        StoredFile stolen = Samples.file(
                "main", new Coordinates(other, "1.0.0"), file(NAME, "1.0.0").path(), null);
        StoredFile fine = file(other, "1.0.0");

        assertThatThrownBy(() -> store().apply("main", other, 0, put("1.0.0"), List.of(fine, stolen)))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(store().find("main", other)).isEmpty();
        assertThat(files().find("main", "npm", fine.path())).isEmpty();
        assertThat(files().find("main", "npm", stolen.path())).contains(file(NAME, "1.0.0"));
    }

    @Test
    default void a_file_of_the_same_package_may_be_replaced() {
        store().apply("main", NAME, 0, put("1.0.0"), List.of(file(NAME, "1.0.0")));
        StoredFile newer = new StoredFile(
                "main",
                file(NAME, "1.0.0").path(),
                new Coordinates(NAME, "1.0.0"),
                Samples.contents("newer"),
                null,
                Samples.INSTANT.plusSeconds(1),
                null);
        store().apply("main", NAME, 1, put("1.0.0"), List.of(newer));

        assertThat(files().find("main", "npm", newer.path())).contains(newer);
    }

    @Test
    default void repositories_and_formats_do_not_see_each_other() {
        store().apply("main", NAME, 0, put("1.0.0"), List.of());

        assertThat(store().find("other", NAME)).isEmpty();
        assertThat(store().find("main", new PackageName("pypi", NAME.name()))).isEmpty();
        assertThat(store().names("other", "npm", "", 10)).isEmpty();
        assertThat(store().names("main", "pypi", "", 10)).isEmpty();
    }

    @Test
    default void names_are_told_page_by_page() {
        for (String name : List.of("b", "a", "A", "c/d", "@x/y")) {
            store().apply("main", new PackageName("npm", name), 0, put("1"), List.of());
        }

        List<String> seen = new ArrayList<>();
        String after = "";
        List<PackageName> page = store().names("main", "npm", after, 2);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(2);
            page.forEach(name -> seen.add(name.name()));
            after = seen.getLast();
            page = store().names("main", "npm", after, 2);
        }

        assertThat(seen).containsExactly("@x/y", "A", "a", "b", "c/d");
    }

    @Test
    default void keeps_hostile_names_as_they_are() {
        for (String text : Samples.HOSTILE_TEXTS) {
            PackageName name = new PackageName("npm", text);
            String version = text.substring(0, Math.min(text.length(), 256));
            store().apply("main", name, 0, put(version), List.of(file(name, version)));
            assertThat(versions(store(), name)).containsExactly(version);
            assertThat(files().of("main", new Coordinates(name, version))).containsExactly(file(name, version));
        }
        assertThat(store().names("main", "npm", "", 100)).hasSize(Samples.HOSTILE_TEXTS.size());
    }

    @Test
    default void refuses_names_no_database_keeps() {
        PackageName name = new PackageName("npm", "a\0b");

        assertThat(store().find("main", name)).isEmpty();
        assertThatThrownBy(() -> store().apply("main", name, 0, put("1"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().apply("main", NAME, 0, put("1\uD800"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store().names("main", "npm", "", 10)).isEmpty();
    }

    @Test
    default void of_many_publishers_none_is_lost_when_each_tries_again() {
        HostedStore store = store();

        Together.run(6, number -> {
            for (int i = 0; i < 5; i++) {
                String version = number + "." + i;
                boolean done = false;
                while (!done) {
                    long revision = store.find("main", NAME)
                            .map(HostedPackage::revision)
                            .orElse(0L);
                    try {
                        store.apply("main", NAME, revision, put(version), List.of(file(NAME, version)));
                        done = true;
                    } catch (RevisionConflictException again) {
                        done = false;
                    }
                }
            }
        });

        assertThat(versions(store, NAME)).hasSize(30);
        assertThat(store.find("main", NAME).orElseThrow().revision()).isEqualTo(30);
    }

    @Test
    default void a_package_is_never_seen_between_two_revisions() {
        HostedStore store = store();

        Together.run(3, number -> {
            for (int i = 0; i < 30; i++) {
                if (number == 0) {
                    store.apply("main", NAME, i, put("1." + i), List.of());
                } else {
                    store.find("main", NAME)
                            .ifPresent(p -> assertThat(p.index().releases()).hasSize((int) p.revision()));
                }
            }
        });
    }
}

package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.Evidence;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.LearntFile;
import dev.sluice.kernel.facts.PackageHistory;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.kernel.repository.StoredFile;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link HistoryStore} does. */
public interface HistoryStoreContract {
    /** A package most tests learn about. */
    PackageName NAME = new PackageName("npm", "widget");

    /** The store under test; the same one throughout a test. */
    HistoryStore store();

    /** Closes the store and opens it again on the same data. */
    HistoryStore reopened();

    /** Evidence with every fact known. */
    static Evidence told(int reader) {
        return new Evidence(
                reader,
                Signal.known("", "artifact"),
                Signal.known(true, "artifact"),
                Signal.known(">=3.9, <4 'o\"", "artifact"),
                List.of("two entries are named \u00fc'\""),
                "com.acme:base:7",
                Signal.known("ab12", "artifact"));
    }

    /** A file of a version in the repository {@code main}, given by the upstream {@code npm}. */
    static StoredFile file(PackageName name, String version) {
        return Samples.file("main", new Coordinates(name, version), "widget/-/widget-" + version + ".tgz", "npm");
    }

    private static StoredFile file(String version) {
        return file(NAME, version);
    }

    private static LearntFile learnt(StoredFile file, @Nullable Evidence evidence) {
        return new LearntFile(file.path(), file.contents().sha256(), file.lastModified(), evidence);
    }

    private static Map<String, VersionHistory> of(HistoryStore store) {
        return store.of("main", NAME).of("npm");
    }

    @Test
    default void knows_nothing_of_a_package_never_seen() {
        assertThat(store().of("main", NAME)).isEqualTo(PackageHistory.NONE);
        assertThat(store().of("main", new PackageName("npm", "a\0b"))).isEqualTo(PackageHistory.NONE);
        assertThat(store().evidence(Samples.contents("x").sha256(), "npm", "x.tgz"))
                .isEmpty();
        assertThat(store().evidence(Samples.contents("x").sha256(), "npm", "x\0.tgz"))
                .isEmpty();
    }

    @Test
    default void a_version_keeps_the_instant_it_was_first_seen() {
        store().seen("main", "npm", NAME, List.of("1", "2"), Samples.INSTANT);
        store().seen("main", "npm", NAME, List.of("2", "3"), Samples.INSTANT.plusSeconds(60));

        Map<String, VersionHistory> expected = Map.of(
                "1", VersionHistory.seen(Samples.INSTANT),
                "2", VersionHistory.seen(Samples.INSTANT),
                "3", VersionHistory.seen(Samples.INSTANT.plusSeconds(60)));
        assertThat(of(store())).isEqualTo(expected);
        assertThat(of(reopened())).isEqualTo(expected);
    }

    @Test
    default void repositories_and_sources_do_not_see_what_others_have_seen() {
        store().seen("main", "npm", NAME, List.of("1"), Samples.INSTANT);
        store().seen("main", "other", NAME, List.of("1"), Samples.INSTANT.plusSeconds(1));
        store().seen("main", null, NAME, List.of("1"), Samples.INSTANT.plusSeconds(2));
        store().seen("sandbox", "npm", NAME, List.of("1", "2"), Samples.INSTANT.plusSeconds(3));

        PackageHistory main = reopened().of("main", NAME);
        assertThat(main.of("npm", "1")).isEqualTo(VersionHistory.seen(Samples.INSTANT));
        assertThat(main.of("other", "1")).isEqualTo(VersionHistory.seen(Samples.INSTANT.plusSeconds(1)));
        assertThat(main.of(null, "1")).isEqualTo(VersionHistory.seen(Samples.INSTANT.plusSeconds(2)));
        assertThat(main.of("npm", "2")).isNull();
        assertThat(store().of("sandbox", NAME).of("npm", "1"))
                .isEqualTo(VersionHistory.seen(Samples.INSTANT.plusSeconds(3)));
        assertThat(store().of("sandbox", NAME).of(null)).isEmpty();
    }

    @Test
    default void learns_of_a_file_without_changing_when_its_version_was_seen() {
        StoredFile file = file("1");
        store().seen("main", "npm", NAME, List.of("1"), Samples.INSTANT.minusSeconds(99));
        store().learn(file, told(1));

        Map<String, VersionHistory> expected =
                Map.of("1", new VersionHistory(Samples.INSTANT.minusSeconds(99), List.of(learnt(file, told(1)))));
        assertThat(of(store())).isEqualTo(expected);
        assertThat(of(reopened())).isEqualTo(expected);
    }

    @Test
    default void learning_of_a_file_of_an_unseen_version_counts_as_seeing_it() {
        StoredFile file = file("1");
        store().learn(file, told(1));
        store().seen("main", "npm", NAME, List.of("1"), Samples.INSTANT.plusSeconds(60));

        assertThat(of(store()))
                .isEqualTo(Map.of("1", new VersionHistory(file.storedAt(), List.of(learnt(file, told(1))))));
    }

    @Test
    default void what_was_read_before_is_replaced_as_a_whole() {
        store().learn(file("1"), told(1));
        Evidence unknown = Evidence.unknown(2, "broken");
        store().learn(file("1"), unknown);

        assertThat(Objects.requireNonNull(of(store()).get("1")).files()).containsExactly(learnt(file("1"), unknown));
    }

    @Test
    default void other_bytes_at_the_path_take_the_place_of_the_former() {
        StoredFile former = file("1");
        StoredFile now = new StoredFile(
                former.repository(),
                former.path(),
                former.coordinates(),
                Samples.contents("other bytes"),
                former.upstream(),
                former.storedAt(),
                null);
        store().learn(former, told(1));
        store().learn(now, Evidence.unknown(1, "broken"));

        assertThat(Objects.requireNonNull(of(reopened()).get("1")).files())
                .containsExactly(learnt(now, Evidence.unknown(1, "broken")));
        assertThat(store().evidence(former.contents().sha256(), "npm", former.fileName()))
                .contains(told(1));
    }

    @Test
    default void bytes_say_the_same_in_every_repository_whoever_read_them() {
        StoredFile here = file("1");
        StoredFile there = Samples.file("sandbox", here.coordinates(), here.path(), null);
        store().learn(here, told(1));
        store().learn(there, told(2));

        assertThat(store().evidence(here.contents().sha256(), "npm", here.fileName()))
                .contains(told(2));
        assertThat(Objects.requireNonNull(of(store()).get("1")).files()).containsExactly(learnt(here, told(2)));
        assertThat(Objects.requireNonNull(store().of("sandbox", NAME).of(null, "1"))
                        .files())
                .containsExactly(learnt(there, told(2)));
        assertThat(store().of("sandbox", NAME).of("npm")).isEmpty();
    }

    @Test
    default void bytes_read_as_a_file_of_another_name_or_format_say_nothing_of_this_one() {
        StoredFile file = file("1");
        StoredFile renamed = new StoredFile(
                "main", "widget/-/other.bin", file.coordinates(), file.contents(), "npm", file.storedAt(), null);
        store().learn(file, told(1));
        store().learn(renamed, Evidence.unknown(1, "files of this kind are not read"));

        assertThat(Objects.requireNonNull(of(reopened()).get("1")).files())
                .containsExactly(
                        learnt(renamed, Evidence.unknown(1, "files of this kind are not read")), learnt(file, told(1)));
        assertThat(store().evidence(file.contents().sha256(), "pypi", file.fileName()))
                .isEmpty();
        assertThat(store().evidence(Digest.sha256("0".repeat(64)), "npm", file.fileName()))
                .isEmpty();
    }

    @Test
    default void the_stamp_differs_after_every_lesson_but_not_for_having_seen_a_version() {
        long unknown = store().stamp(NAME);
        store().seen("main", "npm", NAME, List.of("1"), Samples.INSTANT);
        long seen = store().stamp(NAME);
        store().learn(file("1"), told(1));
        long learnt = store().stamp(NAME);
        store().learn(file("2"), told(1));

        assertThat(seen).isEqualTo(unknown);
        assertThat(learnt).isNotEqualTo(seen);
        assertThat(store().stamp(NAME)).isNotEqualTo(learnt).isNotEqualTo(seen);
    }

    @Test
    default void a_new_file_that_tells_nothing_changes_no_stamp_but_one_that_took_the_place_of_another_does() {
        StoredFile silent = Samples.file("main", new Coordinates(NAME, "1"), "widget/-/silent.bin", "npm");
        silent = new StoredFile(
                silent.repository(),
                silent.path(),
                silent.coordinates(),
                silent.contents(),
                silent.upstream(),
                silent.storedAt(),
                null);
        long before = store().stamp(NAME);
        store().learn(silent, Evidence.unknown(1, "files of this kind are not read"));
        assertThat(store().stamp(NAME)).isEqualTo(before);

        store().learn(silent, Evidence.unknown(2, "files of this kind are not read"));
        assertThat(store().stamp(NAME)).isNotEqualTo(before);
    }

    @Test
    default void packages_do_not_see_each_other() {
        store().seen("main", "npm", NAME, List.of("1"), Samples.INSTANT);
        store().seen("main", "npm", new PackageName("pypi", "widget"), List.of("2"), Samples.INSTANT);
        store().seen("main", "npm", new PackageName("npm", "Widget"), List.of("3"), Samples.INSTANT);

        assertThat(of(store())).containsOnlyKeys("1");
    }

    @Test
    default void sees_thousands_of_versions_at_once() {
        List<String> versions =
                IntStream.range(0, 5_000).mapToObj(i -> "1.0." + i).toList();
        store().seen("main", "npm", NAME, versions, Samples.INSTANT);
        store().seen("main", "npm", NAME, versions, Samples.INSTANT.plusSeconds(1));

        assertThat(of(store())).hasSize(5_000);
        assertThat(of(store()).values()).containsOnly(VersionHistory.seen(Samples.INSTANT));
    }

    @Test
    default void keeps_hostile_versions_as_they_are() {
        for (String text : Samples.HOSTILE_TEXTS) {
            PackageName name = new PackageName("npm", text);
            store().seen("main", "npm", name, List.of(text), Samples.INSTANT);
            assertThat(store().of("main", name).of("npm")).containsOnlyKeys(text);
        }
    }

    @Test
    default void all_versions_are_noted_or_none() {
        assertThatThrownBy(() -> store().seen("main", "npm", NAME, List.of("1", "bad\0"), Samples.INSTANT))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(of(reopened())).isEmpty();
    }

    @Test
    default void an_instant_beyond_all_calendars_is_kept_as_the_last_one() {
        store().seen("main", "npm", NAME, List.of("1"), Instant.MAX);

        assertThat(of(reopened()).get("1"))
                .satisfies(history -> assertThat(history.firstSeen()).isAfter(Instant.parse("2262-01-01T00:00:00Z")));
    }

    @Test
    default void of_many_who_see_a_version_first_all_agree_afterwards() {
        HistoryStore store = store();

        List<Instant> told = Together.all(8, number -> {
            store.seen("main", "npm", NAME, List.of("1"), Samples.INSTANT.plusSeconds(number));
            return of(store)
                    .getOrDefault("1", VersionHistory.seen(Instant.EPOCH))
                    .firstSeen();
        });

        assertThat(told).containsOnly(told.getFirst()).doesNotContain(Instant.EPOCH);
        assertThat(of(reopened())).isEqualTo(Map.of("1", VersionHistory.seen(told.getFirst())));
    }

    @Test
    default void a_lesson_is_seen_by_whoever_asks_after_it() {
        HistoryStore store = store();

        Together.run(4, number -> {
            for (int i = 0; i < 20; i++) {
                StoredFile file = file(number + "." + i);
                store.learn(file, told(1));
                assertThat(Objects.requireNonNull(of(store).get(number + "." + i))
                                .files())
                        .containsExactly(learnt(file, told(1)));
            }
        });
    }

    @Test
    default void forgets_which_bytes_an_upstream_gave_and_neither_what_they_say_nor_when_it_was_seen() {
        StoredFile one = file("1");
        StoredFile two = file("2");
        store().learn(one, told(1));
        store().learn(two, told(1));
        long stamp = store().stamp(NAME);

        store().forget("main", "npm", NAME, "1");

        assertThat(store().stamp(NAME)).isNotEqualTo(stamp);
        assertThat(of(reopened()).get("1")).isEqualTo(VersionHistory.seen(one.storedAt()));
        assertThat(Objects.requireNonNull(of(store()).get("2")).files()).containsExactly(learnt(two, told(1)));
        assertThat(store().evidence(one.contents().sha256(), "npm", one.fileName()))
                .contains(told(1));
        store().forget("main", "other", NAME, null);
        store().forget("elsewhere", "npm", NAME, null);
        assertThat(Objects.requireNonNull(of(store()).get("2")).files()).isNotEmpty();
        store().forget("main", "npm", NAME, null);
        assertThat(of(reopened()).get("2")).isEqualTo(VersionHistory.seen(two.storedAt()));
    }
}

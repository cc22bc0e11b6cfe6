package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.facts.HistoryStore;
import dev.sluice.kernel.facts.VersionHistory;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link HistoryStore} does. */
public interface HistoryStoreContract {
    /** A package most tests learn about. */
    PackageName NAME = new PackageName("npm", "widget");

    /** The store under test; the same one throughout a test. */
    HistoryStore store();

    /** Closes the store and opens it again on the same data. */
    HistoryStore reopened();

    /** A history with every fact known. */
    static VersionHistory learnt(Instant firstSeen) {
        return new VersionHistory(
                firstSeen,
                Signal.known(Instant.parse("2020-01-01T00:00:00Z"), "last-modified"),
                Signal.known("", "artifact"),
                Signal.known(true, "artifact"),
                Signal.known(">=3.9, <4 'o\"", "artifact"));
    }

    @Test
    default void knows_nothing_of_a_package_never_seen() {
        assertThat(store().of(NAME)).isEmpty();
        assertThat(store().of(new PackageName("npm", "a\0b"))).isEmpty();
    }

    @Test
    default void a_version_keeps_the_instant_it_was_first_seen() {
        store().seen(NAME, List.of("1", "2"), Samples.INSTANT);
        store().seen(NAME, List.of("2", "3"), Samples.INSTANT.plusSeconds(60));

        Map<String, VersionHistory> expected = Map.of(
                "1", VersionHistory.seen(Samples.INSTANT),
                "2", VersionHistory.seen(Samples.INSTANT),
                "3", VersionHistory.seen(Samples.INSTANT.plusSeconds(60)));
        assertThat(store().of(NAME)).isEqualTo(expected);
        assertThat(reopened().of(NAME)).isEqualTo(expected);
    }

    @Test
    default void learns_of_a_version_without_changing_when_it_was_seen() {
        store().seen(NAME, List.of("1"), Samples.INSTANT);
        store().learn(new Coordinates(NAME, "1"), learnt(Samples.INSTANT.plusSeconds(99)));

        assertThat(store().of(NAME)).isEqualTo(Map.of("1", learnt(Samples.INSTANT)));
        assertThat(reopened().of(NAME)).isEqualTo(Map.of("1", learnt(Samples.INSTANT)));
    }

    @Test
    default void learning_of_an_unseen_version_counts_as_seeing_it() {
        store().learn(new Coordinates(NAME, "1"), learnt(Samples.INSTANT));
        store().seen(NAME, List.of("1"), Samples.INSTANT.plusSeconds(60));

        assertThat(store().of(NAME)).isEqualTo(Map.of("1", learnt(Samples.INSTANT)));
    }

    @Test
    default void what_was_learnt_is_replaced_as_a_whole() {
        store().learn(new Coordinates(NAME, "1"), learnt(Samples.INSTANT));
        VersionHistory unknown = new VersionHistory(
                Samples.INSTANT, Signal.unknown("a"), Signal.unknown("b"), Signal.unknown("c"), Signal.unknown("d"));
        store().learn(new Coordinates(NAME, "1"), unknown);

        assertThat(store().of(NAME)).isEqualTo(Map.of("1", unknown));
    }

    @Test
    default void the_stamp_differs_after_every_lesson_but_not_for_having_seen_a_version() {
        long unknown = store().stamp(NAME);
        store().seen(NAME, List.of("1"), Samples.INSTANT);
        long seen = store().stamp(NAME);
        store().learn(new Coordinates(NAME, "1"), learnt(Samples.INSTANT));
        long learnt = store().stamp(NAME);
        store().learn(new Coordinates(NAME, "2"), learnt(Samples.INSTANT));

        assertThat(seen).isEqualTo(unknown);
        assertThat(learnt).isNotEqualTo(seen);
        assertThat(store().stamp(NAME)).isNotEqualTo(learnt).isNotEqualTo(seen);
    }

    @Test
    default void packages_do_not_see_each_other() {
        store().seen(NAME, List.of("1"), Samples.INSTANT);
        store().seen(new PackageName("pypi", "widget"), List.of("2"), Samples.INSTANT);
        store().seen(new PackageName("npm", "Widget"), List.of("3"), Samples.INSTANT);

        assertThat(store().of(NAME)).containsOnlyKeys("1");
    }

    @Test
    default void sees_thousands_of_versions_at_once() {
        List<String> versions =
                IntStream.range(0, 5_000).mapToObj(i -> "1.0." + i).toList();
        store().seen(NAME, versions, Samples.INSTANT);
        store().seen(NAME, versions, Samples.INSTANT.plusSeconds(1));

        assertThat(store().of(NAME)).hasSize(5_000).containsValue(VersionHistory.seen(Samples.INSTANT));
        assertThat(store().of(NAME).values()).containsOnly(VersionHistory.seen(Samples.INSTANT));
    }

    @Test
    default void keeps_hostile_versions_as_they_are() {
        for (String text : Samples.HOSTILE_TEXTS) {
            PackageName name = new PackageName("npm", text);
            store().seen(name, List.of(text), Samples.INSTANT);
            assertThat(store().of(name)).containsOnlyKeys(text);
        }
    }

    @Test
    default void all_versions_are_noted_or_none() {
        assertThatThrownBy(() -> store().seen(NAME, List.of("1", "bad\0"), Samples.INSTANT))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(reopened().of(NAME)).isEmpty();
    }

    @Test
    default void an_instant_beyond_all_calendars_is_kept_as_the_last_one() {
        store().seen(NAME, List.of("1"), Instant.MAX);

        assertThat(reopened().of(NAME).get("1"))
                .satisfies(history -> assertThat(history.firstSeen()).isAfter(Instant.parse("2262-01-01T00:00:00Z")));
    }

    @Test
    default void of_many_who_see_a_version_first_all_agree_afterwards() {
        HistoryStore store = store();

        List<Instant> told = Together.all(8, number -> {
            store.seen(NAME, List.of("1"), Samples.INSTANT.plusSeconds(number));
            return store.of(NAME)
                    .getOrDefault("1", VersionHistory.seen(Instant.EPOCH))
                    .firstSeen();
        });

        assertThat(told).containsOnly(told.getFirst()).doesNotContain(Instant.EPOCH);
        assertThat(reopened().of(NAME)).isEqualTo(Map.of("1", VersionHistory.seen(told.getFirst())));
    }

    @Test
    default void a_lesson_is_seen_by_whoever_asks_after_it() {
        HistoryStore store = store();

        Together.run(4, number -> {
            for (int i = 0; i < 20; i++) {
                Coordinates version = new Coordinates(NAME, number + "." + i);
                store.learn(version, learnt(Samples.INSTANT));
                assertThat(store.of(NAME)).containsEntry(version.version(), learnt(Samples.INSTANT));
            }
        });
    }
}

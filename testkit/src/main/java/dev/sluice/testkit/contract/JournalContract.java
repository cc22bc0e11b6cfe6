package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Event.Actor;
import dev.sluice.kernel.journal.Event.Kind;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Journal.Consumption;
import dev.sluice.kernel.journal.Journal.Query;
import dev.sluice.kernel.journal.Journal.Query.Field;
import dev.sluice.kernel.journal.Journal.Taken;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link Journal} does. */
public interface JournalContract {
    /** A version most events are about. */
    Coordinates WIDGET = Coordinates.of("npm", "widget", "1.0.0");

    /** Who does most things. */
    Actor ADA = new Actor("ada", "t1", "192.0.2.1", "npm/11");

    /** The journal under test; the same one throughout a test. */
    Journal journal() throws IOException;

    /** Closes the journal and opens it again on the same data. */
    Journal reopened() throws IOException;

    /** An event at that many seconds after the sample instant; its identifier tells the order. */
    static Event event(int second, Kind kind, Actor actor, @Nullable Coordinates coordinates, String digest) {
        return Event.of(
                        String.format(Locale.ROOT, "01J%023d", second),
                        Samples.INSTANT.plusSeconds(second),
                        kind,
                        actor,
                        "message")
                .about(new Event.Subject(
                        "main",
                        coordinates == null ? null : "pkg:npm/" + coordinates.name() + "@" + coordinates.version(),
                        null,
                        coordinates))
                .with(new Event.Bytes("file", digest, "registry"))
                .decidedBy(List.of("policy-a", "policy-b"))
                .detailed("{\"a\":1}");
    }

    /** A download of the sample version by Ada. */
    static Event download(int second) {
        return event(second, Kind.DOWNLOAD, ADA, WIDGET, digest("widget"));
    }

    /** SHA-256 of a text in hexadecimal. */
    static String digest(String text) {
        return Samples.contents(text).sha256().hex();
    }

    /** Appends events one by one and waits until questions see them. */
    default void appended(Event... events) throws IOException {
        for (Event event : events) {
            journal().append(event).toCompletableFuture().join();
        }
        journal().settle();
    }

    /** A query that restricts nothing. */
    static Query everything(int limit) {
        return Query.latest(limit);
    }

    @Test
    default void gives_back_every_property() throws IOException {
        Event event = download(1);
        appended(event);

        assertThat(journal().find(event.id())).contains(event);
        assertThat(journal().query(everything(10))).containsExactly(event);
    }

    @Test
    default void an_event_may_be_about_nothing_in_particular() throws IOException {
        Event bare = Event.of("01J", Samples.INSTANT, Kind.LOGIN, Actor.SYSTEM, "");
        appended(bare);

        assertThat(journal().find("01J")).contains(bare);
        assertThat(journal().query(Query.latest(5, Kind.LOGIN))).containsExactly(bare);
    }

    @Test
    default void an_event_about_a_package_as_a_whole_is_found_by_its_name() throws IOException {
        Event hidden = Event.of(
                        "01H", Samples.INSTANT, Kind.HIDDEN, ADA, "1 of 2 versions of widget withheld from the index")
                .about(Event.Subject.of("main", WIDGET.packageName()).as("pkg:npm/widget"))
                .decidedBy(List.of("policy-a"));
        appended(hidden, event(1, Kind.HIDDEN, ADA, Coordinates.of("npm", "other", "1.0.0"), digest("other")));

        Query ofPackage = Query.ALL
                .where(Field.FORMAT, "npm")
                .where(Field.PACKAGE, "widget")
                .limit(10);
        assertThat(journal().query(ofPackage)).containsExactly(hidden);
        assertThat(reopened().find("01H")).contains(hidden);
    }

    @Test
    default void a_kind_of_any_name_is_kept_and_found() throws IOException {
        Kind longest = new Kind("A" + "_9".repeat(14) + "Z");
        Event event = event(1, longest, ADA, WIDGET, digest("widget"));
        appended(event, download(2));

        assertThat(journal().query(Query.latest(5, longest))).containsExactly(event);
        assertThat(reopened().find(event.id())).contains(event);
        for (String none : List.of("", "a", "1A", "A-B", "A B", "A".repeat(31))) {
            assertThatThrownBy(() -> new Kind(none)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void does_not_find_what_was_never_appended() throws IOException {
        appended(download(1));

        assertThat(journal().find("nobody")).isEmpty();
        assertThat(journal().find("\0'--")).isEmpty();
    }

    @Test
    default void tells_events_newest_first() throws IOException {
        appended(download(1), download(3), download(2));

        assertThat(journal().query(everything(10))).containsExactly(download(3), download(2), download(1));
        assertThat(journal().query(everything(2))).containsExactly(download(3), download(2));
    }

    @Test
    default void tells_events_of_the_same_instant_by_identifier() throws IOException {
        Event a = Event.of("01A", Samples.INSTANT, Kind.ADMIN, ADA, "");
        Event b = Event.of("01B", Samples.INSTANT, Kind.ADMIN, ADA, "");
        appended(b, a);

        assertThat(journal().query(everything(10))).containsExactly(b, a);
    }

    @Test
    default void every_part_of_a_query_restricts() throws IOException {
        Event wanted = Event.of("01J5", Samples.INSTANT, Kind.REFUSAL, ADA, "")
                .about(Event.Subject.of("main", WIDGET))
                .with(new Event.Bytes(null, digest("w"), null))
                .decidedBy(List.of("p"));
        Actor bob = new Actor("bob", null, "", "");
        Coordinates other = Coordinates.of("npm", "widget", "2.0.0");
        appended(
                wanted,
                Event.of("01J1", Samples.INSTANT, Kind.DOWNLOAD, bob, "")
                        .about(Event.Subject.of("other", other))
                        .with(new Event.Bytes(null, digest("x"), null))
                        .decidedBy(List.of("q")),
                Event.of("01J2", Samples.INSTANT, Kind.HIDDEN, bob, ""),
                Event.of("01J3", Samples.INSTANT, Kind.PUBLISH, bob, "")
                        .about(Event.Subject.of(null, Coordinates.of("pypi", "gadget", "1.0")))
                        .decidedBy(List.of("pp")));

        Query all = everything(10);
        assertThat(journal().query(all)).hasSize(4);
        for (Query query : List.of(
                Query.latest(10, Kind.REFUSAL),
                Query.ALL.where(Field.REPOSITORY, "main").limit(10),
                Query.ALL
                        .where(Field.FORMAT, "npm")
                        .where(Field.PACKAGE, "widget")
                        .where(Field.VERSION, "1.0.0")
                        .limit(10),
                Query.ALL.where(Field.VERSION, "1.0.0").limit(10),
                Query.ALL.where(Field.DIGEST, digest("w")).limit(10),
                Query.ALL.where(Field.POLICY, "p").limit(10),
                Query.ALL.where(Field.USER, "ada").limit(10),
                Query.ALL.about(WIDGET).limit(10),
                Query.ALL
                        .of(Set.of(Kind.REFUSAL, Kind.HIDDEN))
                        .where(Field.REPOSITORY, "main")
                        .where(Field.FORMAT, "npm")
                        .where(Field.PACKAGE, "widget")
                        .where(Field.VERSION, "1.0.0")
                        .where(Field.DIGEST, digest("w"))
                        .where(Field.POLICY, "p")
                        .where(Field.USER, "ada")
                        .between(Samples.INSTANT, Samples.INSTANT.plusNanos(1))
                        .limit(10))) {
            assertThat(journal().query(query)).as(query.toString()).containsExactly(wanted);
        }
        assertThat(journal().query(Query.latest(10, Kind.REFUSAL, Kind.HIDDEN))).hasSize(2);
        assertThat(journal()
                        .query(Query.ALL
                                .where(Field.FORMAT, "npm")
                                .where(Field.PACKAGE, "widget")
                                .limit(10)))
                .hasSize(2);
        assertThat(journal().query(Query.latest(10, Kind.FEED))).isEmpty();
    }

    @Test
    default void since_is_inclusive_and_until_is_exclusive() throws IOException {
        appended(download(1), download(2), download(3));
        Instant two = Samples.INSTANT.plusSeconds(2);
        Instant three = Samples.INSTANT.plusSeconds(3);

        assertThat(journal().query(between(two, three))).containsExactly(download(2));
        assertThat(journal().query(between(two.plusNanos(1), null))).containsExactly(download(3));
        assertThat(journal().query(between(null, two))).containsExactly(download(1));
        assertThat(journal().query(between(Instant.MIN, Instant.MAX))).hasSize(3);
    }

    private static Query between(@Nullable Instant since, @Nullable Instant until) {
        return Query.ALL.between(since, until).limit(10);
    }

    @Test
    default void pages_through_all_events_without_loss_or_repetition() throws IOException {
        List<Event> expected = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            // Three events share each instant.
            Event event = Event.of(
                    String.format(Locale.ROOT, "01J%04d", i), Samples.INSTANT.plusSeconds(i / 3), Kind.ADMIN, ADA, "");
            expected.addFirst(event);
            appended(event);
        }

        List<Event> seen = new ArrayList<>();
        List<Event> page = journal().query(everything(5));
        while (!page.isEmpty()) {
            seen.addAll(page);
            page = journal().query(Query.ALL.olderThan(seen.getLast().id()).limit(5));
        }

        assertThat(seen).isEqualTo(expected);
    }

    @Test
    default void counts_who_took_a_version_and_how_often() throws IOException {
        Actor later = new Actor("ada", "t1", "192.0.2.9", "npm/12");
        Actor otherToken = new Actor("ada", "t2", "192.0.2.1", "npm/11");
        Actor nobody = new Actor("anonymous", null, "192.0.2.3", "");
        appended(
                download(1),
                event(5, Kind.DOWNLOAD, later, WIDGET, digest("widget")),
                download(3),
                event(4, Kind.DOWNLOAD, otherToken, WIDGET, digest("widget")),
                event(6, Kind.DOWNLOAD, nobody, WIDGET, digest("widget")),
                event(7, Kind.REFUSAL, ADA, WIDGET, digest("widget")),
                event(8, Kind.DOWNLOAD, ADA, Coordinates.of("npm", "widget", "2.0.0"), digest("two")));

        assertThat(journal().consumption(new Taken("npm", "widget", Set.of("1.0.0"), null), 10))
                .containsExactly(
                        taken(nobody, digest("widget"), 6, 6, 1),
                        taken(later, digest("widget"), 1, 5, 3),
                        taken(otherToken, digest("widget"), 4, 4, 1));
        assertThat(journal().consumption(new Taken("npm", "widget", Set.of(), null), 10))
                .hasSize(4);
        assertThat(journal().consumption(new Taken("npm", "widget", Set.of(), null), 1))
                .extracting(Consumption::version)
                .containsExactly("2.0.0");
        assertThat(journal().consumption(new Taken("npm", "gadget", Set.of(), null), 10))
                .isEmpty();
        assertThat(journal().consumption(new Taken("pypi", "widget", Set.of(), null), 10))
                .isEmpty();
    }

    /** The line for downloads of the sample version between two seconds. */
    static Consumption taken(Actor actor, String digest, int first, int last, long count) {
        return new Consumption(
                actor,
                "main",
                "pkg:npm/widget@1.0.0",
                "1.0.0",
                digest,
                Samples.INSTANT.plusSeconds(first),
                Samples.INSTANT.plusSeconds(last),
                count);
    }

    @Test
    default void counts_the_files_of_a_version_together_and_each_by_its_digest() throws IOException {
        appended(
                event(1, Kind.DOWNLOAD, ADA, WIDGET, digest("wheel")),
                event(2, Kind.DOWNLOAD, ADA, WIDGET, digest("sdist")),
                event(3, Kind.DOWNLOAD, ADA, WIDGET, digest("wheel")));

        assertThat(journal().consumption(new Taken("npm", "widget", Set.of(), null), 10))
                .containsExactly(taken(ADA, digest("wheel"), 1, 3, 3));
        assertThat(journal().consumption(new Taken(null, null, Set.of(), digest("sdist")), 10))
                .containsExactly(taken(ADA, digest("sdist"), 2, 2, 1));
    }

    @Test
    default void of_many_who_took_a_version_tells_the_latest_with_all_that_each_took() throws IOException {
        Actor bob = new Actor("bob", null, "192.0.2.4", "");
        Actor eve = new Actor("eve", null, "192.0.2.5", "");
        appended(
                event(1, Kind.DOWNLOAD, ADA, WIDGET, digest("wheel")),
                event(2, Kind.DOWNLOAD, eve, WIDGET, digest("wheel")),
                event(3, Kind.DOWNLOAD, bob, WIDGET, digest("sdist")),
                event(4, Kind.DOWNLOAD, ADA, WIDGET, digest("sdist")),
                event(5, Kind.DOWNLOAD, bob, WIDGET, digest("wheel")),
                event(6, Kind.DOWNLOAD, bob, WIDGET, digest("sdist")));

        assertThat(journal().consumption(new Taken("npm", "widget", Set.of("1.0.0"), null), 2))
                .containsExactly(taken(bob, digest("sdist"), 3, 6, 3), taken(ADA, digest("sdist"), 1, 4, 2));
    }

    @Test
    default void knows_the_versions_of_a_package_that_anything_happened_to() throws IOException {
        appended(
                download(1),
                download(2),
                event(3, Kind.REFUSAL, ADA, Coordinates.of("npm", "widget", "2.0.0"), digest("two")),
                event(4, Kind.DOWNLOAD, ADA, Coordinates.of("pypi", "widget", "3.0.0"), digest("three")),
                event(5, Kind.DOWNLOAD, ADA, Coordinates.of("npm", "gadget", "4.0.0"), digest("four")));

        assertThat(journal().versions(WIDGET.packageName())).containsExactlyInAnyOrder("1.0.0", "2.0.0");
        assertThat(journal().versions(new PackageName("npm", "nothing"))).isEmpty();
    }

    @Test
    default void asks_for_thousands_of_versions_at_once() throws IOException {
        appended(download(1));
        Set<String> versions = new HashSet<>(Set.of("1.0.0"));
        for (int i = 0; i < 3_000; i++) {
            versions.add("9." + i);
        }

        assertThat(journal().consumption(new Taken("npm", "widget", versions, null), 10))
                .hasSize(1);
    }

    @Test
    default void refuses_to_tell_who_took_nothing_in_particular() {
        assertThatThrownBy(() -> journal().consumption(new Taken("npm", null, Set.of(), null), 10))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void keeps_hostile_texts_as_they_are() throws IOException {
        int second = 0;
        for (String text : Samples.HOSTILE_TEXTS) {
            Coordinates version = Coordinates.of("npm", text, text.substring(0, Math.min(200, text.length())));
            Event event = Event.of(
                            "01J" + second,
                            Samples.INSTANT.plusSeconds(second++),
                            Kind.DOWNLOAD,
                            new Actor(text, text, text, text),
                            text + "\0")
                    .about(Event.Subject.of("main", version).as(text))
                    .with(new Event.Bytes(text + "\0", digest(text), text))
                    .decidedBy(List.of(text, "x"))
                    .detailed(text);
            appended(event);
            assertThat(journal().query(Query.ALL.about(version).limit(5))).containsExactly(event);
            assertThat(journal()
                            .query(Query.ALL
                                    .where(Field.POLICY, text)
                                    .where(Field.USER, text)
                                    .limit(5)))
                    .containsExactly(event);
            assertThat(journal().consumption(new Taken("npm", text, Set.of(), null), 5))
                    .extracting(Consumption::actor)
                    .containsExactly(event.actor());
        }
    }

    @Test
    default void takes_what_no_database_keeps_without_stumbling() throws IOException {
        Event hostile = Event.of(
                        "01J1", Samples.INSTANT, Kind.DOWNLOAD, new Actor("a\0", "\uD800", "\uDC00", "\0"), "\uD800")
                .about(Event.Subject.of("main", Coordinates.of("npm", "a\0b", "1\uD800"))
                        .as("\uD83D"))
                .with(new Event.Bytes("\0", "\0", "\0"))
                .decidedBy(List.of("\0", "\0"));
        appended(hostile, download(2));

        assertThat(journal().query(everything(5))).hasSize(2);
        assertThat(journal().find("01J1").map(Event::message)).contains("\uFFFD");
    }

    @Test
    default void events_outlive_the_process() throws IOException {
        appended(download(1), download(2));

        Journal again = reopened();
        again.settle();

        assertThat(again.query(everything(10))).containsExactly(download(2), download(1));
        assertThat(again.consumption(new Taken("npm", "widget", Set.of(), null), 10))
                .containsExactly(taken(ADA, digest("widget"), 1, 2, 2));
    }

    @Test
    default void appends_of_many_threads_are_all_kept_and_complete_in_their_order() throws IOException {
        Journal journal = journal();
        int threads = 16;
        int each = 50;
        List<Integer> tooEarly = Collections.synchronizedList(new ArrayList<>());

        Together.run(threads, number -> {
            List<CompletableFuture<Void>> stages = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                int second = number * each + i;
                CompletableFuture<Void> former = i == 0 ? CompletableFuture.completedFuture(null) : stages.getLast();
                CompletableFuture<Void> stage = journal.append(download(second)).toCompletableFuture();
                stages.add(stage.thenRun(() -> {
                    if (!former.isDone()) {
                        tooEarly.add(second);
                    }
                }));
            }
            stages.forEach(CompletableFuture::join);
        });
        journal.settle();

        assertThat(tooEarly).isEmpty();
        assertThat(journal.query(everything(1000))).hasSize(threads * each);
        assertThat(journal.consumption(new Taken("npm", "widget", Set.of(), null), 10))
                .containsExactly(taken(ADA, digest("widget"), 0, threads * each - 1, (long) threads * each));
        assertThat(reopened().find(download(threads * each - 1).id())).isPresent();
    }
}

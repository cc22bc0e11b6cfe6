package dev.sluice.feeds;

import static dev.sluice.feeds.FeedFiles.gzip;
import static dev.sluice.feeds.FeedFiles.record;
import static dev.sluice.feeds.FeedFiles.write;
import static dev.sluice.feeds.FeedFiles.zip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.advisory.Advisory;
import dev.sluice.kernel.advisory.AdvisoryIndex;
import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import dev.sluice.kernel.advisory.SyncState;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.node.Leases;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.upstream.HttpUpstreamClient;
import dev.sluice.upstream.Reach;
import dev.sluice.upstream.Timeouts;
import dev.sluice.upstream.TrustedRoots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Syncs over HTTP with a real server that misbehaves on command, and from a folder. */
class FeedSyncTest {

    /** Long enough for a machine that is busy with other things; only what stalls on purpose waits less. */
    private static final Timeouts LONG =
            new Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60));

    private static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMillis(150));
    private static final Duration HOUR = Duration.ofHours(1);
    private static final PackageName WIDGET = new PackageName("npm", "widget");

    @TempDir
    Path folder;

    private final ManualClock clock = ManualClock.at("2026-11-22T09:00:00Z");
    private final MemoryAdvisoryStore store = new MemoryAdvisoryStore();
    private final FakeUpstreamServer server = FakeUpstreamServer.start();
    private final HttpUpstreamClient patient = client(LONG);
    private final HttpUpstreamClient impatient = client(SHORT);
    private HttpUpstreamClient client = patient;
    private final ConcurrentLinkedQueue<Duration> pauses = new ConcurrentLinkedQueue<>();
    private final FeedSource npm = FeedSource.osv(server.url("/osv").toString(), "npm");
    private final FeedSource pypi = FeedSource.osv(server.url("/osv").toString(), "PyPI");
    private final FeedSource kev = FeedSource.kev(server.url("/kev.json").toString());
    private final FeedSource epss = FeedSource.epss(server.url("/scores.csv.gz").toString());

    FeedSyncTest() throws IOException {}

    private static HttpUpstreamClient client(Timeouts timeouts) throws IOException {
        return new HttpUpstreamClient(
                new Reach(Set.of()), timeouts, "sluice-test", () -> TrustedRoots.context(List.of()));
    }

    @AfterEach
    void close() {
        patient.close();
        impatient.close();
        server.close();
    }

    private FeedSync syncing(FeedLimits limits, InstantSource time, FeedSource... sources) throws IOException {
        return new FeedSync(
                store,
                List.of(sources),
                client,
                Leases.ALONE,
                time,
                folder.resolve("work"),
                new FeedSync.Settings(HOUR, Duration.ofMinutes(30), limits),
                () -> 1L << 62,
                pause -> {
                    pauses.add(pause);
                    clock.advance(pause);
                });
    }

    private FeedSync.Outcome sync(FeedSource source) throws IOException {
        return syncing(FeedLimits.STANDARD, clock, npm, pypi, kev, epss).run(source, false, Progress.NONE);
    }

    private FeedSync.Outcome synced(FeedSource source) throws IOException {
        FeedSync.Outcome outcome = sync(source);
        assertThat(outcome.failure()).isNull();
        return outcome;
    }

    private static ImportSummary.Feed counts(FeedSync.Outcome outcome, String feed) {
        return Objects.requireNonNull(outcome.summary()).feed(feed);
    }

    /** The record as it was changed in that minute. */
    private static String at(int minute, String record) {
        return record.replace("2026-01-02T03:04:05Z", "2026-11-01T00:%02d:00Z".formatted(minute));
    }

    private static String widget(int minute, String id) {
        return at(minute, record(id, "npm", "widget", "2"));
    }

    /** Publishes an ecosystem: its list and, if asked, its archive, of lines of minute and record. */
    private void publish(String ecosystem, boolean archive, String... records) {
        StringBuilder list = new StringBuilder();
        List<String> entries = new ArrayList<>();
        for (String each : Arrays.asList(records).reversed()) {
            String id = each.replaceAll("(?s).*\"id\":\"([^\"]*)\".*", "$1");
            String modified = each.replaceAll("(?s).*\"modified\":\"([^\"]*)\".*", "$1");
            list.append(modified).append(',').append(id).append('\n');
            entries.add(id + ".json");
            entries.add(each);
            server.serve("/osv/" + ecosystem + "/" + id + ".json", Answer.ok(each));
        }
        serve("/osv/" + ecosystem + "/modified_id.csv", list.toString().getBytes(StandardCharsets.UTF_8));
        if (archive) {
            serve("/osv/" + ecosystem + "/all.zip", zip(entries.toArray(String[]::new)));
        }
    }

    private void serve(String path, byte[] bytes) {
        server.serve(path, Answer.ok(bytes).etag("\"" + Arrays.hashCode(bytes) + "\""));
    }

    private List<String> known() {
        return store.about(WIDGET).stream().map(Advisory::id).sorted().toList();
    }

    private FeedState feed(String name) {
        return store.feeds().stream()
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A first good sync with two records; the archive does not follow later changes. */
    private void begun() throws IOException {
        publish("npm", true, widget(1, "A-1"), widget(2, "A-2"));
        synced(npm);
        assertThat(known()).containsExactly("A-1", "A-2");
    }

    /** Whatever happened now left the last good state, says so, and plans to try again. */
    private void failed(FeedSync.Outcome outcome, String why) throws IOException {
        assertThat(outcome.failure()).contains(why);
        assertThat(known()).containsExactly("A-1", "A-2");
        assertThat(feed("osv").records()).isEqualTo(2);
        SyncState state = store.syncs().find("osv/npm").orElseThrow();
        assertThat(state.failure()).contains(why);
        assertThat(state.failures()).isEqualTo(1);
        assertThat(state.succeededAt()).isEqualTo("2026-11-22T09:00:00Z");
        assertThat(state.nextAt()).isAfter(clock.instant());
        try (Stream<Path> left = Files.list(folder.resolve("work"))) {
            assertThat(left).describedAs("what was fetched is deleted").isEmpty();
        }
    }

    @Test
    void the_first_sync_takes_the_archive_and_the_next_ones_only_what_changed() throws IOException {
        begun();
        assertThat(server.requests("/osv/npm/A-1.json")).isZero();
        assertThat(store.syncs().listing("osv/npm")).containsExactlyInAnyOrder("A-1", "A-2");

        clock.advance(HOUR);
        publish("npm", false, widget(1, "A-1"), widget(3, "A-2").replace("\"2\"", "\"3\""), widget(4, "A-3"));
        FeedSync.Outcome outcome = synced(npm);

        assertThat(outcome.whole()).isFalse();
        assertThat(counts(outcome, "osv").added()).isEqualTo(1);
        assertThat(counts(outcome, "osv").changed()).isEqualTo(1);
        assertThat(known()).containsExactly("A-1", "A-2", "A-3");
        assertThat(server.requests("/osv/npm/all.zip")).isEqualTo(1);
        assertThat(server.requests("/osv/npm/A-1.json")).isZero();
        assertThat(feed("osv").records()).isEqualTo(3);
        assertThat(outcome.state().records()).isEqualTo(3);
    }

    @Test
    void a_record_that_appears_with_an_old_date_is_taken_all_the_same() throws IOException {
        begun();
        publish("npm", false, widget(0, "A-0"), widget(1, "A-1"), widget(2, "A-2"));
        synced(npm);
        assertThat(known()).containsExactly("A-0", "A-1", "A-2");
    }

    @Test
    void what_the_archive_lacks_is_fetched_by_itself() throws IOException {
        publish("npm", true, widget(1, "A-1"), widget(2, "A-2"));
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        synced(npm);
        assertThat(known()).containsExactly("A-1", "A-2", "A-3");
    }

    @Test
    void a_change_that_the_archive_does_not_hold_yet_comes_with_the_next_sync() throws IOException {
        publish("npm", true, widget(1, "A-1"), widget(2, "A-2"));
        publish("npm", false, widget(5, "A-1").replace("\"2\"", "\"7\""), widget(2, "A-2"));
        synced(npm);
        synced(npm);
        assertThat(store.find("A-1").getFirst().modified()).isEqualTo("2026-11-01T00:05:00Z");
        assertThat(server.requests("/osv/npm/all.zip")).isEqualTo(1);
    }

    @Test
    void an_unchanged_list_costs_one_question_and_the_feed_counts_as_up_to_date() throws IOException {
        begun();
        clock.advance(HOUR);
        long revision = store.revision();
        FeedSync.Outcome outcome = synced(npm);

        assertThat(outcome.summary()).isNull();
        assertThat(server.received().getLast().headers()).containsKey("if-none-match");
        assertThat(server.requests("/osv/npm/modified_id.csv")).isEqualTo(2);
        assertThat(server.requests("/osv/npm/all.zip")).isEqualTo(1);
        assertThat(feed("osv").importedAt()).isEqualTo("2026-11-22T09:00:00Z");
        assertThat(feed("osv").updatedAt()).isEqualTo("2026-11-22T10:00:00Z");
        assertThat(outcome.state().succeededAt()).isEqualTo("2026-11-22T10:00:00Z");
        assertThat(outcome.state().changedAt()).isEqualTo("2026-11-22T09:00:00Z");
        assertThat(store.revision()).describedAs("policies may read the date").isGreaterThan(revision);
    }

    @Test
    void a_list_written_anew_that_names_no_change_makes_the_feed_up_to_date() throws IOException {
        begun();
        clock.advance(HOUR);
        server.serve(
                "/osv/npm/modified_id.csv",
                Answer.ok("2026-11-01T00:02:00Z,A-2\n2026-11-01T00:01:00Z,A-1\n")
                        .etag("\"another\""));
        synced(npm);
        assertThat(feed("osv").updatedAt()).isEqualTo("2026-11-22T10:00:00Z");
        assertThat(feed("osv/npm").updatedAt()).isEqualTo("2026-11-22T10:00:00Z");
    }

    @Test
    void a_source_covers_its_own_ecosystem_and_no_other() throws IOException {
        publish(
                "npm",
                true,
                widget(1, "A-1"),
                at(2, record("A-2", "npm", "gadget", "2"))
                        .replace(
                                "\"affected\":[",
                                "\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"a\"},\"versions\":[\"1\"]},"));
        FeedSync.Outcome outcome = synced(npm);
        assertThat(Objects.requireNonNull(outcome.summary()).whole()).containsExactly("npm");
        assertThat(store.feeds()).extracting(FeedState::name).containsExactlyInAnyOrder("osv", "osv/npm");
        assertThat(feed("osv/npm").records()).isEqualTo(2);

        clock.advance(HOUR);
        publish("PyPI", true, at(1, record("P-1", "PyPI", "gadget", "2")));
        synced(pypi);
        assertThat(feed("osv/pypi").updatedAt()).isEqualTo("2026-11-22T10:00:00Z");
        assertThat(feed("osv/npm").updatedAt()).isEqualTo("2026-11-22T09:00:00Z");
        assertThat(feed("osv").updatedAt()).isEqualTo("2026-11-22T09:00:00Z");
    }

    @Test
    void what_an_older_version_synced_is_known_as_a_whole_with_the_next_sync() throws IOException {
        begun();
        MemoryAdvisoryStore old = new MemoryAdvisoryStore();
        old.syncs().save(store.syncs().find("osv/npm").orElseThrow());
        FeedSync syncing = new FeedSync(
                old,
                List.of(npm),
                client,
                Leases.ALONE,
                clock,
                folder.resolve("other"),
                new FeedSync.Settings(HOUR, Duration.ofMinutes(30), FeedLimits.STANDARD));
        assertThat(syncing.run(npm, false, Progress.NONE).failure()).isNull();
        assertThat(old.feeds()).extracting(FeedState::name).containsExactly("osv/npm");
    }

    @Test
    void the_next_sync_is_planned_about_an_interval_later() throws IOException {
        begun();
        assertThat(store.syncs().find("osv/npm").orElseThrow().nextAt())
                .isBetween("2026-11-22T09:54:00Z", "2026-11-22T10:06:00Z");
    }

    @Test
    void a_record_that_is_listed_no_more_disappears_for_its_ecosystem_alone() throws IOException {
        String both = widget(3, "A-3")
                .replace(
                        "\"affected\":[",
                        "\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"widget\"},\"versions\":[\"1\"]},");
        publish("npm", true, widget(1, "A-1"), widget(2, "A-2"), both);
        synced(npm);
        new FeedImport(store, clock).run(List.of(write(folder.resolve("own.json"), widget(1, "OWN-1"))), Progress.NONE);
        assertThat(known()).containsExactly("A-1", "A-2", "A-3", "OWN-1");

        publish("npm", true, widget(1, "A-1"), at(4, record("A-4", "npm", "other", "2")));
        FeedSync.Outcome outcome = synced(npm);

        assertThat(known()).containsExactly("A-1", "OWN-1");
        assertThat(store.about(new PackageName("pypi", "widget")))
                .extracting(Advisory::id)
                .containsExactly("A-3");
        assertThat(counts(outcome, "osv").removed()).isEqualTo(2);
    }

    @Test
    void a_withdrawn_record_is_marked() throws IOException {
        begun();
        publish(
                "npm",
                false,
                widget(1, "A-1"),
                widget(9, "A-2").replace("\"affected\"", "\"withdrawn\":\"2026-11-01T00:09:00Z\",\"affected\""));
        synced(npm);
        assertThat(store.find("A-2").getFirst().withdrawn()).isEqualTo("2026-11-01T00:09:00Z");
    }

    @Test
    void when_too_much_changed_the_archive_is_taken() throws IOException {
        begun();
        String[] many = IntStream.range(0, 1_101)
                .mapToObj(i -> at(3, record("B-" + i, "npm", "p" + i, "2")))
                .toArray(String[]::new);
        publish(
                "npm",
                true,
                Stream.concat(Stream.of(widget(1, "A-1"), widget(2, "A-2")), Arrays.stream(many))
                        .toArray(String[]::new));
        FeedSync.Outcome outcome = synced(npm);

        assertThat(outcome.whole()).isTrue();
        assertThat(counts(outcome, "osv").added()).isEqualTo(1_101);
        assertThat(server.requests("/osv/npm/B-7.json")).isZero();
    }

    @Test
    void server_errors_that_pass_are_tried_again_after_growing_pauses() throws IOException {
        begun();
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        server.serveNext("/osv/npm/modified_id.csv", Answer.status(500), Answer.status(503));
        server.serveNext("/osv/npm/A-3.json", Answer.status(502));
        synced(npm);

        assertThat(known()).containsExactly("A-1", "A-2", "A-3");
        assertThat(pauses).hasSize(3);
        List<Duration> grown = List.copyOf(pauses);
        assertThat(grown.get(1)).isGreaterThan(grown.get(0));
    }

    @Test
    void server_errors_that_stay_end_the_sync_after_four_attempts() throws IOException {
        begun();
        server.serve("/osv/npm/modified_id.csv", Answer.status(500));
        failed(sync(npm), "modified_id.csv: it answered 500 (4 attempts)");
        assertThat(server.requests("/osv/npm/modified_id.csv")).isEqualTo(5);
    }

    @Test
    void failures_in_a_row_are_counted_and_retried_less_and_less_often() throws IOException {
        begun();
        server.serve("/osv/npm/modified_id.csv", Answer.status(403));
        Duration former = Duration.ZERO;
        for (int i = 1; i <= 3; i++) {
            SyncState state = sync(npm).state();
            assertThat(state.failures()).isEqualTo(i);
            Duration wait = Duration.between(clock.instant(), state.nextAt());
            assertThat(wait).isGreaterThan(former).isLessThan(HOUR);
            former = wait;
        }
        assertThat(pauses).describedAs("403 does not pass by itself").isEmpty();
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        assertThat(synced(npm).state().failures()).isZero();
    }

    @Test
    void a_server_that_says_how_long_to_wait_is_obeyed() throws IOException {
        begun();
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        server.serveNext("/osv/npm/modified_id.csv", Answer.status(429).header("Retry-After", "77"));
        synced(npm);
        assertThat(pauses).containsExactly(Duration.ofSeconds(77));
        assertThat(known()).containsExactly("A-1", "A-2", "A-3");
    }

    @Test
    void a_server_that_wants_to_be_left_alone_for_long_is_asked_again_only_then() throws IOException {
        begun();
        server.serve(
                "/osv/npm/modified_id.csv", Answer.status(429).header("Retry-After", "Sun, 22 Nov 2026 15:00:00 GMT"));
        failed(sync(npm), "it answered 429");
        assertThat(server.requests("/osv/npm/modified_id.csv")).isEqualTo(2);
        assertThat(store.syncs().find("osv/npm").orElseThrow().nextAt()).isEqualTo("2026-11-22T15:00:00Z");
    }

    @Test
    void a_connection_that_breaks_is_tried_again_and_one_that_always_breaks_changes_nothing() throws IOException {
        begun();
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        Answer whole = Answer.ok(widget(3, "A-3"));
        server.serve("/osv/npm/A-3.json", whole.truncatedTo(20));
        failed(sync(npm), "A-3.json");

        server.serve("/osv/npm/A-3.json", whole);
        server.serveNext("/osv/npm/A-3.json", whole.truncatedTo(20));
        synced(npm);
        assertThat(known()).containsExactly("A-1", "A-2", "A-3");
    }

    /** The list asks for the archive, which is as given. */
    private FeedSync.Outcome archived(Answer archive) throws IOException {
        server.serve("/osv/npm/all.zip", archive);
        return syncing(FeedLimits.STANDARD, clock, npm).run(npm, true, Progress.NONE);
    }

    @Test
    void a_truncated_archive_changes_nothing() throws IOException {
        begun();
        byte[] archive = zip("A-9.json", widget(9, "A-9"), "A-8.json", widget(9, "A-8"));
        failed(archived(Answer.ok(archive).truncatedTo(archive.length - 10)), "all.zip");
    }

    @Test
    void an_archive_cut_off_by_a_length_that_lies_changes_nothing() throws IOException {
        begun();
        byte[] archive = zip("A-9.json", widget(9, "A-9"), "A-8.json", widget(9, "A-8"));
        failed(archived(Answer.ok(Arrays.copyOf(archive, archive.length - 10))), "all.zip: is no whole zip");
    }

    @Test
    void an_archive_with_a_flipped_bit_changes_nothing() throws IOException {
        begun();
        byte[] archive = zip("A-1.json", widget(1, "A-1"), "A-2.json", widget(7, "A-2"));
        archive[archive.length / 4] ^= 0x40;
        failed(archived(Answer.ok(archive)), "all.zip: A-1.json is not what its checksum says");
    }

    @Test
    void an_empty_archive_is_a_fault_and_not_the_end_of_all_advisories() throws IOException {
        begun();
        failed(archived(Answer.ok(zip())), "all.zip: holds no records");
        server.serve("/osv/npm/all.zip", Answer.ok(new byte[0]));
        assertThat(archived(Answer.ok("")).failure()).contains("all.zip: it is empty");
    }

    @Test
    void a_web_page_with_status_200_is_no_feed() throws IOException {
        begun();
        Answer page =
                Answer.ok("\n <!DOCTYPE html><html><body>Log in</body></html>").header("Content-Type", "text/html");
        failed(archived(page), "all.zip: a web page came instead");
        server.serve("/osv/npm/modified_id.csv", page);
        assertThat(sync(npm).failure()).contains("modified_id.csv: a web page came instead");
        server.serve("/kev.json", page);
        assertThat(sync(kev).failure()).contains("a web page came instead");
        assertThat(known()).containsExactly("A-1", "A-2");
    }

    @Test
    void a_record_that_is_a_web_page_moves_nothing_on() throws IOException {
        begun();
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"), widget(4, "A-4"));
        server.serve("/osv/npm/A-3.json", Answer.ok("<html>"));
        failed(sync(npm), "A-3.json: a web page came instead");
        server.serve("/osv/npm/A-3.json", Answer.ok(widget(3, "A-3")));
        synced(npm);
        assertThat(known()).containsExactly("A-1", "A-2", "A-3", "A-4");
    }

    @Test
    void a_zip_bomb_is_refused_before_it_is_unpacked() throws IOException {
        begun();
        String[] entries = new String[40];
        String blanks = " ".repeat(9 << 20);
        for (int i = 0; i < entries.length; i += 2) {
            entries[i] = "A-" + (i + 10) + ".json";
            entries[i + 1] = blanks;
        }
        byte[] bomb = zip(entries);
        assertThat(bomb.length).isLessThan(1 << 20);
        failed(archived(Answer.ok(bomb)), "bytes after unpacking");
    }

    @Test
    void a_gzip_bomb_is_refused_before_it_is_unpacked() throws IOException {
        byte[] bomb = gzip("cve,epss,percentile\n" + "CVE-2026-0001,0.5,0.5\n".repeat(8_000_000));
        assertThat(bomb.length).isLessThan(1 << 20);
        serve("/scores.csv.gz", bomb);
        assertThat(sync(epss).failure()).contains("bytes after unpacking");
        assertThat(store.exploitation(List.of("CVE-2026-0001"))).isEmpty();
    }

    @Test
    void what_is_longer_than_the_limit_is_refused_and_not_asked_for_again() throws IOException {
        begun();
        publish("npm", true, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        FeedLimits few = new FeedLimits(1 << 20, 50, 1 << 20, 100);
        failed(syncing(few, clock, npm).run(npm, false, Progress.NONE), "modified_id.csv");
        assertThat(pauses).isEmpty();
    }

    @Test
    void a_stalled_answer_ends_the_sync() throws IOException {
        begun();
        client = impatient;
        failed(archived(Answer.ok(zip("A-9.json", widget(9, "A-9"))).stalled()), "sent nothing for");
    }

    @Test
    void a_document_that_trickles_is_given_up_after_the_time_it_may_take() throws IOException {
        begun();
        InstantSource everyLookTakesAMinute = () -> {
            clock.advance(Duration.ofMinutes(1));
            return clock.instant();
        };
        server.serve("/osv/npm/all.zip", Answer.ok(new byte[10_000_000]));
        FeedSync.Outcome outcome =
                syncing(FeedLimits.STANDARD, everyLookTakesAMinute, npm).run(npm, true, Progress.NONE);
        assertThat(outcome.failure()).contains("all.zip: not there after 1800 s");
        assertThat(known()).containsExactly("A-1", "A-2");
    }

    @Test
    void a_broken_record_is_counted_and_named_and_the_others_count() throws IOException {
        begun();
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"), widget(4, "A-4"));
        server.serve("/osv/npm/A-3.json", Answer.ok("{\"id\":\"A-3\",\"aliases\":[17]}"));
        FeedSync.Outcome outcome = synced(npm);

        assertThat(known()).containsExactly("A-1", "A-2", "A-4");
        ImportSummary.Feed osv = counts(outcome, "osv");
        assertThat(osv.rejected()).isEqualTo(1);
        assertThat(osv.rejections().getFirst().where()).contains("A-3");
        assertThat(Objects.requireNonNull(outcome.summary()).lacking().get("npm"))
                .contains("1 of the 4 records it lists are not there or could not be read: A-3");
        server.serve("/osv/npm/A-3.json", Answer.ok(widget(3, "A-3")));
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(5, "A-3"), widget(4, "A-4"));
        synced(npm);
        assertThat(known()).contains("A-3");
    }

    @Test
    void until_a_broken_record_is_mended_or_gone_its_ecosystem_is_not_known_as_a_whole() throws IOException {
        begun();
        assertThat(new AdvisoryIndex(store).coverage("npm").isKnown()).isTrue();
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        server.serve("/osv/npm/A-3.json", Answer.ok("{\"id\":\"A-3\""));
        for (int i = 0; i < 3; i++) { // whether the list changed meanwhile or not
            clock.advance(HOUR);
            synced(npm);
            assertThat(new AdvisoryIndex(store).coverage("npm").isKnown()).isFalse();
            assertThat(new AdvisoryIndex(store).coverage("npm").basis()).contains("A-3");
            assertThat(feed("osv/npm").updatedAt()).isEqualTo("2026-11-22T09:00:00Z");
        }
        server.serve("/osv/npm/A-3.json", Answer.ok(widget(3, "A-3")));
        synced(npm);
        assertThat(new AdvisoryIndex(store).coverage("npm").isKnown()).isTrue();
        assertThat(known()).containsExactly("A-1", "A-2", "A-3");

        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"), widget(2, "A-4"));
        server.serve("/osv/npm/A-4.json", Answer.status(404));
        synced(npm);
        assertThat(new AdvisoryIndex(store).coverage("npm").basis())
                .contains("1 of the 4 records it lists are not there or could not be read: A-4");
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        synced(npm);
        assertThat(new AdvisoryIndex(store).coverage("npm").isKnown()).isTrue();
    }

    @Test
    void a_list_with_a_date_of_the_future_moves_nothing_on() throws IOException {
        publish("npm", true, widget(1, "A-1"), widget(2, "A-2"));
        server.serve("/osv/npm/modified_id.csv", Answer.ok("9999-01-01T00:00:00Z,A-2\n2026-11-01T00:01:00Z,A-1\n"));
        synced(npm);
        assertThat(store.syncs().find("osv/npm").orElseThrow().cursor()).isEqualTo("2026-11-01T00:01:00Z");
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"));
        synced(npm);
        assertThat(known()).containsExactly("A-1", "A-2", "A-3");
    }

    @Test
    void a_catalogue_of_which_most_was_refused_changes_nothing() throws IOException {
        serve("/kev.json", catalogue("CVE-2026-0001").getBytes(StandardCharsets.UTF_8));
        synced(kev);
        clock.advance(HOUR);
        serve("/kev.json", catalogue("CVE-2026-0001", "a", "b").getBytes(StandardCharsets.UTF_8));
        assertThat(sync(kev).failure()).contains("holds no whole kev feed");
        assertThat(feed("kev").updatedAt()).isEqualTo("2026-11-22T09:00:00Z");
    }

    @Test
    void a_broken_record_in_the_archive_is_counted_and_the_others_count() throws IOException {
        begun();
        publish("npm", false, widget(1, "A-1"), widget(2, "A-2"), widget(3, "A-3"), widget(4, "A-4"));
        FeedSync.Outcome outcome = archived(Answer.ok(zip(
                "A-1.json",
                widget(1, "A-1"),
                "A-2.json",
                widget(2, "A-2"),
                "A-3.json",
                "{\"id\":",
                "A-4.json",
                widget(4, "A-4"))));
        assertThat(outcome.failure()).isNull();
        assertThat(counts(outcome, "osv").rejected()).isEqualTo(1);
        assertThat(known()).containsExactly("A-1", "A-2", "A-4");
    }

    @Test
    void a_list_older_than_what_is_kept_changes_nothing_and_does_not_count_as_up_to_date() throws IOException {
        begun();
        clock.advance(HOUR);
        publish("npm", false, widget(1, "A-1"));
        failed(sync(npm), "the mirror is behind");
        assertThat(feed("osv").updatedAt()).isEqualTo("2026-11-22T09:00:00Z");
    }

    @Test
    void a_list_that_is_none_changes_nothing() throws IOException {
        begun();
        for (String odd : List.of(
                "hello",
                "2026-11-01T00:09:00Z,../../etc/passwd x",
                "2026-11-01T00:09:00Z,A-9\n2026-11-0",
                "2026-11-01T00:09:00Z,")) {
            server.serve("/osv/npm/modified_id.csv", Answer.ok(odd));
            assertThat(sync(npm).failure()).describedAs(odd).contains("is not a time, a comma and an identifier");
        }
        server.serve("/osv/npm/modified_id.csv", Answer.ok("modified,id\n\n"));
        assertThat(sync(npm).failure()).contains("names no record");
        assertThat(known()).containsExactly("A-1", "A-2");
    }

    @Test
    void a_date_in_the_list_that_is_none_does_not_stop_the_others() throws IOException {
        publish("npm", true, widget(1, "A-1"), widget(2, "A-2"));
        server.serve(
                "/osv/npm/modified_id.csv",
                Answer.ok("modified,id\n2026-11-01T00:02:00Z,A-2\n2026-13-45T00:01:00Z,A-1\n"));
        synced(npm);
        synced(npm);
        assertThat(known()).containsExactly("A-1", "A-2");
        assertThat(server.requests("/osv/npm/A-1.json")).isZero();
    }

    @Test
    void a_list_that_lost_most_records_is_taken_for_a_fault_until_somebody_says_otherwise() throws IOException {
        String[] many = IntStream.range(0, 300)
                .mapToObj(i -> at(3, record("B-" + i, "npm", "widget", "2")))
                .toArray(String[]::new);
        publish("npm", true, many);
        synced(npm);
        publish("npm", true, Arrays.copyOf(many, 100));
        assertThat(sync(npm).failure()).contains("200 of 300 records no more").contains("sync osv --whole");
        assertThat(known()).hasSize(300);

        FeedSync.Outcome wanted = syncing(FeedLimits.STANDARD, clock, npm).run(npm, true, Progress.NONE);
        assertThat(wanted.failure()).isNull();
        assertThat(known()).hasSize(100);
    }

    @Test
    void a_mirror_without_lists_is_asked_for_its_archive() throws IOException {
        publish("npm", true, widget(1, "A-1"), widget(2, "A-2"));
        server.forget("/osv/npm/modified_id.csv");
        synced(npm);
        assertThat(known()).containsExactly("A-1", "A-2");
        assertThat(synced(npm).summary()).describedAs("not modified").isNull();
        serve("/osv/npm/all.zip", zip("A-1.json", widget(1, "A-1"), "A-3.json", widget(3, "A-3")));
        synced(npm);
        assertThat(known()).containsExactly("A-1", "A-3");
    }

    @Test
    void a_wrong_address_says_what_was_looked_for() throws IOException {
        assertThat(sync(npm).failure())
                .contains("neither modified_id.csv nor all.zip of npm at " + server.url("/osv/"));
        assertThat(sync(kev).failure()).contains("there is nothing at " + server.url("/kev.json"));
    }

    @Test
    void another_address_begins_anew() throws IOException {
        begun();
        FeedSource other = FeedSource.osv(server.url("/mirror").toString(), "npm");
        server.serve("/mirror/npm/modified_id.csv", Answer.ok("2026-10-01T00:00:00Z,A-1\n"));
        server.serve("/mirror/npm/all.zip", Answer.ok(zip("A-1.json", widget(1, "A-1"))));
        FeedSync.Outcome outcome = syncing(FeedLimits.STANDARD, clock, other).run(other, false, Progress.NONE);
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.whole()).isTrue();
        assertThat(known()).containsExactly("A-1");
    }

    @Test
    void a_feed_of_several_ecosystems_is_as_old_as_the_oldest_of_them() throws IOException {
        publish("PyPI", true, at(1, record("P-1", "PyPI", "gadget", "2")));
        synced(pypi);
        clock.advance(HOUR);
        begunLater();
        assertThat(feed("osv").updatedAt()).isEqualTo("2026-11-22T09:00:00Z");
        synced(pypi);
        assertThat(feed("osv").updatedAt()).isEqualTo("2026-11-22T10:00:00Z");
    }

    private void begunLater() throws IOException {
        publish("npm", true, widget(1, "A-1"));
        synced(npm);
    }

    private static String catalogue(String... cves) {
        return "{\"dateReleased\":\"2026-11-20T00:00:00Z\",\"vulnerabilities\":["
                + Stream.of(cves)
                        .map(cve -> "{\"cveID\":\"" + cve + "\",\"dateAdded\":\"2026-11-20\"}")
                        .reduce((left, right) -> left + "," + right)
                        .orElse("")
                + "]}";
    }

    @Test
    void the_catalogue_is_taken_whole_and_what_left_it_is_taken_back() throws IOException {
        serve("/kev.json", catalogue("CVE-2026-0001", "CVE-2026-0002").getBytes(StandardCharsets.UTF_8));
        synced(kev);
        serve("/kev.json", catalogue("CVE-2026-0002", "CVE-2026-0003").getBytes(StandardCharsets.UTF_8));
        FeedSync.Outcome outcome = synced(kev);

        assertThat(store.exploitation(List.of("CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003")))
                .containsOnlyKeys("CVE-2026-0002", "CVE-2026-0003");
        assertThat(counts(outcome, "kev").removed()).isEqualTo(1);
        assertThat(feed("kev").records()).isEqualTo(2);
        assertThat(synced(kev).summary()).describedAs("not modified").isNull();
    }

    @Test
    void an_entry_whose_date_cannot_be_read_is_listed_all_the_same() throws IOException {
        serve("/kev.json", catalogue("CVE-2026-0001", "CVE-2026-0002").getBytes(StandardCharsets.UTF_8));
        synced(kev);
        serve(
                "/kev.json",
                catalogue("CVE-2026-0001", "CVE-2026-0002")
                        .replace(
                                "\"CVE-2026-0001\",\"dateAdded\":\"2026-11-20\"",
                                "\"CVE-2026-0001\",\"dateAdded\":\"soon\"")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(counts(synced(kev), "kev").rejected()).isZero();
        assertThat(store.exploitation(List.of("CVE-2026-0001"))).hasSize(1);
    }

    @Test
    void a_catalogue_that_ends_in_the_middle_or_is_none_changes_nothing() throws IOException {
        serve("/kev.json", catalogue("CVE-2026-0001", "CVE-2026-0002").getBytes(StandardCharsets.UTF_8));
        synced(kev);
        String other = catalogue("CVE-2026-0003", "CVE-2026-0004");
        for (String odd :
                List.of(other.substring(0, other.length() - 30), "{}", "[]", catalogue(), "{\"error\":\"no\"}", "7")) {
            serve("/kev.json", odd.getBytes(StandardCharsets.UTF_8));
            assertThat(sync(kev).failure()).describedAs(odd).contains("holds no whole kev feed");
        }
        assertThat(store.exploitation(List.of("CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003")))
                .containsOnlyKeys("CVE-2026-0001", "CVE-2026-0002");
    }

    @Test
    void scores_are_taken_packed_and_what_has_none_any_more_is_taken_back() throws IOException {
        serve(
                "/scores.csv.gz",
                gzip("#score_date:2026-11-21\ncve,epss,percentile\nCVE-2026-0001,0.5,0.9\nCVE-2026-0002,0.1,0.2\n"));
        synced(epss);
        serve("/scores.csv.gz", gzip("#score_date:2026-11-22\ncve,epss,percentile\nCVE-2026-0002,0.3,0.4\n"));
        synced(epss);
        assertThat(store.exploitation(List.of("CVE-2026-0001", "CVE-2026-0002")))
                .containsOnlyKeys("CVE-2026-0002");
        assertThat(feed("epss").newest()).isEqualTo("2026-11-22T00:00:00Z");

        byte[] packed = gzip("cve,epss,percentile\nCVE-2026-0007,0.3,0.4\n");
        serve("/scores.csv.gz", Arrays.copyOf(packed, packed.length - 9));
        assertThat(sync(epss).failure()).isNotNull();
        assertThat(store.exploitation(List.of("CVE-2026-0002", "CVE-2026-0007")))
                .containsOnlyKeys("CVE-2026-0002");
    }

    @Test
    void a_folder_of_a_mirror_is_synced_like_a_server() throws IOException {
        Path mirror = folder.resolve("mirror");
        write(mirror.resolve("npm/modified_id.csv"), "2026-11-01T00:01:00Z,A-1\n");
        write(mirror.resolve("npm/all.zip"), zip("A-1.json", widget(1, "A-1")));
        for (FeedSource source : List.of(
                FeedSource.osv(mirror.toString(), "npm"),
                FeedSource.osv(mirror.toUri().toString(), "npm"))) {
            FeedSync sync = syncing(FeedLimits.STANDARD, clock, source);
            assertThat(sync.run(source, false, Progress.NONE).failure()).isNull();
            assertThat(sync.run(source, false, Progress.NONE).summary())
                    .describedAs("not modified")
                    .isNull();
        }
        FeedSource source = FeedSource.osv(mirror.toString(), "npm");
        write(mirror.resolve("npm/modified_id.csv"), "2026-11-01T00:02:00Z,A-2\n2026-11-01T00:01:00Z,A-1\n");
        write(mirror.resolve("npm/A-2.json"), widget(2, "A-2"));
        assertThat(syncing(FeedLimits.STANDARD, clock, source)
                        .run(source, false, Progress.NONE)
                        .failure())
                .isNull();
        assertThat(known()).containsExactly("A-1", "A-2");
        assertThat(server.received()).isEmpty();
    }

    @Test
    void credentials_in_an_address_are_sent_and_never_shown() throws IOException {
        FeedSource secret = FeedSource.kev(
                server.url("/kev.json").toString().replace("http://", "http://ann:s3cr%2Ft@") + "?key=s3cret");
        server.serve("/kev.json", Answer.ok(catalogue("CVE-2026-0001")));
        FeedSync.Outcome outcome = syncing(FeedLimits.STANDARD, clock, secret).run(secret, false, Progress.NONE);
        assertThat(outcome.failure()).isNull();
        assertThat(server.received().getFirst().headers())
                .containsEntry(
                        "authorization",
                        "Basic "
                                + java.util.Base64.getEncoder()
                                        .encodeToString("ann:s3cr/t".getBytes(StandardCharsets.UTF_8)));
        assertThat(server.received().getFirst().query()).isEqualTo("key=s3cret");
        assertThat(outcome.state().toString()).doesNotContain("s3cr");
        server.forget("/kev.json");
        assertThat(syncing(FeedLimits.STANDARD, clock, secret)
                        .run(secret, false, Progress.NONE)
                        .failure())
                .doesNotContain("s3cr");
    }

    @Test
    void a_redirect_inward_is_not_followed() throws IOException {
        server.serve("/kev.json", Answer.redirect("http://169.254.169.254/latest/meta-data/"));
        assertThat(sync(kev).failure()).contains("lies inside");
    }

    @Test
    void what_a_killed_sync_left_behind_is_deleted() throws IOException {
        write(folder.resolve("work/sync-1/records/A-1.json"), "{");
        syncing(FeedLimits.STANDARD, clock);
        try (Stream<Path> left = Files.list(folder.resolve("work"))) {
            assertThat(left).isEmpty();
        }
    }
}

package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.OTHER;
import static dev.sluice.testkit.gate.Door.UP;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.gate.Described;
import dev.sluice.kernel.gate.FileOutcome;
import dev.sluice.kernel.gate.Missing;
import dev.sluice.kernel.gate.Released;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.Upstream.Trust;
import dev.sluice.testkit.MemoryBlobStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Artifact bytes: obtained once for everybody, verified before anyone sees them, and kept. */
class ObtainingTest {

    private final Door door = Door.listing().trusting();

    @Test
    void a_hundred_clients_of_one_cold_file_make_one_upstream_request() {
        door.has(UP, "1.0");
        door.index();
        door.gate.upstreams().hold();
        List<Thread> threads = new ArrayList<>();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            answers.add(answer);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    answer.complete(door.bytes("1.0"));
                } catch (Throwable failure) {
                    answer.completeExceptionally(failure);
                }
            }));
        }
        while (threads.stream().anyMatch(t -> t.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait(); // until one waits for the upstream and all others for that one
        }
        door.gate.upstreams().release();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo("bytes of 1.0"));
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/lib-1.0.txt")).isOne();
        assertThat(door.gate.journal().events(Event.Kind.DOWNLOAD)).hasSize(100);
    }

    @Test
    void a_long_body_that_is_no_index_is_dropped_at_once() {
        door.gate.upstreams().has(UP + "lib", "no version ".repeat(200_000));
        assertThat(Door.missing(door.index()).unavailable()).isTrue();
        assertThat(door.blobs()).isZero();
    }

    @Test
    void bytes_that_are_not_what_the_index_promised_are_not_kept() {
        door.has(UP, "1.0 sha256=" + Door.sha256("something else"));
        door.index();
        int before = door.blobs();
        Missing missing = Door.missing(door.file("1.0"));
        assertThat(missing.unavailable()).isTrue();
        assertThat(missing.why()).contains("not what it promised");
        assertThat(door.blobs()).isEqualTo(before);
        assertThat(door.gate.journal().events(Event.Kind.UPSTREAM_FAULT))
                .singleElement()
                .satisfies(event -> assertThat(event.bytes().upstream()).isEqualTo("up"));
        assertThat(door.gate.journal().events(Event.Kind.DOWNLOAD)).isEmpty();
    }

    @Test
    void a_size_that_is_not_what_the_index_promised_is_a_broken_promise() {
        door.has(UP, "1.0 size=3");
        assertThat(Door.missing(door.file("1.0")).unavailable()).isTrue();
        assertThat(door.faults()).isOne();
    }

    @Test
    void a_checksum_in_the_headers_is_a_promise() {
        door.has(UP, "1.0");
        door.gate.upstreams().has(UP + "lib/1.0/lib-1.0.txt", "tampered", "x-checksum-sha256", Door.sha256("right"));
        assertThat(Door.missing(door.file("1.0")).unavailable()).isTrue();
        assertThat(door.faults()).isOne();
    }

    @Test
    void a_side_car_is_a_promise_and_the_next_upstream_is_tried() {
        Door two = Door.unlisting().trusting();
        two.gate.upstream("other", OTHER, Trust.TRUSTED);
        two.has(UP, "1.0").has(OTHER, "1.0");
        two.gate.upstreams().has(UP + "lib/1.0/lib-1.0.txt", "tampered");
        FileOutcome outcome = two.file("1.0");
        assertThat(Door.text(outcome)).isEqualTo("bytes of 1.0");
        assertThat(((Released) outcome).file().upstream()).isEqualTo("other");
        assertThat(two.faults()).isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 429, 500, 503})
    void a_checksum_that_cannot_be_asked_is_not_the_same_as_none(int status) {
        Door maven = Door.unlisting().trusting().has(UP, "1.0");
        maven.gate.upstreams().says(UP + "lib/1.0/lib-1.0.txt.sha256", status);

        assertThat(Door.missing(maven.file("1.0")).unavailable()).isTrue();
        assertThat(maven.gate.journal().events(Event.Kind.DOWNLOAD)).isEmpty();

        maven.gate.upstreams().lacks(UP + "lib/1.0/lib-1.0.txt.sha256");
        maven.pass(Duration.ofHours(2));
        assertThat(maven.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void what_nobody_has_is_not_asked_for_again_before_the_absence_ends() {
        Door maven = Door.unlisting().trusting().has(UP, "1.0");
        FileWant sources = maven.want("1.0", "sources.txt");
        assertThat(Door.missing(maven.file(sources)).unavailable()).isFalse();
        assertThat(Door.missing(maven.file(sources)).unavailable()).isFalse();
        assertThat(maven.gate.upstreams().asked(UP + "lib/1.0/sources.txt")).isOne();
        maven.hasFile(UP, "1.0", "sources.txt", "late");
        maven.pass(Duration.ofSeconds(59));
        Door.missing(maven.file(sources));
        maven.pass(Duration.ofSeconds(1));
        assertThat(maven.bytes(sources)).isEqualTo("late");
    }

    @Test
    void an_upstream_that_fails_is_left_alone_for_the_outage() {
        door.has(UP, "1.0");
        door.gate.upstreams().says(UP + "lib/1.0/lib-1.0.txt", 503);
        assertThat(Door.missing(door.file("1.0")).unavailable()).isTrue();
        door.has(UP, "1.0");
        door.pass(Duration.ofSeconds(9));
        assertThat(Door.missing(door.file("1.0")).unavailable()).isTrue();
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/lib-1.0.txt")).isOne();
        door.pass(Duration.ofSeconds(1));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_kept_file_is_served_while_no_upstream_can_be_reached_and_without_an_index() {
        door.has(UP, "1.0");
        door.bytes("1.0");
        door.gate.upstreams().lacks(UP + "lib");
        door.pass(Duration.ofDays(30));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        door.gate.upstreams().down(true);
        door.pass(Duration.ofDays(30));
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void what_an_upstream_may_replace_is_asked_for_again_when_it_is_no_longer_fresh() {
        Door maven = Door.unlisting().trusting().has(UP, "1.0");
        FileWant moving = maven.want("1.0", "moving.txt");
        maven.hasFile(UP, "1.0", "moving.txt", "first");
        assertThat(maven.bytes(moving)).isEqualTo("first");
        maven.hasFile(UP, "1.0", "moving.txt", "second");
        maven.pass(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(maven.bytes(moving)).isEqualTo("first");
        maven.pass(Duration.ofSeconds(1));
        assertThat(maven.bytes(moving)).isEqualTo("second");
        assertThat(maven.gate.gate().fileFromMemory(maven.visit(), moving)).isNull();
    }

    @Test
    void what_an_upstream_may_replace_is_served_as_it_is_while_that_is_down_and_says_so() {
        Door maven = Door.unlisting().trusting().has(UP, "1.0");
        FileWant moving = maven.want("1.0", "moving.txt");
        maven.hasFile(UP, "1.0", "moving.txt", "first");
        assertThat(maven.bytes(moving)).isEqualTo("first");
        maven.gate.upstreams().down(true);
        maven.pass(Duration.ofMinutes(6));
        FileOutcome outcome = maven.file(moving);
        assertThat(Door.text(outcome)).isEqualTo("first");
        assertThat(((Released) outcome).notices().stale()).isTrue();
        int asked = maven.gate.upstreams().asked().size();
        assertThat(maven.bytes(moving)).isEqualTo("first");
        assertThat(maven.gate.upstreams().asked()).hasSize(asked);
    }

    @Test
    void a_file_is_released_from_memory_only_while_nothing_changed() {
        door.has(UP, "1.0", "1.1");
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0")))
                .isNull();
        door.bytes("1.0");
        door.bytes("1.1");
        assertThat(Door.text(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0"))))
                .isEqualTo("bytes of 1.0");
        var policy = door.withhold("no", "input.v0.package.version == \"1.0\"");
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0")))
                .isNull();
        Door.refusal(door.file("1.0"));
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0")))
                .isNull();
        assertThat(door.bytes("1.1")).isEqualTo("bytes of 1.1");
        assertThat(Door.text(door.gate.gate().fileFromMemory(door.visit(), door.want("1.1"))))
                .isEqualTo("bytes of 1.1");
        door.gate.policies().delete(policy.slug(), Event.Actor.SYSTEM);
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0")))
                .isNull();
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        door.affectedBefore("GHSA-1", "1.1");
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0")))
                .isNull();
    }

    @Test
    void a_side_car_request_records_no_download() throws java.io.IOException {
        door.has(UP, "1.0");
        assertThat(door.gate.gate().describe(door.visit(), door.want("1.0"))).isInstanceOf(Described.class);
        assertThat(door.gate.journal().events(Event.Kind.DOWNLOAD)).isEmpty();
    }

    @Test
    void a_web_page_in_place_of_a_file_that_nobody_vouched_for_is_a_fault_and_not_kept() {
        Door maven = Door.unlisting().trusting();
        String uri = UP + TextFormat.path("lib", "3.0", "lib-3.0.txt");
        for (String page : new String[] {
            "<!DOCTYPE html><title>parked</title>", "\uFEFF \n<html>log in</html>", "<HEAD></HEAD>", "<div>busy</div>"
        }) {
            maven.gate.upstreams().has(uri, page, "content-type", "text/html; charset=utf-8");
            int before = maven.blobs();

            Missing missing = Door.missing(maven.file(maven.want("3.0")));

            assertThat(missing.why()).as(page).contains("a web page came in place of lib-3.0.txt");
            assertThat(maven.blobs()).isEqualTo(before);
            maven.pass(Duration.ofHours(1));
        }
        assertThat(maven.faults()).isEqualTo(4);

        maven.gate.upstreams().has(uri, "bytes at last", "content-type", "text/html");

        assertThat(maven.bytes("3.0")).isEqualTo("bytes at last");
    }

    @Test
    void a_body_compressed_for_the_way_is_what_was_promised_once_it_is_unpacked() throws IOException {
        Door way = Door.unlisting().trusting().has(UP, "1.0");
        String uri = UP + TextFormat.path("lib", "1.0", "lib-1.0.txt");
        way.gate.upstreams().has(uri, gzip("bytes of 1.0"), "content-encoding", "gzip");
        assertThat(way.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_file_that_is_compressed_itself_and_labelled_so_is_kept_as_it_is() throws IOException {
        Door way = Door.unlisting().trusting().has(UP, "1.0");
        String uri = UP + TextFormat.path("lib", "1.0", "lib-1.0.txt");
        byte[] packed = gzip("inside");
        way.gate
                .upstreams()
                .has(uri, packed, "content-encoding", "gzip")
                .has(
                        uri + ".sha256",
                        MemoryBlobStore.digest(Digest.Algorithm.SHA256, packed).hex());
        Released released = (Released) way.file("1.0");
        assertThat(released.size()).isEqualTo(packed.length);
    }

    @Test
    void what_is_no_gzip_or_something_else_inside_is_refused() throws IOException {
        byte[] whole = gzip("bytes of 1.0");
        for (byte[] body : List.of(Arrays.copyOf(whole, whole.length - 9), "plain".getBytes(UTF_8), gzip("else"))) {
            Door way = Door.unlisting().trusting().has(UP, "1.0");
            String uri = UP + TextFormat.path("lib", "1.0", "lib-1.0.txt");
            way.gate.upstreams().has(uri, body, "content-encoding", "gzip");
            assertThat(Door.missing(way.file("1.0")).unavailable()).isTrue();
            assertThat(way.faults()).isEqualTo(1);
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }
}

package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.gate.Gate;
import dev.sluice.kernel.gate.Publication;
import dev.sluice.kernel.gate.Upload;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.HostedStore.Change;
import dev.sluice.testkit.Together;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Publishing: all or nothing, retried when somebody else was faster. */
class PublishingTest {

    private final Door door = Door.listing();

    @Test
    void what_is_published_is_served_and_written_down() {
        door.publish("1.0", "lib-1.0.txt", "ours");
        assertThat(door.bytes("1.0")).isEqualTo("ours");
        assertThat(door.versions()).containsExactly("1.0");
        assertThat(door.gate.journal().events(Event.Kind.PUBLISH)).hasSize(1);
    }

    @Test
    void publishers_at_the_same_moment_all_succeed() {
        Together.run(8, number -> door.publish("1." + number, "lib-1." + number + ".txt", "file " + number));
        assertThat(door.versions()).hasSize(8);
        assertThat(door.bytes("1.7")).isEqualTo("file 7");
    }

    @Test
    void a_file_that_does_not_tell_what_it_is_cannot_be_published_and_that_is_no_fault_of_ours() {
        assertThatThrownBy(() -> door.publish("1.0", "lib-1.0.txt", "no archive"))
                .hasCauseInstanceOf(Publication.RejectedException.class)
                .hasMessageContaining("lib-1.0.txt cannot be read: it is no archive");
        Door.missing(door.file("1.0"));
    }

    @Test
    void what_is_rejected_at_first_keeps_no_bytes() throws IOException {
        try (Upload upload =
                door.gate.gate().hosting().upload(door.visit(), door.gate.repository(), "lib/1.0/lib-1.0.txt")) {
            upload.write("bytes".getBytes(UTF_8));
            Publication publication = new Publication(
                    door.gate.repository(),
                    door.name("lib"),
                    Event.Kind.PUBLISH,
                    "published",
                    List.of(new Publication.FileOf("1.0", upload)),
                    current -> {
                        throw new Publication.RejectedException(409, "it is there");
                    });
            assertThatThrownBy(() -> door.gate.gate().hosting().publish(door.visit(), publication))
                    .isInstanceOf(Publication.RejectedException.class)
                    .hasMessage("it is there");
        }
        assertThat(door.blobs()).isZero();
        Door.missing(door.index());
        Door.missing(door.file("1.0"));
        assertThat(door.gate.journal().events()).isEmpty();
    }

    @Test
    void what_clients_may_read_differently_is_rejected_and_says_how() throws IOException {
        try (Upload upload =
                door.gate.gate().hosting().upload(door.visit(), door.gate.repository(), "lib/1.0/lib-1.0.txt")) {
            upload.write("two readings".getBytes(UTF_8));
            Publication publication = new Publication(
                    door.gate.repository(),
                    door.name("lib"),
                    Event.Kind.PUBLISH,
                    "published",
                    List.of(new Publication.FileOf("1.0", upload)),
                    current -> new Change(new byte[0], List.of(Door.hosted("1.0")), List.of()));
            assertThatThrownBy(() -> door.gate.gate().hosting().publish(door.visit(), publication))
                    .isInstanceOf(Publication.RejectedException.class)
                    .hasMessageContaining("lib-1.0.txt is ambiguous")
                    .hasMessageContaining("it begins twice");
        }
        Door.missing(door.file("1.0"));
        assertThat(door.gate.journal().events()).isEmpty();
    }

    @Test
    void what_is_rejected_after_somebody_else_was_faster_is_nowhere_to_be_seen() throws IOException {
        try (Upload upload =
                door.gate.gate().hosting().upload(door.visit(), door.gate.repository(), "lib/2.0/lib-2.0.txt")) {
            upload.write("late".getBytes(UTF_8));
            int[] calls = {0};
            Publication publication = new Publication(
                    door.gate.repository(),
                    door.name("lib"),
                    Event.Kind.PUBLISH,
                    "published",
                    List.of(new Publication.FileOf("2.0", upload)),
                    current -> {
                        if (calls[0]++ == 0) {
                            return new Change(new byte[0], List.of(Door.hosted("2.0")), List.of());
                        }
                        throw new Publication.RejectedException(409, "now it is there");
                    });
            assertThatThrownBy(() -> door.gate.gate().hosting().publish(door.visit(), publication))
                    .hasMessage("now it is there");
        }
        Door.missing(door.file("2.0"));
        Door.missing(door.index());
        assertThat(door.gate.journal().events()).isEmpty();
    }

    @Test
    void a_change_that_loses_the_race_is_made_again_from_what_is_there() {
        int[] calls = {0};
        Publication slow = new Publication(
                door.gate.repository(), door.name("lib"), Event.Kind.CHANGE, "changed", List.of(), current -> {
                    if (++calls[0] == 2) { // after it was looked at first, somebody else publishes
                        door.publish("1.0", "lib-1.0.txt", "faster");
                    }
                    return new Change(new byte[] {1}, List.of(Door.hosted("1.1")), List.of());
                });
        try {
            door.gate.gate().hosting().publish(door.visit(), slow);
        } catch (IOException | Publication.RejectedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(calls[0]).isEqualTo(3);
        assertThat(door.versions()).containsExactly("1.0", "1.1");
    }

    @Test
    void a_version_that_is_removed_is_gone_at_once_with_its_files() throws Exception {
        door.publish("1.0", "lib-1.0.txt", "ours");
        door.publish("1.1", "lib-1.1.txt", "ours too");
        door.bytes("1.0");
        door.gate
                .gate()
                .hosting()
                .publish(
                        door.visit(),
                        new Publication(
                                door.gate.repository(),
                                door.name("lib"),
                                Event.Kind.UNPUBLISH,
                                "removed",
                                List.of(),
                                current -> new Change(new byte[0], List.of(), List.of("1.0"))));
        Door.missing(door.file("1.0"));
        assertThat(door.versions()).containsExactly("1.1");
        assertThat(door.gate.journal().events(Event.Kind.UNPUBLISH)).hasSize(1);
    }

    @Test
    void what_a_killed_process_published_but_did_not_record_is_recorded_once_by_the_next() {
        door.publish("1.0", "lib-1.0.txt", "recorded");
        door.gate.journal().lose(true);
        door.publish("1.1", "lib-1.1.txt", "not recorded");
        door.gate.journal().lose(false);
        assertThat(door.gate.journal().events(Event.Kind.PUBLISH)).hasSize(1);

        Gate next = door.gate.neighbour(door.gate.node()).gate();
        next.hosting().recordUntold();
        next.hosting().recordUntold();

        assertThat(door.gate.journal().events(Event.Kind.PUBLISH))
                .extracting(event -> event.bytes().file())
                .containsExactly("lib/1.0/lib-1.0.txt", "lib/1.1/lib-1.1.txt");
        assertThat(door.gate.node().hosted().untold()).isEmpty();
    }

    @Test
    void a_name_that_an_upstream_has_is_published_once_it_is_reserved_and_is_ours_from_the_next_request_on() {
        Door mixed = Door.listing().trusting().has(UP, "1.0");
        assertThat(mixed.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThatThrownBy(() -> mixed.publish("1.0", "lib-1.0.txt", "ours"))
                .hasMessageContaining("lib is a name of upstream 'up'")
                .hasMessageContaining("sluice repository reserve text:lib --repository main");
        assertThat(mixed.bytes("1.0")).isEqualTo("bytes of 1.0");
        mixed.gate.reserve("text:lib");
        mixed.publish("1.0", "lib-1.0.txt", "ours");
        assertThat(mixed.bytes("1.0")).isEqualTo("ours");
    }

    @Test
    void a_name_that_an_upstream_once_gave_files_of_stays_its_own() {
        Door mixed = Door.unlisting().trusting().has(UP, "1.0");
        assertThat(mixed.bytes("1.0")).isEqualTo("bytes of 1.0");
        mixed.gate.upstreams().lacks(UP + "lib");
        mixed.pass(Duration.ofDays(1));
        assertThatThrownBy(() -> mixed.publish("2.0", "lib-2.0.txt", "ours"))
                .hasMessageContaining("lib is a name of upstream 'up'");
    }

    @Test
    void a_new_name_waits_for_upstreams_that_cannot_be_asked_and_one_that_is_hosted_does_not() {
        Door cut = Door.listing().trusting();
        cut.gate.upstreams().down(UP, true);
        assertThatThrownBy(() -> cut.publish("1.0", "lib-1.0.txt", "ours"))
                .hasMessageContaining("nobody knows now whether lib is a name of others")
                .cause()
                .extracting(e -> ((Publication.RejectedException) e).status())
                .isEqualTo(503);
        cut.gate.upstreams().down(UP, false);
        cut.pass(Duration.ofMinutes(10));
        cut.publish("1.0", "lib-1.0.txt", "ours");
        cut.gate.upstreams().down(UP, true);
        cut.pass(Duration.ofDays(1));
        cut.publish("1.1", "lib-1.1.txt", "ours");
        assertThat(cut.bytes("1.1")).isEqualTo("ours");
    }

    @Test
    void a_name_of_ours_that_a_trusted_upstream_has_later_is_told_how_to_be_reserved_and_can_be_taken_away() {
        Door mixed = Door.listing().trusting();
        mixed.publish("1.0", "lib-1.0.txt", "ours");
        mixed.has(UP, "6.6");
        mixed.pass(Duration.ofDays(1));
        assertThatThrownBy(() -> mixed.publish("1.1", "lib-1.1.txt", "ours"))
                .hasMessageContaining("sluice repository reserve text:lib")
                .hasMessageContaining("What was published here before stays as it is.");
        mixed.unpublish("1.0");
        assertThat(mixed.versions()).containsExactly("6.6");
    }

    @Test
    void what_was_unpublished_comes_back_as_it_was_and_never_otherwise() {
        door.publish("1.0", "lib-1.0.txt", "ours");
        door.unpublish("1.0");
        assertThatThrownBy(() -> door.publish("1.0", "lib-1.0.txt", "other bytes"))
                .hasMessageContaining("lib-1.0.txt was published here before with other bytes")
                .hasMessageContaining("publish a new version")
                .hasMessageContaining("sluice decisions --kind publish --purl");
        Door.missing(door.file("1.0"));
        door.publish("1.0", "lib-1.0.txt", "ours");
        assertThat(door.bytes("1.0")).isEqualTo("ours");
    }
}

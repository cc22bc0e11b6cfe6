package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.gate.BusyException;
import dev.sluice.kernel.gate.Released;
import dev.sluice.kernel.journal.Event;
import dev.sluice.testkit.FaultyBlobs.Fault;
import dev.sluice.testkit.FaultyBlobs.Step;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A place for blobs that fails: told as what it is, no upstream is blamed, nothing is lost, and the next request succeeds. */
class StorageFaultsTest {

    private final Door door = Door.listing().trusting().has(UP, "1.0");

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"BEGIN", "WRITE", "COMMIT"})
    void a_cold_file_that_cannot_be_kept_is_not_released_and_the_next_request_succeeds(Step step) {
        door.index();
        door.gate.faultyBlobs().breakAt(step, Fault.FAIL);

        assertThatThrownBy(() -> door.gate.gate().file(door.visit(), door.want("1.0")))
                .isInstanceOf(BlobsUnavailableException.class);
        assertThat(door.gate.journal().events(Event.Kind.DOWNLOAD)).isEmpty();
        assertThat(door.faults()).isZero();

        door.gate.faultyBlobs().recover();
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"BEGIN", "COMMIT", "OPEN", "READ"})
    void an_index_that_cannot_be_kept_or_read_blames_no_upstream_and_the_next_request_succeeds(Step step) {
        door.gate.faultyBlobs().breakAt(step, Fault.FAIL);

        assertThatThrownBy(() -> door.gate.gate().file(door.visit(), door.want("1.0")))
                .isInstanceOf(BlobsUnavailableException.class);

        door.gate.faultyBlobs().recover();
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void a_kept_file_whose_store_does_not_answer_is_released_when_it_does_again() {
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        door.withhold("other", "input.v0.package.name == \"other\""); // what is remembered of the file counts no more
        door.gate.faultyBlobs().breakAt(Step.FIND, Fault.FAIL);

        assertThatThrownBy(() -> door.gate.gate().file(door.visit(), door.want("1.0")))
                .isInstanceOf(BlobsUnavailableException.class);

        door.gate.faultyBlobs().recover();
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(door.gate.upstreams().asked(UP + "lib/1.0/lib-1.0.txt")).isOne();
    }

    @Test
    void a_store_that_fails_in_the_middle_of_a_download_breaks_it_off_and_the_next_one_is_whole() throws IOException {
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        door.gate.faultyBlobs().breakAt(Step.READ, Fault.FAIL);
        Released released = (Released) door.file("1.0");

        try (InputStream in = released.open(0, released.size())) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(BlobsUnavailableException.class);
        }

        door.gate.faultyBlobs().recover();
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void an_index_for_which_there_is_no_room_blames_no_upstream_and_the_next_request_succeeds() {
        door.gate.upstreams().has(UP + "lib", TextFormat.CROWDED);

        assertThatThrownBy(() -> door.gate.gate().index(door.visit(), door.gate.repository(), door.name("lib")))
                .isInstanceOf(BusyException.class);
        assertThatThrownBy(() -> door.gate.gate().file(door.visit(), door.want("1.0")))
                .isInstanceOf(BusyException.class);
        assertThat(door.faults()).isZero();

        door.has(UP, "1.0");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void an_inspection_for_which_there_is_no_room_teaches_nothing_wrong_and_the_next_request_succeeds() {
        door.hasFile(UP, "1.0", "lib-1.0.txt", "license MIT");
        door.index();
        door.crowd(true);

        assertThatThrownBy(() -> door.gate.gate().file(door.visit(), door.want("1.0")))
                .isInstanceOf(BusyException.class);
        assertThat(door.gate.journal().events(Event.Kind.DOWNLOAD)).isEmpty();

        door.crowd(false);
        assertThat(door.bytes("1.0")).isEqualTo("license MIT");
        door.withhold("licences", "input.v0.package.license.oss_license.spdx_identifier == \"MIT\"");
        assertThat(Door.refusal(door.file("1.0"))).isNotNull();
    }

    @Test
    void a_store_that_fails_while_an_artifact_is_inspected_teaches_nothing_wrong() {
        door.hasFile(UP, "1.0", "lib-1.0.txt", "license MIT");
        door.index();
        door.gate.faultyBlobs().breakAt(Step.OPEN, Fault.FAIL);
        assertThatThrownBy(() -> door.gate.gate().file(door.visit(), door.want("1.0")))
                .isInstanceOf(BlobsUnavailableException.class);
        door.gate.faultyBlobs().recover();

        door.withhold("licences", "input.v0.package.license.oss_license.spdx_identifier == \"MIT\"");

        assertThat(Door.refusal(door.file("1.0"))).isNotNull();
    }
}

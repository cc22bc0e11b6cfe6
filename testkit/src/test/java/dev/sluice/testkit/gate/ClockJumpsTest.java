package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.journal.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A machine's clock that is put forward or back while the gate is open. */
class ClockJumpsTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Door door = Door.listing().trusting();

    /** A version that is two and a half days old where three are wanted, and one old enough. */
    private void youngAndOld() {
        String young = door.gate.now().minus(Duration.ofHours(60)).toString();
        door.has(UP, "1.0 published=2026-01-01T00:00:00Z", "1.1 published=" + young);
        door.coolDown();
    }

    @Test
    void what_a_clock_a_day_ahead_let_out_is_withheld_again_when_it_is_put_right() {
        youngAndOld();
        assertThat(door.versions()).containsExactly("1.0");
        door.pass(DAY);
        assertThat(door.versions()).containsExactly("1.0", "1.1");
        assertThat(door.bytes("1.1")).isEqualTo("bytes of 1.1");

        door.pass(DAY.negated());
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.1")))
                .isNull();
        assertThat(Door.refusal(door.file("1.1")).until()).isNotNull();
        assertThat(door.versions()).containsExactly("1.0");
    }

    @Test
    void what_never_changes_by_time_is_judged_once_more_after_the_clock_was_put_back_and_then_kept() {
        door.has(UP, "1.0");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        door.pass(HOUR.negated());
        assertThat(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0")))
                .isNull();

        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(Door.text(door.gate.gate().fileFromMemory(door.visit(), door.want("1.0"))))
                .isEqualTo("bytes of 1.0");
    }

    @Test
    void a_clock_put_back_leaves_no_upstream_alone_for_longer() {
        door.has(UP, "1.0");
        door.gate.upstreams().down(true);
        assertThat(Door.missing(door.index()).unavailable()).isTrue();
        door.gate.upstreams().down(false);

        door.pass(HOUR.negated());
        assertThat(door.versions()).containsExactly("1.0");
    }

    @Test
    void a_clock_put_back_makes_no_absence_of_a_file_last_longer() {
        door.gate.upstreams().has(UP + "lib", "1.0");
        assertThat(Door.missing(door.file("1.0")).unavailable()).isFalse();
        door.has(UP, "1.0");

        door.pass(HOUR.negated());
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void events_keep_their_order_through_jumps_and_tell_the_time_that_the_clock_showed() {
        door.has(UP, "1.0");
        for (Duration jump : List.of(Duration.ZERO, HOUR.negated(), DAY, DAY.negated())) {
            door.pass(jump);
            door.bytes("1.0");
        }

        List<Event> downloads = door.gate.journal().events(Event.Kind.DOWNLOAD);
        assertThat(downloads).hasSize(4).extracting(Event::id).isSorted();
        assertThat(downloads.get(1).at()).isEqualTo(downloads.get(0).at().minus(HOUR));
    }
}

package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.OTHER;
import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.repository.Upstream.Trust;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Indexes of upstreams: asked by our own clock, revalidated, kept while the upstream is down. */
class FreshnessTest {

    private static final String INDEX = UP + "lib";

    private final Door door = Door.listing().trusting().has(UP, "1.0", "1.1");

    private int asked() {
        return door.gate.upstreams().asked(INDEX);
    }

    @Test
    void an_index_is_current_for_the_freshness_and_not_an_instant_longer() {
        door.listed();
        door.pass(Duration.ofMinutes(5).minusNanos(1));
        door.listed();
        assertThat(asked()).isOne();
        door.pass(Duration.ofNanos(1));
        door.listed();
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void a_clock_that_steps_back_makes_nothing_current_for_longer() {
        door.listed();
        door.pass(Duration.ofHours(-1));
        door.listed();
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void an_absence_is_believed_for_its_own_time() {
        door.gate.upstreams().lacks(INDEX);
        assertThat(Door.missing(door.index()).unavailable()).isFalse();
        door.has(UP, "1.0");
        door.pass(Duration.ofSeconds(59));
        Door.missing(door.index());
        assertThat(asked()).isOne();
        door.pass(Duration.ofSeconds(1));
        assertThat(door.versions()).containsExactly("1.0");
    }

    @Test
    void an_upstream_that_failed_is_left_alone_for_the_outage() {
        door.gate.upstreams().down(true);
        assertThat(Door.missing(door.index()).unavailable()).isTrue();
        door.gate.upstreams().down(false);
        door.pass(Duration.ofSeconds(9));
        assertThat(Door.missing(door.index()).unavailable()).isTrue();
        assertThat(asked()).isOne();
        door.pass(Duration.ofSeconds(1));
        assertThat(door.versions()).containsExactly("1.0", "1.1");
    }

    @Test
    void an_upstream_that_could_not_be_reached_is_named_for_as_long_as_it_is_left_alone() {
        assertThat(door.gate.gate().caching().resting()).isEmpty();
        door.gate.upstreams().down(true);
        door.index();
        assertThat(door.gate.gate().caching().resting()).containsExactly("up");
        door.pass(Duration.ofSeconds(10));
        assertThat(door.gate.gate().caching().resting()).isEmpty();
    }

    @Test
    void a_304_keeps_the_index_the_decisions_and_the_etag() {
        door.gate.upstreams().has(INDEX, "1.0\n1.1", "etag", "\"v1\"");
        Listed before = door.listed();
        door.pass(Duration.ofMinutes(6));
        assertThat(door.listed()).isSameAs(before);
        assertThat(asked()).isEqualTo(2);
        door.pass(Duration.ofMinutes(4));
        assertThat(door.listed()).isSameAs(before);
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void an_unchanged_body_without_validators_keeps_the_index_and_the_etag() {
        Listed before = door.listed();
        door.pass(Duration.ofMinutes(6));
        assertThat(door.listed()).isSameAs(before);
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void a_304_that_nobody_asked_for_is_a_failure_of_the_upstream() {
        door.gate.upstreams().says(INDEX, 304);
        assertThat(Door.missing(door.index()).unavailable()).isTrue();
    }

    @Test
    void a_changed_body_gives_another_index_and_another_etag() {
        Listed before = door.listed();
        door.has(UP, "1.0", "1.1", "1.2");
        door.pass(Duration.ofMinutes(5));
        Listed after = door.listed();
        assertThat(Door.rendering(after).etag())
                .isNotEqualTo(Door.rendering(before).etag());
        assertThat(door.versions()).containsExactly("1.0", "1.1", "1.2");
    }

    @Test
    void what_is_kept_is_served_while_the_upstream_is_down_and_says_so() {
        assertThat(door.listed().notices().stale()).isFalse();
        door.gate.upstreams().down(true);
        door.pass(Duration.ofHours(1));
        Listed stale = door.listed();
        assertThat(stale.notices().stale()).isTrue();
        assertThat(door.versions()).containsExactly("1.0", "1.1");
        int asked = asked();
        assertThat(door.listed()).isSameAs(stale);
        assertThat(asked()).isEqualTo(asked);
        door.gate.upstreams().down(false);
        door.pass(Duration.ofMinutes(1));
        assertThat(door.listed().notices().stale()).isFalse();
    }

    @Test
    void an_index_that_cannot_be_read_is_a_fault_and_the_older_good_one_is_served() {
        door.listed();
        door.gate.upstreams().has(INDEX, "<html>please log in</html>");
        door.pass(Duration.ofMinutes(6));
        assertThat(door.versions()).containsExactly("1.0", "1.1");
        assertThat(door.listed().notices().stale()).isTrue();
        assertThat(door.faults()).isOne();
    }

    @Test
    void an_index_that_could_never_be_read_is_no_index() {
        door.gate.upstreams().has(INDEX, "<html>please log in</html>");
        assertThat(Door.missing(door.index()).unavailable()).isTrue();
        assertThat(Door.missing(door.index()).unavailable()).isTrue();
        assertThat(door.faults()).isOne();
    }

    @Test
    void the_first_source_that_has_a_version_wins() {
        door.gate.upstream("other", OTHER, Trust.TRUSTED);
        door.has(OTHER, "1.1", "1.2");
        door.publishOver("1.0", "lib-1.0.txt", "ours");
        assertThat(door.listed().releases().stream().map(r -> r.version() + " " + r.upstream()))
                .containsExactly("1.0 null", "1.1 up", "1.2 other");
        assertThat(door.bytes("1.0")).isEqualTo("ours");
    }

    @Test
    void one_upstream_that_is_down_does_not_take_the_others_along() {
        door.gate.upstream("other", OTHER, Trust.TRUSTED);
        door.has(OTHER, "2.0");
        door.gate.upstreams().down(UP, true);
        assertThat(door.versions()).containsExactly("2.0");
        assertThat(door.listed().notices().stale()).isTrue();
    }

    @Test
    void an_index_from_memory_is_current_or_none() {
        assertThat(door.gate.gate().indexFromMemory(door.visit(), door.gate.repository(), door.name("lib")))
                .isNull();
        Listed listed = door.listed();
        assertThat(door.gate.gate().indexFromMemory(door.visit(), door.gate.repository(), door.name("lib")))
                .isSameAs(listed);
        door.pass(Duration.ofMinutes(5));
        assertThat(door.gate.gate().indexFromMemory(door.visit(), door.gate.repository(), door.name("lib")))
                .isNull();
    }
}

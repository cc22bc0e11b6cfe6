package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.Caching;
import dev.sluice.kernel.repository.Repository;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is cached is dropped on demand, and what is published never. */
class ForgettingTest {

    private final Door door = Door.listing().trusting();

    private Caching.Forgotten forget(Door where, String version) {
        return where.gate.gate().caching().forget(where.gate.repository(), where.name("lib"), version, null);
    }

    @Test
    void a_web_page_that_was_kept_in_place_of_a_file_and_hid_its_version_is_fetched_again() {
        door.has(UP, "1.0");
        door.hasFile(UP, "1.0", "lib-1.0.txt", "two readings");
        door.withhold("ambiguous", "count(input.v0.signals.archive.ambiguous) > 0");
        Door.refusal(door.file("1.0"));
        Door.refusal(door.index());
        door.hasFile(UP, "1.0", "lib-1.0.txt", "bytes");
        Door.refusal(door.file("1.0"));

        assertThat(forget(door, "1.0")).isEqualTo(new Caching.Forgotten(1, 1, 0));

        assertThat(door.versions()).containsExactly("1.0");
        assertThat(door.bytes("1.0")).isEqualTo("bytes");
    }

    @Test
    void a_released_file_that_memory_holds_is_fetched_again() {
        door.has(UP, "1.0", "1.1");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
        assertThat(door.bytes("1.1")).isEqualTo("bytes of 1.1");
        door.hasFile(UP, "1.0", "lib-1.0.txt", "repaired");
        door.hasFile(UP, "1.1", "lib-1.1.txt", "repaired");
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");

        forget(door, "1.0");

        assertThat(door.bytes("1.0")).isEqualTo("repaired");
        assertThat(door.bytes("1.1")).isEqualTo("bytes of 1.1");
    }

    @Test
    void what_came_from_an_upstream_that_was_taken_away_leaves_no_more() {
        Door unlisted = Door.unlisting().trusting();
        unlisted.hasFile(UP, "1.0", "lib-1.0.txt", "bytes");
        assertThat(unlisted.bytes("1.0")).isEqualTo("bytes");
        Repository former = unlisted.gate.repository();
        unlisted.gate.repository(new Repository(former.name(), former.openReads(), List.of(), former.reserved()));

        forget(unlisted, "1.0");

        Door.missing(unlisted.file("1.0"));
        assertThat(unlisted.gate.gate().fileFromMemory(unlisted.visit(), unlisted.want("1.0")))
                .isNull();
    }

    @Test
    void while_the_upstream_is_down_what_was_dropped_is_not_served() {
        door.has(UP, "1.0");
        door.bytes("1.0");
        forget(door, "1.0");
        door.gate.upstreams().down(true);
        assertThat(Door.missing(door.file("1.0")).unavailable()).isTrue();
    }

    @Test
    void what_is_published_stays_and_nothing_of_it_is_dropped() {
        door.publish("1.0", "lib-1.0.txt", "ours");
        assertThat(forget(door, "1.0")).isEqualTo(new Caching.Forgotten(0, 0, 1));
        assertThat(door.bytes("1.0")).isEqualTo("ours");
    }
}

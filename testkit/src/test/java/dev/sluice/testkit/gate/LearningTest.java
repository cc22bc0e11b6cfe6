package dev.sluice.testkit.gate;

import static dev.sluice.testkit.gate.Door.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.policy.Policy.OnUnknown;
import dev.sluice.testkit.gate.Door.Draft;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What could be learnt and is missing is learnt before anything is withheld for ignorance. */
@Timeout(60)
class LearningTest {

    private static final String FORBIDDEN = "input.v0.package.license.oss_license.spdx_identifier == \"GPL-3.0-only\"";

    private final Door door = Door.listing().trusting();

    private void hasVersions(int count) {
        door.has(UP, IntStream.rangeClosed(1, count).mapToObj(i -> "1." + i).toArray(String[]::new));
        for (int i = 1; i <= count; i++) {
            door.hasFile(UP, "1." + i, "lib-1." + i + ".txt", i == count ? "license GPL-3.0-only" : "license MIT " + i);
        }
    }

    private long asked(String version) {
        return door.gate.upstreams().asked(UP + "lib/" + version + "/lib-" + version + ".txt");
    }

    @Test
    void an_index_that_only_ignorance_would_empty_is_learnt_from_within_the_request() {
        hasVersions(3);
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD));

        assertThat(door.versions()).containsExactly("1.1", "1.2");
    }

    @Test
    void older_versions_are_learnt_behind_the_request() {
        hasVersions(20);
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD));

        assertThat(door.versions()).contains("1.19", "1.18");
        while (door.versions().size() < 19) {
            Thread.onSpinWait();
        }
        assertThat(door.versions()).doesNotContain("1.20");
    }

    @Test
    void what_nobody_can_tell_stays_withheld_and_is_not_asked_for_again_and_again() {
        door.has(UP, "1.1", "1.2");
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD));

        Door.refusal(door.index());
        Door.refusal(door.index());

        assertThat(asked("1.1")).isEqualTo(1);
        assertThat(asked("1.2")).isEqualTo(1);
    }

    @Test
    void nothing_is_learnt_where_no_policy_reads_the_fact() {
        hasVersions(3);
        door.withhold("versions", "input.v0.package.version == \"1.1\"");

        assertThat(door.versions()).containsExactly("1.2", "1.3");
        assertThat(asked("1.1") + asked("1.2") + asked("1.3")).isZero();
    }

    @Test
    void nothing_is_learnt_of_what_is_withheld_anyway() {
        hasVersions(3);
        door.policy(Draft.of("licences", FORBIDDEN).onUnknown(OnUnknown.HOLD));
        door.policy(Draft.of("all", "input.v0.package.name == \"lib\"").at(1));

        Door.refusal(door.index());
        assertThat(asked("1.1") + asked("1.2") + asked("1.3")).isZero();
    }

    @Test
    void a_time_that_the_file_server_would_tell_is_not_learnt_where_it_would_not_count() {
        hasVersions(3);
        door.policy(Draft.of("young", "time.parse_rfc3339_ns(input.v0.package.upstream_metadata.published_at) > 0")
                .onUnknown(OnUnknown.HOLD));

        Door.refusal(door.index());
        assertThat(asked("1.1") + asked("1.2") + asked("1.3")).isZero();
    }
}

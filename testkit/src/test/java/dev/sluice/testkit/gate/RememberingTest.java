package dev.sluice.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.policy.Policy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the gate remembers, and that it takes no more memory than it may. */
final class RememberingTest {

    private static final String UP = Door.UP;

    private static Door door(long memory) {
        GateSettings standard = GateSettings.STANDARD;
        return Door.listing(new GateSettings(
                        standard.workspace(),
                        standard.freshness(),
                        standard.absence(),
                        standard.outage(),
                        standard.patience(),
                        standard.maxIndexBytes(),
                        standard.maxArtifactBytes(),
                        memory))
                .trusting();
    }

    private static String[] versions(int count) {
        return IntStream.range(0, count).mapToObj(i -> "1." + i).toArray(String[]::new);
    }

    /** How many of the versions' files would leave from memory alone. */
    private static long remembered(Door door, String... versions) {
        long count = 0;
        for (String version : versions) {
            if (door.gate.gate().fileFromMemory(door.visit(), door.want(version)) != null) {
                count++;
            }
        }
        return count;
    }

    @Test
    void files_that_left_are_remembered() {
        Door door = door(GateSettings.STANDARD.indexMemoryBytes()).has(UP, versions(300));
        for (String version : versions(300)) {
            door.bytes(version);
        }

        assertThat(remembered(door, versions(300))).isEqualTo(300);
    }

    private static final String FORBIDDEN = "input.v0.package.license.oss_license.spdx_identifier == \"GPL-3.0-only\"";

    /** Forty versions, every third of which turns out to be forbidden when its file is read. */
    private static Door licensed() {
        Door door = door(GateSettings.STANDARD.indexMemoryBytes()).has(UP, versions(40));
        for (int i = 0; i < 40; i++) {
            door.hasFile(UP, "1." + i, "lib-1." + i + ".txt", i % 3 == 0 ? "license GPL-3.0-only" : "license MIT " + i);
        }
        return door;
    }

    @Test
    void what_is_learnt_of_a_version_and_changes_nothing_leaves_the_judged_index_as_it_is() {
        Door door = licensed();
        door.withhold("licences", FORBIDDEN);
        Listed listed = door.listed();

        door.bytes("1.1");

        assertThat(door.listed()).isSameAs(listed);
    }

    @Test
    void what_is_learnt_of_a_version_changes_what_is_decided_of_that_one() {
        Door door = licensed();
        door.withhold("licences", FORBIDDEN);
        List<String> expected = new ArrayList<>(door.versions());
        assertThat(expected).hasSize(40);
        for (int i : new int[] {3, 4, 0, 39, 38}) {
            door.file("1." + i);
            if (i % 3 == 0) {
                expected.remove("1." + i);
            }
            assertThat(door.versions()).isEqualTo(expected);
        }
    }

    @Test
    void what_was_judged_before_something_was_learnt_holds_no_longer_than_policies_and_time_allow() {
        Door door = licensed();
        Policy licences = door.withhold("licences", FORBIDDEN);
        assertThat(door.versions()).hasSize(40);
        door.file("1.3");
        door.withhold("one", "input.v0.package.version == \"1.5\"");
        assertThat(door.versions()).doesNotContain("1.3", "1.5").hasSize(38);
        door.file("1.6");
        door.gate.drop(licences.slug());
        assertThat(door.versions()).contains("1.3", "1.6").doesNotContain("1.5");

        door.withhold("young", "time.now_ns() - time.parse_rfc3339_ns(input.v0.first_seen) < 60 * 1000000000");
        Door.refusal(door.index());
        door.gate.pass(java.time.Duration.ofSeconds(30));
        Door.refusal(door.file("1.7"));
        Door.refusal(door.index());
        door.gate.pass(java.time.Duration.ofSeconds(31));
        assertThat(door.versions()).hasSize(39);
    }

    @Test
    void however_many_files_leave_what_is_remembered_of_them_takes_a_quarter_of_the_memory_allowed() {
        Door door = door(400_000).has(UP, versions(1_000));
        for (String version : versions(1_000)) {
            assertThat(door.bytes(version)).isEqualTo("bytes of " + version);
        }

        assertThat(remembered(door, versions(1_000))).isBetween(1L, 100L);
        assertThat(door.bytes("1.0")).isEqualTo("bytes of 1.0");
    }

    @Test
    void however_many_forms_of_an_index_are_asked_for_those_remembered_take_no_more_than_a_few_times_its_length()
            throws IOException {
        Listed listed = door(GateSettings.STANDARD.indexMemoryBytes())
                .has(UP, versions(3))
                .listed();
        int remembered = 0;
        for (int i = 0; i < 16; i++) {
            listed.rendering("base " + i, "text/plain", l -> new byte[100_000]);
        }
        for (int i = 0; i < 16; i++) {
            remembered += listed.remembered("base " + i) == null ? 0 : 100_000;
        }

        assertThat(remembered).isEqualTo(100_000);
    }
}

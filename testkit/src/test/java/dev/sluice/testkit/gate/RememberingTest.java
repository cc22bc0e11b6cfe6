package dev.sluice.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.gate.Listed;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the gate remembers, and that it takes no more memory than it may. */
final class RememberingTest {

    private static final String UP = Door.UP;

    private static Door door(long memory) {
        GateSettings standard = GateSettings.STANDARD;
        return Door.listing(new GateSettings(
                        standard.workspace(),
                        standard.anonymousReads(),
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

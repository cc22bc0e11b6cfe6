package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

final class DoctorTest {

    @ParameterizedTest
    @CsvSource({
        "true,  0, 0, 0, Sound",
        "false, 1, 0, 1, Not sound",
        "false, 0, 2, 2, 'No fault found, but 2 could not be checked'",
        "false, 1, 2, 1, Not sound"
    })
    void what_could_not_be_checked_is_neither_sound_nor_a_fault(
            boolean sound, long faults, long unchecked, int exitCode, String verdict) {
        JsonNode result = Api.object().put("sound", sound).put("faults", faults).put("unchecked", unchecked);

        assertThat(Doctor.exitCode(result)).isEqualTo(exitCode);
        assertThat(Doctor.verdict(result)).isEqualTo(verdict);
    }
}

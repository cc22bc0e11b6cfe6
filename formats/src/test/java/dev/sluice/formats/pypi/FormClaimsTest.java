package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of a file in a form, held against what the file says of itself. */
class FormClaimsTest {

    @Test
    @Timeout(30)
    void a_field_of_a_million_folded_lines_takes_time_in_proportion_to_its_length() {
        String description = "Name: acme\nVersion: 1.0\nSummary: s\n" + " a\n".repeat(1_300_000);

        assertThat(new FormClaims(new CoreFields(Map.of("name", List.of("acme"), "version", List.of("1.0"))))
                        .contradicted(description.getBytes(StandardCharsets.UTF_8)))
                .isNull();
    }
}

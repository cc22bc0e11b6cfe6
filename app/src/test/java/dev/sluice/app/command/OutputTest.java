package dev.sluice.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutputTest {

    @Test
    void a_sentence_in_a_table_is_cut_at_sixty_characters() {
        assertThat(Output.shortened("x".repeat(60))).isEqualTo("x".repeat(60));
        assertThat(Output.shortened("x".repeat(61))).isEqualTo("x".repeat(59) + "…");
        assertThat(Output.shortened("\uD83D\uDE00".repeat(61))).isEqualTo("\uD83D\uDE00".repeat(59) + "…");
    }
}

package dev.sluice.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What every mark does, wherever it is kept. */
interface MarkContract {

    /** The mark of a new place. */
    Mark mark() throws IOException;

    /** The mark of the same place, opened again. */
    Mark again() throws IOException;

    @Test
    default void a_new_place_says_nothing() throws IOException {
        assertThat(mark().read()).isEmpty();
    }

    @Test
    default void what_was_written_is_said_by_whoever_opens_the_place() throws IOException {
        mark().write("01JD0000000000000000000000 begun");

        assertThat(mark().read()).contains("01JD0000000000000000000000 begun");
        assertThat(again().read()).contains("01JD0000000000000000000000 begun");
    }

    @Test
    default void what_is_written_later_takes_the_place_of_the_former() throws IOException {
        mark().write("01JD0000000000000000000000 begun");
        again().write("01JD0000000000000000000000");

        assertThat(again().read()).contains("01JD0000000000000000000000");
    }
}

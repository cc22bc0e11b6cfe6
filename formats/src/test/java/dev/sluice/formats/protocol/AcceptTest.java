package dev.sluice.formats.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AcceptTest {

    @Test
    void types_have_the_weight_that_the_client_gives_them() {
        Accept accept = Accept.of(List.of("text/html;q=0.25, Application/JSON", "text/plain; charset=utf-8; q=0.5"));

        assertThat(accept.named("text/html")).isEqualTo(0.25);
        assertThat(accept.named("application/json")).isEqualTo(1);
        assertThat(accept.named("text/plain")).isEqualTo(0.5);
    }

    @Test
    void a_type_that_only_a_wildcard_covers_is_not_named() {
        assertThat(Accept.of(List.of("*/*")).named("application/json")).isZero();
    }

    @Test
    void of_two_weights_for_a_type_the_higher_counts() {
        assertThat(Accept.of(List.of("a/b;q=0.1", "a/b;q=0.7, a/b;q=0.3")).named("a/b"))
                .isEqualTo(0.7);
    }

    @Test
    void a_weight_that_is_none_means_never() {
        assertThat(Accept.of(List.of("a/b;q=much")).named("a/b")).isZero();
        assertThat(Accept.of(List.of("a/b;q=2")).named("a/b")).isZero();
        assertThat(Accept.of(List.of("a/b;q=-1")).named("a/b")).isZero();
        assertThat(Accept.of(List.of("a/b;q=NaN")).named("a/b")).isZero();
    }

    @Test
    void what_comes_after_sixty_four_ranges_is_passed_over() {
        String many = String.join(",", Collections.nCopies(63, "x/y"));

        assertThat(Accept.of(List.of(many + ",a/b")).named("a/b")).isEqualTo(1);
        assertThat(Accept.of(List.of(many + ",x/y,a/b")).named("a/b")).isZero();
        assertThat(Accept.of(List.of(many + ",x/y", "a/b")).named("a/b")).isZero();
        assertThat(Accept.of(List.of(",".repeat(10_000))).ranges()).hasSize(64);
    }
}

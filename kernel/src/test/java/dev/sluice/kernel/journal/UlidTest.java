package dev.sluice.kernel.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UlidTest {

    @Test
    void identifiers_of_one_millisecond_sort_in_the_order_they_were_made() {
        Ulid ids = new Ulid(InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z")));

        List<String> made = Stream.generate(ids::next).limit(70_000).toList();

        assertThat(made).isSorted().doesNotHaveDuplicates().allMatch(Ulid::isValid);
    }

    @Test
    void a_clock_that_steps_back_does_not_change_the_order() {
        AtomicLong now = new AtomicLong(1_000_000);
        Ulid ids = new Ulid(() -> Instant.ofEpochMilli(now.get()));
        String first = ids.next();
        now.set(999_000);

        assertThat(ids.next()).isGreaterThan(first);
    }

    @Test
    void the_first_ten_characters_are_the_time() {
        Ulid ids = new Ulid(InstantSource.fixed(Instant.ofEpochMilli(1469922850259L)));

        assertThat(ids.next()).startsWith("01ARZ3NDEK"); // the ULID specification's example time is 01ARZ3NDEK
    }
}

package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Leases.Lease;
import dev.sluice.testkit.Samples;
import dev.sluice.testkit.Together;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the {@link Leases} of two nodes on one database do. */
public interface LeasesContract {
    /** Long enough never to pass in a test. */
    Duration LONG = Duration.ofMinutes(1);

    /** The leases of a node; the same ones throughout a test. */
    Leases first();

    /** The leases of another node on the same database. */
    Leases second();

    /** The first node's process dies as it is: it renews nothing and frees nothing any more. */
    void crashFirst();

    /** Lets more than the time of a lease pass; nodes that live renew theirs meanwhile. */
    void passLeaseTime();

    /** The lease, which must be granted. */
    static Lease granted(Optional<Lease> lease) {
        return lease.orElseThrow(() -> new AssertionError("the lease was not granted"));
    }

    @Test
    default void a_free_key_is_taken_at_once() {
        Lease lease = granted(first().take("key", Duration.ZERO));

        assertThat(lease.isHeld()).isTrue();
        lease.close();
    }

    @Test
    default void a_held_key_is_not_given_to_another_node() {
        try (Lease held = granted(first().take("key", Duration.ZERO))) {
            assertThat(second().take("key", Duration.ZERO)).isEmpty();
            assertThat(second().take("key", Duration.ofMillis(20))).isEmpty();
            assertThat(held.isHeld()).isTrue();
        }
    }

    @Test
    default void keys_do_not_stand_in_each_others_way() {
        try (Lease held = granted(first().take("key", Duration.ZERO))) {
            for (String other : List.of("KEY", "key ", "key/1", "")) {
                granted(second().take(other, Duration.ZERO)).close();
            }
            assertThat(held.isHeld()).isTrue();
        }
    }

    @Test
    default void a_closed_lease_frees_its_key_at_once_and_is_held_no_longer() {
        Lease lease = granted(first().take("key", Duration.ZERO));
        lease.close();
        lease.close();

        assertThat(lease.isHeld()).isFalse();
        granted(second().take("key", Duration.ZERO)).close();
    }

    @Test
    default void who_waits_gets_the_key_when_its_holder_frees_it() {
        Lease held = granted(first().take("key", Duration.ZERO));
        CompletableFuture<Lease> waiting = CompletableFuture.supplyAsync(
                () -> granted(second().take("key", LONG)),
                command -> Thread.ofVirtual().start(command));
        held.close();

        try (Lease lease = waiting.join()) {
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    default void numbers_grow_from_holder_to_holder() {
        long last = 0;
        for (int i = 0; i < 6; i++) {
            try (Lease lease = granted((i % 2 == 0 ? first() : second()).take("key", LONG))) {
                assertThat(lease.number()).isGreaterThan(last);
                last = lease.number();
            }
        }
    }

    @Test
    default void a_living_holder_keeps_its_key_for_as_long_as_it_wants() {
        try (Lease held = granted(first().take("key", Duration.ZERO))) {
            passLeaseTime();
            passLeaseTime();

            assertThat(held.isHeld()).isTrue();
            assertThat(second().take("key", Duration.ZERO)).isEmpty();
        }
    }

    @Test
    default void a_crashed_holders_key_is_free_after_the_leases_time_and_not_before() {
        Lease lost = granted(first().take("key", Duration.ZERO));
        crashFirst();
        assertThat(second().take("key", Duration.ZERO)).isEmpty();

        passLeaseTime();

        try (Lease next = granted(second().take("key", Duration.ZERO))) {
            assertThat(lost.isHeld()).isFalse();
            assertThat(next.number()).isGreaterThan(lost.number());
        }
    }

    @Test
    default void closing_a_lost_lease_takes_nothing_from_its_next_holder() {
        Lease lost = granted(second().take("key", Duration.ZERO));
        lost.close();
        try (Lease next = granted(first().take("key", Duration.ZERO))) {
            lost.close();

            assertThat(next.isHeld()).isTrue();
            assertThat(second().take("key", Duration.ZERO)).isEmpty();
        }
    }

    @Test
    default void keys_may_be_any_text() {
        for (String key : Samples.HOSTILE_TEXTS) {
            try (Lease held = granted(first().take(key, Duration.ZERO))) {
                assertThat(second().take(key, Duration.ZERO)).isEmpty();
                assertThat(held.isHeld()).isTrue();
            }
        }
        String longest = "漢".repeat(Leases.MAX_KEY);
        try (Lease held = granted(first().take(longest, Duration.ZERO))) {
            assertThat(second().take(longest, Duration.ZERO)).isEmpty();
            assertThat(held.isHeld()).isTrue();
        }
    }

    @Test
    default void of_two_nodes_that_take_turns_never_both_are_inside() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger turns = new AtomicInteger();

        Together.run(2, number -> {
            for (int i = 0; i < 15; i++) {
                try (Lease lease = granted((number == 0 ? first() : second()).take("key", LONG))) {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    assertThat(lease.isHeld()).isTrue();
                    turns.incrementAndGet();
                    inside.decrementAndGet();
                }
            }
        });

        assertThat(turns).hasValue(30);
    }
}

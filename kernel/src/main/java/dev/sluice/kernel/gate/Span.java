package dev.sluice.kernel.gate;

import java.time.Instant;

/**
 * The time in which something that was learnt holds. A clock that is put back to before it was learnt ends that, too: what was
 * found out on a day that has not come yet says nothing about today.
 *
 * @param from when it was learnt
 * @param until the first instant at which it holds no longer
 */
record Span(Instant from, Instant until) {

    /** Whether it holds at that instant. */
    boolean holds(Instant now) {
        return !now.isBefore(from) && now.isBefore(until);
    }
}

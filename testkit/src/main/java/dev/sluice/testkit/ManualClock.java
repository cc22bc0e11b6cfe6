package dev.sluice.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is moved by hand. Thread-safe. */
public final class ManualClock implements InstantSource {
    private final AtomicReference<Instant> now;

    /** A clock that stands at that instant. */
    public ManualClock(Instant now) {
        this.now = new AtomicReference<>(now);
    }

    /** A clock that stands at the instant written in ISO 8601, for example {@code 2026-01-01T00:00:00Z}. */
    public static ManualClock at(String instant) {
        return new ManualClock(Instant.parse(instant));
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    /** Moves the clock on and returns the new instant. */
    public Instant advance(Duration by) {
        return now.updateAndGet(before -> before.plus(by));
    }

    /** Puts the clock at an instant, also an earlier one. */
    public void set(Instant instant) {
        now.set(instant);
    }
}

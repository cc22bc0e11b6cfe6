package dev.sluice.kernel.node;

import java.time.Duration;
import java.util.Optional;

/**
 * Turns that nodes take: for each key, at most one node at a time holds the lease.
 *
 * <p>A lease lasts for a limited time and is renewed while its holder lives, so that the key is free again soon after the holder's
 * process or machine dies. Leases keep nodes apart, not threads: callers within one node take turns among themselves first.
 * A lease saves work or orders it; what must never go wrong is also guarded by what is written (revisions that are compared,
 * bytes addressed by their digest), since a holder that stops for longer than its lease may wake up and go on.
 *
 * <p>Thread-safe. Blocks: never call it on an event loop. Failures of the database are unchecked.
 */
public interface Leases {

    /** Longest key in characters. */
    int MAX_KEY = 1_000;

    /** The only node: every key is free. */
    Leases ALONE = new Leases() {
        private final Lease granted = new Lease() {
            @Override
            public long number() {
                return 0;
            }

            @Override
            public boolean isHeld() {
                return true;
            }

            @Override
            public void close() {}
        };

        @Override
        public Optional<Lease> take(String key, Duration patience) {
            return Optional.of(granted);
        }
    };

    /**
     * Takes the lease of the key, waiting for whoever holds it.
     *
     * @param key any text up to {@link #MAX_KEY} characters without NUL
     * @param patience how long to wait at most; zero to be told at once
     * @return the lease, or empty when others held it all that time, or this thread was interrupted
     */
    Optional<Lease> take(String key, Duration patience);

    /** A key held. Close it to free the key at once. Thread-safe. */
    interface Lease extends AutoCloseable {

        /** Greater than that of every earlier lease of the same key: whoever compares it tells a late holder from the present one. */
        long number();

        /**
         * Whether it is still held, from memory: false once closed, and from the moment its time passed without a successful
         * renewal, so before anybody else can hold the key. Never becomes true again.
         */
        boolean isHeld();

        /** Frees the key unless it was lost; does nothing the second time. Failures are left to the lease's end. */
        @Override
        void close();
    }
}

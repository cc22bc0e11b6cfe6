package dev.sluice.kernel.gate;

import org.jspecify.annotations.Nullable;

/**
 * The port that follows the gate through its stages, for whoever wants to know where the time of a request goes.
 *
 * <p>What is answered from memory has no stages. Thread-safe; whatever it does, it runs the work exactly once and changes neither
 * its result nor its failure.
 */
public interface Stages {

    /** Follows nothing. */
    Stages UNFOLLOWED = new Stages() {
        @Override
        public <T extends @Nullable Object, E extends Exception> T run(String stage, Work<T, E> work) throws E {
            return work.run();
        }
    };

    /** What a stage does. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object, E extends Exception> {
        /** Does it. */
        T run() throws E;
    }

    /**
     * Runs a stage on the calling thread.
     *
     * @param stage one word: locate, obtain, judge
     */
    <T extends @Nullable Object, E extends Exception> T run(String stage, Work<T, E> work) throws E;
}

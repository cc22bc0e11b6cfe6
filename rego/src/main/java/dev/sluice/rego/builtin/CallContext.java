package dev.sluice.rego.builtin;

/** What the evaluation that calls a built-in function offers it. Used by one thread. */
public interface CallContext {
    /** The instant of the evaluation in nanoseconds since 1970, the same for all of its calls. */
    long nowNanos();

    /**
     * Says that the result of the evaluation may be another one from this instant on, in nanoseconds since 1970. The
     * evaluation keeps the earliest instant it is told; {@link Long#MAX_VALUE} means never.
     */
    void changesAt(long epochNanos);

    /** Whether errors of built-in functions end the evaluation; otherwise the call is undefined. */
    boolean strict();

    /**
     * Throws the evaluation's own unchecked exception where it has no room for so many more bytes. Called before much is made of
     * little; what a call gives is counted by who calls.
     */
    default void reserve(long bytes) {}

    /** Throws the evaluation's own unchecked exception once its time is over. Called in loops that may be long. */
    void checkDeadline();
}

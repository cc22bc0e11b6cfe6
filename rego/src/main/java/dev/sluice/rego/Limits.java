package dev.sluice.rego;

import java.time.Duration;

/**
 * Bounds on one evaluation; going beyond one ends it with a {@link RegoEvaluationException} of code
 * {@link RegoEvaluationException#CANCEL}.
 *
 * <p>They bound what an evaluation does, and it may do less where an earlier one with the same data document did the same:
 * rules that depend on data alone may be taken from there. So a request that went beyond a limit may keep within it later.
 *
 * @param maxSteps how many elements may be visited and calls made
 * @param maxDepth how deep rules and functions may call each other, and values of the result be nested
 * @param deadline how long it may take on the wall clock
 * @param maxBytes how much memory the values made on the way may take together, roughly, whether still needed or not
 * @param maxResult how large the result may be: its scalars and collections, and the characters of its strings
 */
public record Limits(long maxSteps, int maxDepth, Duration deadline, long maxBytes, long maxResult) {
    private static final long MAX_BYTES = 512L << 20;
    private static final long MAX_RESULT = 64L << 20;

    /** Ten million steps, a depth of 1000, five seconds, 512 MiB, a result of 64 Mi. */
    public static final Limits STANDARD = new Limits(10_000_000, 1000, Duration.ofSeconds(5));

    public Limits {
        if (maxBytes < 1
                || maxResult < 1
                || maxSteps < 1
                || maxDepth < 1
                || deadline.isNegative()
                || deadline.isZero()) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /** Limits of steps, depth and time, with the standard ones of memory. */
    public Limits(long maxSteps, int maxDepth, Duration deadline) {
        this(maxSteps, maxDepth, deadline, MAX_BYTES, MAX_RESULT);
    }
}

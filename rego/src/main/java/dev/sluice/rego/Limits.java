package dev.sluice.rego;

import java.time.Duration;

/**
 * Bounds on one evaluation; going beyond one ends it with a {@link RegoEvaluationException}.
 *
 * @param maxSteps how many elements may be visited and calls made
 * @param maxDepth how deep rules and functions may call each other
 * @param deadline how long it may take on the wall clock
 */
public record Limits(long maxSteps, int maxDepth, Duration deadline) {
    /** Ten million steps, a depth of 1000, five seconds. */
    public static final Limits STANDARD = new Limits(10_000_000, 1000, Duration.ofSeconds(5));

    public Limits {
        if (maxSteps < 1 || maxDepth < 1 || deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}

package dev.sluice.upstream;

import java.time.Duration;

/**
 * How long to wait for an upstream.
 *
 * @param connect for a connection
 * @param answer for the head of an answer
 * @param stall for the next bytes of a body
 */
public record Timeouts(Duration connect, Duration answer, Duration stall) {
    /** Ten seconds to connect, a minute for the head, half a minute without a byte. */
    public static final Timeouts STANDARD =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(30));
}

package dev.sluice.server;

import java.time.Duration;

/**
 * How much of everything a client gets.
 *
 * @param connections most connections open at once; more are closed at once
 * @param requests most requests being answered off the event loops at once; more get 503 with Retry-After
 * @param uriLength longest request line in bytes; more gets 414
 * @param headerSize most bytes of all header lines of a request; more gets 431
 * @param upload longest body a format receives, in bytes; more gets 413
 * @param document longest body an operation of the API receives, in bytes; more gets 413
 * @param idle how long a connection may show no sign of life in either direction; also bounds how long a client may make no
 *     progress reading a response
 * @param firstRequest how long a new connection may take to send its first request
 * @param stall how long a body may make no progress
 * @param drain how long running requests may take to finish when the server stops
 */
public record Limits(
        int connections,
        int requests,
        int uriLength,
        int headerSize,
        long upload,
        long document,
        Duration idle,
        Duration firstRequest,
        Duration stall,
        Duration drain) {

    /** Fit for an ordinary company registry. */
    public static final Limits DEFAULT = new Limits(
            10_000,
            2_000,
            8 * 1024,
            32 * 1024,
            10L * 1024 * 1024 * 1024,
            1024 * 1024,
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20));

    /** Checks that all are positive. Throws IllegalArgumentException. */
    public Limits {
        if (connections < 1
                || requests < 1
                || uriLength < 64
                || headerSize < 256
                || upload < 1
                || document < 1
                || !idle.isPositive()
                || !firstRequest.isPositive()
                || !stall.isPositive()
                || drain.isNegative()) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}

package dev.sluice.server;

import java.time.Duration;

/**
 * How much of everything a client gets.
 *
 * @param connections most connections open at once; for one more, the one that has waited longest for a request is closed
 * @param requests most requests being answered off the event loops at once; more get 503 with Retry-After
 * @param requestLine longest request line in bytes; more gets 414
 * @param headerBytes most bytes of all header lines of a request; more gets 431
 * @param headers most header lines of a request; more gets 431
 * @param upload longest body a format receives, in bytes; more gets 413
 * @param document longest body an operation of the API receives, in bytes; more gets 413
 * @param uploadRate fewest bytes a second that a body must arrive with once {@link Times#stall} has passed; slower gets 408
 * @param responses most bytes in memory that wait for readers of large answers; beyond, 503 with Retry-After
 * @param files most bytes of small files kept in memory outside the heap because they were sent lately
 * @param times how long things may take
 * @param rates how often somebody may ask
 */
public record Limits(
        int connections,
        int requests,
        int requestLine,
        int headerBytes,
        int headers,
        long upload,
        long document,
        long uploadRate,
        long responses,
        long files,
        Times times,
        Rates rates) {

    /** Fit for an ordinary company registry. */
    public static final Limits DEFAULT = new Limits(
            10_000,
            2_000,
            8 * 1024,
            32 * 1024,
            100,
            10L * 1024 * 1024 * 1024,
            1024 * 1024,
            1024,
            256L * 1024 * 1024,
            64L * 1024 * 1024,
            new Times(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(75),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(20)),
            Rates.DEFAULT);

    /**
     * How long things may take.
     *
     * @param firstRequest from the opening of a connection to the end of its first request's head; then it is closed
     * @param keepAlive from the end of an answer to the end of the next request's head; then the connection is closed
     * @param idle a connection with neither bytes sent nor received while a request is answered; then it is closed. So long may a
     *     client make no progress reading
     * @param stall a body that makes no progress; then 408
     * @param drain running requests when the server stops; then they are broken off
     */
    public record Times(Duration firstRequest, Duration keepAlive, Duration idle, Duration stall, Duration drain) {
        /** Checks that all are positive. Throws IllegalArgumentException. */
        public Times {
            if (!firstRequest.isPositive()
                    || !keepAlive.isPositive()
                    || !idle.isPositive()
                    || !stall.isPositive()
                    || drain.isNegative()) {
                throw new IllegalArgumentException("times must be positive");
            }
        }
    }

    /**
     * How often one token, or one address without a token, may ask; beyond, 429 with Retry-After.
     *
     * @param failures points a minute, saved up for two minutes: something that is not there costs 1, a refusal that is recorded 20,
     *     credentials that are not accepted 100; 0 for no limit
     * @param requests requests a second, saved up for ten seconds; 0 for no limit
     */
    public record Rates(int failures, int requests) {
        /** A build farm behind one address misses 500 things a second before it is asked to wait. */
        public static final Rates DEFAULT = new Rates(30_000, 0);

        /** No limit. */
        public static final Rates OFF = new Rates(0, 0);

        /** Checks that none is negative. Throws IllegalArgumentException. */
        public Rates {
            if (failures < 0 || requests < 0) {
                throw new IllegalArgumentException("rates must not be negative");
            }
        }
    }

    /** Limits without any of how often. */
    public Limits(
            int connections,
            int requests,
            int requestLine,
            int headerBytes,
            int headers,
            long upload,
            long document,
            long uploadRate,
            long responses,
            long files,
            Times times) {
        this(
                connections,
                requests,
                requestLine,
                headerBytes,
                headers,
                upload,
                document,
                uploadRate,
                responses,
                files,
                times,
                Rates.OFF);
    }

    /** Checks that all are positive. Throws IllegalArgumentException. */
    public Limits {
        if (connections < 1
                || requests < 1
                || requestLine < 64
                || headerBytes < 256
                || headers < 1
                || upload < 1
                || document < 1
                || uploadRate < 1
                || responses < 1
                || files < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /** The same with other times. */
    public Limits with(Times others) {
        return new Limits(
                connections,
                requests,
                requestLine,
                headerBytes,
                headers,
                upload,
                document,
                uploadRate,
                responses,
                files,
                others,
                rates);
    }

    /** The same with other rates. */
    public Limits with(Rates others) {
        return new Limits(
                connections,
                requests,
                requestLine,
                headerBytes,
                headers,
                upload,
                document,
                uploadRate,
                responses,
                files,
                times,
                others);
    }
}

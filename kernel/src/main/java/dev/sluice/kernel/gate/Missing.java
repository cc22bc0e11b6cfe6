package dev.sluice.kernel.gate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * It is not there, neither here nor at any upstream that may be asked.
 *
 * @param why one sentence for people
 * @param unavailable whether an upstream could not be asked, so that the truth is unknown: answer 502, not 404
 * @param retryAfter when it is known after which time to ask again: answer 503 and say so; else null
 */
public record Missing(
        String why, boolean unavailable, @Nullable Duration retryAfter) implements Denial {
    /** Nothing is known of when to ask again. */
    public Missing(String why, boolean unavailable) {
        this(why, unavailable, null);
    }

    /** The HTTP status that says so. */
    public int status() {
        return !unavailable ? 404 : retryAfter == null ? 502 : 503;
    }
}

package dev.sluice.kernel.gate;

import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.repository.StoredFile;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the gate answers a want. */
public sealed interface Outcome permits Released, Listed, Outcome.Described, Outcome.Refused, Outcome.Missing {

    /**
     * It may leave, but only what is known of it was asked for, not its bytes: no download is recorded.
     *
     * @param file digests, size and age
     */
    record Described(StoredFile file) implements Outcome {}

    /**
     * Policy withholds it.
     *
     * @param refusal what to tell the client
     */
    record Refused(Refusal refusal) implements Outcome {}

    /**
     * It is not there, neither here nor at any upstream that may be asked.
     *
     * @param why one sentence for people
     * @param unavailable whether an upstream could not be asked, so that the truth is unknown: answer 502, not 404
     * @param retryAfter when it is known after which time to ask again: answer 503 and say so; else null
     */
    record Missing(
            String why, boolean unavailable, @Nullable Duration retryAfter) implements Outcome {
        /** Nothing is known of when to ask again. */
        public Missing(String why, boolean unavailable) {
            this(why, unavailable, null);
        }

        /** The HTTP status that says so. */
        public int status() {
            return !unavailable ? 404 : retryAfter == null ? 502 : 503;
        }

        /** The response with the header that says when to ask again, if that is known (RFC 9110, section 10.2.3). */
        public Response on(Response response) {
            return retryAfter == null
                    ? response
                    : response.with("Retry-After", String.valueOf(Math.max(1, retryAfter.toSeconds())));
        }
    }

    /** Notices about something that is released: warnings of policies, staleness. Each one line. */
    record Notices(List<String> lines, boolean stale) {
        /** Nothing to tell. */
        public static final Notices NONE = new Notices(List.of(), false);

        /** Copies the list. */
        public Notices {
            lines = List.copyOf(lines);
        }
    }
}

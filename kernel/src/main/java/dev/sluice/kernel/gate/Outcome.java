package dev.sluice.kernel.gate;

import dev.sluice.kernel.repository.StoredFile;
import java.util.List;

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
     */
    record Missing(String why, boolean unavailable) implements Outcome {}

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

package dev.sluice.kernel.gate;

import java.util.List;

/**
 * What to tell a client beside what is released.
 *
 * @param lines warnings of policies, each one line
 * @param stale whether it may be out of date, since upstreams could not be asked
 */
public record Notices(List<String> lines, boolean stale) {
    /** Nothing to tell. */
    public static final Notices NONE = new Notices(List.of(), false);

    /** Copies the list. */
    public Notices {
        lines = List.copyOf(lines);
    }
}

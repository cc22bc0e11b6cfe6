package dev.sluice.kernel.advisory;

import dev.sluice.kernel.advisory.AdvisoryStore.FeedState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * How old what is known of the world may be before it counts as stale.
 *
 * <p>A feed grows old in two ways: nobody looked whether there is more, or there was nothing new for longer than the feed's own
 * pace, as in files of two years ago that were imported just now. Immutable.
 *
 * @param looked how long ago a feed may have been imported or found unchanged where it comes from
 * @param paces how old the newest date in the data itself may be, by name of the feed ({@code kev}, {@code epss}, {@code osv})
 *     or format ({@code npm}); other feeds have no pace
 */
public record Freshness(Duration looked, Map<String, Duration> paces) {

    /**
     * A day to look, and what the publishers keep: npm and PyPI see malware every day, Maven's reviewed advisories pause over
     * holidays, scores come daily, the catalogue at times only after a fortnight.
     */
    public static final Freshness STANDARD = new Freshness(
            Duration.ofDays(1),
            Map.of(
                    "npm", Duration.ofDays(3),
                    "pypi", Duration.ofDays(3),
                    "maven", Duration.ofDays(7),
                    "osv", Duration.ofDays(7),
                    "kev", Duration.ofDays(14),
                    "epss", Duration.ofDays(3)));

    /** So far may a clock elsewhere be ahead of ours: a date beyond it is no date. */
    public static final Duration SKEW = Duration.ofDays(1);

    private static final String OSV = FeedState.osv("");

    /** Copies the map. */
    public Freshness {
        paces = Map.copyOf(paces);
    }

    /** From when on that state is stale: always, where what it tells is not whole or carries no date. */
    public Instant staleFrom(FeedState state) {
        Instant byLook = state.updatedAt().plus(looked);
        String name = state.name().startsWith(OSV) ? state.name().substring(OSV.length()) : state.name();
        Duration pace = paces.get(name);
        if (state.lack() != null) {
            return Instant.MIN;
        }
        if (pace == null) {
            return byLook;
        }
        Instant newest = state.newest();
        Instant byPace = newest == null ? Instant.MIN : newest.plus(pace);
        return byPace.isBefore(byLook) ? byPace : byLook;
    }

    /** Whether that state is stale then. */
    public boolean isStale(FeedState state, Instant now) {
        return !now.isBefore(staleFrom(state));
    }
}

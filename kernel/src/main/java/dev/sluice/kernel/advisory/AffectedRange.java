package dev.sluice.kernel.advisory;

import java.util.List;

/**
 * A range of affected versions, as events along the ecosystem's version order (OSV schema, field {@code affected[].ranges[]}).
 *
 * @param type SEMVER, ECOSYSTEM or GIT; GIT ranges never match a version
 * @param events in any order
 * @param widened whether the record says more here that cannot be read, so that the range reaches as far as it could mean
 */
public record AffectedRange(Type type, List<Event> events, boolean widened) {

    /** How the events' versions are to be read. */
    public enum Type {
        SEMVER,
        ECOSYSTEM,
        GIT
    }

    /** What happens at a version. */
    public enum Kind {
        INTRODUCED,
        FIXED,
        LAST_AFFECTED,
        LIMIT
    }

    /**
     * Something happens at a version.
     *
     * @param kind what
     * @param version where; {@code 0} with INTRODUCED means "from the very first version on"
     */
    public record Event(Kind kind, String version) {}

    /** Copies the list. */
    public AffectedRange {
        events = List.copyOf(events);
    }

    /** A range that was read whole. */
    public AffectedRange(Type type, List<Event> events) {
        this(type, events, false);
    }

    /** Every version there is or ever will be, because what the record says of versions cannot be read. */
    public static AffectedRange everything() {
        return new AffectedRange(Type.ECOSYSTEM, List.of(new Event(Kind.INTRODUCED, "0")), true);
    }
}

package dev.sluice.kernel.advisory;

import java.util.List;

/**
 * A range of affected versions, as events along the ecosystem's version order (OSV schema, field {@code affected[].ranges[]}).
 *
 * @param type SEMVER, ECOSYSTEM or GIT; GIT ranges never match a version
 * @param events in any order
 */
public record AffectedRange(Type type, List<Event> events) {

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
}

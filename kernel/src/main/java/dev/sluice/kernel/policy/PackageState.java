package dev.sluice.kernel.policy;

/** What a decision says of a version; kept for listing, never trusted for release. */
public enum PackageState {
    AVAILABLE(0),
    QUARANTINED(2),
    HIDDEN(1),
    DELETED(3);

    private final int strength;

    PackageState(int strength) {
        this.strength = strength;
    }

    /** Whether it says more against the version: DELETED more than QUARANTINED, that more than HIDDEN, which ends by itself. */
    public boolean isStrongerThan(PackageState other) {
        return strength > other.strength;
    }

    /** Whether versions in this state may leave. */
    public boolean isReleasable() {
        return this == AVAILABLE;
    }
}

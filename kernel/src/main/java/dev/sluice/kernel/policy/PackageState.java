package dev.sluice.kernel.policy;

/** What a decision says of a version; kept for listing, never trusted for release. */
public enum PackageState {
    AVAILABLE,
    QUARANTINED,
    HIDDEN,
    DELETED;

    /** Whether versions in this state may leave. */
    public boolean isReleasable() {
        return this == AVAILABLE;
    }
}

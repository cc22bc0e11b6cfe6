package dev.sluice.kernel.advisory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the syncs of one source of a feed went, and where the next one begins.
 *
 * @param source {@code kev}, {@code epss}, or {@code osv/} and an ecosystem
 * @param address where it comes from, without credentials
 * @param validator what tells the source which state is kept here, or null
 * @param cursor the newest change that was taken over, or null
 * @param records how many records the source listed
 * @param attemptedAt when the last sync began, or null
 * @param succeededAt when a sync last succeeded, whether it changed something or not, or null
 * @param changedAt when a sync last changed something, or null
 * @param nextAt when the next one is due, or null when none is planned
 * @param failures how many syncs failed since the last success
 * @param failure why the last one failed, for people, or null when it did not
 */
public record SyncState(
        String source,
        String address,
        @Nullable Validator validator,
        @Nullable Instant cursor,
        long records,
        @Nullable Instant attemptedAt,
        @Nullable Instant succeededAt,
        @Nullable Instant changedAt,
        @Nullable Instant nextAt,
        int failures,
        @Nullable String failure) {

    /**
     * What a server gave to ask "has it changed" with (RFC 9110, section 8.8).
     *
     * @param document which of the source's documents it belongs to
     * @param etag value of the ETag header, or null
     * @param lastModified value of the Last-Modified header, or null
     */
    public record Validator(
            String document,
            @Nullable String etag,
            @Nullable String lastModified) {}

    /** The state of a source that was never synced. */
    public static SyncState fresh(String source, String address) {
        return new SyncState(source, address, null, null, 0, null, null, null, null, 0, null);
    }

    /** Name of the feed the source belongs to: {@code osv}, {@code kev} or {@code epss}. */
    public String feed() {
        int slash = source.indexOf('/');
        return slash < 0 ? source : source.substring(0, slash);
    }

    /** Whether the last success, if there was any, lies before that instant. */
    public boolean isOlderThan(Instant instant) {
        Instant last = succeededAt;
        return last == null || last.isBefore(instant);
    }

    /** The same with another plan for the next sync. */
    public SyncState due(@Nullable Instant next) {
        return new SyncState(
                source,
                address,
                validator,
                cursor,
                records,
                attemptedAt,
                succeededAt,
                changedAt,
                next,
                failures,
                failure);
    }

    /** The same after a sync that found nothing new. */
    public SyncState unchanged(Instant began, Instant ended, @Nullable Instant next) {
        return new SyncState(source, address, validator, cursor, records, began, ended, changedAt, next, 0, null);
    }

    /** The same after a sync that took something over. */
    public SyncState changed(
            Instant began,
            Instant ended,
            @Nullable Instant next,
            @Nullable Validator validator,
            @Nullable Instant cursor,
            long records) {
        return new SyncState(source, address, validator, cursor, records, began, ended, ended, next, 0, null);
    }

    /** The same after a sync that failed: what is kept, stays. */
    public SyncState failed(Instant began, @Nullable Instant next, String why) {
        return new SyncState(
                source, address, validator, cursor, records, began, succeededAt, changedAt, next, failures + 1, why);
    }
}

package dev.sluice.kernel.journal;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The append-only record of everything that happened.
 *
 * <p>Appends are durable in the order they were accepted; queries may lag behind them by an instant unless {@link #settle}
 * was called. Thread-safe.
 */
public interface Journal {

    /**
     * Appends an event; returns at once. The stage completes when the event is durable, on a thread of the journal (do not
     * block in it), or fails when it cannot be written: then what it records must not happen.
     */
    CompletionStage<Void> append(Event event);

    /** The event with that identifier. */
    Optional<Event> find(String id);

    /** Events that fit, newest first. */
    List<Event> query(Query query);

    /** Who took what, one line per actor and version, the latest first, at most {@code limit}. */
    List<Consumption> consumption(Subject subject, int limit);

    /** The versions of the package that any event is about, in no particular order. */
    Set<String> versions(PackageName name);

    /** Waits until queries see every event that is durable now. */
    void settle();

    /**
     * A question to the journal; null parts do not restrict.
     *
     * @param kinds kinds wanted; empty means all
     * @param repository name of the repository
     * @param format id of the format
     * @param packageName canonical package name
     * @param version version
     * @param digest SHA-256 in hexadecimal
     * @param policy name of a policy that decided
     * @param user who did it
     * @param since first instant, inclusive
     * @param until last instant, exclusive
     * @param before identifier of an event; only older ones are given (for paging)
     * @param limit most events to give, 1 to 1,000
     */
    record Query(
            Set<Event.Kind> kinds,
            @Nullable String repository,
            @Nullable String format,
            @Nullable String packageName,
            @Nullable String version,
            @Nullable String digest,
            @Nullable String policy,
            @Nullable String user,
            @Nullable Instant since,
            @Nullable Instant until,
            @Nullable String before,
            int limit) {

        /** Copies the set and checks the limit. Throws IllegalArgumentException. */
        public Query {
            kinds = Set.copyOf(kinds);
            if (limit < 1 || limit > 1000) {
                throw new IllegalArgumentException("limit must be 1 to 1000");
            }
        }

        /** The newest events of those kinds (all when none is named). */
        public static Query latest(int limit, Event.Kind... kinds) {
            return new Query(Set.of(kinds), null, null, null, null, null, null, null, null, null, null, limit);
        }

        /** The newest events about a version. */
        public static Query about(Coordinates coordinates, int limit) {
            return new Query(
                    Set.of(),
                    null,
                    coordinates.format(),
                    coordinates.name(),
                    coordinates.version(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    limit);
        }
    }

    /**
     * What somebody may have taken; null parts do not restrict, but package or digest must be there.
     *
     * @param format id of the format
     * @param packageName canonical package name
     * @param versions versions; empty means all
     * @param digest SHA-256 in hexadecimal
     */
    record Subject(
            @Nullable String format,
            @Nullable String packageName,
            Set<String> versions,
            @Nullable String digest) {
        /** Copies the set. */
        public Subject {
            versions = Set.copyOf(versions);
        }
    }

    /**
     * That somebody took a version.
     *
     * @param actor who; the last address and user agent seen
     * @param repository from which repository
     * @param purl what
     * @param version which version
     * @param digest SHA-256 of the last file taken
     * @param first when for the first time
     * @param last when for the last time
     * @param count how often
     */
    record Consumption(
            Event.Actor actor,
            String repository,
            String purl,
            String version,
            String digest,
            Instant first,
            Instant last,
            long count) {}
}

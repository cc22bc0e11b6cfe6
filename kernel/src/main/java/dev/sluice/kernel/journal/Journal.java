package dev.sluice.kernel.journal;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
    List<Consumption> consumption(Taken what, int limit);

    /** The versions of the package that any event is about, in no particular order. */
    Set<String> versions(PackageName name);

    /** Waits until queries see every event that is durable now. */
    void settle();

    /**
     * A question to the journal; made from {@link #ALL} by narrowing it.
     *
     * @param kinds kinds wanted; empty means all
     * @param texts what must be as given
     * @param since first instant, inclusive; null does not restrict
     * @param until last instant, exclusive; null does not restrict
     * @param before identifier of an event; only older ones are given (for paging); null does not restrict
     * @param limit most events to give, 1 to 1,000
     */
    record Query(
            Set<Event.Kind> kinds,
            Map<Field, String> texts,
            @Nullable Instant since,
            @Nullable Instant until,
            @Nullable String before,
            int limit) {

        /** What of an event can be asked for. */
        public enum Field {
            /** Name of the repository. */
            REPOSITORY,
            /** Id of the format. */
            FORMAT,
            /** Canonical package name. */
            PACKAGE,
            /** Version. */
            VERSION,
            /** SHA-256 in hexadecimal. */
            DIGEST,
            /** Name of a policy that decided. */
            POLICY,
            /** Who did it. */
            USER
        }

        /** The newest events of all, as many as may be asked for at once. */
        public static final Query ALL = new Query(Set.of(), Map.of(), null, null, null, 1000);

        /** Copies the collections and checks the limit. Throws IllegalArgumentException. */
        public Query {
            kinds = Set.copyOf(kinds);
            texts = Map.copyOf(texts);
            if (limit < 1 || limit > 1000) {
                throw new IllegalArgumentException("limit must be 1 to 1000");
            }
        }

        /** The newest events of those kinds (all when none is named). */
        public static Query latest(int limit, Event.Kind... kinds) {
            return ALL.of(Set.of(kinds)).limit(limit);
        }

        /** Only those kinds; empty means all. */
        public Query of(Set<Event.Kind> wanted) {
            return new Query(wanted, texts, since, until, before, limit);
        }

        /** Only where that is so; null does not restrict. */
        public Query where(Field field, @Nullable String text) {
            Map<Field, String> all = new EnumMap<>(Field.class);
            all.putAll(texts);
            if (text == null) {
                all.remove(field);
            } else {
                all.put(field, text);
            }
            return new Query(kinds, all, since, until, before, limit);
        }

        /** Only about that package, its versions included. */
        public Query about(PackageName name) {
            return where(Field.FORMAT, name.format()).where(Field.PACKAGE, name.name());
        }

        /** Only about that version. */
        public Query about(Coordinates version) {
            return about(version.packageName()).where(Field.VERSION, version.version());
        }

        /** Only from an instant on and before another one; null does not restrict. */
        public Query between(@Nullable Instant first, @Nullable Instant last) {
            return new Query(kinds, texts, first, last, before, limit);
        }

        /** Only what is older than the event with that identifier; null does not restrict. */
        public Query olderThan(@Nullable String id) {
            return new Query(kinds, texts, since, until, id, limit);
        }

        /** At most so many, 1 to 1,000. */
        public Query limit(int most) {
            return new Query(kinds, texts, since, until, before, most);
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
    record Taken(
            @Nullable String format,
            @Nullable String packageName,
            Set<String> versions,
            @Nullable String digest) {
        /** Copies the set. */
        public Taken {
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

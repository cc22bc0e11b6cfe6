package dev.sluice.app.feed;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import java.time.InstantSource;

/**
 * Records in the journal what becomes of feeds.
 *
 * @param journal where
 * @param clock when
 * @param ids makes identifiers, of events and of what is asked for
 */
public record FeedEvents(Journal journal, InstantSource clock, Ulid ids) {

    /** Records it; returns when it is on disk. */
    void record(Event.Actor actor, String line, String whole) {
        journal.append(Event.of(ids.next(), clock.instant(), Event.Kind.FEED, actor, line)
                        .detailed(whole))
                .toCompletableFuture()
                .join();
    }
}

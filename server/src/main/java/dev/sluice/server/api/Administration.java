package dev.sluice.server.api;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.server.operation.Call;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Writes down what administrators change; a change is answered once that is durable. Changes happen one at a time. */
final class Administration {

    /** Held while something is read, changed and written. */
    final ReentrantLock changing = new ReentrantLock();

    private final Journal journal;
    private final Ulid ids;
    private final InstantSource clock;

    Administration(Journal journal, Ulid ids, InstantSource clock) {
        this.journal = journal;
        this.ids = ids;
        this.clock = clock;
    }

    /** Records a change; returns when it is durable. */
    void record(Call call, @Nullable String repository, String message) {
        journal.append(new Event(
                        ids.next(),
                        clock.instant(),
                        Event.Kind.ADMIN,
                        call.visit().actor(),
                        repository,
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        message,
                        "{}"))
                .toCompletableFuture()
                .join();
    }
}

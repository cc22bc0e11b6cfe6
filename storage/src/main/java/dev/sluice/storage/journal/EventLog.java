package dev.sluice.storage.journal;

import dev.sluice.kernel.journal.Event;
import java.io.IOException;
import java.util.function.Consumer;

/** A journal read from its beginning to its end, in the order in which it was written. */
@FunctionalInterface
public interface EventLog {
    /** Hands every event that is durable now to the consumer. Throws IOException or StorageException. */
    void each(Consumer<Event> consumer) throws IOException;
}

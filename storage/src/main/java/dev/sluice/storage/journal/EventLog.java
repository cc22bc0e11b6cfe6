package dev.sluice.storage.journal;

import dev.sluice.storage.sql.EventTable.Row;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A journal as its bytes, in the order in which they were written; for copying it, whatever build wrote it.
 *
 * <p>What a newer build wrote may hold what this one does not read, so nothing of it is lost on the way. Thread-safe.
 */
public interface EventLog {
    /** Hands every event that is durable now to the consumer. Throws IOException or StorageException. */
    void each(Consumer<Row> consumer) throws IOException;

    /** Appends an event that another log gave, as it is; the same as appending to the journal otherwise. */
    CompletionStage<Void> append(Row event);

    /** Waits until the journal can be asked for every event that is durable now. */
    void settle();
}

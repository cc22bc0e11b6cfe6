package dev.sluice.storage.journal;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.storage.Mark;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.sql.EventTable;
import dev.sluice.storage.sql.EventTable.Row;
import dev.sluice.storage.sql.Postgres;
import dev.sluice.storage.upkeep.JournalCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal in the database that nodes share: a log in one order over all of them.
 *
 * <p>Events of this node that wait at the same time are written in one statement. When the database is gone, what waits fails
 * within its patience, and so does what comes later until it is back; an event that failed may be there all the same when only
 * the answer was lost, and appending it again writes no second one. What is asked about follows the log; the nodes take turns
 * at that. Thread-safe.
 */
public final class TableJournal implements Journal, EventLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableJournal.class);
    private static final int MOST_WAITING = 200_000;
    private static final int MOST_FAULTS = 100;
    private static final int MOST_AT_ONCE = 1_000;
    private static final int WISHED_BATCH_BYTES = 1024 * 1024;
    private static final int WORTH_INDEXING = 4_000;

    /** An encoded event on its way to the log; a row without bytes asks the writer to stop. */
    private record Waiting(Row row, CompletableFuture<Void> durable) {
        boolean isStop() {
            return row.json().length == 0;
        }
    }

    private final EventTable table;
    private final IndexFollower follower;
    private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Thread writer;
    private volatile boolean closing;

    private TableJournal(EventTable table) {
        this.table = table;
        this.follower =
                new IndexFollower((position, limit) -> table.index(EventCodec::decode), table.end(), WORTH_INDEXING);
        this.writer = Thread.ofPlatform().daemon().name("sluice-journal").unstarted(this::writeBatches);
    }

    /** The journal in that database, which is closed after it. Throws StorageException. */
    public static TableJournal in(Postgres postgres) {
        TableJournal journal = new TableJournal(EventTable.in(postgres));
        journal.follower.start(journal.table.indexed());
        journal.writer.start();
        return journal;
    }

    @Override
    public CompletionStage<Void> append(Event event) {
        return append(new Row(event.id(), EventCodec.encode(event)));
    }

    @Override
    public CompletionStage<Void> append(Row event) {
        byte[] json = event.json();
        CompletableFuture<Void> durable = new CompletableFuture<>();
        if (json.length > Frames.MOST_RECORD_BYTES) {
            durable.completeExceptionally(
                    new IllegalArgumentException("an event of " + json.length + " bytes is too large for the journal"));
        } else if (closing) {
            durable.completeExceptionally(closed());
        } else if (!queue.offer(new Waiting(event, durable))) {
            durable.completeExceptionally(
                    new StorageException("the journal cannot keep up: " + MOST_WAITING + " events wait", null));
        } else if (closing && !writer.isAlive()) {
            failWaiting(closed());
        }
        return durable;
    }

    @Override
    public Optional<Event> find(String id) {
        return table.find(id).map(EventCodec::decode);
    }

    @Override
    public List<Event> query(Query query) {
        return table.query(query).stream().map(EventCodec::decode).toList();
    }

    @Override
    public List<Consumption> consumption(Taken what, int limit) {
        return table.consumption(what, limit);
    }

    @Override
    public Set<String> versions(PackageName name) {
        return table.versions(name);
    }

    /** Where it says which installation it belongs to. */
    public Mark mark() {
        return table.mark();
    }

    /** How far its index is behind, in events. */
    public long unindexed() {
        return follower.behind();
    }

    @Override
    public void settle() {
        follower.durableUpTo(table.end()); // other nodes write, too
        follower.settle();
    }

    /**
     * Reads the whole log up to where it ends now: no position is left out, every event can be read and asked for. What is wrong
     * is told, not thrown.
     *
     * @param progress is told the number of events from time to time
     */
    public JournalCheck.Result check(LongConsumer progress) {
        List<String> faults = new ArrayList<>();
        long next = 1;
        try {
            settle();
            long end = table.end();
            while (next < end
                    && faults.size() < MOST_FAULTS
                    && !Thread.currentThread().isInterrupted()) {
                List<EventTable.Stored> records = table.read(next, MOST_AT_ONCE);
                for (EventTable.Stored record : records) {
                    if (record.position() != next) {
                        faults.add("events " + next + " to " + (record.position() - 1) + " are missing");
                    }
                    check(record, faults);
                    next = record.position() + 1;
                }
                if (records.isEmpty()) {
                    faults.add("events " + next + " to " + (end - 1) + " are missing");
                    next = end;
                }
                progress.accept(next - 1);
            }
        } catch (IllegalArgumentException e) {
            faults.add("after " + (next - 1) + " events: " + e.getMessage());
        } catch (RuntimeException e) {
            return new JournalCheck.Result(next - 1, faults, "after " + (next - 1) + " events: " + e.getMessage());
        }
        return new JournalCheck.Result(next - 1, faults, null);
    }

    @Override
    public void each(Consumer<Row> consumer) {
        long end = table.end();
        long next = 1;
        while (next < end) {
            List<EventTable.Stored> records = table.read(next, MOST_AT_ONCE);
            if (records.isEmpty()) {
                throw new StorageException("events " + next + " to " + (end - 1) + " are missing", null);
            }
            records.forEach(record -> consumer.accept(EventCodec.row(record.json())));
            next = records.getLast().position() + 1;
        }
    }

    private static void check(EventTable.Stored record, List<String> faults) {
        try {
            EventCodec.decode(record.json());
        } catch (IllegalArgumentException e) {
            faults.add("event " + record.position() + " cannot be read: " + e.getMessage());
        }
        if (!record.indexed()) {
            faults.add("event " + record.position() + " is not in the index");
        }
    }

    /** Writes what waits, then lets go; the database stays open. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        CompletableFuture<Void> last = new CompletableFuture<>();
        queue.add(new Waiting(new Row("", new byte[0]), last));
        last.join();
        follower.close();
        table.close();
    }

    private void writeBatches() {
        List<Waiting> batch = new ArrayList<>();
        @Nullable Waiting stop = null;
        while (stop == null) {
            batch.clear();
            stop = gather(batch);
            if (!batch.isEmpty()) {
                write(batch);
            }
        }
        failWaiting(closed());
        stop.durable().complete(null);
    }

    /** Takes what waits, as much as makes a batch, but waits for the first. Returns what asked to stop. */
    private @Nullable Waiting gather(List<Waiting> batch) {
        int bytes = 0;
        @Nullable Waiting next = null;
        while (next == null) {
            try {
                next = queue.take();
            } catch (InterruptedException nobodyDoesThis) {
                LOG.debug("the journal's thread goes on", nobodyDoesThis);
            }
        }
        while (next != null) {
            if (next.isStop()) {
                return next;
            }
            batch.add(next);
            bytes += next.row().json().length;
            next = batch.size() < MOST_AT_ONCE && bytes < WISHED_BATCH_BYTES ? queue.poll() : null;
        }
        return null;
    }

    private void write(List<Waiting> batch) {
        long end;
        try {
            end = table.append(batch.stream().map(Waiting::row).toList());
        } catch (RuntimeException e) {
            LOG.error("{}", e.getMessage());
            batch.forEach(waiting -> waiting.durable().completeExceptionally(e));
            failQueued(e); // they waited as long, and would only wait once more
            return;
        }
        follower.durableUpTo(end);
        batch.forEach(waiting -> waiting.durable().complete(null));
    }

    private void failQueued(RuntimeException reason) {
        int count = queue.size();
        for (int i = 0; i < count; i++) {
            @Nullable Waiting waiting = queue.poll();
            if (waiting != null && waiting.isStop()) {
                queue.add(waiting);
            } else if (waiting != null) {
                waiting.durable().completeExceptionally(reason);
            }
        }
    }

    private void failWaiting(RuntimeException reason) {
        @Nullable Waiting waiting = queue.poll();
        while (waiting != null) {
            waiting.durable().completeExceptionally(reason);
            waiting = queue.poll();
        }
    }

    private static StorageException closed() {
        return new StorageException("the journal is closed", null);
    }
}

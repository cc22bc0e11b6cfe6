package dev.sluice.storage.journal;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.storage.DamagedException;
import dev.sluice.storage.FileMark;
import dev.sluice.storage.Mark;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.sql.EventIndex;
import dev.sluice.storage.sql.EventTable.Row;
import dev.sluice.storage.upkeep.JournalCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
 * The journal as append-only files of one directory, with an SQL index that follows them.
 *
 * <p>Events that wait at the same time share one write and one sync. {@code log/} is the truth; {@code index.db} is derived
 * from it and is built again when it is deleted. After a crash the log is read on from where the index had come to; an
 * unfinished write at its very end is cut off, any other damage is reported and nothing is opened. One process opens a
 * directory at a time. Thread-safe.
 *
 * <p>When a write fails (the disk is full) its stages fail, and so do later ones until a write succeeds again.
 */
public final class SegmentJournal implements Journal, EventLog, AutoCloseable {
    /** Size from which on a new file is begun, unless told otherwise: 64 MiB. */
    public static final long SEGMENT_BYTES = 64L * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentJournal.class);
    private static final int MOST_FAULTS = 100;
    private static final int MOST_WAITING = 200_000;
    private static final int WISHED_INDEX_BYTES = 4 * 1024 * 1024;
    private static final int WISHED_BATCH_BYTES = 4 * 1024 * 1024;

    /** An encoded event on its way to the log; empty bytes ask the writer to stop. */
    private record Waiting(byte[] json, int crc, CompletableFuture<Void> durable) {
        boolean isStop() {
            return json.length == 0;
        }
    }

    private final Mark mark;
    private final FileChannel lock;
    private final Segments segments;
    private final EventIndex index;
    private final IndexFollower follower;
    private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Waiting stop = new Waiting(new byte[0], 0, new CompletableFuture<>());
    private final Thread writer;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1024 * 1024);
    private @Nullable Waiting carriedOver;
    private volatile boolean closing;
    private volatile boolean closed;

    private SegmentJournal(Mark mark, FileChannel lock, Segments segments, EventIndex index) {
        this.mark = mark;
        this.lock = lock;
        this.segments = segments;
        this.index = index;
        this.follower = new IndexFollower(this::index, segments.end(), WISHED_INDEX_BYTES);
        this.writer = Thread.ofPlatform().daemon().name("sluice-journal").unstarted(this::writeBatches);
    }

    /** Whether that directory holds no event, or is not there; opens nothing. */
    public static boolean isEmpty(Path directory) throws IOException {
        Path log = directory.resolve("log");
        if (!Files.isDirectory(log)) {
            return true;
        }
        try (DirectoryStream<Path> segments = Files.newDirectoryStream(log)) {
            for (Path segment : segments) {
                if (Files.size(segment) > Frames.SEGMENT_HEADER) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Opens the journal in that directory. Throws {@link JournalCorruptException}, StorageException or IOException. */
    public static SegmentJournal open(Path directory) throws IOException {
        return open(directory, SEGMENT_BYTES);
    }

    /**
     * Opens the journal in that directory.
     *
     * @param segmentBytes size from which on a new file is begun
     */
    public static SegmentJournal open(Path directory, long segmentBytes) throws IOException {
        Files.createDirectories(directory);
        FileChannel lock = lock(directory);
        try {
            Segments segments = Segments.open(directory.resolve("log"), segmentBytes);
            try {
                return start(directory, lock, segments);
            } catch (IOException | RuntimeException e) {
                segments.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public CompletionStage<Void> append(Event event) {
        return append(EventCodec.encode(event));
    }

    @Override
    public CompletionStage<Void> append(Row event) {
        return append(event.json());
    }

    private CompletionStage<Void> append(byte[] json) {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        if (json.length > Frames.MOST_RECORD_BYTES) {
            durable.completeExceptionally(
                    new IllegalArgumentException("an event of " + json.length + " bytes is too large for the journal"));
        } else if (closing) {
            durable.completeExceptionally(new StorageException("the journal is closed", null));
        } else if (!queue.offer(new Waiting(json, Frames.crc(json), durable))) {
            durable.completeExceptionally(
                    new StorageException("the journal cannot keep up: " + MOST_WAITING + " events wait", null));
        } else if (closed) {
            failWaiting();
        }
        return durable;
    }

    @Override
    public Optional<Event> find(String id) {
        OptionalLong position = index.find(id);
        return position.isEmpty()
                ? Optional.empty()
                : Optional.of(events(List.of(position.getAsLong())).getFirst());
    }

    @Override
    public List<Event> query(Query query) {
        return events(index.query(query));
    }

    @Override
    public List<Consumption> consumption(Taken what, int limit) {
        return index.consumption(what, limit);
    }

    @Override
    public Set<String> versions(PackageName name) {
        return index.versions(name);
    }

    /** How far its index is behind, in bytes of the log. */
    public long unindexed() {
        return follower.behind();
    }

    @Override
    public void settle() {
        follower.settle();
    }

    /**
     * Reads the whole log from its first byte to where it ends now, and looks every event up in the index. What is wrong is told,
     * not thrown; after damage reading cannot go on.
     *
     * @param progress is told the number of events from time to time
     */
    public JournalCheck.Result check(LongConsumer progress) {
        List<String> faults = new ArrayList<>();
        List<String> indexFaults = new ArrayList<>(index.damage());
        boolean asksIndex = indexFaults.isEmpty();
        @Nullable String unchecked = null;
        long events = 0;
        try {
            if (asksIndex) {
                follower.settle();
            }
        } catch (StorageException e) {
            unchecked = "its newest events: " + e.getMessage(); // the log itself can still be read
        }
        try {
            long end = asksIndex ? index.complete() : segments.end();
            long position = 0;
            while (position < end && !Thread.currentThread().isInterrupted()) {
                Segments.Chunk chunk = segments.read(position, end, WISHED_BATCH_BYTES);
                for (Segments.Entry entry : chunk.records()) {
                    events++;
                    Event event = EventCodec.decode(entry.json());
                    if (asksIndex) {
                        checkIndexed(event, entry.position(), faults, indexFaults);
                    }
                }
                progress.accept(events);
                position = chunk.next();
            }
        } catch (JournalCorruptException | IllegalArgumentException e) {
            faults.add("after " + events + " events: " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            unchecked = "after " + events + " events: " + e.getMessage();
        }
        return new JournalCheck.Result(events, faults, indexFaults, unchecked);
    }

    /**
     * Reads a copy of a log that no journal has open, up to the position that {@link #copyTo} copied to. What is wrong is told, not
     * thrown.
     *
     * @param progress is told the number of events from time to time
     */
    public static JournalCheck.Result checkCopy(Path log, long end, LongConsumer progress) {
        List<String> faults = new ArrayList<>();
        long events = 0;
        try (Segments copy = Segments.copied(log)) {
            if (copy.end() != end) {
                faults.add("the journal in " + log + " ends at " + copy.end() + " instead of " + end);
            }
            long position = 0;
            while (position < Math.min(end, copy.end())
                    && !Thread.currentThread().isInterrupted()) {
                Segments.Chunk chunk = copy.read(position, Math.min(end, copy.end()), WISHED_BATCH_BYTES);
                chunk.records().forEach(entry -> EventCodec.decode(entry.json()));
                events += chunk.records().size();
                progress.accept(events);
                position = chunk.next();
            }
        } catch (IOException | IllegalArgumentException e) {
            faults.add("after " + events + " events: " + (e instanceof NoSuchFileException ? "no file " : "")
                    + e.getMessage());
        }
        return new JournalCheck.Result(events, faults, null);
    }

    @Override
    public void each(Consumer<Row> consumer) throws IOException {
        long end = segments.end();
        long position = 0;
        while (position < end) {
            Segments.Chunk chunk = segments.read(position, end, WISHED_BATCH_BYTES);
            chunk.records().forEach(entry -> consumer.accept(EventCodec.row(entry.json())));
            position = chunk.next();
        }
    }

    private void checkIndexed(Event event, long position, List<String> faults, List<String> indexFaults) {
        OptionalLong indexed = index.find(event.id());
        if (indexed.equals(OptionalLong.of(position))) {
            if (indexFaults.size() < MOST_FAULTS && !index.holds(new EventIndex.Located(position, event))) {
                indexFaults.add("event " + event.id() + " is something else in the index: one of both was changed");
            }
            return;
        }
        String id = event.id();
        if (indexed.isPresent() && faults.size() < MOST_FAULTS) {
            faults.add("the identifier " + id + " is there twice, at " + indexed.getAsLong() + " and " + position);
        } else if (indexed.isEmpty() && indexFaults.size() < MOST_FAULTS) {
            indexFaults.add("event " + id + " is not in the index");
        }
    }

    /** Where it says which installation the directory belongs to: its file {@code installation}. */
    public Mark mark() {
        return mark;
    }

    /** Up to where everything that was acknowledged before this call lies; a position for {@link #copyTo}. */
    public long end() {
        follower.settle();
        return index.complete();
    }

    /**
     * Copies the log up to that position into files of the directory; those that are there in full are left alone.
     *
     * @param end a position that {@link #end} told
     */
    public void copyTo(Path log, long end) throws IOException {
        segments.copyTo(log, end);
    }

    /** Writes what waits, lets the index catch up, and closes everything. Later appends fail. */
    @Override
    public void close() throws IOException {
        if (closing) {
            return;
        }
        closing = true;
        try {
            queue.put(stop);
            stop.durable().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing the journal; it is replayed at the next start", e);
        }
        try {
            // what the index knows of is missed when it is gone: damage at the end looks like an unfinished write
            follower.settle();
        } catch (StorageException e) {
            LOG.warn("the journal is closed before its index is complete: {}", e.getMessage());
        }
        follower.close();
        index.close();
        segments.close();
        lock.close();
    }

    private static SegmentJournal start(Path directory, FileChannel lock, Segments segments) throws IOException {
        if (segments.cutOff() > 0) {
            LOG.warn(
                    "the journal ended in an unfinished write; {} bytes nobody was told of were cut off",
                    segments.cutOff());
        }
        Path file = directory.resolve("index.db");
        EventIndex index = EventIndex.open(file);
        try {
            long indexed = index.complete();
            if (indexed > segments.end()) {
                throw new JournalCorruptException("the journal in " + directory + " ends at " + segments.end()
                        + ", but its index knows events up to " + indexed + ": the end of the journal is missing."
                        + " Restore its files from a copy, or delete index.db to accept the loss.");
            }
            if (!fits(index, segments)) {
                throw new DamagedException(
                        "journal/index.db",
                        file + " is not the index of this journal",
                        "it is made of the journal's log, which holds everything: 'sluice doctor --repair' builds it again",
                        null);
            }
            SegmentJournal journal = new SegmentJournal(FileMark.in(directory), lock, segments, index);
            journal.follower.start(indexed);
            journal.writer.start();
            return journal;
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
    }

    /** Whether the newest event of the index lies in the log where the index says. */
    private static boolean fits(EventIndex index, Segments segments) throws IOException {
        Optional<Map.Entry<String, Long>> newest = index.newest();
        if (newest.isEmpty()) {
            return index.complete() <= Frames.SEGMENT_HEADER || segments.end() <= Frames.SEGMENT_HEADER;
        }
        try (Segments.Reader reader = segments.reader()) {
            String id = EventCodec.decode(reader.read(newest.get().getValue())).id();
            return EventIndex.indexed(id).equals(newest.get().getKey());
        } catch (JournalCorruptException | IllegalArgumentException noEventThere) {
            LOG.debug("what the index names is no event", noEventThere);
            return false;
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            locked = false;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw new IOException("the journal in " + directory + " is in use by another process");
        }
        return channel;
    }

    private List<Event> events(List<Long> positions) {
        List<Event> events = new ArrayList<>(positions.size());
        try (Segments.Reader reader = segments.reader()) {
            for (long position : positions) {
                events.add(EventCodec.decode(reader.read(position)));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new StorageException("cannot read the journal: " + e.getMessage(), e);
        }
        return events;
    }

    private long index(long position, long limit) throws IOException {
        Segments.Chunk chunk = segments.read(position, limit, WISHED_INDEX_BYTES);
        List<EventIndex.Located> events = new ArrayList<>(chunk.records().size());
        for (Segments.Entry record : chunk.records()) {
            events.add(new EventIndex.Located(record.position(), EventCodec.decode(record.json())));
        }
        index.add(events, chunk.next());
        return chunk.next();
    }

    private void writeBatches() {
        List<Waiting> batch = new ArrayList<>();
        boolean stopped = false;
        while (!stopped) {
            batch.clear();
            stopped = gather(batch);
            if (!batch.isEmpty()) {
                write(batch);
            }
        }
        closed = true;
        failWaiting();
        stop.durable().complete(null);
    }

    /** Takes what waits, as much as fits one batch, but waits for the first. True when the journal is to be closed. */
    private boolean gather(List<Waiting> batch) {
        @Nullable Waiting next = carriedOver;
        carriedOver = null;
        int bytes = 0;
        while (next == null) {
            try {
                next = queue.take();
            } catch (InterruptedException nobodyDoesThis) {
                LOG.debug("the journal's thread goes on", nobodyDoesThis);
            }
        }
        while (next != null) {
            if (next.isStop()) {
                return true;
            }
            int size = Frames.RECORD_HEADER + next.json().length;
            if (!batch.isEmpty() && bytes + size > WISHED_BATCH_BYTES) {
                carriedOver = next;
                return false;
            }
            batch.add(next);
            bytes += size;
            next = queue.poll();
        }
        return false;
    }

    private void write(List<Waiting> batch) {
        try {
            segments.append(framed(batch, segments.nextPosition()));
        } catch (IOException | RuntimeException e) {
            LOG.error("cannot write to the journal: {}", e.getMessage());
            StorageException failure = new StorageException("cannot write to the journal: " + e.getMessage(), e);
            batch.forEach(waiting -> waiting.durable().completeExceptionally(failure));
            return;
        }
        follower.durableUpTo(segments.end());
        batch.forEach(waiting -> waiting.durable().complete(null));
    }

    private ByteBuffer framed(List<Waiting> batch, long position) {
        int length = 0;
        for (Waiting waiting : batch) {
            length += Frames.RECORD_HEADER + waiting.json().length;
        }
        if (buffer.capacity() < Frames.BATCH_HEADER + length) {
            buffer = ByteBuffer.allocateDirect(Integer.highestOneBit(Frames.BATCH_HEADER + length) * 2);
        }
        buffer.clear();
        Frames.putBatchHeader(buffer, length, position);
        for (Waiting waiting : batch) {
            Frames.putRecord(buffer, waiting.json(), waiting.crc());
        }
        return buffer.flip();
    }

    private void failWaiting() {
        @Nullable Waiting waiting = queue.poll();
        while (waiting != null) {
            waiting.durable().completeExceptionally(new StorageException("the journal is closed", null));
            waiting = queue.poll();
        }
    }
}

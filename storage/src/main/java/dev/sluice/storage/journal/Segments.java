package dev.sluice.storage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The log as a row of files: appended to at its end by one thread, read anywhere by many.
 *
 * <p>Positions, batches and what counts as damage: {@link Frames}.
 */
final class Segments implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[0-9]{19}\\.log");

    /** A file of the log, open for reading, the last one for writing too. */
    private record Segment(long base, Path file, FileChannel channel) {}

    /**
     * A record and where it lies.
     *
     * @param position of its first byte in the log
     * @param json its bytes
     */
    record Entry(long position, byte[] json) {}

    /**
     * Whole batches read from the log.
     *
     * @param records their records in order
     * @param next position after the last batch
     */
    record Chunk(List<Entry> records, long next) {}

    private final Path directory;
    private final long segmentBytes;
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final long cutOff;
    private long end;
    private boolean dirty;

    private Segments(Path directory, long segmentBytes) throws IOException {
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        openFiles(Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
        if (segments.isEmpty()) {
            beginSegment(0);
        }
        this.cutOff = recoverEnd();
    }

    /** A copy, only read: nothing is cut off or begun. */
    private Segments(Path directory) throws IOException {
        this.directory = directory;
        this.segmentBytes = Long.MAX_VALUE;
        this.cutOff = 0;
        openFiles(Set.of(StandardOpenOption.READ));
        this.end = segments.isEmpty() ? 0 : tail().base() + tail().channel().size();
    }

    /** Opens a copy of a log for reading alone; nothing of it is verified yet. Throws JournalCorruptException when a file is missing. */
    static Segments copied(Path directory) throws IOException {
        return new Segments(directory);
    }

    /**
     * Opens the log in that directory and cuts off what a crash left at its end.
     *
     * @param segmentBytes size from which on a new file is begun
     * @throws JournalCorruptException when a file is missing or damaged before its end
     */
    static Segments open(Path directory, long segmentBytes) throws IOException {
        Files.createDirectories(directory);
        return new Segments(directory, segmentBytes);
    }

    /** Position after the last durable batch. */
    long end() {
        return end;
    }

    /** How many bytes of an unfinished write were cut off when the log was opened. */
    long cutOff() {
        return cutOff;
    }

    /**
     * Writes a batch and syncs it. When that fails the log ends where it ended before, and the next batch is tried anew.
     *
     * @param batch header and records, the header for {@link #nextPosition}
     */
    void append(ByteBuffer batch) throws IOException {
        Segment segment = tail();
        long offset = end - segment.base();
        int length = batch.remaining();
        dirty = true;
        try {
            while (batch.hasRemaining()) {
                offset += segment.channel().write(batch, offset);
            }
            segment.channel().force(false);
        } catch (IOException e) {
            undo(segment, e);
            throw e;
        }
        dirty = false;
        end += length;
    }

    /** At once, not with the next write: a batch that was said to have failed must not be found whole after a crash. */
    private void undo(Segment segment, IOException cause) {
        try {
            segment.channel().truncate(end - segment.base());
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Position the next batch gets; begins a new file when the last is full, and repairs what a failed write left. */
    long nextPosition() throws IOException {
        Segment tail = tail();
        if (dirty) {
            tail.channel().truncate(end - tail.base());
            tail.channel().force(true);
            dirty = false;
        }
        if (end - tail.base() >= segmentBytes) {
            beginSegment(end);
            end += Frames.SEGMENT_HEADER;
        }
        return end;
    }

    /** Begins to read single records; the caller closes it. */
    Reader reader() {
        return new Reader();
    }

    /**
     * Reads single records, through channels of its own: a caller who is interrupted loses these, not the journal's. Not
     * thread-safe.
     */
    final class Reader implements AutoCloseable {
        private final Map<Long, Segment> opened = new TreeMap<>();

        private Reader() {}

        /** The record at that position. Throws JournalCorruptException when there is none or it is damaged. */
        byte[] read(long position) throws IOException {
            Segment segment = open(segmentOf(position));
            long offset = position - segment.base();
            ByteBuffer header = readAt(segment, offset, Frames.RECORD_HEADER);
            int length = header.remaining() < Frames.RECORD_HEADER ? 0 : header.getInt(0);
            if (length < 2 || length > Frames.MOST_RECORD_BYTES) {
                throw damaged(segment, offset, "no record begins here");
            }
            byte @Nullable [] json = Frames.takeRecord(readAt(segment, offset, Frames.RECORD_HEADER + length));
            if (json == null) {
                throw damaged(segment, offset, "the record's checksum does not fit");
            }
            return json;
        }

        @Override
        public void close() throws IOException {
            for (Segment segment : opened.values()) {
                segment.channel().close();
            }
        }

        private Segment open(Segment segment) throws IOException {
            Segment known = opened.get(segment.base());
            if (known == null) {
                known = new Segment(
                        segment.base(), segment.file(), FileChannel.open(segment.file(), StandardOpenOption.READ));
                opened.put(segment.base(), known);
            }
            return known;
        }
    }

    /**
     * The batches from that position on, about as many bytes as wished but at least one batch, none beyond {@code limit}.
     * Empty when nothing lies between.
     */
    Chunk read(long from, long limit, int wishedBytes) throws IOException {
        List<Entry> records = new ArrayList<>();
        long position = from;
        while (position < limit && position - from < wishedBytes) {
            Segment segment = segmentOf(position);
            long offset = position - segment.base();
            if (offset == 0) {
                checkHeader(segment);
                position += Frames.SEGMENT_HEADER;
                continue;
            }
            int length = Frames.batchLength(readAt(segment, offset, Frames.BATCH_HEADER), position);
            if (length < 0) {
                throw damaged(segment, offset, "no batch begins here");
            }
            long first = position + Frames.BATCH_HEADER;
            ByteBuffer body = readAt(segment, offset + Frames.BATCH_HEADER, length);
            if (body.remaining() < length || !takeRecords(body, first, records)) {
                throw damaged(segment, offset, "a record of this batch is damaged");
            }
            position = first + length;
        }
        return new Chunk(records, position);
    }

    /** Copies the files up to that position; what lies before it never changes. Full files that are there are left alone. */
    void copyTo(Path target, long limit) throws IOException {
        for (Segment segment : segments.headMap(limit, false).values()) {
            Map.@Nullable Entry<Long, Segment> next = segments.higherEntry(segment.base());
            long length = Math.min(limit, next == null ? limit : next.getKey()) - segment.base();
            Path copy = target.resolve(String.valueOf(segment.file().getFileName()));
            if (Files.isRegularFile(copy) && Files.size(copy) == length) {
                continue;
            }
            try (FileChannel out = FileChannel.open(
                    copy, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                long done = 0;
                while (done < length) {
                    done += segment.channel().transferTo(done, length - done, out);
                }
                out.force(true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Segment segment : segments.values()) {
            segment.channel().close();
        }
    }

    private void openFiles(Set<StandardOpenOption> options) throws IOException {
        Map<Long, Path> files = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getName(entry.getNameCount() - 1).toString();
                if (NAME.matcher(name).matches()) {
                    files.put(Long.parseLong(name.substring(0, 19)), entry);
                }
            }
        }
        long expected = 0;
        for (Map.Entry<Long, Path> entry : files.entrySet()) {
            if (entry.getKey() != expected) {
                throw new JournalCorruptException("the journal in " + directory + " has a gap: the file that begins at "
                        + expected + " is missing or shorter than it was, the next one begins at " + entry.getKey());
            }
            FileChannel channel = FileChannel.open(entry.getValue(), options);
            segments.put(expected, new Segment(expected, entry.getValue(), channel));
            expected += channel.size();
        }
    }

    private Segment tail() {
        return segments.lastEntry().getValue();
    }

    private Segment segmentOf(long position) throws JournalCorruptException {
        Map.@Nullable Entry<Long, Segment> entry = segments.floorEntry(position);
        if (entry == null || position < 0) {
            throw new JournalCorruptException("the journal has no position " + position);
        }
        return entry.getValue();
    }

    /** Makes the file whole under another name first: a file of the log always has its header. */
    private void beginSegment(long base) throws IOException {
        Path file = directory.resolve(String.format(Locale.ROOT, "%019d.log", base));
        Path begun = directory.resolve(String.format(Locale.ROOT, "%019d.new", base));
        Files.deleteIfExists(begun);
        try (FileChannel channel = FileChannel.open(begun, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer header = ByteBuffer.allocate(Frames.SEGMENT_HEADER)
                    .putLong(Frames.SEGMENT_MAGIC)
                    .flip();
            while (header.hasRemaining()) {
                channel.write(header);
            }
            channel.force(true);
        }
        Files.move(begun, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
            folder.force(true);
        }
        segments.put(
                base,
                new Segment(base, file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)));
    }

    /** Walks the last file to its end; only there may something be unfinished. Returns how much was cut off. */
    private long recoverEnd() throws IOException {
        Segment segment = tail();
        long size = segment.channel().size();
        checkHeader(segment);
        long offset = Frames.SEGMENT_HEADER;
        while (offset < size) {
            int length = Frames.batchLength(readAt(segment, offset, Frames.BATCH_HEADER), segment.base() + offset);
            if (length < 0) {
                refuseIfBatchFollows(segment, offset + 1, size);
                break;
            }
            long next = offset + Frames.BATCH_HEADER + length;
            if (next > size) {
                break;
            }
            ByteBuffer body = readAt(segment, offset + Frames.BATCH_HEADER, length);
            if (!takeRecords(body, 0, new ArrayList<>())) {
                if (next < size) {
                    throw damaged(segment, offset, "a record of this batch is damaged, and more was written after it");
                }
                break;
            }
            offset = next;
        }
        if (offset < size) {
            segment.channel().truncate(offset);
            segment.channel().force(true);
        }
        end = segment.base() + offset;
        return size - offset;
    }

    /** A damaged batch header may be torn or rotten; it is rotten when a later batch is there. */
    private void refuseIfBatchFollows(Segment segment, long from, long size) throws IOException {
        int window = 1024 * 1024;
        for (long start = from; start < size; start += window) {
            ByteBuffer bytes = readAt(segment, start, window + Frames.BATCH_HEADER);
            for (int i = 0; i < window && i + Frames.BATCH_HEADER <= bytes.limit(); i++) {
                if (bytes.getInt(i) == Frames.BATCH_MAGIC
                        && Frames.batchLength(bytes.slice(i, Frames.BATCH_HEADER), segment.base() + start + i) > 0) {
                    throw damaged(segment, from - 1, "the batch here is damaged, and another follows it");
                }
            }
        }
    }

    private static boolean takeRecords(ByteBuffer body, long position, List<Entry> records) {
        while (body.hasRemaining()) {
            long at = position + body.position();
            byte @Nullable [] json = Frames.takeRecord(body);
            if (json == null) {
                return false;
            }
            records.add(new Entry(at, json));
        }
        return true;
    }

    private static void checkHeader(Segment segment) throws IOException {
        ByteBuffer header = readAt(segment, 0, Frames.SEGMENT_HEADER);
        if (header.remaining() < Frames.SEGMENT_HEADER || header.getLong(0) != Frames.SEGMENT_MAGIC) {
            throw damaged(segment, 0, "this is no file of a journal");
        }
    }

    private static ByteBuffer readAt(Segment segment, long offset, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        while (target.hasRemaining()) {
            int count = segment.channel().read(target, offset + target.position());
            if (count < 0) {
                break;
            }
        }
        return target.flip();
    }

    private static JournalCorruptException damaged(Segment segment, long offset, String what) {
        return new JournalCorruptException("the journal is damaged at byte " + offset + " of " + segment.file() + ": "
                + what + ". Restore the file from a copy; nothing was changed.");
    }
}

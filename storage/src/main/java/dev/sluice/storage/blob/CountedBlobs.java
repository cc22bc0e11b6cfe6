package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.Contents;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A blob store that counts what is done with it. Bytes of files that leave without being copied ({@link #path}) are not read through
 * it. Thread-safe.
 */
public final class CountedBlobs implements BlobStore {

    private enum Operation {
        FIND,
        OPEN,
        WRITE,
        DELETE,
        LIST,
        VERIFY
    }

    private final BlobStore blobs;
    private final Map<Operation, LongAdder> operations = adders();
    private final Map<Operation, LongAdder> failures = adders();
    private final LongAdder read = new LongAdder();
    private final LongAdder written = new LongAdder();
    private volatile @Nullable String writeFailure;

    /** Counts what is done with that store. */
    public CountedBlobs(BlobStore blobs) {
        this.blobs = blobs;
    }

    private static Map<Operation, LongAdder> adders() {
        Map<Operation, LongAdder> adders = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            adders.put(operation, new LongAdder());
        }
        return Collections.unmodifiableMap(adders);
    }

    /** Operations begun, by name: find, open, write, delete, list, verify. */
    public Map<String, Long> operations() {
        return sums(operations);
    }

    /** Operations that failed, by name; what is not kept is no failure. */
    public Map<String, Long> failures() {
        return sums(failures);
    }

    /** Why the last blob could not be kept, or null when it could. */
    public @Nullable String writeFailure() {
        return writeFailure;
    }

    /** Bytes read and written. */
    public Map<String, Long> bytes() {
        return Map.of("read", read.sum(), "written", written.sum());
    }

    private static Map<String, Long> sums(Map<Operation, LongAdder> adders) {
        Map<String, Long> sums = new TreeMap<>();
        adders.forEach((operation, adder) -> sums.put(operation.name().toLowerCase(Locale.ROOT), adder.sum()));
        return sums;
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T counted(Operation operation, Work<T> work) throws IOException {
        count(operations, operation);
        return watched(operation, work);
    }

    private <T> T watched(Operation operation, Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (FileNotFoundException absent) {
            throw absent;
        } catch (IOException | RuntimeException e) {
            count(failures, operation);
            if (operation == Operation.WRITE) {
                writeFailure = String.valueOf(e.getMessage());
            }
            throw e;
        }
    }

    private static void count(Map<Operation, LongAdder> adders, Operation operation) {
        LongAdder adder = adders.get(operation);
        if (adder != null) {
            adder.increment();
        }
    }

    @Override
    public BlobWriter begin() throws IOException {
        return new CountedWriter(counted(Operation.WRITE, blobs::begin));
    }

    @Override
    public Optional<Blob> find(Digest sha256) throws IOException {
        return counted(Operation.FIND, () -> blobs.find(sha256));
    }

    @Override
    public InputStream open(Digest sha256, long offset, long length) throws IOException {
        return new CountedStream(counted(Operation.OPEN, () -> blobs.open(sha256, offset, length)));
    }

    @Override
    public Optional<Path> path(Digest sha256) {
        return blobs.path(sha256);
    }

    @Override
    public boolean delete(Digest sha256, Instant committedBefore) throws IOException {
        return counted(Operation.DELETE, () -> blobs.delete(sha256, committedBefore));
    }

    @Override
    public void list(Consumer<Kept> consumer) throws IOException {
        counted(Operation.LIST, () -> {
            blobs.list(consumer);
            return true;
        });
    }

    @Override
    public void list(String prefix, Consumer<Kept> consumer) throws IOException {
        counted(Operation.LIST, () -> {
            blobs.list(prefix, consumer);
            return true;
        });
    }

    @Override
    public Check verify(Digest sha256, LongConsumer pace) throws IOException {
        return counted(
                Operation.VERIFY,
                () -> blobs.verify(sha256, bytes -> {
                    read.add(bytes);
                    pace.accept(bytes);
                }));
    }

    private final class CountedWriter extends BlobWriter {
        private final BlobWriter writer;

        CountedWriter(BlobWriter writer) {
            this.writer = writer;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            watched(Operation.WRITE, () -> {
                writer.write(bytes, offset, length);
                return true;
            });
            written.add(length);
        }

        @Override
        public void flush() throws IOException {
            writer.flush();
        }

        @Override
        public long size() {
            return writer.size();
        }

        @Override
        public Contents contents() throws IOException {
            return writer.contents();
        }

        @Override
        public Contents commit() throws IOException {
            Contents contents = watched(Operation.WRITE, writer::commit);
            writeFailure = null;
            return contents;
        }

        @Override
        public void close() throws IOException {
            writer.close();
        }
    }

    private final class CountedStream extends FilterInputStream {
        CountedStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = watched(Operation.OPEN, in::read);
            if (one >= 0) {
                read.increment();
            }
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = watched(Operation.OPEN, () -> in.read(bytes, offset, length));
            if (count > 0) {
                read.add(count);
            }
            return count;
        }
    }
}

package dev.sluice.testkit;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.blob.Blob;
import dev.sluice.kernel.blob.BlobStore;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A blob store that fails on command and otherwise does what the one behind it does. It names no local files, so that every byte
 * passes here. Thread-safe.
 */
public final class FaultyBlobs implements BlobStore {

    /** Where it can go wrong. */
    public enum Step {
        /** {@link BlobStore#begin}. */
        BEGIN,
        /** {@link BlobWriter#write}. */
        WRITE,
        /** {@link BlobWriter#commit}. */
        COMMIT,
        /** {@link BlobStore#find}. */
        FIND,
        /** {@link BlobStore#open}. */
        OPEN,
        /** Reading what was opened, after the first byte. */
        READ,
        /** {@link BlobStore#delete}. */
        DELETE,
        /** {@link BlobStore#list}. */
        LIST
    }

    /** How it goes wrong. */
    public enum Fault {
        /** A {@link BlobsUnavailableException}. */
        FAIL,
        /** Nothing happens before {@link FaultyBlobs#recover}; then it fails. */
        STALL,
        /** READ only: the bytes end early, without an error. */
        TRUNCATE,
        /** READ only: another byte comes. */
        CORRUPT
    }

    private final BlobStore behind;
    private final Map<Step, Fault> faults = new EnumMap<>(Step.class);
    private CountDownLatch recovered = new CountDownLatch(1);

    /** A store that fails where it is told to, over one that does not. */
    public FaultyBlobs(BlobStore behind) {
        this.behind = behind;
    }

    /** From now on goes wrong so at that step, until {@link #recover}. */
    public synchronized void breakAt(Step step, Fault fault) {
        if (step != Step.READ && (fault == Fault.TRUNCATE || fault == Fault.CORRUPT)) {
            throw new IllegalArgumentException(fault + " is for READ");
        }
        faults.put(step, fault);
    }

    /** Ends all faults; what stalls fails now. */
    public synchronized void recover() {
        faults.clear();
        recovered.countDown();
        recovered = new CountDownLatch(1);
    }

    private synchronized @Nullable Fault fault(Step step) {
        return faults.get(step);
    }

    private synchronized CountDownLatch recovery() {
        return recovered;
    }

    private void pass(Step step) throws IOException {
        CountDownLatch recovery = recovery();
        Fault fault = fault(step);
        if (fault == Fault.STALL) {
            try {
                recovery.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (fault == Fault.STALL || fault == Fault.FAIL) {
            throw new BlobsUnavailableException("the blob store fails on command at " + step, null);
        }
    }

    @Override
    public BlobWriter begin() throws IOException {
        pass(Step.BEGIN);
        return new Writer(behind.begin());
    }

    @Override
    public Optional<Blob> find(Digest sha256) throws IOException {
        pass(Step.FIND);
        return behind.find(sha256);
    }

    @Override
    public InputStream open(Digest sha256, long offset, long length) throws IOException {
        pass(Step.OPEN);
        return new Reader(behind.open(sha256, offset, length));
    }

    @Override
    public Optional<Path> path(Digest sha256) {
        return Optional.empty();
    }

    @Override
    public boolean delete(Digest sha256, Instant committedBefore) throws IOException {
        pass(Step.DELETE);
        return behind.delete(sha256, committedBefore);
    }

    @Override
    public void list(Consumer<Kept> consumer) throws IOException {
        pass(Step.LIST);
        behind.list(consumer);
    }

    @Override
    public Check verify(Digest sha256, LongConsumer pace) throws IOException {
        pass(Step.OPEN);
        pass(Step.READ);
        return fault(Step.READ) == null ? behind.verify(sha256, pace) : Check.DAMAGED;
    }

    private final class Reader extends FilterInputStream {
        private boolean begun;

        Reader(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (!begun) {
                begun = true;
                return super.read(target, offset, Math.min(1, length));
            }
            pass(Step.READ);
            Fault fault = fault(Step.READ);
            if (fault == Fault.TRUNCATE) {
                return -1;
            }
            int count = super.read(target, offset, length);
            if (count > 0 && fault == Fault.CORRUPT) {
                target[offset] ^= 1;
            }
            return count;
        }
    }

    private final class Writer extends BlobWriter {
        private final BlobWriter writer;

        Writer(BlobWriter writer) {
            this.writer = writer;
        }

        @Override
        public void write(int b) throws IOException {
            pass(Step.WRITE);
            writer.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            pass(Step.WRITE);
            writer.write(bytes, offset, length);
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
            pass(Step.COMMIT);
            return writer.commit();
        }

        @Override
        public void close() throws IOException {
            writer.close();
        }
    }
}

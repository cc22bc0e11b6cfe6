package dev.sluice.testkit;

import dev.sluice.testkit.FaultyDisk.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** An open file of a {@link FaultyDisk}. */
final class FaultyChannel extends FileChannel {
    private final FaultyDisk disk;
    private final FileChannel behind;

    FaultyChannel(FaultyDisk disk, FileChannel behind) {
        this.disk = disk;
        this.behind = behind;
    }

    /** Something done with a part of a buffer. */
    @FunctionalInterface
    private interface Transfer {
        int of(ByteBuffer part) throws IOException;
    }

    /** With as much of the buffer as goes at once. */
    private int some(Step step, ByteBuffer buffer, Transfer transfer) throws IOException {
        disk.pass(step, null);
        int limit = buffer.limit();
        buffer.limit(buffer.position() + Math.min(buffer.remaining(), disk.mostAtOnce()));
        try {
            return transfer.of(buffer);
        } finally {
            buffer.limit(limit);
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return some(Step.READ, target, behind::read);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return some(Step.READ, target, part -> behind.read(part, position));
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return length == 0 ? 0 : read(targets[offset]);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return some(Step.WRITE, source, behind::write);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        return some(Step.WRITE, source, part -> behind.write(part, position));
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return length == 0 ? 0 : write(sources[offset]);
    }

    @Override
    public long position() throws IOException {
        return behind.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        behind.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return behind.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        disk.pass(Step.TRUNCATE, null);
        behind.truncate(size);
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        disk.pass(Step.FORCE, null);
        behind.force(metadata);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        disk.pass(Step.READ, null);
        return behind.transferTo(position, Math.min(count, disk.mostAtOnce()), target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        disk.pass(Step.WRITE, null);
        return behind.transferFrom(source, position, Math.min(count, disk.mostAtOnce()));
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException("memory cannot be told to fail");
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return behind.lock(position, size, shared);
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return behind.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        behind.close();
    }
}

package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.blob.BlobWriter;
import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.blob.Contents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A blob on its way in: gathers small writes in a file, computes four digests, hands the file over on commit. */
final class FileBlobWriter extends BlobWriter {
    private static final int CHUNK = 128 * 1024;

    /** What becomes of the file of a blob that is committed. */
    @FunctionalInterface
    interface Destination {
        /** Takes the synced file, so that the blob is durable and visible when this returns. */
        void adopt(Path file, Contents contents) throws IOException;
    }

    private final Incoming incoming;
    private final Destination destination;
    private final Path file;
    private final FileChannel channel;
    private final byte[] buffer = new byte[CHUNK];
    private final MessageDigest md5 = newDigest(Algorithm.MD5);
    private final MessageDigest sha1 = newDigest(Algorithm.SHA1);
    private final MessageDigest sha256 = newDigest(Algorithm.SHA256);
    private final MessageDigest sha512 = newDigest(Algorithm.SHA512);
    private int buffered;
    private long size;
    private long reserved;
    private @Nullable Contents contents;
    private boolean committed;
    private boolean closed;

    FileBlobWriter(Incoming incoming, Destination destination) throws IOException {
        this.incoming = incoming;
        this.destination = destination;
        this.file = incoming.newFile();
        try {
            this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw explained(file, 0, e);
        }
    }

    @Override
    public void write(int value) throws IOException {
        checkOpen();
        buffer[buffered++] = (byte) value;
        size++;
        if (buffered == buffer.length) {
            drain();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        checkOpen();
        int from = offset;
        int left = length;
        while (left > 0) {
            int count = Math.min(left, buffer.length - buffered);
            System.arraycopy(bytes, from, buffer, buffered, count);
            buffered += count;
            size += count;
            from += count;
            left -= count;
            if (buffered == buffer.length) {
                drain();
            }
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Contents contents() throws IOException {
        Contents known = contents;
        if (known != null) {
            return known;
        }
        checkOpen();
        drain();
        Contents computed = new Contents(
                size,
                Digest.of(Algorithm.MD5, md5.digest()),
                Digest.of(Algorithm.SHA1, sha1.digest()),
                Digest.of(Algorithm.SHA256, sha256.digest()),
                Digest.of(Algorithm.SHA512, sha512.digest()));
        contents = computed;
        return computed;
    }

    @Override
    public Contents commit() throws IOException {
        if (committed) {
            throw new IllegalStateException("the blob was committed already");
        }
        if (closed) {
            throw new IOException("the blob's writer is closed");
        }
        Contents written = contents();
        try {
            channel.force(true);
            channel.close();
        } catch (IOException e) {
            throw explained(file, size, e);
        }
        destination.adopt(file, written);
        committed = true;
        return written;
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            channel.close();
            if (!committed) {
                Files.deleteIfExists(file);
            }
        } finally {
            incoming.release(reserved);
        }
    }

    private void checkOpen() throws IOException {
        if (closed || committed) {
            throw new IOException("the blob's writer is closed");
        }
        if (contents != null) {
            throw new IllegalStateException("nothing may be written once the contents were asked for");
        }
    }

    private void drain() throws IOException {
        incoming.reserve(buffered);
        reserved += buffered;
        md5.update(buffer, 0, buffered);
        sha1.update(buffer, 0, buffered);
        sha256.update(buffer, 0, buffered);
        sha512.update(buffer, 0, buffered);
        ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, buffered);
        try {
            while (chunk.hasRemaining()) {
                channel.write(chunk);
            }
        } catch (IOException e) {
            throw explained(file, size, e);
        }
        buffered = 0;
    }

    /** A full disk is the usual reason; whoever reads the log should not have to guess. */
    static BlobsUnavailableException explained(Path file, long size, IOException cause) {
        String free;
        try {
            FileStore disk = Files.getFileStore(file.getParent() == null ? file : file.getParent());
            free = disk.getUsableSpace() + " bytes are free on " + disk.name();
        } catch (IOException unknown) {
            free = "free space unknown";
        }
        return new BlobsUnavailableException(
                "cannot write a blob of " + size + " bytes so far to " + file + " (" + free + "): "
                        + cause.getMessage(),
                cause);
    }

    private static MessageDigest newDigest(Algorithm algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.jcaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + algorithm.jcaName(), e);
        }
    }
}

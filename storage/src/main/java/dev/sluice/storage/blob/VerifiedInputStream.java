package dev.sluice.storage.blob;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole blob from afar: its last bytes are handed out only when all of it is what its digest says, and then a copy goes into the
 * cache. Not thread-safe.
 */
final class VerifiedInputStream extends InputStream {
    private static final Logger LOG = LoggerFactory.getLogger(VerifiedInputStream.class);

    /** What is told of the blob's end. */
    interface Verdict {
        /** All of it is as promised, and the file holds a copy, unless null. */
        void right(@Nullable Path copy);

        /** It is something else. */
        IOException wrong(Digest instead);
    }

    private final InputStream in;
    private final Digest sha256;
    private final Verdict verdict;
    private final MessageDigest computed = BlobCache.sha256();
    private @Nullable Path copy;
    private @Nullable OutputStream copying;
    private long left;

    /**
     * A stream over exactly the blob's bytes.
     *
     * @param copy a file to make that holds a copy, or null; a copy that fails is given up, not the reading
     */
    VerifiedInputStream(InputStream in, Digest sha256, long size, @Nullable Path copy, Verdict verdict)
            throws IOException {
        this.in = in;
        this.sha256 = sha256;
        this.left = size;
        this.copy = copy;
        this.verdict = verdict;
        if (copy != null) {
            try {
                this.copying = Files.newOutputStream(copy);
            } catch (IOException e) {
                giveUp(e);
            }
        }
        if (size == 0) {
            finish();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.read(target, offset, (int) Math.min(length, left));
        if (count <= 0) {
            return count;
        }
        computed.update(target, offset, count);
        left -= count;
        if (copying != null) {
            try {
                copying.write(target, offset, count);
            } catch (IOException e) {
                giveUp(e);
            }
        }
        if (left == 0) {
            finish();
        }
        return count;
    }

    private void finish() throws IOException {
        Digest found = Digest.of(Algorithm.SHA256, computed.digest());
        if (!found.equals(sha256)) {
            throw verdict.wrong(found);
        }
        if (copying != null) {
            try {
                copying.close();
                copying = null;
            } catch (IOException e) {
                giveUp(e);
            }
        }
        Path whole = copy;
        copy = null;
        verdict.right(whole);
    }

    private void giveUp(IOException cause) {
        LOG.atDebug().setCause(cause).log("a blob could not be cached");
        discard();
    }

    private void discard() {
        OutputStream open = copying;
        Path file = copy;
        copying = null;
        copy = null;
        try {
            if (open != null) {
                open.close();
            }
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.debug("discarding half a copy", e);
        }
    }

    @Override
    public void close() throws IOException {
        discard();
        in.close();
    }
}

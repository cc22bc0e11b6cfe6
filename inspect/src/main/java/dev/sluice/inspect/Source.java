package dev.sluice.inspect;

import dev.sluice.kernel.gate.Inspector.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Where an archive is read from; remembers whether reading itself failed, which says nothing of the archive. Not thread-safe. */
final class Source {

    private final Content content;
    private @Nullable IOException failure;

    Source(Content content) {
        this.content = content;
    }

    long size() {
        return content.size();
    }

    /** A range as a stream; the caller closes it. */
    Counted open(long offset, long length) throws IOException {
        try {
            return new Counted(content.open(offset, length));
        } catch (IOException failed) {
            failure = failed;
            throw failed;
        }
    }

    /** A range as it is; throws UnreadableException when the archive ends before. */
    byte[] read(long offset, int length) throws IOException {
        try (InputStream in = open(offset, length)) {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new UnreadableException("it is broken off");
            }
            return bytes;
        }
    }

    /** What went wrong while bytes were read, or null. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Counts what is read through it. */
    final class Counted extends FilterInputStream {

        private long count;

        private Counted(InputStream in) {
            super(in);
        }

        long count() {
            return count;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int read = super.read(bytes, offset, length);
                count += Math.max(0, read);
                return read;
            } catch (IOException failed) {
                failure = failed;
                throw failed;
            }
        }

        @Override
        public long skip(long wanted) throws IOException {
            try {
                long skipped = super.skip(wanted);
                count += skipped;
                return skipped;
            } catch (IOException failed) {
                failure = failed;
                throw failed;
            }
        }
    }
}

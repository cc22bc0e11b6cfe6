package dev.sluice.formats.protocol;

import dev.sluice.kernel.blob.TooLargeException;
import dev.sluice.kernel.format.Request;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** Ways to read the body of a request to its end, each with its bound. */
public final class Body {

    private Body() {}

    /** All of it. Throws {@link TooLargeException} when it is longer than {@code limit} bytes. */
    public static byte[] bytes(Request request, int limit) throws IOException {
        byte[] bytes = request.body().readNBytes(limit + 1);
        if (bytes.length > limit) {
            throw new TooLargeException(limit);
        }
        return bytes;
    }

    /**
     * It without its content coding (gzip), as a stream that throws {@link TooLargeException} rather than give more than
     * {@code limit} bytes. Close it.
     */
    public static InputStream unzipped(Request request, long limit) throws IOException {
        String coding = request.header("Content-Encoding");
        InputStream body = request.body();
        boolean zipped =
                coding != null && coding.strip().toLowerCase(Locale.ROOT).equals("gzip");
        return new Bounded(zipped ? new GZIPInputStream(body) : body, limit);
    }

    /** Passes over what is left of it, for clients that send their whole body before they read an answer; the server bounds it. */
    public static void passOver(Request request) throws IOException {
        request.body().transferTo(OutputStream.nullOutputStream());
    }

    private static final class Bounded extends FilterInputStream {
        private final long limit;
        private long count;

        Bounded(InputStream in, long limit) {
            super(in);
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = in.read(target, offset, length);
            count += Math.max(n, 0);
            if (count > limit) {
                throw new TooLargeException(limit);
            }
            return n;
        }

        @Override
        public long skip(long wanted) {
            return 0; // bytes that are not read are not counted, so none is skipped
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}

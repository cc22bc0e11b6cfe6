package dev.sluice.upstream;

import dev.sluice.kernel.gate.UpstreamClient.UpstreamException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that fails rather than grow beyond a limit, and whose failures name the upstream. */
final class BoundedBody extends FilterInputStream {

    private final long limit;
    private final String upstream;
    private long read;

    BoundedBody(InputStream in, long limit, String upstream) {
        super(in);
        this.limit = limit;
        this.upstream = upstream;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count;
        try {
            count = in.read(buffer, offset, length);
        } catch (UpstreamException e) {
            throw e;
        } catch (IOException e) {
            throw new UpstreamException("upstream '" + upstream + "' broke off: " + Failures.sentence(e), e);
        }
        if (count > 0) {
            read += count;
            if (read > limit) {
                throw new UpstreamException("upstream '" + upstream + "' sent more than " + limit + " bytes");
            }
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        return in.skip(Math.min(count, 0)); // bytes that are not read are not counted, so none is skipped
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}

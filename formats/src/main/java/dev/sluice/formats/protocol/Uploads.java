package dev.sluice.formats.protocol;

import dev.sluice.kernel.format.Exchange;
import dev.sluice.kernel.gate.Upload;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The files that come with one request: opened while it is read, bounded by the gate, closed with it. Closing throws away what was
 * not published. Not thread-safe.
 */
public final class Uploads implements AutoCloseable {

    private final Exchange exchange;
    private final Deque<Upload> opened = new ArrayDeque<>();

    /** No files yet. */
    public Uploads(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Opens the place of a file, see {@link dev.sluice.kernel.repository.ReleaseFile#path}; do not close it. */
    public Upload open(String path) throws IOException {
        Upload upload = exchange.hosting().upload(exchange.visit(), exchange.repository(), path);
        opened.push(upload);
        return upload;
    }

    /** Closes all of them, also when one fails; throws the first failure. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!opened.isEmpty()) {
            failure = closed(opened.pop(), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable IOException closed(Upload upload, @Nullable IOException before) {
        try {
            upload.close();
            return before;
        } catch (IOException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }
}

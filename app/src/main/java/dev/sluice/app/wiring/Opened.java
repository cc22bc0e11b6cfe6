package dev.sluice.app.wiring;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened, to be closed in reverse order. Not thread-safe. */
final class Opened implements AutoCloseable {

    private final Deque<AutoCloseable> all = new ArrayDeque<>();

    /** Takes it over, and gives it. */
    <T extends AutoCloseable> T add(T closeable) {
        all.push(closeable);
        return closeable;
    }

    /** Closes everything, whatever fails; throws the first failure. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!all.isEmpty()) {
            try {
                all.pop().close();
            } catch (Exception e) {
                failure = failure == null ? new IOException("closing failed: " + e.getMessage(), e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

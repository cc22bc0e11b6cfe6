package dev.sluice.kernel.gate;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Lets one caller do a piece of work while everybody else who wants the same waits for its result.
 *
 * @param <K> names the work
 * @param <V> its result
 */
final class SingleFlight<K, V> {

    /** The work. */
    @FunctionalInterface
    interface Work<V> {
        V run() throws IOException;
    }

    private final ConcurrentHashMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

    /** The result of the work, done by this caller or by whoever was first; its failure reaches everybody who waits. */
    V run(K key, Work<V> work) throws IOException {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> first = flights.putIfAbsent(key, mine);
        if (first != null) {
            return await(first);
        }
        try {
            V result = work.run();
            mine.complete(result);
            return result;
        } catch (Throwable t) {
            mine.completeExceptionally(t);
            throw t;
        } finally {
            flights.remove(key, mine);
        }
    }

    private static <V> V await(CompletableFuture<V> flight) throws IOException {
        try {
            return flight.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case UpstreamClient.UpstreamException failure ->
                    throw new UpstreamClient.UpstreamException(String.valueOf(failure.getMessage()), failure);
                case IOException failure -> throw new IOException(failure.getMessage(), failure);
                case RuntimeException failure -> throw new IllegalStateException(failure);
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for an upstream", e);
        }
    }
}

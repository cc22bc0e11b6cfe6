package dev.sluice.kernel.gate;

import dev.sluice.kernel.node.Leases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Lets one caller do a piece of work while everybody else who wants the same waits for its result, on this node and, where the
 * result is kept for all of them, on the others.
 *
 * <p>Callers of this node share the result itself. Another node holds the key's lease while it works; this one then waits, and its
 * work finds in the stores what the other kept there. The lease saves work and nothing else: whoever waited for it as long as
 * patience lasts, or cannot ask for it, works without it, since doing the same twice is harmless and refusing is not.
 *
 * @param <K> names the work; its text must be the same on all nodes
 * @param <V> its result
 */
final class SingleFlight<K, V> {

    /** The work. Looks first whether its result is there already: another node may have been faster. */
    @FunctionalInterface
    interface Work<V> {
        V run() throws IOException;
    }

    private final String kind;
    private final Leases leases;
    private final Duration patience;
    private final ConcurrentHashMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

    /** Work whose result only this node wants. */
    SingleFlight() {
        this("", Leases.ALONE, Duration.ZERO);
    }

    /**
     * Work whose result all nodes share.
     *
     * @param kind tells its keys from those of other work
     * @param patience how long to wait for another node
     */
    SingleFlight(String kind, Leases leases, Duration patience) {
        this.kind = kind;
        this.leases = leases;
        this.patience = patience;
    }

    /** The result of the work, done by this caller or by whoever was first; its failure reaches everybody who waits. */
    V run(K key, Work<V> work) throws IOException {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> first = flights.putIfAbsent(key, mine);
        if (first != null) {
            return await(first);
        }
        Optional<Leases.Lease> lease = Optional.empty();
        try {
            lease = lease(key);
            V result = work.run();
            mine.complete(result);
            return result;
        } catch (Throwable t) {
            mine.completeExceptionally(t);
            throw t;
        } finally {
            lease.ifPresent(Leases.Lease::close);
            flights.remove(key, mine);
        }
    }

    private Optional<Leases.Lease> lease(K key) {
        if (leases == Leases.ALONE) {
            return Optional.empty();
        }
        try {
            return leases.take(kind + ":" + digest(key.toString()), patience);
        } catch (RuntimeException e) {
            return Optional.empty(); // if the database is gone, the work itself says so
        }
    }

    /** Keys contain what clients and upstreams wrote: any characters, any length. */
    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException(absent);
        }
    }

    private static <V> V await(CompletableFuture<V> flight) throws IOException {
        try {
            return flight.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) { // the same one for all who waited: its type tells what they are answered
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for an upstream", e);
        }
    }
}

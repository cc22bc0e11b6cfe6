package dev.sluice.server.api;

import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.journal.Journal;
import dev.sluice.kernel.journal.Ulid;
import dev.sluice.kernel.node.Leases;
import dev.sluice.kernel.node.Nodes;
import dev.sluice.server.operation.Call;
import dev.sluice.server.operation.Problem;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What administrators change: one change at a time on all nodes, each made from what is true now, and answered once it is written
 * down. Thread-safe.
 */
public final class Administration {

    private static final String KEY = "administration";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Journal journal;
    private final Nodes nodes;
    private final Leases leases;
    private final Ulid ids;
    private final InstantSource clock;
    private final ReentrantLock here = new ReentrantLock();

    /** One turn at a time here and, by the leases, on all nodes; every change is recorded in that journal. */
    public Administration(Journal journal, Nodes nodes, Leases leases, Ulid ids, InstantSource clock) {
        this.journal = journal;
        this.nodes = nodes;
        this.leases = leases;
        this.ids = ids;
        this.clock = clock;
    }

    /** Something that is read, changed and written. */
    @FunctionalInterface
    interface Change<T> {
        /** Makes the change and says what to answer. */
        T make();
    }

    /**
     * Makes a change while nobody else, here or on another node, makes one.
     *
     * @throws Problem with status 503 when others are at it for too long, or the database does not answer
     */
    <T> T inTurn(Change<T> change) {
        here.lock();
        try (Leases.Lease lease = leases.take(KEY, PATIENCE).orElseThrow(Administration::busy)) {
            catchUp();
            T result = change.make();
            if (!lease.isHeld()) {
                throw busy(); // somebody else may have changed the same thing meanwhile: let the caller look
            }
            return result;
        } finally {
            here.unlock();
        }
    }

    /** Another node may have made a change between this request's arrival and its turn. */
    private void catchUp() {
        try {
            nodes.catchUp().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw Problem.outOfTouch();
        }
    }

    private static Problem busy() {
        return new Problem(
                503, "Busy", "another change is being made; look at what is in force now, and try again in a moment");
    }

    /** Records a change; returns when it is durable. */
    void record(Call call, @Nullable String repository, String message) {
        journal.append(Event.of(
                                ids.next(),
                                clock.instant(),
                                Event.Kind.ADMIN,
                                call.visit().actor(),
                                message)
                        .about(repository == null ? Event.Subject.NOTHING : Event.Subject.repository(repository)))
                .toCompletableFuture()
                .join();
    }
}

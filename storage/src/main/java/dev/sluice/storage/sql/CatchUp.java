package dev.sluice.storage.sql;

import dev.sluice.kernel.node.Nodes;
import dev.sluice.kernel.node.Rounds;
import dev.sluice.storage.StorageException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Learns what other nodes committed, on a connection and a thread of its own: requests wait for it. */
final class CatchUp implements Nodes, AutoCloseable {
    private final Postgres postgres;
    private final Revisions revisions;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("sluice-catch-up").factory());
    private final Rounds rounds;
    private @Nullable Session session;
    private volatile boolean closed;

    /** Fails who waits for longer than the patience. */
    CatchUp(Postgres postgres, Revisions revisions, Duration patience) {
        this.postgres = postgres;
        this.revisions = revisions;
        this.rounds = new Rounds(this::ask, thread, patience);
    }

    @Override
    public CompletionStage<Void> catchUp() {
        if (closed) {
            return java.util.concurrent.CompletableFuture.failedFuture(
                    new StorageException("the database " + postgres + " is closed", null));
        }
        return rounds.catchUp();
    }

    /** A connection that was lost since the last time is replaced once. */
    private void ask() {
        try {
            boolean kept = session != null;
            try {
                revisions.learn(session());
            } catch (SQLException e) {
                letGo();
                if (!kept || !PostgresConnections.isLost(e)) {
                    throw e;
                }
                revisions.learn(session());
            }
        } catch (SQLException e) {
            letGo();
            throw new StorageException(
                    "cannot ask the database " + postgres + " what changed: " + PostgresRefusal.reason(e), e);
        }
    }

    private Session session() throws SQLException {
        Session known = session;
        if (known == null) {
            if (closed) {
                throw new StorageException("the database " + postgres + " is closed", null);
            }
            known = new Session(postgres.connect());
            session = known;
        }
        return known;
    }

    private void letGo() {
        Session known = session;
        session = null;
        if (known != null) {
            try {
                known.close();
            } catch (SQLException gone) {
                // it is broken anyway
            }
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        thread.execute(this::letGo);
        thread.shutdown();
    }
}

package dev.sluice.kernel.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that catch up in rounds: one question to the database at a time, shared by everybody who came before it was asked.
 *
 * <p>A question under way may have been answered before somebody came, so that one waits for the next: at most two questions
 * long, however many ask. Thread-safe.
 */
public final class Rounds implements Nodes {

    /** Asks the database what changed and brings the stores' memory up to date; may block. */
    @FunctionalInterface
    public interface Question {
        /** Asks once. Throws when the database cannot be asked. */
        void ask() throws Exception;
    }

    private final Question question;
    private final Executor executor;
    private final Duration limit;
    private @Nullable CompletableFuture<Void> next;
    private boolean asking;

    /**
     * Rounds of that question.
     *
     * @param executor runs the questions, one at a time
     * @param limit how long anybody waits at most; then the stage fails, although the question may still be under way
     */
    public Rounds(Question question, Executor executor, Duration limit) {
        this.question = question;
        this.executor = executor;
        this.limit = limit;
    }

    @Override
    public CompletionStage<Void> catchUp() {
        CompletableFuture<Void> mine;
        boolean first;
        synchronized (this) {
            mine = next;
            if (mine == null) {
                mine = new CompletableFuture<Void>().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
                next = mine;
            }
            first = !asking;
            asking = true;
        }
        if (first) {
            executor.execute(this::ask);
        }
        return mine;
    }

    private void ask() {
        for (CompletableFuture<Void> round = begin(); round != null; round = begin()) {
            try {
                question.ask();
                round.complete(null);
            } catch (Throwable failure) {
                round.completeExceptionally(failure);
            }
        }
    }

    private synchronized @Nullable CompletableFuture<Void> begin() {
        CompletableFuture<Void> round = next;
        next = null;
        asking = round != null;
        return round;
    }
}

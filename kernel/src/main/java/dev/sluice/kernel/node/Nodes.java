package dev.sluice.kernel.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * This node among the others that work on the same database.
 *
 * <p>Every node keeps in memory what it decides by, each part valid for a revision or a stamp that its store answers from memory.
 * Catching up makes those numbers true again, so that whoever checks them after it never decides by what another node has
 * already changed. Thread-safe.
 */
public interface Nodes {

    /** The only node: nobody to catch up with. */
    Nodes ALONE = new Nodes() {
        private final CompletableFuture<Void> now = CompletableFuture.completedFuture(null);

        @Override
        public CompletionStage<Void> catchUp() {
            return now;
        }
    };

    /**
     * Learns what the other nodes changed; returns at once and never blocks. When the stage completes, every later read of this
     * node's stores sees all that any node had acknowledged before this call: revisions and stamps answered from memory
     * included ({@code revision()} of policies, tokens, repositories and advisories, {@code stamp(…)} of published packages and
     * of histories).
     *
     * <p>A single node returns a stage that is already complete ({@code toCompletableFuture().isDone()}), always the same
     * one. Otherwise the stage completes on a thread of the store (do not block in it), within a bounded time, and fails when
     * the shared database could not be asked: then nothing may be decided, and the answer is 503.
     */
    CompletionStage<Void> catchUp();
}

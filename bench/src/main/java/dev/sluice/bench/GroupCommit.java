package dev.sluice.bench;

import dev.sluice.kernel.journal.Event;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/** The bare peer of a journal: what waits at the same time is written at once, and nothing else is done. */
final class GroupCommit implements JournalThroughput.Store {

    /** Makes so many records durable. */
    interface Sink {
        void write(int records) throws Exception;
    }

    private final Sink sink;
    private final Closeable resource;
    private final BlockingQueue<CompletableFuture<Void>> waiting = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> stop = new CompletableFuture<>();
    private final Thread writer;

    GroupCommit(Sink sink, Closeable resource) {
        this.sink = sink;
        this.resource = resource;
        this.writer = Thread.ofPlatform().start(this::write);
    }

    @Override
    public CompletionStage<Void> append(Event event) {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        waiting.add(durable);
        return durable;
    }

    private void write() {
        List<CompletableFuture<Void>> batch = new ArrayList<>();
        boolean stopped = false;
        try {
            while (!stopped) {
                batch.clear();
                batch.add(waiting.take());
                waiting.drainTo(batch);
                stopped = batch.removeIf(each -> each == stop);
                if (!batch.isEmpty()) {
                    sink.write(batch.size());
                }
                batch.forEach(each -> each.complete(null));
            }
        } catch (Exception e) {
            batch.forEach(each -> each.completeExceptionally(e));
        }
    }

    @Override
    public void close() throws IOException {
        waiting.add(stop);
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        resource.close();
    }
}

package dev.sluice.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;

/** Work done by several threads that start at the same moment; no sleeping, no guessing. */
public final class Together {
    private Together() {}

    /** One thread's share of the work. */
    @FunctionalInterface
    public interface Share<T> {
        /** Does the share of the thread with that number, from 0. */
        T run(int number) throws Exception;
    }

    /** One thread's share of work that yields nothing. */
    @FunctionalInterface
    public interface Task {
        /** Does the share of the thread with that number, from 0. */
        void run(int number) throws Exception;
    }

    /** Runs the shares and returns what they yield, by number. Throws what the first of them threw, in a CompletionException. */
    public static <T> List<T> all(int threads, Share<T> share) {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<CompletableFuture<T>> results = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            CompletableFuture<T> result = new CompletableFuture<>();
            results.add(result);
            Thread.ofPlatform().daemon().name("together-" + i).start(() -> {
                try {
                    start.await();
                    result.complete(share.run(number));
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
        }
        return results.stream().map(CompletableFuture::join).toList();
    }

    /** Runs the tasks and waits for all of them. Throws what the first of them threw, in a CompletionException. */
    public static void run(int threads, Task task) {
        all(threads, number -> {
            task.run(number);
            return number;
        });
    }
}

package dev.sluice.kernel.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.blob.BlobsUnavailableException;
import dev.sluice.kernel.repository.StoreUnavailableException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many callers, one piece of work: everybody gets its result, or its very failure. */
@Timeout(60)
class SingleFlightTest {

    static Stream<Exception> failures() {
        return Stream.of(
                new BusyException("no room"),
                new BlobsUnavailableException("no disk", null),
                new UpstreamClient.UpstreamException("no upstream"),
                new StoreUnavailableException("no database", null));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void who_waits_for_work_is_told_what_failed_as_who_does_it(Exception failure) throws Exception {
        SingleFlight<String, String> flights = new SingleFlight<>();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<String> work = new CompletableFuture<>();
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> first = threads.submit(() -> flights.run("key", () -> {
                begun.countDown();
                return result(work);
            }));
            begun.await();
            Future<String> second = threads.submit(() -> {
                waiting.complete(Thread.currentThread());
                return flights.run("key", () -> "done twice");
            });
            Thread waits = waiting.get();
            while (waits.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            work.completeExceptionally(failure);
            threads.shutdown();
            threads.awaitTermination(30, TimeUnit.SECONDS);

            assertThat(first.exceptionNow()).isSameAs(failure);
            assertThat(second.exceptionNow()).isSameAs(failure);
        }
    }

    private static String result(CompletableFuture<String> work) throws IOException {
        try {
            return work.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw (RuntimeException) e.getCause();
        }
    }
}

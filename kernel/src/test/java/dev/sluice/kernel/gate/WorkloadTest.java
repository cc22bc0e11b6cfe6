package dev.sluice.kernel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However many documents are asked for at once, only so many bytes of them are in work. */
@Timeout(60)
class WorkloadTest {

    private static final long MEGABYTE = 1 << 20;

    @Test
    void a_hundred_large_documents_are_never_in_work_beyond_the_bound() throws Exception {
        Workload work = new Workload(80 * MEGABYTE);
        AtomicLong busy = new AtomicLong();
        AtomicLong most = new AtomicLong();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                long size = (2 + i % 20) * MEGABYTE;
                all.add(CompletableFuture.runAsync(
                        () -> {
                            try {
                                work.run(size, () -> {
                                    most.accumulateAndGet(busy.addAndGet(size), Math::max);
                                    return busy.addAndGet(-size);
                                });
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        },
                        threads));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        }
        assertThat(most.get()).isPositive().isLessThanOrEqualTo(60 * MEGABYTE);
        assertThat(busy.get()).isZero();
    }

    @Test
    void small_documents_do_not_wait_behind_one_that_takes_all_there_is() throws Exception {
        Workload work = new Workload(8 * MEGABYTE);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread huge = Thread.ofVirtual().start(() -> {
            try {
                work.run(1000 * MEGABYTE, () -> {
                    held.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return 0;
                });
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        held.await();

        assertThat(work.run(1000, () -> "done")).isEqualTo("done");

        go.countDown();
        huge.join();
    }

    @Test
    void work_that_fails_gives_its_room_back() throws IOException {
        Workload work = new Workload(8 * MEGABYTE);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> work.run(6 * MEGABYTE, () -> {
                        throw new IOException("broken");
                    }))
                    .hasMessage("broken");
        }
        assertThat(work.run(6 * MEGABYTE, () -> "done")).isEqualTo("done");
    }
}

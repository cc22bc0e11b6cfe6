package dev.sluice.bench.rego;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What one evaluation costs.
 *
 * @param nanos wall time per evaluation, over all threads
 * @param cpu processor time of the process per evaluation, its collector included
 * @param bytes memory allocated per evaluation
 */
record Measurement(double nanos, double cpu, double bytes) {

    private static final int BATCH = 10;

    /** Evaluates with so many threads until each has used so much processor time. */
    static Measurement of(PreparedQuery query, Supplier<Evaluation.Request> requests, int threads, double seconds)
            throws InterruptedException {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AtomicLong count = new AtomicLong();
        AtomicLong bytes = new AtomicLong();
        System.gc();
        long cpu = system.getProcessCpuTime();
        long began = System.nanoTime();
        long enough = (long) (seconds * 1e9);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(Thread.ofPlatform().start(() -> {
                long before = memory.getCurrentThreadAllocatedBytes();
                long done = 0;
                while (memory.getCurrentThreadCpuTime() < enough) {
                    for (int j = 0; j < BATCH; j++) {
                        query.evaluate(requests.get());
                    }
                    done += BATCH;
                }
                count.addAndGet(done);
                bytes.addAndGet(memory.getCurrentThreadAllocatedBytes() - before);
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        double n = count.get();
        return new Measurement(
                (System.nanoTime() - began) / n, (system.getProcessCpuTime() - cpu) / n, bytes.get() / n);
    }
}

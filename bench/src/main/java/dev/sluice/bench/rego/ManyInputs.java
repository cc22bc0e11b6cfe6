package dev.sluice.bench.rego;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.Rego;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One policy over many small packages that share data, which is how a policy is tried on all that is known: the gate of
 * {@link Workloads#gate} over inputs made while they are asked for, each with two of its eight vulnerabilities.
 */
final class ManyInputs {
    private static final int WARM = 20;

    private ManyInputs() {}

    /**
     * What a pass over all of them took, making the inputs included.
     *
     * @param perSecond inputs per second of wall time
     * @param cpu processor time per input in nanoseconds, the collector's included
     * @param bytes memory allocated per input
     * @param made of these bytes, those of the inputs themselves
     * @param denied how many answers were not empty
     */
    record Pass(double perSecond, double cpu, double bytes, double made, long denied) {}

    static Pass measure(int inputs, Instant now) {
        Workload gate = Workloads.gate(true);
        PreparedQuery query = Rego.compile(gate.modules()).prepare(gate.query());
        Evaluation.Request request = Evaluation.Request.of(null, gate.data(), now);
        Value vulnerabilities = Objects.requireNonNull(((ObjectValue) gate.input()).get("vulns"));
        run(query, request, vulnerabilities, inputs / WARM);
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();
        for (Value input : packages(vulnerabilities, inputs)) {
            if (input.kind() == null) {
                throw new IllegalStateException();
            }
        }
        double made = memory.getCurrentThreadAllocatedBytes() - before;
        System.gc();
        before = memory.getCurrentThreadAllocatedBytes();
        long cpu = system.getProcessCpuTime();
        long began = System.nanoTime();
        long denied = run(query, request, vulnerabilities, inputs);
        double took = System.nanoTime() - began;
        return new Pass(
                inputs / (took / 1e9),
                (system.getProcessCpuTime() - cpu) / (double) inputs,
                (memory.getCurrentThreadAllocatedBytes() - before) / (double) inputs,
                made / inputs,
                denied);
    }

    private static long run(PreparedQuery query, Evaluation.Request request, Value vulnerabilities, int inputs) {
        AtomicLong denied = new AtomicLong();
        query.evaluateAll(packages(vulnerabilities, inputs), request, answer -> {
            Evaluation.Result result = answer.result();
            if (result == null) {
                throw new IllegalStateException(answer.failure());
            }
            if (result.value() instanceof SetValue set && set.size() > 0) {
                denied.incrementAndGet();
            }
        });
        return denied.get();
    }

    private static Iterable<Value> packages(Value vulnerabilities, int count) {
        return () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public Value next() {
                int number = next++;
                ArrayValue all = (ArrayValue) vulnerabilities;
                Value about = ObjectValue.builder(2)
                        .put("name", StringValue.of("package-" + number))
                        .put("version", StringValue.of(number % 7 + "." + number % 13 + ".0"))
                        .build();
                return ObjectValue.builder(3)
                        .put("package", about)
                        .put("downloads", NumberValue.of(number))
                        .put("vulns", ArrayValue.of(all.get(number % all.size()), all.get((number / 8) % all.size())))
                        .build();
            }
        };
    }
}

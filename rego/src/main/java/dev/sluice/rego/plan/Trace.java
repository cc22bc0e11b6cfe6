package dev.sluice.rego.plan;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one evaluation read and which expressions decided. */
final class Trace {
    private static final int MAX_READS = 100_000;
    private static final int MAX_STEPS = 10_000;

    private final Map<List<Value>, @Nullable Value> reads = new LinkedHashMap<>();
    private final Set<Evaluation.Step> steps = new LinkedHashSet<>();

    void read(List<Value> path, @Nullable Value value) {
        if (reads.size() < MAX_READS) {
            reads.putIfAbsent(path, value);
        }
    }

    void step(Evaluation.Step step) {
        if (steps.size() < MAX_STEPS) {
            steps.add(step);
        }
    }

    List<Evaluation.Read> reads() {
        List<Evaluation.Read> out = new ArrayList<>(reads.size());
        reads.forEach((path, value) -> out.add(new Evaluation.Read(path, value)));
        return out;
    }

    List<Evaluation.Step> steps() {
        return List.copyOf(steps);
    }
}

package dev.sluice.rego.fuzz;

import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random program and the documents it is asked about. Every second program has large ones, of the size from which an engine
 * may keep an index, unless that would be too much for the plainest evaluator.
 *
 * @param data what stands below {@code data}
 * @param inputs three inputs
 */
record RandomCase(long seed, String module, ObjectValue data, List<Value> inputs) {
    private static final int INPUTS = 3;
    private static final int MAX_WORK = 100_000;

    /** The program with this seed. */
    static RandomCase of(long seed) {
        String module = RandomProgram.module(seed);
        if (seed % 2 == 0) {
            RandomCase large = of(seed, module, true);
            if (large.isEasy()) {
                return large;
            }
        }
        return of(seed, module, false);
    }

    private static RandomCase of(long seed, String module, boolean large) {
        Random random = new Random(seed);
        ObjectValue data =
                ObjectValue.builder().put("d", RandomDocument.of(random, large)).build();
        List<Value> inputs = new ArrayList<>();
        for (int i = 0; i < INPUTS; i++) {
            inputs.add(RandomDocument.of(random, large));
        }
        return new RandomCase(seed, module, data, List.copyOf(inputs));
    }

    private boolean isEasy() {
        return RandomProgramsTest.prepare(module) != null
                && inputs.stream().allMatch(input -> new Reference(module, input, data).isEasy("out", MAX_WORK));
    }

    @Override
    public String toString() {
        return "seed " + seed + "\n" + module + "\ndata " + data + "\ninputs " + inputs;
    }
}

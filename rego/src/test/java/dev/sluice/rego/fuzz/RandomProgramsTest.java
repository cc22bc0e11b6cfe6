package dev.sluice.rego.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.Rego;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Thousands of random programs; {@code -Drego.programs} sets how many, {@code -Drego.seed} where to begin. */
class RandomProgramsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final int PROGRAMS = Integer.getInteger("rego.programs", 2000);
    private static final long SEED = Long.getLong("rego.seed", 1);
    private static final int INPUTS = 3;

    @Test
    void random_programs_say_what_the_plainest_evaluator_says() {
        int compared = 0;
        for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
            RandomCase random = RandomCase.of(seed);
            String module = random.module();
            PreparedQuery query = prepare(module);
            if (query == null) {
                continue;
            }
            ObjectValue data = random.data();
            for (Value input : random.inputs()) {
                String expected = expected(module, input, data);
                Evaluation.Request request = Evaluation.Request.of(input, data, NOW);
                assertThat(answer(query, request))
                        .as("seed %d%n%s%ninput %s%ndata %s", seed, module, input, data)
                        .isEqualTo(expected);
                assertThat(answer(query, request))
                        .as("again, seed %d%n%s%ninput %s%ndata %s", seed, module, input, data)
                        .isEqualTo(expected);
                assertThat(answer(query, request.traced()))
                        .as("traced, seed %d%n%s%ninput %s%ndata %s", seed, module, input, data)
                        .isEqualTo(expected);
                compared++;
            }
        }
        System.out.println(
                "compared " + compared + " evaluations of " + PROGRAMS + " random programs from seed " + SEED);
        assertThat(compared).isGreaterThan(PROGRAMS);
    }

    /** The promise of a read set, for programs nobody thought of. */
    @Test
    void a_change_of_what_was_not_read_changes_nothing() {
        int unaffected = 0;
        int moved = 0;
        for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
            String module = RandomProgram.module(seed);
            PreparedQuery query = prepare(module);
            if (query == null) {
                continue;
            }
            Random random = new Random(seed);
            ObjectValue data =
                    ObjectValue.builder().put("d", RandomDocument.of(random)).build();
            for (int i = 0; i < INPUTS; i++) {
                Value input = RandomDocument.of(random);
                Evaluation.Result first;
                try {
                    first = query.evaluate(
                            Evaluation.Request.of(input, data, NOW).traced());
                } catch (RegoEvaluationException conflict) {
                    continue;
                }
                for (int j = 0; j < INPUTS; j++) {
                    boolean ofInput = random.nextInt(4) > 0;
                    Value input2 = ofInput ? changed(input, random) : input;
                    Value data2 = ofInput ? data : changed(data, random);
                    if (first.reads().stream().allMatch(read -> read.holds(input2, data2))) {
                        unaffected++;
                        moved += first.reads().stream().anyMatch(read -> read.extent() == Evaluation.Extent.RANGE)
                                ? 1
                                : 0;
                        assertThat(answer(query, Evaluation.Request.of(input2, data2, NOW)))
                                .as(
                                        "seed %d%n%s%ninput %s%ndata %s%nthen %s%n%s%nreads %s",
                                        seed, module, input, data, input2, data2, first.reads())
                                .isEqualTo(String.valueOf(first.value()));
                    }
                }
            }
        }
        assertThat(unaffected).isGreaterThan(PROGRAMS / 2);
        assertThat(moved).isPositive();
    }

    static @Nullable PreparedQuery prepare(String module) {
        try {
            return Rego.compile(List.of(new SourceFile("p.rego", module))).prepare("data.t.out");
        } catch (RegoException refused) {
            return null;
        }
    }

    static String answer(PreparedQuery query, Evaluation.Request request) {
        try {
            Value value = query.evaluate(request).value();
            return value == null ? "undefined" : value.toString();
        } catch (RegoEvaluationException failure) {
            return "error " + failure.code();
        }
    }

    private static String expected(String module, Value input, Value data) {
        try {
            return Reference.show(new Reference(module, input, data).rule("out"));
        } catch (Reference.Conflict conflict) {
            return "error " + RegoEvaluationException.CONFLICT;
        }
    }

    /** A copy with one place made anew, or one number moved a little. */
    private static Value changed(Value value, Random random) {
        if (value instanceof ObjectValue object && object.size() > 0 && random.nextInt(5) > 0) {
            Value key = object.keyAt(random.nextInt(object.size()));
            Value below = object.get(key);
            return ObjectValue.builder()
                    .putAll(object)
                    .put(key, changed(below == null ? value : below, random))
                    .build();
        }
        if (value instanceof ArrayValue array && array.size() > 0 && random.nextInt(5) > 0) {
            Value[] items = array.toArray();
            int at = random.nextInt(items.length);
            items[at] = changed(items[at], random);
            return ArrayValue.of(items);
        }
        if (value instanceof NumberValue number && random.nextBoolean()) {
            return number.plus(NumberValue.parse("0.125"));
        }
        return RandomDocument.of(random);
    }
}

package dev.sluice.rego.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The same random programs on the real OPA; run by {@code bench/rego fuzz}, which builds it. One process of OPA evaluates all
 * programs; what came out is printed after every batch.
 */
class OpaDifferentialTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final int INPUTS = 3;
    private static final int MAX_SHOWN = 10;
    private static final int BATCH = 5000;
    /** OPA gave up with an error of its own: no answer to compare with. */
    private static final String INTERNAL = "error eval_internal_error";

    /** What became of a program; what the last but one mean is told in {@code CONFORMANCE.md}. */
    private enum Outcome {
        SAME("the same"),
        REFUSED("refused by both"),
        FAILED("end in an internal error of OPA's"),
        SKIPPED("conflict where OPA's rule index skips the conflict"),
        NESTED("with nested comprehensions that OPA alone refuses"),
        DIFFERENT("differ");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }
    }

    private record Program(long seed, String module, ObjectValue data, List<Value> inputs) {
        static Program of(long seed) {
            Random random = new Random(seed);
            ObjectValue data = ObjectValue.builder()
                    .put("d", RandomProgram.document(random))
                    .build();
            List<Value> inputs = new ArrayList<>();
            for (int i = 0; i < INPUTS; i++) {
                inputs.add(RandomProgram.document(random));
            }
            return new Program(seed, RandomProgram.module(seed), data, inputs);
        }

        String json(boolean index) {
            List<Value> texts = new ArrayList<>();
            inputs.forEach(input -> texts.add(StringValue.of(Json.write(input))));
            return Json.write(ObjectValue.builder()
                    .put("module", StringValue.of(module))
                    .put("query", StringValue.of("data.t.out"))
                    .put("data", StringValue.of(Json.write(data)))
                    .put("inputs", ArrayValue.of(texts))
                    .put("no_index", BooleanValue.of(!index))
                    .build());
        }

        List<String> answers() {
            PreparedQuery query = RandomProgramsTest.prepare(module);
            if (query == null) {
                return List.of("compile");
            }
            return inputs.stream()
                    .map(input -> RandomProgramsTest.answer(query, Evaluation.Request.of(input, data, NOW)))
                    .toList();
        }
    }

    @Test
    void random_programs_say_what_opa_says() throws IOException {
        String opa = System.getProperty("rego.opa");
        Assumptions.assumeTrue(opa != null, "no OPA given: bench/rego fuzz runs this");
        int programs = Integer.getInteger("rego.programs", 3000);
        long first = Long.getLong("rego.seed", 1);
        List<String> differences = new ArrayList<>();
        Process process = new ProcessBuilder(String.valueOf(opa), "run")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (PrintWriter to = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
                BufferedReader from = process.inputReader(StandardCharsets.UTF_8)) {
            for (long seed = first; seed < first + programs && differences.size() < MAX_SHOWN; seed += BATCH) {
                batch(seed, Math.min(seed + BATCH, first + programs), to, from, differences);
            }
        } finally {
            process.destroy();
        }
        assertThat(differences).isEmpty();
    }

    private static void batch(long first, long end, PrintWriter to, BufferedReader from, List<String> differences)
            throws IOException {
        Thread.startVirtualThread(() -> {
            for (long seed = first; seed < end; seed++) {
                to.println(Program.of(seed).json(true));
            }
            to.flush();
        });
        Map<Outcome, List<String>> outcomes = new EnumMap<>(Outcome.class);
        Map<Program, List<String>> again = new LinkedHashMap<>();
        for (long seed = first; seed < end; seed++) {
            Program program = Program.of(seed);
            List<String> told = answers(from);
            Outcome outcome = compare(program, told);
            if (outcome == Outcome.DIFFERENT) {
                again.put(program, told);
            } else {
                outcomes.computeIfAbsent(outcome, o -> new ArrayList<>()).add(seed + " " + told);
            }
        }
        for (Map.Entry<Program, List<String>> entry : again.entrySet()) {
            Program program = entry.getKey();
            to.println(program.json(false));
            to.flush();
            Outcome outcome = compare(program, answers(from)) == Outcome.SAME ? Outcome.SKIPPED : Outcome.DIFFERENT;
            outcomes.computeIfAbsent(outcome, o -> new ArrayList<>()).add(program.seed + " " + entry.getValue());
            if (outcome == Outcome.DIFFERENT) {
                differences.add("seed " + program.seed + "\n" + program.module + "\ndata " + program.data + "\ninputs "
                        + program.inputs + "\nours   " + program.answers() + "\ntheirs " + entry.getValue());
            }
        }
        StringBuilder line = new StringBuilder("fuzz: seeds " + first + " to " + (end - 1) + ":");
        for (Outcome outcome : Outcome.values()) {
            line.append(outcome.ordinal() == 0 ? " " : ", ")
                    .append(outcomes.getOrDefault(outcome, List.of()).size())
                    .append(' ')
                    .append(outcome.text);
        }
        for (Outcome outcome : List.of(Outcome.FAILED, Outcome.SKIPPED, Outcome.NESTED)) {
            outcomes.getOrDefault(outcome, List.of())
                    .forEach(told ->
                            line.append("\n  ").append(outcome).append(' ').append(told.replaceAll("\\s+", " ")));
        }
        System.out.println(line);
    }

    private static List<String> answers(BufferedReader from) throws IOException {
        List<String> told = new ArrayList<>();
        for (Value answer : (ArrayValue) Json.read(from.readLine())) {
            told.add(((StringValue) answer).value());
        }
        return told;
    }

    private static Outcome compare(Program program, List<String> told) {
        List<String> ours = program.answers();
        boolean refused = told.getFirst().startsWith("compile ");
        if (ours.equals(List.of("compile"))) {
            return refused ? Outcome.REFUSED : Outcome.DIFFERENT;
        }
        if (refused) {
            boolean ofTypes = told.getFirst().contains("rego_type_error: ");
            return ofTypes && hasNestedComprehension(program.module) ? Outcome.NESTED : Outcome.DIFFERENT;
        }
        boolean failed = false;
        for (int i = 0; i < INPUTS; i++) {
            String theirs = told.get(i);
            if (theirs.startsWith(INTERNAL)) {
                failed = true;
            } else if (!ours.get(i)
                    .equals(theirs.startsWith("error ") ? theirs.substring(0, theirs.indexOf(':')) : theirs)) {
                return Outcome.DIFFERENT;
            }
        }
        return failed ? Outcome.FAILED : Outcome.SAME;
    }

    /** Whether a bracket that has a bar stands in one after its bar. */
    private static boolean hasNestedComprehension(String module) {
        Deque<Boolean> bars = new ArrayDeque<>();
        for (int i = 0; i < module.length(); i++) {
            switch (module.charAt(i)) {
                case '[', '{', '(' -> bars.push(false);
                case ']', '}', ')' -> bars.pop();
                case '|' -> {
                    if (bars.contains(true)) {
                        return true;
                    }
                    bars.pop();
                    bars.push(true);
                }
                default -> {}
            }
        }
        return false;
    }
}

package dev.sluice.rego.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The same random programs on the real OPA; run by {@code bench/rego fuzz}, which builds it. */
class OpaDifferentialTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final int INPUTS = 3;
    private static final int MAX_SHOWN = 10;

    @Test
    void random_programs_say_what_opa_says() throws IOException {
        String opa = System.getProperty("rego.opa");
        Assumptions.assumeTrue(opa != null, "no OPA given: bench/rego fuzz runs this");
        int programs = Integer.getInteger("rego.programs", 3000);
        long first = Long.getLong("rego.seed", 1);
        Process process = new ProcessBuilder(String.valueOf(opa), "run")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> differences = new ArrayList<>();
        int compared = 0;
        int refused = 0;
        int refusedHere = 0;
        try (PrintWriter to = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
                BufferedReader from = process.inputReader(StandardCharsets.UTF_8)) {
            for (long seed = first; seed < first + programs && differences.size() < MAX_SHOWN; seed++) {
                String module = RandomProgram.module(seed);
                Random random = new Random(seed);
                ObjectValue data = ObjectValue.builder()
                        .put("d", RandomProgram.document(random))
                        .build();
                List<Value> inputs = new ArrayList<>();
                for (int i = 0; i < INPUTS; i++) {
                    inputs.add(RandomProgram.document(random));
                }
                to.println(Json.write(ObjectValue.builder()
                        .put("module", StringValue.of(module))
                        .put("query", StringValue.of("data.t.out"))
                        .put("data", StringValue.of(Json.write(data)))
                        .put(
                                "inputs",
                                ArrayValue.of(inputs.stream()
                                        .map(i -> StringValue.of(Json.write(i)))
                                        .toList()))
                        .build()));
                to.flush();
                List<String> ours = ours(module, data, inputs);
                List<String> theirs = new ArrayList<>();
                for (Value answer : (ArrayValue) Json.read(from.readLine())) {
                    String text = ((StringValue) answer).value();
                    theirs.add(text.startsWith("compile ") ? "compile" : text);
                }
                if (theirs.equals(List.of("compile"))) {
                    // What only OPA's type checker refuses is the compiler tests' concern.
                    refused++;
                    refusedHere += ours.equals(theirs) ? 1 : 0;
                } else if (ours.equals(theirs)) {
                    compared++;
                } else {
                    differences.add("seed " + seed + "\n" + module + "\ndata " + data + "\ninputs " + inputs
                            + "\nours   " + ours + "\ntheirs " + theirs);
                }
            }
        } finally {
            process.destroy();
        }
        System.out.println("programs on OPA and here from seed " + first + ": " + compared + " the same on " + INPUTS
                + " inputs each, " + refused + " refused (" + refusedHere + " of them here too), " + differences.size()
                + " differ");
        assertThat(differences).isEmpty();
    }

    private static List<String> ours(String module, ObjectValue data, List<Value> inputs) {
        PreparedQuery query = RandomProgramsTest.prepare(module);
        if (query == null) {
            return List.of("compile");
        }
        List<String> out = new ArrayList<>();
        for (Value input : inputs) {
            out.add(RandomProgramsTest.answer(query, Evaluation.Request.of(input, data, NOW)));
        }
        return out;
    }
}

package dev.sluice.rego.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.Rego;
import dev.sluice.rego.RegoException;
import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The same random programs on the real OPA; run by {@code bench/rego fuzz}, which builds it. Both answer alike for all inputs, or
 * both refuse the program with the same code. Where they do not, OPA is asked again without one {@link Peculiarity} after the
 * other: only when it then says exactly what this engine says is the difference put down to that. What came out is printed after
 * every batch.
 */
class OpaDifferentialTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final int MAX_SHOWN = 10;
    private static final int BATCH = 5000;
    private static final int MAX_TOLD = 200;

    /** What OPA can be asked to do without; told in {@code CONFORMANCE.md}. */
    private enum Peculiarity {
        COMPREHENSION_INDEX,
        RULE_INDEX,
        /** At comprehensions inside comprehensions, when types are checked. */
        SECOND_LOOK,
        /** Of the hashes of keys of an object. */
        COLLISIONS,
        /** Of elements that are equal but written differently. */
        UNSTABLE_SORT
    }

    /** Each set of them, small ones first. */
    private static final List<Set<Peculiarity>> CAUSES = IntStream.range(1, 1 << Peculiarity.values().length)
            .boxed()
            .sorted(Comparator.comparing(Integer::bitCount))
            .<Set<Peculiarity>>map(bits -> Stream.of(Peculiarity.values())
                    .filter(one -> (bits >> one.ordinal() & 1) == 1)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Peculiarity.class))))
            .toList();

    private record Program(RandomCase random) {
        static Program of(long seed) {
            return new Program(RandomCase.of(seed));
        }

        String json(Set<Peculiarity> without) {
            List<Value> texts = new ArrayList<>();
            random.inputs().forEach(input -> texts.add(StringValue.of(Json.write(input))));
            return Json.write(ObjectValue.builder()
                    .put("module", StringValue.of(random.module()))
                    .put("query", StringValue.of("data.t.out"))
                    .put("data", StringValue.of(Json.write(random.data())))
                    .put("inputs", ArrayValue.of(texts))
                    .put("no_rule_index", BooleanValue.of(without.contains(Peculiarity.RULE_INDEX)))
                    .put("no_comprehension_index", BooleanValue.of(without.contains(Peculiarity.COMPREHENSION_INDEX)))
                    .build());
        }

        /** In the form in which OPA answers, without messages. */
        List<String> answers() {
            PreparedQuery query;
            try {
                query = Rego.compile(List.of(new SourceFile("p.rego", random.module())))
                        .prepare("data.t.out");
            } catch (RegoException refused) {
                return List.of("compile " + refused.errors().getFirst().code());
            }
            return random.inputs().stream()
                    .map(input -> RandomProgramsTest.answer(query, Evaluation.Request.of(input, random.data(), NOW)))
                    .toList();
        }

        String shown(List<String> told) {
            return random + "\nours   " + answers() + "\ntheirs " + told;
        }
    }

    /** The program of OPA; one of a mended library is beside it. */
    private record Peers(String program, Opa plain, Map<String, Opa> mended) implements AutoCloseable {
        Peers(String program) throws IOException {
            this(program, new Opa(program, ""), new TreeMap<>());
        }

        List<String> answer(Program asked, Set<Peculiarity> without) throws IOException {
            String names = Stream.of(Peculiarity.SECOND_LOOK, Peculiarity.COLLISIONS, Peculiarity.UNSTABLE_SORT)
                    .filter(without::contains)
                    .map(one -> one.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(","));
            Opa opa = names.isEmpty() ? plain : mended.get(names);
            if (opa == null) {
                opa = new Opa(program + "-mended", names);
                mended.put(names, opa);
            }
            return withoutMessages(opa.answer(asked.json(without)));
        }

        @Override
        public void close() {
            plain.close();
            mended.values().forEach(Opa::close);
        }
    }

    @Test
    void random_programs_say_what_opa_says() throws IOException {
        String program = System.getProperty("rego.opa");
        Assumptions.assumeTrue(program != null, "no OPA given: bench/rego fuzz runs this");
        List<String> differences = new ArrayList<>();
        long[] seeds = seeds();
        try (Peers opa = new Peers(String.valueOf(program))) {
            for (int at = 0; at < seeds.length && differences.size() < MAX_SHOWN; at += BATCH) {
                batch(Arrays.copyOfRange(seeds, at, Math.min(at + BATCH, seeds.length)), opa, differences);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static long[] seeds() {
        String listed = System.getProperty("rego.seeds");
        if (listed != null) {
            return Stream.of(listed.split(",")).mapToLong(Long::parseLong).toArray();
        }
        long first = Long.getLong("rego.seed", 1);
        return LongStream.range(first, first + Integer.getInteger("rego.programs", 3000))
                .toArray();
    }

    private static void batch(long[] seeds, Peers opa, List<String> differences) throws IOException {
        Thread.startVirtualThread(() -> opa.plain.ask(() -> LongStream.of(seeds)
                .mapToObj(seed -> Program.of(seed).json(Set.of()))
                .iterator()));
        int same = 0;
        List<Program> refused = new ArrayList<>();
        Map<Program, List<String>> others = new LinkedHashMap<>();
        for (long seed : seeds) {
            Program program = Program.of(seed);
            List<String> told = opa.plain.answer();
            if (!withoutMessages(told).equals(program.answers())) {
                others.put(program, told);
            } else if (told.getFirst().startsWith("compile ")) {
                refused.add(program);
            } else {
                same++;
            }
        }
        Map<Set<Peculiarity>, Map<Long, String>> explained = new LinkedHashMap<>();
        CAUSES.forEach(cause -> explained.put(cause, new TreeMap<>()));
        int before = differences.size();
        for (Map.Entry<Program, List<String>> other : others.entrySet()) {
            Program program = other.getKey();
            Set<Peculiarity> cause = cause(program, opa);
            if (cause == null) {
                differences.add(program.shown(other.getValue()));
            } else {
                String told = other.getValue().toString().replaceAll("\\s+", " ");
                Objects.requireNonNull(explained.get(cause))
                        .put(program.random.seed(), told.substring(0, Math.min(told.length(), MAX_TOLD)));
            }
        }
        // What only the second look finds is no reason to refuse a program here.
        for (Program program : refused) {
            List<String> told = opa.answer(program, Set.of(Peculiarity.SECOND_LOOK));
            if (!told.equals(program.answers())) {
                differences.add(program.shown(told));
            }
        }
        System.out.println("fuzz: seeds " + seeds[0] + " to " + seeds[seeds.length - 1] + ": " + same + " the same, "
                + refused.size() + " refused by both, " + (differences.size() - before) + " differ");
        explained.forEach((cause, programs) -> {
            if (!programs.isEmpty()) {
                System.out.println("  " + programs.size() + " because of " + cause + ": "
                        + programs.keySet().stream().map(String::valueOf).collect(Collectors.joining(", ")));
                programs.forEach((seed, told) -> System.out.println("    " + seed + " " + told));
            }
        });
    }

    /** The least that OPA has to do without to say what this engine says; null where that does not help. */
    private static @Nullable Set<Peculiarity> cause(Program program, Peers opa) throws IOException {
        List<String> ours = program.answers();
        for (Set<Peculiarity> without : CAUSES) {
            if (opa.answer(program, without).equals(ours)) {
                return without;
            }
        }
        return null;
    }

    private static List<String> withoutMessages(List<String> told) {
        return told.stream()
                .map(answer -> answer.startsWith("error ") || answer.startsWith("compile ")
                        ? answer.substring(0, answer.indexOf(':'))
                        : answer)
                .toList();
    }
}

package dev.sluice.rego.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.RegoEvaluationException;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The promise of the horizon, for programs nobody thought of: at every instant before it the answer is the same. By brute
 * force: each program is asked again at instants up to the horizon, the last nanosecond before it included, then at the
 * horizon, and so on from there. {@code -Drego.programs} sets how many, {@code -Drego.seed} where to begin.
 */
class RandomClocksTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final int PROGRAMS = Integer.getInteger("rego.programs", 1000);
    private static final long SEED = Long.getLong("rego.seed", 1);
    private static final Duration REACH = Duration.ofDays(400);
    private static final int HORIZONS = 3;
    private static final int SAMPLES = 6;

    @Test
    void before_the_horizon_no_program_answers_otherwise() {
        int stood = 0;
        int changed = 0;
        int atOnce = 0;
        for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
            String module = RandomProgram.module(seed, NOW);
            PreparedQuery query = RandomProgramsTest.prepare(module);
            if (query == null) {
                continue;
            }
            Random random = new Random(seed);
            Value input = RandomDocument.of(random);
            Value data =
                    ObjectValue.builder().put("d", RandomDocument.of(random)).build();
            Instant from = NOW;
            for (int i = 0; i < HORIZONS; i++) {
                Evaluation.Result result;
                try {
                    result = query.evaluate(Evaluation.Request.of(input, data, from));
                } catch (RegoEvaluationException conflict) {
                    break;
                }
                Instant horizon = result.horizon();
                assertThat(horizon).as("seed %d%n%s", seed, module).isAfter(from);
                String answer = String.valueOf(result.value());
                for (Instant at : samples(from, horizon, random)) {
                    assertThat(RandomProgramsTest.answer(query, Evaluation.Request.of(input, data, at)))
                            .as(
                                    "seed %d%n%s%ninput %s%ndata %s%nfrom %s until %s, at %s",
                                    seed, module, input, data, from, horizon, at)
                            .isEqualTo(answer);
                    stood++;
                }
                if (horizon.equals(Instant.MAX)) {
                    break;
                }
                boolean another = !RandomProgramsTest.answer(query, Evaluation.Request.of(input, data, horizon))
                        .equals(answer);
                changed += another ? 1 : 0;
                atOnce += horizon.equals(from.plusNanos(1)) ? 1 : 0;
                from = horizon;
            }
        }
        System.out.println("horizons of " + PROGRAMS + " random programs from seed " + SEED + ": " + stood
                + " answers before them, " + changed + " other answers at them, " + atOnce + " at the next nanosecond");
        assertThat(stood).isGreaterThan(PROGRAMS);
        assertThat(changed).isGreaterThan(PROGRAMS / 10);
    }

    private static Iterable<Instant> samples(Instant from, Instant horizon, Random random) {
        Instant end = horizon.isBefore(from.plus(REACH)) ? horizon : from.plus(REACH);
        long length = Duration.between(from, end).toNanos();
        Instant[] at = new Instant[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            at[i] = switch (i) {
                case 0 -> end.minusNanos(1);
                case 1 -> from.plusNanos(Math.min(1, length - 1));
                default -> from.plusNanos(random.nextLong(length));
            };
        }
        return List.of(at);
    }
}

package dev.sluice.bench.rego;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.Rego;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The same prepared policies and parsed inputs on this engine and on OPA: one table.
 *
 * <p>Arguments: {@code [--seconds S] [--smoke] [--no-opa] [NAME…]}; a name keeps the workloads whose names contain it.
 * Without a name or {@code --smoke}, which only shows that everything runs, the table goes into
 * {@code docs/performance.md}. Wall time is what counts on a quiet machine; on a busy one the ratio of processor time is
 * the one to read.
 */
public final class RegoBench {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final int COMPILE_ROUNDS = 30;
    private static final int INPUTS = 1_000_000;

    private RegoBench() {}

    /** Exit code 1 when results differ. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        double seconds = 2;
        int inputs = INPUTS;
        boolean opaWanted = true;
        boolean smoke = false;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--seconds" -> seconds = Double.parseDouble(arguments[++i]);
                case "--no-opa" -> opaWanted = false;
                case "--smoke" -> {
                    smoke = true;
                    seconds = 0.05;
                    inputs = INPUTS / 100;
                }
                default -> names.add(arguments[i]);
            }
        }
        Path root = Path.of(System.getProperty("sluice.root", ".")).toAbsolutePath();
        Opa opa = opaWanted ? Opa.build(root.resolve("bench")) : null;
        List<Workload> workloads = new ArrayList<>(Workloads.all());
        workloads.addAll(StarterWorkload.all());
        workloads.removeIf(
                w -> !names.isEmpty() && names.stream().noneMatch(n -> w.name().contains(n)));
        String machine = Page.machine();
        Page page = new Page();
        page.line(
                "| workload | µs, 1 thread | µs, 2 threads | CPU µs | bytes | with reads: CPU µs | bytes | OPA: µs, 1 thread | 2 threads | CPU µs | bytes | ratio wall, 1 thread | 2 threads | ratio CPU | goal |");
        page.line("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        boolean same = true;
        for (Workload workload : workloads) {
            same &= measure(page, workload, opa, root.resolve("bench/target/workloads"), seconds);
        }
        page.line("");
        if (names.isEmpty()) {
            compileTimes(page);
            manyInputs(page, inputs);
        }
        page.line(machine);
        if (names.isEmpty() && !smoke && opa != null) {
            page.write(root.resolve("docs/performance.md"));
        }
        System.exit(same ? 0 : 1);
    }

    private static boolean measure(Page page, Workload workload, @Nullable Opa opa, Path folder, double seconds)
            throws IOException, InterruptedException {
        PreparedQuery query = Rego.compile(workload.modules()).prepare(workload.query());
        Evaluation.Request request = Evaluation.Request.of(workload.input(), workload.data(), NOW);
        Value result = query.evaluate(request).value();
        Measurement.of(query, () -> request, 1, 2 * seconds);
        Measurement one = Measurement.of(query, () -> request, 1, seconds);
        Measurement two = Measurement.of(query, () -> request, 2, seconds);
        Evaluation.Request withReads = request.traced();
        Measurement.of(query, () -> withReads, 1, seconds);
        Measurement reads = Measurement.of(query, () -> withReads, 1, seconds / 2);
        StringBuilder line = new StringBuilder("| " + workload.name());
        cells(
                line,
                one.nanos() / 1e3,
                two.nanos() / 1e3,
                one.cpu() / 1e3,
                one.bytes(),
                reads.cpu() / 1e3,
                reads.bytes());
        boolean same = true;
        if (opa == null) {
            line.append(" | ".repeat(7));
        } else {
            Path here = folder.resolve(workload.name().replaceAll("[^a-z0-9]+", "-"));
            workload.write(here);
            Opa.Answer answer = opa.measure(here, seconds);
            Measurement a = answer.one();
            Measurement b = answer.two();
            cells(line, a.nanos() / 1e3, b.nanos() / 1e3, a.cpu() / 1e3, a.bytes());
            cells(line, a.nanos() / one.nanos(), b.nanos() / two.nanos(), a.cpu() / one.cpu());
            same = answer.result().equals(result == null ? "null" : Json.write(result))
                    || Json.read(answer.result()).equals(Json.read(result == null ? "null" : Json.write(result)));
        }
        line.append(String.format(Locale.ROOT, " | %s× |%s", workload.goal(), same ? "" : " RESULTS DIFFER"));
        page.line(line.toString());
        return same;
    }

    private static void cells(StringBuilder line, double... values) {
        for (double value : values) {
            line.append(
                    String.format(Locale.ROOT, value < 10 ? " | %.2f" : value < 100 ? " | %.1f" : " | %,.0f", value));
        }
    }

    /** Compiling 200 policies and asking the first question, which is when rules become executable. */
    private static void compileTimes(Page page) {
        for (Workload workload : List.of(Workloads.rules(), Workloads.modules())) {
            double[] millis = new double[COMPILE_ROUNDS];
            for (int i = 0; i < COMPILE_ROUNDS; i++) {
                long began = System.nanoTime();
                Rego.compile(workload.modules())
                        .prepare(workload.query())
                        .evaluate(Evaluation.Request.of(workload.input(), workload.data(), NOW));
                millis[i] = (System.nanoTime() - began) / 1e6;
            }
            double first = millis[0];
            double[] warm = Arrays.copyOfRange(millis, COMPILE_ROUNDS / 2, COMPILE_ROUNDS);
            Arrays.sort(warm);
            page.line(String.format(
                    Locale.ROOT,
                    "Compiling %s and the first answer: %.0f ms the first time, %.0f ms warm (median of %d; goal: below a second).%n",
                    workload.name(),
                    first,
                    warm[warm.length / 2],
                    warm.length));
        }
    }

    private static void manyInputs(Page page, int inputs) {
        ManyInputs.Pass pass = ManyInputs.measure(inputs, NOW);
        page.line(String.format(
                Locale.ROOT,
                "%,d small packages that share data, one after the other through `evaluateAll`: %,.0f per second on one thread, %.2f µs of CPU and %,.0f bytes each, of which %,.0f are the input, made on the way (%,d denied).%n",
                inputs,
                pass.perSecond(),
                pass.cpu() / 1e3,
                pass.bytes(),
                pass.made(),
                pass.denied()));
    }
}

package dev.sluice.bench.rego;

import dev.sluice.rego.Evaluation;
import dev.sluice.rego.PreparedQuery;
import dev.sluice.rego.Rego;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The same prepared policies and parsed inputs on this engine and on OPA: one table.
 *
 * <p>Arguments: {@code [--seconds S] [--no-opa] [NAME…]}; a name keeps the workloads whose names contain it. Wall time is
 * what counts on a quiet machine; on a busy one the ratio of processor time is the one to read.
 */
public final class RegoBench {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final int COMPILE_ROUNDS = 30;

    private RegoBench() {}

    /** Exit code 1 when results differ. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        double seconds = 2;
        boolean opaWanted = true;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--seconds" -> seconds = Double.parseDouble(arguments[++i]);
                case "--no-opa" -> opaWanted = false;
                default -> names.add(arguments[i]);
            }
        }
        Path bench =
                Path.of(System.getProperty("sluice.root", ".")).toAbsolutePath().resolve("bench");
        Opa opa = opaWanted ? Opa.build(bench) : null;
        List<Workload> workloads = new ArrayList<>(Workloads.all());
        workloads.addAll(StarterWorkload.all());
        workloads.removeIf(
                w -> !names.isEmpty() && names.stream().noneMatch(n -> w.name().contains(n)));
        System.out.println(
                "load average: " + Files.readString(Path.of("/proc/loadavg")).strip());
        System.out.println("""
                | workload | µs, 1 thread | µs, 2 threads | CPU µs | bytes | with reads: CPU µs | bytes | OPA %s: µs, 1 thread | 2 threads | CPU µs | bytes | ratio wall, 1 thread | 2 threads | ratio CPU | goal |
                |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|""".formatted(Opa.VERSION));
        boolean same = true;
        for (Workload workload : workloads) {
            same &= measure(workload, opa, bench.resolve("target/workloads"), seconds);
        }
        compileTimes();
        System.exit(same ? 0 : 1);
    }

    private static boolean measure(Workload workload, @Nullable Opa opa, Path folder, double seconds)
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
        if (opa != null) {
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
        System.out.println(line);
        return same;
    }

    private static void cells(StringBuilder line, double... values) {
        for (double value : values) {
            line.append(
                    String.format(Locale.ROOT, value < 10 ? " | %.2f" : value < 100 ? " | %.1f" : " | %,.0f", value));
        }
    }

    /** Compiling 200 policies and asking the first question, which is when rules become executable. */
    private static void compileTimes() {
        for (Workload workload : List.of(Workloads.rules(), Workloads.modules())) {
            double[] millis = new double[COMPILE_ROUNDS];
            for (int i = 0; i < COMPILE_ROUNDS; i++) {
                long began = System.nanoTime();
                Rego.compile(workload.modules())
                        .prepare(workload.query())
                        .evaluate(Evaluation.Request.of(workload.input(), workload.data(), NOW));
                millis[i] = (System.nanoTime() - began) / 1e6;
            }
            System.out.printf(
                    Locale.ROOT,
                    "compiling %s: first %.1f ms, then %.1f ms%n",
                    workload.name(),
                    millis[0],
                    millis[COMPILE_ROUNDS - 1]);
        }
    }
}

package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Servers under the same load, one after the other, round after round, so that what else the machine does hits all of them.
 *
 * <p>The first server is what the others are compared with, within each round.
 */
final class Rounds {

    /**
     * What a server did in one round.
     *
     * @param load what wrk saw
     * @param cpuNanos CPU time of the server for it, what it left to be done afterwards included
     * @param settleMillis how long that took after the load had ended
     */
    record Run(Load.Result load, long cpuNanos, long settleMillis) {
        double cpuMicros() {
            return cpuNanos / 1e3 / Math.max(1, load.answered());
        }
    }

    private final List<Server> servers;
    private final Load load;
    private final Path folder;
    private final Map<Server, List<Run>> runs = new LinkedHashMap<>();

    Rounds(List<Server> servers, Load load, Path folder) {
        this.servers = List.copyOf(servers);
        this.load = load;
        this.folder = folder;
        servers.forEach(server -> runs.put(server, new ArrayList<>()));
    }

    /** Runs that many rounds; what is printed is one line per run. */
    void run(int rounds) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (Server server : servers) {
                Run run = once(server);
                runs(server).add(run);
                System.out.printf(
                        Locale.ROOT,
                        "round %d  %-32s %9.0f/s  p99 %7.2f ms  CPU %6.1f us each%s%n",
                        round,
                        server.name(),
                        run.load().perSecond(),
                        run.load().p99Micros() / 1e3,
                        run.cpuMicros(),
                        run.load().refused() + run.load().broken() == 0
                                ? ""
                                : "  " + run.load().refused() + " refused, "
                                        + run.load().broken() + " broken");
            }
        }
    }

    private Run once(Server server) throws IOException, InterruptedException {
        server.settle();
        long before = CpuClock.nanos(server.process());
        Load.Result result = load.run(server.target(), folder);
        long ended = System.nanoTime();
        server.settle();
        long settled = System.nanoTime();
        return new Run(result, CpuClock.nanos(server.process()) - before, (settled - ended) / 1_000_000);
    }

    /** Responses with success that a server gave in all rounds. */
    long answered(Server server) {
        return runs(server).stream().mapToLong(run -> run.load().answered()).sum();
    }

    /** A table in Markdown: medians, and medians of the ratios within each round. */
    String table() {
        StringBuilder table = new StringBuilder("""
                | server | requests/s | beside the first | p99 | CPU each | CPU beside the first | index follows after |
                |---|---|---|---|---|---|---|
                """);
        for (Server server : servers) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %.2f | %.2f ms | %.1f us | %.1f | %.1f s |%n",
                    server.name(),
                    median(server, run -> run.load().perSecond()),
                    ratio(server, run -> run.load().perSecond()),
                    median(server, run -> run.load().p99Micros() / 1e3),
                    median(server, Run::cpuMicros),
                    ratio(server, Run::cpuMicros),
                    median(server, run -> run.settleMillis() / 1e3)));
        }
        return table.toString();
    }

    private List<Run> runs(Server server) {
        return runs.computeIfAbsent(server, s -> new ArrayList<>());
    }

    private double median(Server server, ToDoubleFunction<Run> figure) {
        return median(runs(server).stream().map(figure::applyAsDouble).toList());
    }

    private double ratio(Server server, ToDoubleFunction<Run> figure) {
        List<Run> first = runs(servers.getFirst());
        List<Run> these = runs(server);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < these.size(); i++) {
            ratios.add(figure.applyAsDouble(these.get(i)) / figure.applyAsDouble(first.get(i)));
        }
        return median(ratios);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted(Comparator.naturalOrder()).toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}

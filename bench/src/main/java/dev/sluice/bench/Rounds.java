package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Two servers under the same load, one after the other, round after round, so that what else the machine does hits both. Ratios are
 * formed within each round first.
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
        double perSecond() {
            return load.perSecond();
        }

        double cpuMicros() {
            return cpuNanos / 1e3 / Math.max(1, load.answered());
        }
    }

    private final Server sluice;
    private final Server peer;
    private final List<Run> ours = new ArrayList<>();
    private final List<Run> theirs = new ArrayList<>();

    private Rounds(Server sluice, Server peer) {
        this.sluice = sluice;
        this.peer = peer;
    }

    /**
     * Warms both up, loads them in turn.
     *
     * @param warmup seconds of load for ours before the first round; the peer gets a second, or as much when it compiles too
     */
    static Rounds of(
            Options options, Path folder, Server peer, Server sluice, java.util.Map<String, String> headers, int warmup)
            throws IOException, InterruptedException {
        return of(options, folder, peer, headers, sluice, headers, warmup);
    }

    /** The same where each is sent headers of its own. */
    static Rounds of(
            Options options,
            Path folder,
            Server peer,
            java.util.Map<String, String> itsHeaders,
            Server sluice,
            java.util.Map<String, String> headers,
            int warmup)
            throws IOException, InterruptedException {
        Rounds rounds = new Rounds(sluice, peer);
        new Load(options.connections(), warmup, headers).run(sluice.target(), folder);
        new Load(options.connections(), peer instanceof Nginx ? 1 : 3, itsHeaders).run(peer.target(), folder);
        for (int i = 0; i < options.rounds(); i++) {
            rounds.theirs.add(once(peer, new Load(options.connections(), options.seconds(), itsHeaders), folder));
            rounds.ours.add(once(sluice, new Load(options.connections(), options.seconds(), headers), folder));
        }
        return rounds;
    }

    private static Run once(Server server, Load load, Path folder) throws IOException, InterruptedException {
        server.settle();
        long before = CpuClock.nanos(server.process());
        Load.Result result = load.run(server.target(), folder);
        if (result.answered() == 0) {
            throw new IOException(
                    server.target() + " answered nothing within the time of a round; give --seconds more");
        }
        long ended = System.nanoTime();
        server.settle();
        long settled = System.nanoTime();
        Run run = new Run(result, CpuClock.nanos(server.process()) - before, (settled - ended) / 1_000_000);
        System.out.printf(
                Locale.ROOT,
                "  %-28s %9.0f/s  p99 %7.2f ms  CPU %7.1f us each  settled after %.1f s%s%n",
                server.name(),
                run.perSecond(),
                result.p99Micros() / 1e3,
                run.cpuMicros(),
                run.settleMillis() / 1e3,
                result.refused() + result.broken() == 0
                        ? ""
                        : "  " + result.refused() + " refused, " + result.broken() + " broken");
        if (result.refused() > 0) {
            throw new IOException(server.name() + " refused " + result.refused() + " requests and answered "
                    + result.answered() + " at " + server.target());
        }
        return run;
    }

    /** Responses with success that ours gave in all rounds. */
    long answered() {
        return ours.stream().mapToLong(run -> run.load().answered()).sum();
    }

    /** Adds throughput and CPU time to the report. */
    void report(Report report, String what, String goal) {
        report.add(
                what,
                cell(ours),
                peer.name(),
                cell(theirs),
                ratio(Run::perSecond) + "; CPU " + ratio(Run::cpuMicros),
                goal);
    }

    private static String cell(List<Run> runs) {
        return String.format(
                Locale.ROOT,
                "%,.0f/s, %,.0f µs CPU, p99 %.1f ms",
                Median.of(figures(runs, Run::perSecond)),
                Median.of(figures(runs, Run::cpuMicros)),
                Median.of(figures(runs, run -> run.load().p99Micros() / 1e3)));
    }

    private String ratio(ToDoubleFunction<Run> figure) {
        return String.format(Locale.ROOT, "%.2f", Median.ratio(figures(ours, figure), figures(theirs, figure)));
    }

    private static List<Double> figures(List<Run> runs, ToDoubleFunction<Run> figure) {
        return runs.stream().mapToDouble(figure).boxed().toList();
    }

    @Override
    public String toString() {
        return sluice.name() + " beside " + peer.name();
    }
}

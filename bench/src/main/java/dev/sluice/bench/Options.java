package dev.sluice.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What to measure, how long and how hard.
 *
 * @param names parts to run; empty for all
 * @param rounds how often each server is loaded
 * @param seconds how long each time
 * @param connections kept open
 * @param warmup seconds of load before the first round of a server that compiles while it runs
 * @param events how many events the journal of {@code who} holds
 */
record Options(List<String> names, int rounds, int seconds, int connections, int warmup, int events) {

    static final Options ALL = new Options(List.of(), 5, 3, 32, 30, 10_000_000);
    static final Options QUICK = new Options(List.of(), 1, 2, 32, 4, 1_000_000);

    /** Reads a command line. Throws IllegalArgumentException. */
    static Options parse(String[] arguments) {
        List<String> names = new ArrayList<>();
        Options options = List.of(arguments).contains("--quick") ? QUICK : ALL;
        int rounds = options.rounds;
        int seconds = options.seconds;
        int connections = options.connections;
        int warmup = options.warmup;
        int events = options.events;
        for (int i = 0; i < arguments.length; i++) {
            if (!arguments[i].startsWith("--")) {
                names.add(arguments[i]);
            } else if (!arguments[i].equals("--quick")) {
                int value = number(arguments, i + 1);
                switch (arguments[i]) {
                    case "--rounds" -> rounds = value;
                    case "--seconds" -> seconds = value;
                    case "--connections" -> connections = value;
                    case "--warmup" -> warmup = value;
                    case "--events" -> events = value;
                    default -> throw new IllegalArgumentException("no option " + arguments[i]);
                }
                i++;
            }
        }
        return new Options(List.copyOf(names), rounds, seconds, connections, warmup, events);
    }

    private static int number(String[] arguments, int index) {
        int value = index < arguments.length && arguments[index].matches("[0-9]{1,9}")
                ? Integer.parseInt(arguments[index])
                : 0;
        if (value < 1) {
            throw new IllegalArgumentException(arguments[index - 1] + " is followed by a positive number");
        }
        return value;
    }

    /** The checkout that is measured. */
    static Path root() {
        return Path.of(System.getProperty("sluice.root", "."));
    }

    /** Where peers and large data are kept between runs. */
    static Path kept() {
        return root().resolve("bench/target");
    }
}

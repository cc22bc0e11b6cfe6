package dev.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Measures the product beside named peers, part after part, and puts one table into {@code docs/performance.md}. */
public final class Bench {

    private static final List<Part> PARTS = List.of(
            new Downloads(),
            new Packuments(),
            new SimplePages(),
            new WorkingSet(),
            new ColdFiles(),
            new Publishing(),
            new Memory(),
            new StartUp(),
            new JournalThroughput(),
            new PostgresJournalThroughput(),
            new WhoTookIt());

    private Bench() {}

    /** Arguments: names of parts (none for all), then options. Exit code 1 when a part failed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            usage(String.valueOf(e.getMessage()));
            return;
        }
        List<String> names = PARTS.stream().map(Part::name).toList();
        for (String name : options.names()) {
            if (!names.contains(name)) {
                usage("there is no part '" + name + "'");
                return;
            }
        }
        List<String> missing =
                Stream.of("nginx", "wrk").filter(program -> !isThere(program)).toList();
        if (!missing.isEmpty()) {
            System.err.println(
                    "bench: missing: " + String.join(", ", missing) + ". On Debian:  apt-get install nginx-light wrk");
            System.exit(3);
        }
        Report report = new Report();
        boolean failed = false;
        for (Part part : PARTS) {
            if (options.names().isEmpty() || options.names().contains(part.name())) {
                failed |= !measure(part, options, report);
                report.write(Options.root().resolve("docs/performance.md"), names);
            }
        }
        System.out.println("\n" + report.table());
        System.exit(failed ? 1 : 0);
    }

    /** A part that fails leaves the others alone. */
    private static boolean measure(Part part, Options options, Report report) throws IOException, InterruptedException {
        System.out.println("== " + part.name());
        report.begin(part.name());
        long began = System.nanoTime();
        Path folder = Files.createTempDirectory("sluice-bench");
        try {
            part.measure(options, folder, report);
            return true;
        } catch (IOException | RuntimeException e) {
            e.printStackTrace(System.out);
            report.failed(e);
            return false;
        } finally {
            delete(folder);
            System.out.printf(Locale.ROOT, "   took %.0f s%n", (System.nanoTime() - began) / 1e9);
        }
    }

    private static void usage(String why) {
        System.err.println("bench: " + why);
        System.err.println("bench: bench/run [PART…] [--quick] [--rounds N] [--seconds N] [--connections N] [--warmup"
                + " SECONDS] [--events N]; parts: "
                + String.join(", ", PARTS.stream().map(Part::name).toList()));
        System.exit(2);
    }

    private static boolean isThere(String program) {
        return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.sorted(Comparator.reverseOrder()).forEach(all::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}

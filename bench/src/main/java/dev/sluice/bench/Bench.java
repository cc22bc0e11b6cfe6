package dev.sluice.bench;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures a whole server beside nginx: {@code download} of a cached 40 KB file with the durable journal, {@code index} of a
 * package with 5,000 versions from memory.
 */
public final class Bench {

    private static final int FILE_BYTES = 40 * 1024;
    private static final int VERSIONS = 5000;
    private static final int WARM_SLICE_SECONDS = 5;
    private static final int WARM_SLICES = 18;
    private static final Map<String, String> QUIET = Map.of("SLUICE_LOG_ACCESS", "false");
    private static final Map<String, String> INDEX_HEADERS =
            Map.of("Accept", "application/vnd.npm.install-v1+json", "Accept-Encoding", "gzip");

    /**
     * How long and how hard.
     *
     * @param rounds how often each server is loaded
     * @param seconds how long each time
     * @param connections kept open
     * @param warmup requests before the first round
     */
    private record Options(int rounds, int seconds, int connections, int warmup) {

        /** Reads what follows the scenario. Throws IllegalArgumentException. */
        static Options parse(String[] arguments) {
            int rounds = 4;
            int seconds = 5;
            int connections = 32;
            int warmup = 60_000;
            for (int i = 1; i < arguments.length; i += 2) {
                int value = i + 1 < arguments.length ? Integer.parseInt(arguments[i + 1]) : -1;
                switch (arguments[i]) {
                    case "--rounds" -> rounds = value;
                    case "--seconds" -> seconds = value;
                    case "--connections" -> connections = value;
                    case "--warmup" -> warmup = value;
                    default -> throw new IllegalArgumentException("no option " + arguments[i]);
                }
            }
            if (Math.min(Math.min(rounds, seconds), connections) < 1 || warmup < 0) {
                throw new IllegalArgumentException("every option is followed by a positive number");
            }
            return new Options(rounds, seconds, connections, warmup);
        }
    }

    private final Options options;
    private final Path folder;

    private Bench(Options options, Path folder) {
        this.options = options;
        this.folder = folder;
    }

    /** Arguments: a scenario, then {@code --rounds N --seconds N --connections N --warmup REQUESTS}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String scenario = arguments.length == 0 ? "" : arguments[0];
        Options options = Options.parse(arguments);
        List<String> missing =
                Stream.of("nginx", "wrk").filter(program -> !isThere(program)).toList();
        if (!missing.isEmpty()) {
            System.err.println(
                    "bench: missing: " + String.join(", ", missing) + ". On Debian:  apt-get install nginx-light wrk");
            System.exit(3);
        }
        Path folder = Files.createTempDirectory("sluice-bench");
        try {
            Bench bench = new Bench(options, folder);
            switch (scenario) {
                case "download" -> bench.download();
                case "index" -> bench.index();
                default -> {
                    System.err.println("bench: name a scenario: download, index");
                    System.exit(2);
                }
            }
        } finally {
            delete(folder);
        }
    }

    private void download() throws IOException, InterruptedException {
        NpmPackage npm = NpmPackage.ofSize("filling", FILE_BYTES);
        String path = "/npm/main/filling/-/filling-1.0.0.tgz";
        List<String> noUpstream =
                List.of("--upstream", "npm=none", "--upstream", "pypi=none", "--upstream", "maven=none");
        try (Nginx plain = Nginx.start(folder.resolve("n1"), npm.tarball(), "", false);
                Nginx logged = Nginx.start(folder.resolve("n2"), npm.tarball(), "", true);
                Registry quiet =
                        Registry.start("sluice, no access log", folder.resolve("s1"), path, QUIET, noUpstream);
                Registry chatty =
                        Registry.start("sluice, access log", folder.resolve("s2"), path, Map.of(), noUpstream)) {
            Load load = load(Map.of());
            for (Registry registry : List.of(quiet, chatty)) {
                registry.publish(npm);
                if (!java.util.Arrays.equals(registry.fetch(Map.of()), npm.tarball())) {
                    throw new IOException("what was downloaded is not what was published");
                }
            }
            warmUp(load, List.of(plain, logged, quiet, chatty));
            Rounds rounds = new Rounds(List.of(plain, quiet, logged, chatty), load, folder);
            Map<Registry, Long> before = new HashMap<>();
            for (Registry registry : List.of(quiet, chatty)) {
                before.put(registry, registry.downloads(npm));
            }
            rounds.run(options.rounds());
            System.out.println();
            System.out.print(rounds.table());
            System.out.println();
            for (Registry registry : List.of(quiet, chatty)) {
                long journaled = registry.downloads(npm) - before.getOrDefault(registry, 0L);
                long answered = rounds.answered(registry);
                long underWay = (long) options.connections() * options.rounds();
                boolean complete = journaled >= answered && journaled <= answered + underWay;
                System.out.printf(
                        "%s: %d downloads answered, %d in the journal (requests cut off at the end of a round are there"
                                + " too): %s%n",
                        registry.name(), answered, journaled, complete ? "complete" : "NOT COMPLETE");
                if (!complete) {
                    throw new IOException("the journal does not hold what was downloaded");
                }
            }
            machine();
        }
    }

    private void index() throws IOException, InterruptedException {
        String path = "/npm/main/many";
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            upstream.serve("/many", Answer.ok(NpmPackage.packument("many", VERSIONS)));
            try (Registry registry = Registry.start(
                    "sluice",
                    folder.resolve("s1"),
                    path,
                    Map.of("SLUICE_LOG_ACCESS", "false", "SLUICE_UPSTREAM_FRESHNESS", "PT1H"),
                    List.of(
                            "--upstream",
                            "npm=" + upstream.url(),
                            "--upstream",
                            "pypi=none",
                            "--upstream",
                            "maven=none"))) {
                registry.fetch(INDEX_HEADERS);
                byte[] body = registry.fetch(INDEX_HEADERS);
                System.out.println(
                        "The abbreviated packument of " + VERSIONS + " versions: " + body.length + " bytes with gzip");
                try (Nginx nginx =
                        Nginx.start(folder.resolve("n1"), body, "add_header Content-Encoding gzip;", false)) {
                    Load load = load(INDEX_HEADERS);
                    warmUp(load, List.of(nginx, registry));
                    Rounds rounds = new Rounds(List.of(nginx, registry), load, folder);
                    rounds.run(options.rounds());
                    System.out.println();
                    System.out.print(rounds.table());
                    System.out.println();
                    machine();
                }
            }
        }
    }

    private Load load(Map<String, String> headers) {
        return new Load(options.connections(), options.seconds(), headers);
    }

    /** Until the JIT compiler has done most of its work: a number of requests, and never longer than a minute and a half. */
    private void warmUp(Load load, List<Server> servers) throws IOException, InterruptedException {
        Load slice = new Load(load.connections(), WARM_SLICE_SECONDS, load.headers());
        for (Server server : servers) {
            long answered = 0;
            int slices = 0;
            while (answered < options.warmup() && slices < WARM_SLICES) {
                answered += slice.run(server.target(), folder).answered();
                slices++;
            }
            System.out.println("warmed up " + server.name() + " with " + answered + " requests");
        }
    }

    private static void machine() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 2))
                .orElse("unknown processor");
        System.out.println("Machine: " + Runtime.getRuntime().availableProcessors() + " cores (" + model + "), Linux "
                + System.getProperty("os.version") + ", Java " + System.getProperty("java.vm.version") + ", "
                + java.time.LocalDate.now(java.time.ZoneOffset.UTC) + ", load now "
                + Files.readString(Path.of("/proc/loadavg"), StandardCharsets.US_ASCII)
                        .strip());
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

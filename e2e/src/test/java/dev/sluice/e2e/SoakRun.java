package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server under a steady mixture of requests, and what it needs meanwhile.
 *
 * <p>Requests begin at a fixed rate whether or not earlier ones were answered, and their time counts from when they were due, so that a
 * pause of the server shows in full.
 */
final class SoakRun implements AutoCloseable {

    private static final int WARM_PACKAGES = 40;
    private static final int OWN_PACKAGES = 200;
    private static final int MOST_AT_ONCE = 2_000;

    private final FakeUpstreamServer upstream = FakeUpstreamServer.start();
    private final Sluice sluice;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<FakeNpm> warm = new ArrayList<>();
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicLong published = new AtomicLong();
    private final Map<String, Times> times = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> surprises = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private final Semaphore atOnce = new Semaphore(MOST_AT_ONCE);

    /**
     * What the server's process needed at one moment.
     *
     * @param second since the start of the load
     * @param heap what lived in it
     * @param residentMegabytes resident memory
     * @param handles open files and sockets
     * @param threads of the operating system
     */
    record Sample(int second, LiveHeap heap, double residentMegabytes, double handles, double threads) {
        double liveMegabytes() {
            return heap.megabytes();
        }
    }

    /** One kind of request, by how long its answers took. */
    private static final class Times {
        /** Answers by microseconds in steps of a fifth: 1.2 to the power of the index. */
        private final AtomicLongArray steps = new AtomicLongArray(120);

        void add(long micros) {
            int step = (int) (Math.log(Math.max(1.0, (double) micros)) / Math.log(1.2));
            steps.incrementAndGet(Math.min(step, steps.length() - 1));
        }

        long count() {
            long count = 0;
            for (int i = 0; i < steps.length(); i++) {
                count += steps.get(i);
            }
            return count;
        }

        /** Upper end of the step in which that share of the answers is complete, in milliseconds. */
        double millis(double share) {
            long wanted = (long) Math.ceil(count() * share);
            long seen = 0;
            int step = 0;
            while (step < steps.length() - 1 && (seen += steps.get(step)) < wanted) {
                step++;
            }
            return Math.pow(1.2, step + 1) / 1000;
        }
    }

    /**
     * What came of a run.
     *
     * @param answered requests answered as they should be
     * @param surprises answers that were none of those expected, the first hundred
     * @param samples what the process needed, in order
     * @param report all of it for people
     */
    record Result(long answered, List<String> surprises, List<Sample> samples, String report) {

        /** The median of the last third of the samples beside that of the middle third. */
        double growth(ToDoubleFunction<Sample> figure) {
            int third = samples.size() / 3;
            return median(samples.subList(samples.size() - third, samples.size()), figure)
                    / median(samples.subList(third, 2 * third), figure);
        }

        private static double median(List<Sample> some, ToDoubleFunction<Sample> figure) {
            return some.stream()
                    .mapToDouble(figure)
                    .sorted()
                    .skip(some.size() / 2)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Starts a server in that folder; more arguments of {@code serve} follow. */
    SoakRun(Path folder, String... more) throws IOException, InterruptedException {
        List<String> serve = new ArrayList<>(
                List.of("--upstream", "npm=" + upstream.url(), "--upstream", "pypi=none", "--upstream", "maven=none"));
        // Caches that fill within minutes: what grows afterwards is not one of them.
        serve.addAll(List.of(
                "--set", "log.access=false", "--set", "limits.index-memory=8m", "--set", "limits.file-memory=2m"));
        serve.addAll(List.of(more));
        sluice = Sluice.start(folder, serve.toArray(String[]::new));
        for (int i = 0; i < WARM_PACKAGES; i++) {
            FakeNpm each = new FakeNpm(upstream, "warm" + i);
            for (int version = 0; version < 20; version++) {
                each.version("1." + version + ".0", FakeNpm.LONG_AGO, version == 19 ? 40_000 : 10, false);
            }
            warm.add(each);
        }
        sluice.withhold(
                "pinned", "startswith(input.v0.package.name, \"warm\")\n\tinput.v0.package.version == \"1.7.0\"");
    }

    /** Puts the mixture on the server for that long. */
    Result load(int seconds, int rate) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        Random random = new Random(1);
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
                var requests = Executors.newVirtualThreadPerTaskExecutor()) {
            long begun = System.nanoTime();
            var ticking = clock.scheduleAtFixedRate(
                    () -> begin(requests, random), 0, TimeUnit.SECONDS.toNanos(1) / rate, TimeUnit.NANOSECONDS);
            int every = Math.max(1, seconds / 24);
            for (int second = every; second <= seconds; second += every) {
                long due = begun + TimeUnit.SECONDS.toNanos(second);
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime()); // the length of the run is its subject
                samples.add(sample(second));
            }
            ticking.cancel(false);
        }
        return new Result(answered.get(), List.copyOf(surprises), samples, report(seconds, rate, samples));
    }

    private interface Request {
        void send() throws IOException, InterruptedException;
    }

    private void begin(Executor requests, Random random) {
        if (!atOnce.tryAcquire()) {
            surprise("more than " + MOST_AT_ONCE + " requests were waiting");
            return;
        }
        long due = System.nanoTime();
        int kind = random.nextInt(200);
        int which = random.nextInt(Integer.MAX_VALUE);
        requests.execute(() -> {
            try {
                if (kind < 100) {
                    timed("download", due, () -> download(warm.get(which % WARM_PACKAGES)));
                } else if (kind < 150) {
                    timed("index", due, () -> index(warm.get(which % WARM_PACKAGES)));
                } else if (kind < 165) {
                    timed("refused pin", due, () -> refused(warm.get(which % WARM_PACKAGES)));
                } else if (kind < 180) {
                    timed("cold package", due, this::cold);
                } else if (kind < 190) {
                    timed("publish", due, () -> publish(which));
                } else if (kind < 193) {
                    timed("who", due, () -> who(warm.get(which % WARM_PACKAGES)));
                } else if (kind < 196) {
                    timed("nonsense", due, () -> expect(400, get("/npm/main/warm0/-/../%2e%2e/x-" + which + ".tgz")));
                } else if (kind < 199) {
                    timed("broken off", due, () -> breakOff(warm.get(which % WARM_PACKAGES)));
                } else {
                    timed("policy made and dropped", due, this::policy);
                }
            } finally {
                atOnce.release();
            }
        });
    }

    private void timed(String kind, long due, Request request) {
        try {
            request.send();
            times.computeIfAbsent(kind, k -> new Times()).add((System.nanoTime() - due) / 1000);
            answered.incrementAndGet();
        } catch (IOException | RuntimeException | AssertionError e) {
            surprise(kind + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void surprise(String what) {
        if (surprises.size() < 100) {
            surprises.add(what);
        }
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return send("GET", path, BodyPublishers.noBody());
    }

    private HttpResponse<byte[]> send(String method, String path, BodyPublisher body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(sluice.address() + path))
                        .timeout(Duration.ofMinutes(1))
                        .header("Authorization", "Bearer " + sluice.token())
                        .header("Content-Type", "application/json")
                        .method(method, body)
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> expect(int status, HttpResponse<byte[]> response) {
        if (response.statusCode() != status) {
            throw new AssertionError(
                    response.statusCode() + " instead of " + status + ": " + new String(response.body(), UTF_8));
        }
        return response;
    }

    private void download(FakeNpm npm) throws IOException, InterruptedException {
        byte[] bytes = expect(200, get("/npm/main" + npm.tarball("1.19.0"))).body();
        if (!Arrays.equals(bytes, npm.archive("1.19.0"))) {
            throw new AssertionError("other bytes");
        }
    }

    private void index(FakeNpm npm) throws IOException, InterruptedException {
        JsonNode versions = Sluice.JSON
                .readTree(expect(200, get("/npm/main" + npm.path())).body())
                .path("versions");
        if (versions.has("1.7.0") || !versions.has("1.19.0")) {
            throw new AssertionError("an index without what is allowed, or with what is withheld");
        }
    }

    private void refused(FakeNpm npm) throws IOException, InterruptedException {
        expect(403, get("/npm/main" + npm.tarball("1.7.0")));
    }

    private void cold() throws IOException, InterruptedException {
        FakeNpm npm = new FakeNpm(upstream, "cold" + names.incrementAndGet());
        npm.version("1.0.0", FakeNpm.LONG_AGO, 2_000, false);
        try {
            expect(200, get("/npm/main" + npm.path()));
            byte[] bytes = expect(200, get("/npm/main" + npm.tarball("1.0.0"))).body();
            if (!Arrays.equals(bytes, npm.archive("1.0.0"))) {
                throw new AssertionError("other bytes");
            }
        } finally {
            upstream.forget(npm.path());
            upstream.forget(npm.tarball("1.0.0"));
        }
    }

    private void publish(int which) throws IOException, InterruptedException {
        String name = "own" + which % OWN_PACKAGES;
        String version = "1.0." + published.incrementAndGet();
        Map<String, byte[]> files = new LinkedHashMap<>();
        ObjectNode manifest = Sluice.JSON
                .createObjectNode()
                .put("name", name)
                .put("version", version)
                .put("license", "MIT");
        files.put("package/package.json", manifest.toString().getBytes(UTF_8));
        byte[] archive = Tarball.of(files);
        String file = name + "-" + version + ".tgz";
        manifest.put("_id", name + "@" + version)
                .putObject("dist")
                .put("integrity", Tarball.integrity(archive))
                .put("tarball", sluice.repository("npm") + name + "/-/" + file);
        ObjectNode body = Sluice.JSON.createObjectNode().put("_id", name).put("name", name);
        body.putObject("dist-tags").put("latest", version);
        body.putObject("versions").set(version, manifest);
        body.putObject("_attachments")
                .putObject(file)
                .put("content_type", "application/octet-stream")
                .put("data", Base64.getEncoder().encodeToString(archive))
                .put("length", archive.length);
        HttpResponse<byte[]> response = send("PUT", "/npm/main/" + name, BodyPublishers.ofString(body.toString()));
        if (response.statusCode() / 100 != 2) {
            expect(201, response);
        }
    }

    private void who(FakeNpm npm) throws IOException, InterruptedException {
        String purl = npm.path().substring(1);
        expect(200, get("/api/who?purl=pkg:npm/" + purl + "@1.19.0"));
    }

    /** A client that asks for a file and hangs up. */
    private void breakOff(FakeNpm npm) throws IOException {
        URI address = URI.create(sluice.address());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write(("GET /npm/main" + npm.tarball("1.19.0") + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(UTF_8));
            socket.getInputStream().readNBytes(100);
        }
    }

    private void policy() throws IOException, InterruptedException {
        sluice.drop(sluice.withhold("word" + names.incrementAndGet(), "input.v0.package.name == \"nobody-has-this\""));
    }

    /** The collection that this takes is part of what the requests feel. */
    private Sample sample(int second) throws IOException, InterruptedException {
        LiveHeap heap = LiveHeap.of(sluice.pid());
        Path process = Path.of("/proc", String.valueOf(sluice.pid()));
        double resident = 0;
        double threads = 0;
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                resident = Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            } else if (line.startsWith("Threads:")) {
                threads = Double.parseDouble(line.replaceAll("[^0-9]", ""));
            }
        }
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            return new Sample(second, heap, resident, open.count(), threads);
        }
    }

    private String report(int seconds, int rate, List<Sample> samples) {
        StringBuilder text = new StringBuilder();
        text.append("%d s, %d requests/s begun, %d answered as expected, %d surprises%n%n"
                .formatted(seconds, rate, answered.get(), surprises.size()));
        text.append("| request | answers | p50 | p99 | p99.9 |%n|---|---|---|---|---|%n".formatted());
        new TreeMap<>(times)
                .forEach((kind, each) -> text.append("| %s | %d | %.1f ms | %.0f ms | %.0f ms |%n"
                        .formatted(kind, each.count(), each.millis(0.5), each.millis(0.99), each.millis(0.999))));
        text.append(
                "%n| minute | live heap | resident | file handles | threads |%n|---|---|---|---|---|%n".formatted());
        int every = Math.max(1, samples.size() / 12);
        for (int i = every - 1; i < samples.size(); i += every) {
            Sample each = samples.get(i);
            text.append("| %.1f | %.0f MB | %.0f MB | %.0f | %.0f |%n"
                    .formatted(
                            each.second() / 60.0,
                            each.liveMegabytes(),
                            each.residentMegabytes(),
                            each.handles(),
                            each.threads()));
        }
        growth(text, samples);
        return text.toString();
    }

    /** What a leak would show in: the classes that came to hold more after the first third, when caches of few entries are full. */
    private static void growth(StringBuilder text, List<Sample> samples) {
        Sample early = samples.get(samples.size() / 3);
        Sample last = samples.getLast();
        text.append("%n| more live bytes than in minute %.1f | then | at the end |%n|---|---|---|%n"
                .formatted(early.second() / 60.0));
        for (LiveHeap.Growth each : last.heap().since(early.heap(), 15)) {
            text.append("| %s | %.1f MB | %.1f MB |%n"
                    .formatted(each.name(), each.before() / 1048576.0, each.after() / 1048576.0));
        }
    }

    @Override
    public void close() {
        sluice.close();
        upstream.close();
        http.close();
    }
}

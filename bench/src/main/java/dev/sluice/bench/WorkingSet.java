package dev.sluice.bench;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;

/**
 * The project pages that resolving a large project reads: 200 of them, from a few files to several thousand, through the gate with its
 * default memory, beside nginx as a proxy that keeps what it fetched and judges nothing. Once cold, then again and again.
 */
final class WorkingSet implements Part {

    private static final int PAGES = 200;
    private static final int READERS = 8;
    private static final int MOST_FILES = 6_000;
    private static final String JSON = "application/vnd.pypi.simple.v1+json";

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /** What one reading of all pages took. */
    private record Reading(double millis, double cpuMillisPerPage) {}

    @Override
    public String name() {
        return "working-set";
    }

    @Override
    public void measure(Options options, Path folder, Report report) throws IOException, InterruptedException {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start()) {
            long files = serve(upstream);
            try (Registry sluice = Registry.start(
                            "Sluice",
                            folder.resolve("s1"),
                            "/pypi/main/simple/",
                            Map.of("SLUICE_LOG_ACCESS", "false", "SLUICE_UPSTREAM_FRESHNESS", "PT1H"),
                            Packuments.upstream(upstream));
                    Nginx nginx = Nginx.proxy(folder.resolve("n"), upstream.url("/"))) {
                String peer = nginx.target() + "simple/";
                Reading theirsCold = read(nginx, peer);
                Reading oursCold = read(sluice, sluice.target());
                report.add(
                        String.format(Locale.ROOT, "%d project pages of %,d files, for the first time", PAGES, files),
                        cell(oursCold),
                        nginx.name(),
                        cell(theirsCold),
                        String.format(Locale.ROOT, "%.2f × the time", oursCold.millis() / theirsCold.millis()),
                        "≤ 2");
                for (int i = 0; i < 5; i++) {
                    read(sluice, sluice.target()); // the JIT compiles what the first reading made hot
                }
                List<Reading> ours = new ArrayList<>();
                List<Reading> theirs = new ArrayList<>();
                for (int i = 0; i < options.rounds(); i++) {
                    theirs.add(read(nginx, peer));
                    ours.add(read(sluice, sluice.target()));
                }
                report.add(
                        "the same pages again",
                        median(ours),
                        nginx.name(),
                        median(theirs),
                        String.format(
                                Locale.ROOT,
                                "%.2f × the time",
                                Median.ratio(
                                        ours.stream().map(Reading::millis).toList(),
                                        theirs.stream().map(Reading::millis).toList())),
                        "CPU < 1 ms a page");
                report.add(
                        "most memory resident with that",
                        Memory.peak(sluice) / 1_000_000 + " MB",
                        "",
                        "",
                        "",
                        "< 1,000 MB");
            }
        }
    }

    private static String cell(Reading reading) {
        return String.format(Locale.ROOT, "%,.0f ms, %.2f ms CPU a page", reading.millis(), reading.cpuMillisPerPage());
    }

    private static String median(List<Reading> readings) {
        return cell(new Reading(
                Median.of(readings.stream().map(Reading::millis).toList()),
                Median.of(readings.stream().map(Reading::cpuMillisPerPage).toList())));
    }

    private Reading read(Server server, String base) throws IOException, InterruptedException {
        server.settle();
        long cpu = CpuClock.nanos(server.process());
        long began = System.nanoTime();
        try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            List<Future<?>> pages = new ArrayList<>();
            for (int i = 0; i < PAGES; i++) {
                URI page = URI.create(base + project(i) + "/");
                pages.add(readers.submit(() -> fetch(page)));
            }
            for (Future<?> page : pages) {
                page.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(server.name() + ": " + e.getCause(), e);
        }
        double millis = (System.nanoTime() - began) / 1e6;
        server.settle();
        Reading reading = new Reading(millis, (CpuClock.nanos(server.process()) - cpu) / 1e6 / PAGES);
        System.out.println("  " + server.name() + ": " + cell(reading));
        return reading;
    }

    private Void fetch(URI page) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(
                HttpRequest.newBuilder(page)
                        .header("Accept", JSON)
                        .header("Accept-Encoding", "gzip")
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200 || answer.body().length < 100) {
            throw new IOException(page + " answered " + answer.statusCode());
        }
        return null;
    }

    private static String project(int number) {
        return "project-" + number;
    }

    /** Half of the pages list fewer than a hundred files, a tenth more than a thousand, some several thousand. */
    private static int files(Random random) {
        return (int) Math.max(2, Math.min(MOST_FILES, Math.exp(4.4 + 1.7 * random.nextGaussian())));
    }

    private static long serve(FakeUpstreamServer upstream) throws IOException {
        Random random = new Random(10);
        long files = 0;
        for (int i = 0; i < PAGES; i++) {
            int count = files(random);
            files += count;
            upstream.serve(
                    "/simple/" + project(i) + "/",
                    Answer.ok(gzip(page(project(i), count, random)))
                            .header("Content-Type", JSON)
                            .header("Content-Encoding", "gzip"));
        }
        return files;
    }

    /** A page of releases with a source distribution and up to 40 wheels each, every file with its own upload time. */
    private static String page(String project, int files, Random random) {
        int perRelease = 1 + random.nextInt(files > 500 ? 40 : 4);
        StringBuilder json = new StringBuilder(files * 700)
                .append("{\"meta\":{\"api-version\":\"1.4\"},\"name\":\"")
                .append(project)
                .append("\",\"files\":[");
        for (int i = 0; i < files; i++) {
            String version = "1." + i / perRelease + ".0";
            String base = project.replace('-', '_') + "-" + version;
            String name = i % perRelease == 0
                    ? base + ".tar.gz"
                    : base + "-cp3" + i % perRelease + "-cp3" + i % perRelease
                            + "-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
            json.append(i == 0 ? "" : ",")
                    .append("{\"core-metadata\":{\"sha256\":\"")
                    .append(hex(random, 64))
                    .append("\"},\"filename\":\"")
                    .append(name)
                    .append("\",\"hashes\":{\"sha256\":\"")
                    .append(hex(random, 64))
                    .append("\"},\"requires-python\":\">=3.9\",\"size\":")
                    .append(10_000 + random.nextInt(10_000_000))
                    .append(",\"upload-time\":\"")
                    .append(String.format(
                            Locale.ROOT,
                            "%d-%02d-%02dT%02d:%02d:%02d.%06dZ",
                            2012 + i / perRelease % 13,
                            1 + i / perRelease % 12,
                            1 + i / perRelease % 28,
                            i % 24,
                            i % 60,
                            i % 59,
                            random.nextInt(1_000_000)))
                    .append("\",\"url\":\"../../packages/")
                    .append(hex(random, 2))
                    .append('/')
                    .append(hex(random, 60))
                    .append('/')
                    .append(name)
                    .append("\",\"yanked\":false}");
        }
        return json.append("]}").toString();
    }

    private static String hex(Random random, int length) {
        StringBuilder hex = new StringBuilder(length);
        while (hex.length() < length) {
            hex.append(Character.forDigit(random.nextInt(16), 16));
        }
        return hex.toString();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}

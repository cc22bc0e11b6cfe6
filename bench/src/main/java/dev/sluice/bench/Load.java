package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Load by wrk: one address, a number of keep-alive connections, a number of seconds.
 *
 * @param connections kept open
 * @param seconds how long
 * @param headers sent with every request
 */
record Load(int connections, int seconds, Map<String, String> headers) {

    private static final String REPORT = """
            done = function(summary, latency, requests)
              local errors = summary.errors
              io.write(string.format("FIGURES %d %d %d %d %d\\n", summary.requests, summary.duration, errors.status,
                errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99)))
            end
            """;
    private static final Pattern FIGURES = Pattern.compile("FIGURES (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

    /**
     * What one run gave.
     *
     * @param answered responses received with status 200 to 399
     * @param refused responses with another status
     * @param broken connections that failed, and responses that took too long
     * @param seconds how long it took
     * @param p99Micros 99 of 100 responses came within that many microseconds
     */
    record Result(long answered, long refused, long broken, double seconds, long p99Micros) {
        double perSecond() {
            return answered / seconds;
        }
    }

    /** Puts it on the address and waits for the end. Throws IOException when wrk fails. */
    Result run(String address, Path folder) throws IOException, InterruptedException {
        Path script = folder.resolve("report.lua");
        Files.writeString(script, REPORT);
        List<String> command = new ArrayList<>(List.of(
                "wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "-s", script.toString(), "--timeout", "10s"));
        headers.forEach((name, value) -> command.addAll(List.of("-H", name + ": " + value)));
        command.add(address);
        Path output = folder.resolve("wrk.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(seconds + 60L, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("wrk did not end");
        }
        Matcher figures = FIGURES.matcher(Files.readString(output));
        if (!figures.find()) {
            throw new IOException("wrk failed: " + Files.readString(output));
        }
        long refused = Long.parseLong(figures.group(3));
        return new Result(
                Long.parseLong(figures.group(1)) - refused,
                refused,
                Long.parseLong(figures.group(4)),
                Long.parseLong(figures.group(2)) / 1e6,
                Long.parseLong(figures.group(5)));
    }
}

package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine a run was made on, as a report names it. */
public final class Machine {

    private Machine() {}

    /** Its cores and processor: {@code 2 cores (AMD EPYC)}. */
    public static String processor() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 2))
                .orElse("unknown processor");
        return Runtime.getRuntime().availableProcessors() + " cores (" + model + ")";
    }

    /** How many processes ran or wanted to, on average over the last minute. */
    public static String load() throws IOException {
        String load = Files.readString(Path.of("/proc/loadavg")).strip();
        return load.substring(0, load.indexOf(' '));
    }
}

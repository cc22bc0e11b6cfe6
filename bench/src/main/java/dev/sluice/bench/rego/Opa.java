package dev.sluice.bench.rego;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real OPA as a peer: a small program around its Go library, built by the machine's Go. */
final class Opa {
    /** The version it is built with. */
    static final String VERSION = "1.22.2";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path program;

    private Opa(Path program) {
        this.program = program;
    }

    /** Builds the peer, or finds it built; null where there is no Go or it cannot be built, which is said. */
    static @Nullable Opa build(Path bench) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(bench.resolve("opa/build").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String program = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return process.waitFor() == 0 ? new Opa(Path.of(program)) : null;
    }

    /** What OPA needed for a workload, with one thread and with two, and its result as JSON. */
    record Answer(Measurement one, Measurement two, double compileMillis, String result) {}

    /** Measures a workload that was written to a folder. */
    Answer measure(Path workload, double seconds) throws IOException {
        Process process = new ProcessBuilder(program.toString(), Double.toString(seconds), workload.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        List<JsonNode> lines = new ArrayList<>();
        try (var reader = process.inputReader()) {
            reader.lines().forEach(line -> lines.add(JSON.readTree(line)));
        }
        if (lines.size() != 2) {
            throw new IOException("OPA failed on " + workload);
        }
        return new Answer(
                measurement(lines.get(0)),
                measurement(lines.get(1)),
                lines.get(0).path("compile_ms").asDouble(),
                lines.get(0).path("result").toString());
    }

    private static Measurement measurement(JsonNode line) {
        return new Measurement(
                line.path("nanos").asDouble(),
                line.path("cpu").asDouble(),
                line.path("bytes").asDouble());
    }
}

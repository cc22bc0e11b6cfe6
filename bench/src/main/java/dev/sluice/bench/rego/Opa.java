package dev.sluice.bench.rego;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        Path folder = Files.createDirectories(bench.resolve("target/opa"));
        Path program = folder.resolve("peer-" + VERSION);
        for (String source : List.of("main.go", "fuzz.go")) {
            byte[] text = Files.readAllBytes(bench.resolve("opa").resolve(source));
            Path copy = folder.resolve(source);
            if (!Files.exists(copy) || !java.util.Arrays.equals(text, Files.readAllBytes(copy))) {
                Files.write(copy, text);
                Files.deleteIfExists(program);
            }
        }
        if (Files.exists(program)) {
            return new Opa(program);
        }
        System.out.println("building the peer: OPA " + VERSION + "'s Go library, a few minutes");
        Files.deleteIfExists(folder.resolve("go.mod"));
        String module = "github.com/open-policy-agent/opa@v" + VERSION;
        boolean built = run(folder, "go", "mod", "init", "peer")
                && run(folder, "go", "get", module)
                && run(folder, "go", "mod", "tidy")
                && run(folder, "go", "build", "-o", program.toString(), ".");
        return built ? new Opa(program) : null;
    }

    private static boolean run(Path folder, String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("build.log").toFile())
                    .start();
            if (process.waitFor(15, TimeUnit.MINUTES) && process.exitValue() == 0) {
                return true;
            }
            process.destroy();
            System.out.println(
                    "skipped OPA: '" + String.join(" ", command) + "' failed, see " + folder.resolve("build.log"));
        } catch (IOException missing) {
            System.out.println("skipped OPA: there is no Go on this machine (" + missing.getMessage() + ")");
        }
        return false;
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

    /** Starts it as an oracle that answers programs line by line. */
    Process oracle() throws IOException {
        return new ProcessBuilder(program.toString(), "run")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}

package dev.sluice.bench.rego;

import dev.sluice.rego.SourceFile;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Policies with the documents they are asked about.
 *
 * @param name how the table calls it
 * @param modules the policies
 * @param query the path that is evaluated, for example {@code data.gate.deny}
 * @param data the base documents, an object
 * @param input the input document
 * @param goal how many times as many evaluations per second as OPA are wanted
 */
record Workload(String name, List<SourceFile> modules, String query, Value data, Value input, double goal) {

    /** Writes it where the peer finds it: modules, {@code data.json}, {@code input.json}, {@code query.txt}. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (SourceFile module : modules) {
            Files.writeString(folder.resolve(module.name()), module.text());
        }
        Files.writeString(folder.resolve("data.json"), Json.write(data));
        Files.writeString(folder.resolve("input.json"), Json.write(input));
        Files.writeString(folder.resolve("query.txt"), query);
    }
}

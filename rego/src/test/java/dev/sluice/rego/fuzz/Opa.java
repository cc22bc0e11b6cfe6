package dev.sluice.rego.fuzz;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.Json;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of the real OPA ({@code bench/opa}) that evaluates programs, one line of JSON each way, in order. Questions may run
 * ahead of answers where another thread asks. Closing ends it.
 */
final class Opa implements AutoCloseable {
    private final Process process;
    private final PrintWriter to;
    private final BufferedReader from;

    /** @param mended what a program with a mended library does without, names of {@code bench/opa/build} */
    Opa(String program, String mended) throws IOException {
        ProcessBuilder command = new ProcessBuilder(program, "run").redirectError(ProcessBuilder.Redirect.INHERIT);
        command.environment().put("MENDED", mended);
        process = command.start();
        to = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
        from = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Asks questions whose answers are read later. */
    void ask(Iterable<String> questions) {
        questions.forEach(to::println);
        to.flush();
    }

    /** What it says to one question. */
    List<String> answer(String question) throws IOException {
        ask(List.of(question));
        return answer();
    }

    /**
     * The next answer: for each input a value, {@code undefined} or {@code error CODE: MESSAGE}; or only
     * {@code compile CODE: MESSAGE}.
     *
     * @throws IOException if the process has ended
     */
    List<String> answer() throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new IOException("OPA has ended");
        }
        List<String> told = new ArrayList<>();
        for (Value answer : (ArrayValue) Json.read(line)) {
            told.add(((StringValue) answer).value());
        }
        return told;
    }

    @Override
    public void close() {
        process.destroy();
    }
}

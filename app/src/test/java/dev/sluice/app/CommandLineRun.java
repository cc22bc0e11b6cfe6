package dev.sluice.app;

import dev.sluice.app.command.Api;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a command line gave.
 *
 * @param code the exit code
 * @param out what it printed
 * @param err what it complained of
 */
public record CommandLineRun(int code, String out, String err) {

    /** Runs the program inside this process. */
    public static CommandLineRun of(Object... arguments) {
        List<String> words = new ArrayList<>();
        for (Object argument : arguments) {
            words.add(argument instanceof Path path ? path.toString() : String.valueOf(argument));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(words.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
        return new CommandLineRun(code, out.toString(), err.toString());
    }

    /** What was printed, as JSON. */
    public JsonNode json() {
        return Api.JSON.readTree(out);
    }
}

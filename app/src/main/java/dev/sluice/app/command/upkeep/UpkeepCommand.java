package dev.sluice.app.command.upkeep;

import dev.sluice.app.command.Api;
import dev.sluice.app.command.ApiCommand;
import dev.sluice.app.command.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A command that has a server do something that may take long: begins it, shows how far it is, waits for its end. */
public abstract class UpkeepCommand extends ApiCommand {

    /** Has the work done; gives its result. Throws IOException when it failed. */
    final JsonNode perform(Api api, String path, ObjectNode body, boolean quiet)
            throws IOException, InterruptedException {
        String id = api.send("POST", path, body).path("id").asString("");
        PrintWriter err = err();
        boolean shown = false;
        while (true) {
            JsonNode state = api.get("/api/upkeep/" + id);
            if (!state.path("state").asString("").equals("running")) {
                err.print(shown ? "\r\u001b[K" : "");
                err.flush();
                if (state.path("state").asString("").equals("failed")) {
                    throw new IOException(state.path("failure").asString(""));
                }
                return state.path("result");
            }
            if (!quiet && Output.isTerminal()) {
                err.printf("\r%s\u001b[K", state.path("step").asString(""));
                err.flush();
                shown = true;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Does the work here, and shows how far it is in one line of the terminal. */
    static <T> T shown(PrintWriter err, boolean quiet, Shown<T> work) throws IOException {
        if (quiet || !Output.isTerminal()) {
            return work.run(text -> {});
        }
        try {
            return work.run(text -> {
                err.printf("\r%s\u001b[K", text);
                err.flush();
            });
        } finally {
            err.print("\r\u001b[K");
            err.flush();
        }
    }

    /** Work that tells how far it is. */
    @FunctionalInterface
    interface Shown<T> {
        T run(Consumer<String> progress) throws IOException;
    }
}

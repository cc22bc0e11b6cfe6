package dev.sluice.app.command.serve;

import dev.sluice.app.command.Api;
import dev.sluice.app.control.ControlFile;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.sql.Database;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/**
 * {@code sluice rehearse}: what a server does, done once in an empty folder: the first start and a second one, publishing, and
 * installing through an upstream, which is the server itself.
 *
 * <p>The launcher has the JDK watch it and make its AOT cache of the classes that were needed; SQLite's own code is left in {@code
 * native}, so that no start has to take it out of its jar. Nothing outside the folder is
 * touched, and nothing but the loopback address is asked.
 */
@Command(
        name = "rehearse",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Does what a server does, in an empty folder, so that the JDK can note what that takes.")
public final class Rehearsal implements Callable<Integer> {

    private static final String PLACE = "/org/example/rehearsal/1.0/rehearsal-1.0.json";

    @Parameters(paramLabel = "DIR", description = "Where to do it; a folder that is empty.")
    private Path folder = Path.of("");

    /** What is asked of a server that runs. */
    @FunctionalInterface
    private interface Questions {
        void ask(Api server) throws IOException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Database.copyNativeCode(folder.resolve("native"));
        String address = serve("0", "none", server -> {
            send(server, "PUT", "/api/repositories/source", Api.object().put("open_reads", true));
            send(server, "PUT", "/maven/source" + PLACE, Api.object());
        });
        serve(String.valueOf(URI.create(address).getPort()), address + "/maven/source/", server -> {
            send(server, "GET", "/maven/main" + PLACE, null);
            send(server, "GET", "/maven/main/org/example/rehearsal/maven-metadata.xml", null);
            send(server, "GET", "/npm/main/rehearsal", null);
            send(server, "GET", "/pypi/main/simple/rehearsal/", null);
            send(server, "GET", "/health", null);
        });
        return 0;
    }

    /** Runs the server as its command does, until the questions were answered; gives its address. */
    private String serve(String port, String upstream, Questions questions) throws IOException, InterruptedException {
        Path file = folder.resolve("ready.json");
        ControlFile ready = new ControlFile(file);
        List<String> command =
                new ArrayList<>(List.of("--data", folder.resolve("data").toString()));
        command.addAll(List.of("--port", port, "--ready-file", file.toString()));
        for (String format : List.of("npm=none", "pypi=none", "maven=" + upstream)) {
            command.addAll(List.of("--upstream", format));
        }
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> code.complete(
                        new CommandLine(new Serve()).setOut(out).setErr(out).execute(command.toArray(String[]::new))));
        Optional<ControlFile.Control> running = ready.running();
        while (running.isEmpty()) {
            if (code.isDone()) {
                throw new StorageException("the rehearsal ended early: " + said, null);
            }
            Thread.sleep(10); // the file appears whole, and nothing else tells
            running = ready.running();
        }
        ready.delete();
        try (Api server = Api.at(running.get())) {
            questions.ask(server);
        }
        if (!Signals.raise("TERM")) {
            throw new IOException("this machine has no signals");
        }
        code.join();
        return running.get().address();
    }

    private static void send(Api server, String method, String path, @Nullable JsonNode body) throws IOException {
        try {
            server.send(method, path, body);
        } catch (Api.RefusedException e) {
            if (e.status() >= 500) {
                throw e;
            }
        }
    }
}

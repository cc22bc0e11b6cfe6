package dev.sluice.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A peer that was started as a process and answers HTTP; closing it stops it. */
record Child(String name, Process process, String target) implements Server {

    private static final int START_SECONDS = 60;

    /**
     * Starts it and waits until the address answers 200.
     *
     * @param folder its working directory, where its log goes
     */
    static Child start(String name, List<String> command, Path folder, String ready)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Server.log(folder))
                .start();
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(ready))
                .timeout(Duration.ofSeconds(5))
                .build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < deadline && process.isAlive()) {
            try {
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return new Child(name, process, ready);
                }
            } catch (IOException notYet) {
                process.waitFor(10, TimeUnit.MILLISECONDS);
            }
        }
        process.destroyForcibly();
        throw new IOException(name + " did not start: " + Files.readString(folder.resolve("server.log")));
    }

    /** The same process asked for something else. */
    Child at(String address) {
        return new Child(name, process, address);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}

package dev.sluice.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sluice itself, of this checkout, by its launcher, on a data directory of its own. */
final class Registry implements Server {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int START_SECONDS = 120;

    private final String name;
    private final Process process;
    private final String address;
    private final String token;
    private final String path;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Registry(String name, Process process, String address, String token, String path) {
        this.name = name;
        this.process = process;
        this.address = address;
        this.token = token;
        this.path = path;
    }

    /**
     * Starts one.
     *
     * @param name how it is called in the report
     * @param folder where its data and log lie
     * @param path what is downloaded, from the root
     * @param environment settings
     * @param more arguments of {@code serve}
     */
    static Registry start(String name, Path folder, String path, Map<String, String> environment, List<String> more)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path ready = folder.resolve("ready.json");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("sluice.root"), "sluice").toString(),
                "serve",
                "--data",
                folder.resolve("data").toString(),
                "--port",
                "0",
                "--ready-file",
                ready.toString()));
        command.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Server.log(folder));
        builder.environment().put("SLUICE_NO_BUILD", "1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!Files.exists(ready)) {
            if (process.waitFor(5, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IOException("the server did not start: " + Files.readString(folder.resolve("server.log")));
            }
        }
        JsonNode told = JSON.readTree(Files.readString(ready));
        return new Registry(
                name,
                process,
                told.path("address").asString(),
                told.path("adminToken").asString(),
                path);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Process process() {
        return process;
    }

    @Override
    public String target() {
        return address + path;
    }

    /** The same process asked for something else; only one of them is closed. */
    Registry at(String otherPath) {
        return new Registry(name, process, address, token, otherPath);
    }

    /** What an administrator sends. */
    Map<String, String> credentials() {
        return Map.of("Authorization", "Bearer " + token);
    }

    /** Uploads a file. */
    void put(String where, byte[] body) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(
                request(where).PUT(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            expect(201, answer);
        }
    }

    /** Publishes a package. */
    void publish(NpmPackage npm) throws IOException, InterruptedException {
        expect(
                201,
                http.send(
                        request("/npm/main/" + npm.name())
                                .header("Content-Type", "application/json")
                                .PUT(HttpRequest.BodyPublishers.ofString(npm.submission()))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray()));
    }

    /** One response of the target, as the load gets it. */
    byte[] fetch(Map<String, String> headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target()));
        headers.forEach(request::header);
        return expect(200, http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
    }

    /** How many downloads of the package the journal holds; waits for its index to have read all of the log. */
    long downloads(NpmPackage npm) throws IOException, InterruptedException {
        byte[] answer = expect(
                200,
                http.send(
                        request("/api/who?purl=pkg:npm/" + npm.name() + "@" + npm.version())
                                .GET()
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray()));
        long count = 0;
        for (JsonNode consumer : JSON.readTree(answer).path("consumers")) {
            count += consumer.path("count").asLong();
        }
        return count;
    }

    /** Asks the journal something: it answers once its index has followed. */
    @Override
    public void settle() throws IOException, InterruptedException {
        expect(
                200,
                http.send(request("/api/decisions?limit=1").GET().build(), HttpResponse.BodyHandlers.ofByteArray()));
    }

    private HttpRequest.Builder request(String where) {
        return HttpRequest.newBuilder(URI.create(address + where))
                .timeout(Duration.ofMinutes(5))
                .header("Authorization", "Bearer " + token);
    }

    private static byte[] expect(int status, HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() != status) {
            throw new IOException(response.uri() + " answered " + response.statusCode() + ": "
                    + new String(response.body(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return response.body();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}

package dev.sluice.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A real server process of this build, on a data directory of its own, on a free loopback port. Close it to stop it. */
final class Sluice implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int START_SECONDS = 120;
    private static volatile List<String> starting = List.of();

    private final Path folder;
    private final Process process;
    private final String address;
    private final String token;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Sluice(Path folder, Process process, String address, String token) {
        this.folder = folder;
        this.process = process;
        this.address = address;
        this.token = token;
    }

    /** Starts a server whose data and log lie in the folder; more arguments of {@code serve} follow. */
    static Sluice start(Path folder, String... more) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path ready = folder.resolve("ready.json");
        Files.deleteIfExists(ready);
        List<String> command = new ArrayList<>(program());
        command.addAll(List.of(
                "serve", "--data", folder.resolve("data").toString(), "--port", "0", "--ready-file", ready.toString()));
        command.addAll(List.of(more));
        try (WatchService watch = folder.getFileSystem().newWatchService()) {
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("server.log").toFile()))
                    .start();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
            while (!Files.exists(ready)) {
                WatchKey key = watch.poll(200, TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    process.destroyForcibly();
                    throw new IllegalStateException(
                            "the server did not start:\n" + Files.readString(folder.resolve("server.log")));
                }
            }
            JsonNode told = JSON.readTree(Files.readString(ready));
            return new Sluice(
                    folder,
                    process,
                    told.path("address").asString(),
                    told.path("adminToken").asString());
        }
    }

    /** The program of this build, to be followed by its arguments. */
    static List<String> program() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(starting);
        command.add("-jar");
        command.add(jar().toString());
        return command;
    }

    private static Path jar() {
        return Path.of(System.getProperty("sluice.jar")).toAbsolutePath().normalize();
    }

    /**
     * From now on starts take half the time: makes an AOT cache of the program beside it, which costs about three starts, unless
     * there is one of this build. For tests that start it often.
     */
    static synchronized void prepareFastStarts(Path folder) throws IOException, InterruptedException {
        Path cache = jar().resolveSibling("e2e.aot");
        if (!Files.exists(cache) || Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(jar())) < 0) {
            starting = List.of("-XX:AOTCacheOutput=" + cache);
            Sluice once =
                    start(folder, "--upstream", "npm=none", "--upstream", "pypi=none", "--upstream", "maven=none");
            once.terminate();
            once.process.waitFor(5, TimeUnit.MINUTES);
        }
        starting = Files.exists(cache)
                ? List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off")
                : List.of(); // it only is slower
    }

    /** Runs a command of the program on this server's data directory: {@code cli("who", "pkg:npm/x")}. */
    Run cli(String... arguments) {
        List<String> command = new ArrayList<>(program());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data", folder.resolve("data").toString()));
        return Run.of(folder, java.util.Map.of(), command);
    }

    /** Runs the program in a folder, without a server's data directory: {@code command(folder, "--version")}. */
    static Run command(Path folder, String... arguments) {
        List<String> command = new ArrayList<>(program());
        command.addAll(List.of(arguments));
        return Run.of(folder, java.util.Map.of(), command);
    }

    /** The data directory. */
    Path data() {
        return folder.resolve("data");
    }

    /** The ready file. */
    Path ready() {
        return folder.resolve("ready.json");
    }

    /** Process identifier. */
    long pid() {
        return process.pid();
    }

    /** Tells it to stop (SIGTERM) and does not wait. */
    void terminate() {
        process.destroy();
    }

    /** Base address, without a trailing slash. */
    String address() {
        return address;
    }

    /** Address of a format in the repository {@code main}, with a trailing slash. */
    String repository(String format) {
        return address + "/" + format + "/main/";
    }

    /** Host and port. */
    String authority() {
        return URI.create(address).getAuthority();
    }

    /** The administrator's token. */
    String token() {
        return token;
    }

    /** Waits until the process has ended; its exit code. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server did not stop within a minute");
        }
        return process.exitValue();
    }

    /** What the server logged so far. */
    String log() throws IOException {
        return Files.readString(folder.resolve("server.log"));
    }

    /** Calls the API as administrator; fails unless it answers with 2xx. */
    JsonNode api(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(address + path))
                        .timeout(Duration.ofMinutes(1))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(
                    method + " " + path + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(response.body());
    }

    /** A plain GET without a token; headers as name, value, name, value … */
    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
        for (int i = 0; i + 1 < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /**
     * Puts a policy in force that quarantines what the Rego condition says, for example {@code input.v0.package.version ==
     * "2.0.0"}; returns its slug. Its name is "No " and the word.
     */
    String withhold(String word, String condition) throws IOException, InterruptedException {
        ObjectNode policy = JSON.createObjectNode()
                .put("name", "No " + word)
                .put("description", "Ask the platform team.")
                .put(
                        "rego",
                        "package cloudsmith\n\ndefault match := false\n\nmatch if {\n\t" + condition
                                + "\n}\n\nreason contains \"" + word + " is not wanted\"\n")
                .put("enabled", true)
                .put("is_terminal", false)
                .put("precedence", 500);
        String base = "/api/v2/workspaces/main/policies/";
        String slug = api("POST", base, policy.toString()).path("slug_perm").asString();
        api(
                "POST",
                base + slug + "/actions/",
                "{\"action_type\":\"SetPackageState\",\"package_state\":\"QUARANTINED\"}");
        return slug;
    }

    /** Takes a policy out of force. */
    void drop(String slug) throws IOException, InterruptedException {
        api("DELETE", "/api/v2/workspaces/main/policies/" + slug + "/", "");
    }

    /** Sets the mode of a policy by its name. */
    void mode(String policy, String mode) {
        cli("policy", "mode", policy, mode).succeeded();
    }

    /** Whether its process is there. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it at once, as a power cut would. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Stops it as an operator would, and waits. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the server did not stop within a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

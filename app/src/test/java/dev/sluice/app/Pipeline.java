package dev.sluice.app;

import dev.sluice.app.command.Api;
import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.feeds.FeedImport;
import dev.sluice.feeds.Progress;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.Visit;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.rego.value.Json;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A new installation with its starter policies, whole: feed files go in by the import that {@code sluice feeds import} makes, packages come from
 * an upstream that is a real server, and decisions come out as clients and {@code sluice explain} see them.
 */
public final class Pipeline implements AutoCloseable {

    final ManualClock clock = ManualClock.at("2026-11-22T09:00:00Z");
    final FakeUpstreamServer upstream;
    public final Installation installation;
    private final Path folder;
    private final RunningServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private int files;

    public Pipeline(Path folder) throws IOException {
        this(folder, Map.of());
    }

    /** With further settings, by key. */
    Pipeline(Path folder, Map<String, String> settings) throws IOException {
        this.folder = folder;
        this.upstream = FakeUpstreamServer.start();
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(Map.of(
                Setting.DATA.key(),
                folder.resolve("data").toString(),
                "upstreams.npm.url",
                upstream.url().toString(),
                "upstreams.pypi.url",
                upstream.url("/simple/").toString(),
                "upstreams.maven.url",
                upstream.url().toString()));
        this.installation =
                Installation.open(Configuration.of(all, Map.of(), null), clock, new Machine(Map.of(), folder));
        this.server = RunningServer.start(installation, "127.0.0.1", 0);
    }

    /** Imports feed files. */
    void feed(List<Path> paths) throws IOException {
        new FeedImport(installation.database().advisories(), installation.clock()).run(paths, Progress.NONE);
    }

    /** Imports the text of a feed file. */
    void feed(String name, String text) throws IOException {
        Path file = folder.resolve(++files + "-" + name);
        Files.writeString(file, text);
        feed(List.of(file));
    }

    Format format(String id) {
        return installation.formats().stream()
                .filter(f -> f.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Everything that {@code sluice explain} tells of a version. */
    public JsonNode explain(String format, String name, String version, boolean upstreams) throws IOException {
        Repository main =
                installation.database().repositories().find(Installation.MAIN).orElseThrow();
        Visit visit = new Visit(Principal.ANONYMOUS, "127.0.0.1", "test", clock.instant());
        Coordinates coordinates = new Coordinates(format(format).packageName(name), version);
        return Api.JSON.readTree(
                Json.write(installation.gate().explaining().explain(visit, main, coordinates, upstreams)));
    }

    /** The names of policies that matched or failed. */
    static List<String> matched(JsonNode explained) {
        return explained
                .path("decision")
                .path("verdicts")
                .valueStream()
                .map(v -> v.path("policy").asString(""))
                .toList();
    }

    /** The reasons that a policy gave. */
    static List<String> reasons(JsonNode explained, String policy) {
        return explained
                .path("decision")
                .path("verdicts")
                .valueStream()
                .filter(v -> v.path("policy").asString("").equals(policy))
                .flatMap(v -> v.path("reasons").valueStream())
                .map(r -> r.asString(""))
                .toList();
    }

    /** Serves an npm package of one version; members of its manifest as JSON text, each followed by a comma. */
    public void npm(String name, String version, String published, String members) {
        String file = "/" + name + "/-/" + name.substring(name.indexOf('/') + 1) + "-" + version + ".tgz";
        byte[] bytes = Tarballs.npm(name, version, members, 100);
        upstream.serve("/" + name.replace("/", "%2f"), Answer.ok("""
                {"name":"%1$s","dist-tags":{"latest":"%2$s"},"time":{"%2$s":%3$s},
                 "versions":{"%2$s":{"name":"%1$s","version":"%2$s",%4$s
                   "dist":{"tarball":"%5$s","shasum":"%6$s"}}}}""".formatted(
                        name, version, published, members, upstream.url(file), hex("SHA-1", bytes))));
        upstream.serve(file, Answer.ok(bytes));
    }

    /** Serves a PyPI project of one version. */
    void pypi(String name, String version, String published) {
        String file = "/files/" + name + "-" + version + ".tar.gz";
        byte[] bytes = Tarballs.sdist(name, version);
        upstream.serve(
                "/simple/" + name + "/",
                Answer.ok("""
                {"meta":{"api-version":"1.1"},"name":"%1$s","versions":["%2$s"],
                 "files":[{"filename":"%1$s-%2$s.tar.gz","url":"%3$s","hashes":{"sha256":"%4$s"},"upload-time":%5$s}]}""".formatted(name, version, upstream.url(file), hex("SHA-256", bytes), published))
                        .header("Content-Type", "application/vnd.pypi.simple.v1+json"));
        upstream.serve(file, Answer.ok(bytes));
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        upstream.close();
        http.close();
    }
}

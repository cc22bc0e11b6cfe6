package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server that is killed again and again under mixed load, and what it must still know afterwards.
 *
 * <p>Every effect that was answered is remembered. After each restart it must be there: published bytes, journal events of
 * downloads, policies, tokens, imported advisories. What was under way when the process was killed must be there as a whole or not
 * at all, and stay as it was found. The same seed kills after the same number of requests; which of them were under way is up to
 * the machine.
 */
final class CrashRun implements AutoCloseable {

    private static final int WORKERS = 6;
    private static final int MOST_REQUESTS = 60;
    private static final int MOST_POLICIES = 8;

    private final Path folder;
    private final List<String> serve;
    private final long seed;
    private final Random random;
    private final FakeUpstreamServer upstream = FakeUpstreamServer.start();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final AtomicInteger names = new AtomicInteger();
    private final Map<String, byte[]> upstreamFiles = new ConcurrentHashMap<>();
    private final Map<String, Published> published = new ConcurrentHashMap<>();
    private final Map<String, Published> unsure = new ConcurrentHashMap<>();
    private final Set<String> policies = ConcurrentHashMap.newKeySet();
    private final Map<String, String> slugs = new ConcurrentHashMap<>();
    private final Set<String> unsurePolicies = ConcurrentHashMap.newKeySet();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final Set<String> unsureTokens = ConcurrentHashMap.newKeySet();
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger imported = new AtomicInteger();
    private final AtomicInteger unsureImports = new AtomicInteger();
    private final Set<String> downloads = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Throwable> surprises = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private long startMillis = 3000;

    /** What somebody published: where it is asked for, and its bytes. */
    private record Published(String format, String name, String version, String path, byte[] bytes) {}

    /** One life of the server, from its start to its kill. */
    private final class Life {
        final Sluice sluice;
        final String token;
        final AtomicInteger requests = new AtomicInteger();
        final AtomicBoolean killed = new AtomicBoolean();

        Life(Sluice sluice) throws IOException {
            this.sluice = sluice;
            this.token = Sluice.JSON
                    .readTree(Files.readString(sluice.data().resolve("control.json")))
                    .path("adminToken")
                    .asString();
        }

        HttpResponse<byte[]> send(String method, String path, BodyPublisher body, String... headers)
                throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sluice.address() + path))
                    .timeout(Duration.ofMinutes(1))
                    .header("Authorization", "Bearer " + token)
                    .method(method, body);
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            return http.send(request.build(), BodyHandlers.ofByteArray());
        }

        /** The answer, which must be a success. */
        byte[] done(String method, String path, BodyPublisher body, String... headers)
                throws IOException, InterruptedException {
            HttpResponse<byte[]> response = send(method, path, body, headers);
            if (response.statusCode() / 100 != 2) {
                throw new AssertionError(method + " " + path + " answered " + response.statusCode() + ": "
                        + new String(response.body(), UTF_8));
            }
            return response.body();
        }

        JsonNode api(String method, String path, JsonNode body) throws IOException, InterruptedException {
            byte[] answer = done(
                    method,
                    path,
                    body.isMissingNode() ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()),
                    "Content-Type",
                    "application/json");
            return Sluice.JSON.readTree(answer.length == 0 ? "{}".getBytes(UTF_8) : answer);
        }

        JsonNode api(String path) throws IOException, InterruptedException {
            return api("GET", path, MissingNode.getInstance());
        }
    }

    /**
     * A run.
     *
     * @param folder where the server's data lies
     * @param seed of everything that is drawn
     * @param serve more arguments of {@code serve}: where it keeps things
     */
    CrashRun(Path folder, long seed, String... serve) throws IOException {
        this.folder = folder;
        this.seed = seed;
        this.random = new Random(seed);
        this.serve = new ArrayList<>(List.of(
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none",
                "--set",
                "log.access=false"));
        this.serve.addAll(List.of(serve));
    }

    /**
     * Kills it that often, then looks at everything once more. Returns what was done, for people.
     *
     * @param progress is told the same after every life
     */
    String kill(int times, Consumer<String> progress) throws IOException, InterruptedException {
        for (int i = 0; i < times; i++) {
            progress.accept("seed " + seed + ": " + counts);
            if (i > 0 && random.nextInt(4) == 0) {
                killWhileStarting();
                continue;
            }
            Life life = start();
            check(life, false);
            load(life, 1 + random.nextInt(MOST_REQUESTS));
            throwSurprise();
        }
        Life last = start();
        check(last, true);
        last.sluice.close();
        Run doctor = last.sluice.cli("doctor", "--deep").succeeded();
        count("published versions", published.size());
        count("policies", policies.size());
        count("tokens", tokens.size());
        count("advisories", imported.get());
        count("fetched files", upstreamFiles.size());
        return "seed " + seed + ": " + counts + "\n" + doctor.output();
    }

    private void count(String what, int number) {
        counts.merge(what, number, Integer::sum);
    }

    private Life start() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Life life = new Life(Sluice.start(folder, serve.toArray(String[]::new)));
        startMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        return life;
    }

    private void killWhileStarting() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Sluice.program());
        command.addAll(List.of("serve", "--data", folder.resolve("data").toString(), "--port", "0"));
        command.addAll(serve);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.log").toFile()))
                .start();
        long most = random.nextLong(Math.max(1, startMillis));
        if (process.waitFor(most, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the server did not start: " + Files.readString(folder.resolve("server.log")));
        }
        process.destroyForcibly().waitFor();
        count("kills", 1);
        count("kills while starting", 1);
    }

    // ---- load

    private void load(Life life, int requests) throws InterruptedException, IOException {
        FakeNpm[] packages = new FakeNpm[4];
        for (int i = 0; i < packages.length; i++) {
            String name = "up" + names.incrementAndGet();
            packages[i] = new FakeNpm(upstream, name);
            for (String version : List.of("1.0.0", "1.1.0")) {
                packages[i].version(version, FakeNpm.LONG_AGO, 1 + random.nextInt(60_000), false);
                upstreamFiles.put("/npm/main" + packages[i].tarball(version), packages[i].archive(version));
            }
        }
        List<String> cold = new ArrayList<>(upstreamFiles.keySet());
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            Random own = new Random(random.nextLong());
            workers.add(Thread.ofVirtual().start(() -> work(life, own, cold)));
        }
        while (life.requests.get() < requests && surprises.isEmpty()) {
            Thread.onSpinWait();
            TimeUnit.MICROSECONDS.sleep(200); // a kill at a random instant needs an instant
        }
        long spin = System.nanoTime() + random.nextLong(5_000_000);
        while (System.nanoTime() < spin) {
            Thread.onSpinWait();
        }
        life.killed.set(true);
        life.sluice.kill();
        for (Thread worker : workers) {
            worker.join();
        }
        count("kills", 1);
        count("requests", life.requests.get());
    }

    private void work(Life life, Random own, List<String> cold) {
        while (!life.killed.get()) {
            try {
                life.requests.incrementAndGet();
                switch (own.nextInt(16)) {
                    case 0, 1 -> publishNpm(life, own);
                    case 2 -> publishPypi(life, own);
                    case 3, 4 -> publishMaven(life, own);
                    case 5 -> policy(life, own);
                    case 6 -> token(life);
                    case 7 -> importAdvisory(life);
                    case 8, 9, 10 -> downloadPublished(life, own);
                    default -> downloadFetched(life, own, cold);
                }
            } catch (IOException killedMeanwhile) {
                if (!life.killed.get() && life.sluice.isAlive()) {
                    surprises.add(killedMeanwhile);
                }
                return;
            } catch (InterruptedException | RuntimeException | AssertionError e) {
                surprises.add(e);
                return;
            }
        }
    }

    private static byte[] bytes(Random own, int most) {
        byte[] bytes = new byte[1 + own.nextInt(most)];
        own.nextBytes(bytes);
        return bytes;
    }

    private interface Sending {
        void send() throws IOException, InterruptedException;
    }

    /** Whatever is not answered may have happened or not. */
    private void publish(Published what, Sending sending) throws IOException, InterruptedException {
        unsure.put(what.path(), what);
        sending.send();
        published.put(what.path(), what);
        unsure.remove(what.path());
    }

    private void publishNpm(Life life, Random own) throws IOException, InterruptedException {
        String name = own.nextBoolean() ? "shared" : "own" + own.nextInt(50);
        String version = "1.0." + names.incrementAndGet();
        Map<String, byte[]> files = new LinkedHashMap<>();
        ObjectNode manifest = Sluice.JSON
                .createObjectNode()
                .put("name", name)
                .put("version", version)
                .put("license", "MIT");
        files.put("package/package.json", manifest.toString().getBytes(UTF_8));
        files.put("package/ballast", bytes(own, 60_000));
        byte[] archive = Tarball.of(files);
        String file = name + "-" + version + ".tgz";
        manifest.put("_id", name + "@" + version)
                .putObject("dist")
                .put("integrity", Tarball.integrity(archive))
                .put("tarball", life.sluice.address() + "/npm/main/" + name + "/-/" + file);
        ObjectNode body = Sluice.JSON.createObjectNode().put("_id", name).put("name", name);
        body.putObject("dist-tags").put("latest", version);
        body.putObject("versions").set(version, manifest);
        body.putObject("_attachments")
                .putObject(file)
                .put("content_type", "application/octet-stream")
                .put("data", Base64.getEncoder().encodeToString(archive))
                .put("length", archive.length);
        publish(
                new Published("npm", name, version, "/npm/main/" + name + "/-/" + file, archive),
                () -> life.api("PUT", "/npm/main/" + name, body));
    }

    private void publishPypi(Life life, Random own) throws IOException, InterruptedException {
        String name = "pack" + own.nextInt(20);
        String version = "1." + names.incrementAndGet();
        String file = name + "-" + version + ".tar.gz";
        byte[] archive = Tarball.of(Map.of(
                name + "-" + version + "/PKG-INFO",
                ("Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n").getBytes(UTF_8),
                name + "-" + version + "/data",
                bytes(own, 30_000)));
        String fields = "";
        for (Map.Entry<String, String> field : Map.of(
                        ":action", "file_upload",
                        "protocol_version", "1",
                        "metadata_version", "2.1",
                        "name", name,
                        "version", version,
                        "filetype", "sdist",
                        "pyversion", "source")
                .entrySet()) {
            fields += "--f00d\r\nContent-Disposition: form-data; name=\"" + field.getKey() + "\"\r\n\r\n"
                    + field.getValue() + "\r\n";
        }
        fields += "--f00d\r\nContent-Disposition: form-data; name=\"content\"; filename=\"" + file
                + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
        List<byte[]> form = List.of(fields.getBytes(UTF_8), archive, "\r\n--f00d--\r\n".getBytes(UTF_8));
        publish(
                new Published("pypi", name, version, "/pypi/main/" + file, archive),
                () -> life.done(
                        "POST",
                        "/pypi/main/",
                        BodyPublishers.ofByteArrays(form),
                        "Content-Type",
                        "multipart/form-data; boundary=f00d"));
    }

    private void publishMaven(Life life, Random own) throws IOException, InterruptedException {
        String artifact = "lib" + own.nextInt(20);
        String version = "1." + names.incrementAndGet();
        String path = "/maven/main/com/example/" + artifact + "/" + version + "/" + artifact + "-" + version + ".bin";
        byte[] content = bytes(own, 60_000);
        publish(
                new Published("maven", artifact, version, path, content),
                () -> life.done("PUT", path, BodyPublishers.ofByteArray(content)));
    }

    private void policy(Life life, Random own) throws IOException, InterruptedException {
        String base = "/api/v2/workspaces/main/policies/";
        List<String> present = new ArrayList<>(slugs.keySet());
        if (present.size() >= MOST_POLICIES || (!present.isEmpty() && own.nextInt(3) == 0)) {
            String name = present.get(own.nextInt(present.size()));
            String slug = slugs.remove(name); // only one worker gets it
            if (slug != null) {
                unsurePolicies.add(name);
                policies.remove(name);
                life.api("DELETE", base + slug + "/", MissingNode.getInstance());
                unsurePolicies.remove(name);
            }
            return;
        }
        String name = "Crash " + names.incrementAndGet();
        unsurePolicies.add(name);
        JsonNode made = life.api(
                "POST",
                base,
                Sluice.JSON
                        .createObjectNode()
                        .put("name", name)
                        .put("rego", "package cloudsmith\n\ndefault match := false\n")
                        .put("enabled", true)
                        .put("is_terminal", false)
                        .put("precedence", 500));
        policies.add(name);
        slugs.put(name, made.path("slug_perm").asString());
        unsurePolicies.remove(name);
    }

    private void token(Life life) throws IOException, InterruptedException {
        List<String> present = new ArrayList<>(tokens);
        if (present.size() >= 10) {
            String id = present.getFirst();
            if (tokens.remove(id)) {
                unsureTokens.add(id);
                life.api("DELETE", "/api/tokens/" + id, MissingNode.getInstance());
                unsureTokens.remove(id);
                revoked.add(id);
            }
            return;
        }
        JsonNode made = life.api(
                "POST",
                "/api/tokens",
                Sluice.JSON
                        .createObjectNode()
                        .put("name", "crash" + names.incrementAndGet())
                        .put("role", "reader"));
        tokens.add(made.path("id").asString());
    }

    private void importAdvisory(Life life) throws IOException, InterruptedException {
        String id = "CRASH-" + names.incrementAndGet();
        ObjectNode advisory = Sluice.JSON
                .createObjectNode()
                .put("id", id)
                .put("modified", "2026-01-01T00:00:00Z")
                .put("summary", "Made up.");
        advisory.putArray("affected").addObject().putArray("versions").add("0.0.1");
        ((ObjectNode) advisory.path("affected").path(0))
                .putObject("package")
                .put("ecosystem", "npm")
                .put("name", "nobody-has-this");
        Path file = Files.writeString(folder.resolve(id + ".json"), advisory.toString());
        ObjectNode body = Sluice.JSON.createObjectNode();
        body.putArray("paths").add(file.toString());
        unsureImports.incrementAndGet();
        String running = life.api("POST", "/api/feeds/imports", body).path("id").asString();
        JsonNode state = life.api("/api/feeds/imports/" + running);
        while (state.path("state").asString().equals("running")) {
            TimeUnit.MILLISECONDS.sleep(5); // as the command does
            state = life.api("/api/feeds/imports/" + running);
        }
        if (!state.path("state").asString().equals("done")) {
            throw new AssertionError("import: " + state);
        }
        imported.incrementAndGet();
        unsureImports.decrementAndGet();
        Files.delete(file);
    }

    private void downloadFetched(Life life, Random own, List<String> paths) throws IOException, InterruptedException {
        String path = own.nextInt(3) == 0
                ? paths.get(own.nextInt(paths.size()))
                : paths.get(Math.max(0, paths.size() - 1 - own.nextInt(8)));
        download(life, path, upstreamFiles.getOrDefault(path, new byte[0]));
    }

    private void downloadPublished(Life life, Random own) throws IOException, InterruptedException {
        List<Published> all = published.values().stream()
                .filter(each -> !each.format().equals("pypi"))
                .toList();
        if (!all.isEmpty()) {
            Published one = all.get(own.nextInt(all.size()));
            download(life, one.path(), one.bytes());
        }
    }

    private void download(Life life, String path, byte[] expected) throws IOException, InterruptedException {
        String agent = "crash-" + names.incrementAndGet();
        byte[] got = life.done("GET", path, BodyPublishers.noBody(), "User-Agent", agent);
        if (!Arrays.equals(got, expected)) {
            throw new AssertionError(path + " has other bytes");
        }
        downloads.add(agent);
    }

    // ---- what must still be there

    private void check(Life life, boolean everything) throws IOException, InterruptedException {
        for (Published each : List.copyOf(unsure.values())) {
            boolean there = isThere(life, each);
            count(there ? "unanswered publishes found whole" : "unanswered publishes found absent", 1);
            unsure.remove(each.path());
            if (there) {
                published.put(each.path(), each);
            }
        }
        List<Published> all = new ArrayList<>(published.values());
        int sample = everything ? all.size() : Math.min(20, all.size());
        for (int i = 0; i < sample; i++) {
            Published each = all.get(everything ? i : random.nextInt(all.size()));
            if (!isThere(life, each)) {
                throw new AssertionError("acknowledged, but gone: " + each.path());
            }
        }
        checkPolicies(life);
        checkTokens(life);
        checkImports(life);
        checkDownloads(life);
        String id = life.api("POST", "/api/upkeep/doctor", Sluice.JSON.createObjectNode())
                .path("id")
                .asString();
        JsonNode state = life.api("/api/upkeep/" + id);
        while (state.path("state").asString().equals("running")) {
            TimeUnit.MILLISECONDS.sleep(5); // as the command does
            state = life.api("/api/upkeep/" + id);
        }
        if (!state.path("result").path("sound").asBoolean(false)) {
            throw new AssertionError("doctor: " + state.toPrettyString());
        }
        counts.put(
                "versions the journal does not know",
                state.path("result").path("notes").asInt());
    }

    /** Whether it is there as a whole: listed and with its bytes. Fails when only half of it is there. */
    private boolean isThere(Life life, Published what) throws IOException, InterruptedException {
        switch (what.format()) {
            case "npm" -> {
                HttpResponse<byte[]> index = life.send("GET", "/npm/main/" + what.name(), BodyPublishers.noBody());
                boolean listed = index.statusCode() == 200
                        && Sluice.JSON.readTree(index.body()).path("versions").has(what.version());
                return whole(life, what.path(), what, listed);
            }
            case "pypi" -> {
                HttpResponse<byte[]> index = life.send(
                        "GET",
                        "/pypi/main/simple/" + what.name() + "/",
                        BodyPublishers.noBody(),
                        "Accept",
                        "application/vnd.pypi.simple.v1+json");
                if (index.statusCode() == 404) {
                    return false;
                }
                for (JsonNode file : Sluice.JSON.readTree(index.body()).path("files")) {
                    if (what.path().endsWith("/" + file.path("filename").asString())) {
                        URI address = URI.create(life.sluice.address() + "/pypi/main/simple/" + what.name() + "/")
                                .resolve(file.path("url").asString());
                        return whole(life, address.getRawPath(), what, true);
                    }
                }
                return false;
            }
            default -> {
                return whole(life, what.path(), what, null);
            }
        }
    }

    private boolean whole(Life life, String path, Published what, @Nullable Boolean listed)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> response = life.send("GET", path, BodyPublishers.noBody());
        boolean there = response.statusCode() == 200;
        if (there && !Arrays.equals(response.body(), what.bytes())) {
            throw new AssertionError(what.path() + " has other bytes");
        }
        if (!there && response.statusCode() != 404) {
            throw new AssertionError(what.path() + " answered " + response.statusCode());
        }
        if (listed != null && listed != there) {
            throw new AssertionError(what.path() + " is half there: listed " + listed + ", bytes " + there);
        }
        return there;
    }

    private void checkPolicies(Life life) throws IOException, InterruptedException {
        Map<String, String> present = new TreeMap<>();
        life.api("/api/v2/workspaces/main/policies/?page_size=500")
                .path("results")
                .forEach(each -> present.put(
                        each.path("name").asString(), each.path("slug_perm").asString()));
        for (String name : policies) {
            if (!present.containsKey(name)) {
                throw new AssertionError("policy gone: " + name);
            }
        }
        for (String name : present.keySet()) {
            if (name.startsWith("Crash ") && !policies.contains(name) && !unsurePolicies.contains(name)) {
                throw new AssertionError("policy is back: " + name);
            }
        }
        for (String name : List.copyOf(unsurePolicies)) {
            if (present.containsKey(name)) {
                policies.add(name);
                slugs.put(name, present.get(name));
            }
            unsurePolicies.remove(name);
        }
    }

    private void checkTokens(Life life) throws IOException, InterruptedException {
        Set<String> present = new HashSet<>();
        life.api("/api/tokens?page_size=500")
                .path("results")
                .forEach(each -> present.add(each.path("id").asString()));
        if (!present.containsAll(tokens)) {
            throw new AssertionError("tokens gone: " + tokens + " but there are " + present);
        }
        for (String id : List.copyOf(unsureTokens)) {
            if (present.contains(id)) {
                tokens.add(id);
            }
            unsureTokens.remove(id);
        }
        for (String id : revoked) {
            if (present.contains(id)) {
                throw new AssertionError("a revoked token is back: " + id);
            }
        }
    }

    private void checkImports(Life life) throws IOException, InterruptedException {
        int records = 0;
        for (JsonNode feed : life.api("/api/feeds").path("feeds")) {
            if (feed.path("name").asString("").equalsIgnoreCase("osv")) {
                records = feed.path("records").asInt();
            }
        }
        int certain = imported.get();
        if (records < certain || records > certain + unsureImports.get()) {
            throw new AssertionError(
                    certain + " advisories were imported, " + unsureImports + " may have been, there are " + records);
        }
        imported.set(records);
        unsureImports.set(0);
    }

    /** Every download that was answered has its event; all those of former lives were checked before. */
    private void checkDownloads(Life life) throws IOException, InterruptedException {
        Set<String> missing = new HashSet<>(downloads);
        count("downloads", missing.size());
        String before = "";
        while (!missing.isEmpty()) {
            JsonNode page = life.api("/api/events?kind=download&limit=1000" + before);
            page.path("events")
                    .forEach(event -> missing.remove(event.path("user_agent").asString("")));
            if (page.path("next").isNull() || page.path("next").isMissingNode()) {
                break;
            }
            before = "&before=" + page.path("next").asString();
        }
        if (!missing.isEmpty()) {
            throw new AssertionError("downloads without an event: " + missing);
        }
        downloads.clear();
    }

    private void throwSurprise() {
        Throwable surprise = surprises.poll();
        if (surprise != null) {
            throw new AssertionError("seed " + seed + ": " + surprise, surprise);
        }
    }

    @Override
    public void close() {
        upstream.close();
        http.close();
    }
}

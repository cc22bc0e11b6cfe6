package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Mixed load by several clients at once: publishes, cold fetches, downloads, imports, changes of policies and of tokens. What was
 * answered goes into its ledgers. Thread-safe.
 */
final class CrashLoad {

    private static final int CLIENTS = 6;
    private static final int MOST_POLICIES = 8;
    private static final int MOST_TOKENS = 10;
    private static final String POLICIES = "/api/v2/workspaces/main/policies/";

    private final Path folder;
    private final FakeUpstreamServer upstream;
    private final Random random;
    private final AtomicInteger names = new AtomicInteger();
    private final Map<String, byte[]> upstreamFiles = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Throwable> surprises = new ConcurrentLinkedQueue<>();

    /** Published files by path: whether they are there. */
    final Ledger<Boolean> publishes = new Ledger<>("publish", false);
    /** What was published, or may be, by path. */
    final Map<String, Published> published = new ConcurrentHashMap<>();
    /** Policies by name: their description, empty when there is none. */
    final Ledger<String> policies = new Ledger<>("policy", "");
    /** Identifiers of policies by name, of those that nobody is changing. */
    final Map<String, String> slugs = new ConcurrentHashMap<>();
    /** Tokens by name: whether they are in force. */
    final Ledger<Boolean> tokens = new Ledger<>("token", false);
    /** Tokens as they were made, by name, of those that nobody is changing. */
    final Map<String, Issued> issued = new ConcurrentHashMap<>();
    /** User agents of downloads that were answered and not looked for yet. */
    final Set<String> downloads = ConcurrentHashMap.newKeySet();
    /** How many advisories are there for certain. */
    final AtomicInteger imported = new AtomicInteger();
    /** How many more may be. */
    final AtomicInteger unsureImports = new AtomicInteger();

    /** What somebody published: where it is asked for, and its bytes. */
    record Published(String format, String name, String version, String path, byte[] bytes) {}

    /** A token: its public identifier, and its secret where its making was answered. */
    record Issued(String id, @Nullable String secret) {}

    /**
     * Load of nobody yet.
     *
     * @param folder where files to import are written
     * @param upstream where cold packages are put
     * @param random what is drawn
     */
    CrashLoad(Path folder, FakeUpstreamServer upstream, Random random) {
        this.folder = folder;
        this.upstream = upstream;
        this.random = random;
    }

    /** How many files the upstream has. */
    int upstreamFiles() {
        return upstreamFiles.size();
    }

    /**
     * Begins that many pieces of work, kills the server at some instant of the last ones, and waits until all clients noticed.
     *
     * @throws AssertionError when a server that was not killed answered otherwise than it should
     */
    void until(int requests, Life life) throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            coldPackage("up" + names.incrementAndGet());
        }
        List<String> cold = new ArrayList<>(upstreamFiles.keySet());
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Random own = new Random(random.nextLong());
            clients.add(Thread.ofVirtual().start(() -> work(life, own, cold)));
        }
        while (life.requests().get() < requests && surprises.isEmpty()) {
            TimeUnit.MICROSECONDS.sleep(200); // a kill at a random instant needs an instant
        }
        long instant = System.nanoTime() + random.nextLong(5_000_000);
        while (System.nanoTime() < instant) {
            Thread.onSpinWait();
        }
        life.kill();
        for (Thread client : clients) {
            client.join();
        }
        Throwable surprise = surprises.poll();
        if (surprise != null) {
            throw new AssertionError(surprise.toString(), surprise);
        }
    }

    private void coldPackage(String name) {
        FakeNpm fake = new FakeNpm(upstream, name);
        for (String version : List.of("1.0.0", "1.1.0")) {
            fake.version(version, FakeNpm.LONG_AGO, size(random, 60_000), false);
            upstreamFiles.put("/npm/main" + fake.tarball(version), fake.archive(version));
        }
    }

    private void work(Life life, Random own, List<String> cold) {
        while (!life.isKilled()) {
            try {
                life.requests().incrementAndGet();
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
                if (!life.isKilled() && life.sluice().isAlive()) {
                    surprises.add(killedMeanwhile);
                }
                return;
            } catch (InterruptedException | RuntimeException | AssertionError e) {
                surprises.add(e);
                return;
            }
        }
    }

    /** Mostly small, now and then as large as may be. */
    private static int size(Random own, int most) {
        return 1 + own.nextInt(own.nextInt(4) == 0 ? most : 4000);
    }

    private static byte[] bytes(Random own, int most) {
        byte[] bytes = new byte[size(own, most)];
        own.nextBytes(bytes);
        return bytes;
    }

    private void publish(Published what, Ledger.Change sending) throws IOException, InterruptedException {
        published.put(what.path(), what);
        publishes.change(what.path(), true, sending);
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
                .put("tarball", life.sluice().address() + "/npm/main/" + name + "/-/" + file);
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
        List<String> present = new ArrayList<>(slugs.keySet());
        if (present.size() < 2 || (present.size() < MOST_POLICIES && own.nextInt(3) == 0)) {
            String name = "Crash " + names.incrementAndGet();
            JsonNode[] made = new JsonNode[1];
            policies.change(
                    name,
                    "new",
                    () -> made[0] = life.api(
                            "POST",
                            POLICIES,
                            Sluice.JSON
                                    .createObjectNode()
                                    .put("name", name)
                                    .put("description", "new")
                                    .put("rego", "package cloudsmith\n\ndefault match := false\n")
                                    .put("enabled", true)
                                    .put("is_terminal", false)
                                    .put("precedence", 500)));
            slugs.put(name, made[0].path("slug_perm").asString());
            return;
        }
        String name = present.get(own.nextInt(present.size()));
        String slug = slugs.remove(name); // only one client gets it
        if (slug == null) {
            return;
        }
        if (own.nextBoolean()) {
            String changed = "changed " + names.incrementAndGet();
            policies.change(
                    name,
                    changed,
                    () -> life.api(
                            "PATCH",
                            POLICIES + slug + "/",
                            Sluice.JSON.createObjectNode().put("description", changed)));
            slugs.put(name, slug);
        } else {
            policies.change(name, "", () -> life.api("DELETE", POLICIES + slug + "/", MissingNode.getInstance()));
        }
    }

    private void token(Life life) throws IOException, InterruptedException {
        List<String> present = new ArrayList<>(issued.keySet());
        if (present.size() >= MOST_TOKENS) {
            Issued oldest = issued.remove(present.getFirst()); // only one client gets it
            if (oldest != null) {
                tokens.change(
                        present.getFirst(),
                        false,
                        () -> life.api("DELETE", "/api/tokens/" + oldest.id(), MissingNode.getInstance()));
            }
            return;
        }
        String name = "crash" + names.incrementAndGet();
        tokens.change(name, true, () -> {
            JsonNode made = life.api(
                    "POST",
                    "/api/tokens",
                    Sluice.JSON.createObjectNode().put("name", name).put("role", "reader"));
            issued.put(
                    name,
                    new Issued(made.path("id").asString(), made.path("token").asString()));
        });
    }

    private void importAdvisory(Life life) throws IOException, InterruptedException {
        String id = "CRASH-" + names.incrementAndGet();
        ObjectNode advisory = Sluice.JSON
                .createObjectNode()
                .put("id", id)
                .put("modified", "2026-01-01T00:00:00Z")
                .put("summary", "Made up.");
        ObjectNode affected = advisory.putArray("affected").addObject();
        affected.putArray("versions").add("0.0.1");
        affected.putObject("package").put("ecosystem", "npm").put("name", "nobody-has-this");
        Path file = Files.writeString(folder.resolve(id + ".json"), advisory.toString());
        ObjectNode body = Sluice.JSON.createObjectNode();
        body.putArray("paths").add(file.toString());
        unsureImports.incrementAndGet();
        JsonNode state = life.await("/api/feeds/imports", body, "/api/feeds/imports/");
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
        List<String> all = publishes.certain();
        Published one = all.isEmpty() ? null : published.get(all.get(own.nextInt(all.size())));
        if (one != null && !one.format().equals("pypi")) {
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
}

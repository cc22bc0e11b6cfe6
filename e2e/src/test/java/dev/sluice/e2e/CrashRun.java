package dev.sluice.e2e;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A server that is killed again and again under mixed load, and what it must still know afterwards.
 *
 * <p>Every effect that was answered is remembered. After each restart all of the life before must be there: published bytes, journal
 * events of downloads, policies, tokens, imported advisories; and of the lives before that a sample, at the end all. What was under
 * way when the process was killed must be there as a whole or not at all, and stay as it was found. The same seed kills after the
 * same number of requests; which of them were under way is up to the machine.
 */
final class CrashRun implements AutoCloseable {

    private static final int MOST_REQUESTS = 60;
    private static final int SAMPLE = 20;

    private final Path folder;
    private final Home home;
    private final List<String> serve;
    private final long seed;
    private final Random random;
    private final FakeUpstreamServer upstream = FakeUpstreamServer.start();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final CrashLoad load;
    private final Map<String, Integer> counts = new TreeMap<>();
    private long startMillis = 3000;

    /**
     * A run.
     *
     * @param folder of the server's data directory and log
     * @param home where the server keeps things; the caller closes it
     * @param seed of everything that is drawn
     */
    CrashRun(Path folder, Home home, long seed) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.home = home;
        this.seed = seed;
        this.random = new Random(seed);
        this.load = new CrashLoad(folder, upstream, random);
        this.serve = new ArrayList<>(List.of(
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none",
                "--set",
                "log.access=false"));
        this.serve.addAll(home.arguments());
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
            } else {
                Life life = start();
                check(life, false);
                load.until(1 + random.nextInt(MOST_REQUESTS), life);
                count("requests begun", life.requests().get());
            }
            count("kills", 1);
        }
        Life last = start();
        check(last, true);
        last.sluice().close();
        List<String> deep = new ArrayList<>(List.of("doctor", "--deep"));
        deep.addAll(home.arguments());
        Run doctor = last.sluice().cli(deep.toArray(String[]::new)).succeeded();
        count("published files at the end", load.publishes.certain().size());
        count("advisories at the end", load.imported.get());
        count("files of the upstream", load.upstreamFiles());
        return "seed " + seed + ": " + counts + "\n" + doctor.output();
    }

    private void count(String what, int number) {
        counts.merge(what, number, Integer::sum);
    }

    private Life start() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Life life = new Life(Sluice.start(folder, serve.toArray(String[]::new)), http);
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
        count("kills while starting", 1);
    }

    // ---- what must still be there

    private void check(Life life, boolean everything) throws IOException, InterruptedException {
        checkPublished(life, everything);
        checkPolicies(life);
        checkTokens(life);
        checkImports(life);
        checkDownloads(life);
        JsonNode state = life.await("/api/upkeep/doctor", Sluice.JSON.createObjectNode(), "/api/upkeep/");
        JsonNode result = state.path("result");
        if (!result.path("sound").asBoolean(false) || result.path("notes").asInt(-1) != 0) {
            throw new AssertionError("doctor: " + state.toPrettyString());
        }
    }

    private void checkPublished(Life life, boolean everything) throws IOException, InterruptedException {
        List<String> all = load.publishes.all();
        Set<String> chosen = new LinkedHashSet<>(everything ? all : load.publishes.fresh());
        for (int i = 0; i < SAMPLE && !all.isEmpty(); i++) {
            chosen.add(all.get(random.nextInt(all.size())));
        }
        for (String path : chosen) {
            boolean uncertain = load.publishes.isUncertain(path);
            boolean there = isThere(life, Objects.requireNonNull(load.published.get(path)));
            load.publishes.found(path, there);
            count(
                    uncertain ? "unanswered publishes " + (there ? "found whole" : "found absent") : "effects checked",
                    1);
        }
    }

    /** Whether it is there as a whole: listed and with its bytes. Fails when only half of it is there. */
    private boolean isThere(Life life, CrashLoad.Published what) throws IOException, InterruptedException {
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
                        URI address = URI.create(life.sluice().address() + "/pypi/main/simple/" + what.name() + "/")
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

    private boolean whole(Life life, String path, CrashLoad.Published what, @Nullable Boolean listed)
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
        Map<String, JsonNode> present = new HashMap<>();
        life.api("/api/v2/workspaces/main/policies/?page_size=500")
                .path("results")
                .forEach(each -> present.put(each.path("name").asString(), each));
        load.slugs.clear();
        for (String name : load.policies.all()) {
            JsonNode policy = present.get(name);
            load.policies.found(
                    name, policy == null ? "" : policy.path("description").asString());
            if (policy != null) {
                load.slugs.put(name, policy.path("slug_perm").asString());
            }
            count("effects checked", 1);
        }
    }

    /** Tokens are listed as long as they are in force, and their secrets open the door just as long. */
    private void checkTokens(Life life) throws IOException, InterruptedException {
        Map<String, String> present = new HashMap<>();
        life.api("/api/tokens?page_size=500")
                .path("results")
                .forEach(each -> present.put(
                        each.path("name").asString(), each.path("id").asString()));
        for (String name : load.tokens.all()) {
            String id = present.get(name);
            load.tokens.found(name, id != null);
            count("effects checked", 1);
            CrashLoad.Issued made = load.issued.get(name);
            if (id == null) {
                load.issued.remove(name);
            } else if (made == null) {
                load.issued.put(name, new CrashLoad.Issued(id, null)); // its making or its revoking was not answered
            } else if (made.secret() != null) {
                int status = life.sendAs(made.secret(), "GET", "/npm/main/-/whoami", BodyPublishers.noBody())
                        .statusCode();
                if (status != 200) {
                    throw new AssertionError("token " + name + " is listed and answered with " + status);
                }
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
        int certain = load.imported.get();
        if (records < certain || records > certain + load.unsureImports.get()) {
            throw new AssertionError(certain + " advisories were imported, " + load.unsureImports
                    + " may have been, there are " + records);
        }
        load.imported.set(records);
        load.unsureImports.set(0);
        count("effects checked", 1);
    }

    /** Every download that was answered has its event; all those of former lives were checked before. */
    private void checkDownloads(Life life) throws IOException, InterruptedException {
        Set<String> missing = new HashSet<>(load.downloads);
        count("answered downloads with their event", missing.size());
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
        load.downloads.clear();
    }

    @Override
    public void close() {
        upstream.close();
        http.close();
    }
}

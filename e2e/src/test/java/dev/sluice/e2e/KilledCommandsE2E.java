package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Commands that change much are killed at random instants, again and again; given once more they do what they would have done.
 *
 * <p>{@code -Dcrash.kills=N} and {@code -Dsluice.crash.seed=N} as in {@link CrashE2E}; each command is killed a fifth as often.
 */
@Timeout(1800)
class KilledCommandsE2E {

    private static final int FILES = 60;

    private final int kills = Math.max(2, Integer.getInteger("sluice.crash.kills", 20) / 5);
    private final Random random = new Random(Long.getLong("sluice.crash.seed", 1));
    private final Map<String, byte[]> published = new TreeMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private FakeUpstreamServer upstream;
    private FakeNpm fetched;
    private Sluice source;
    private long downloads;

    /** An installation with something of everything in it, whose server is stopped. */
    @BeforeEach
    void fill() throws Exception {
        Sluice.prepareFastStarts(folder.resolve("once"));
        upstream = FakeUpstreamServer.start();
        fetched = new FakeNpm(upstream, "fetched").version("1.0.0", FakeNpm.LONG_AGO, 100_000, false);
        source = serve("source", List.of());
        Life life = new Life(source, http);
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = new byte[1 + random.nextInt(300_000)];
            random.nextBytes(bytes);
            String path = "/maven/main/com/example/lib/1." + i + "/lib-1." + i + ".bin";
            life.done("PUT", path, BodyPublishers.ofByteArray(bytes));
            published.put(path, bytes);
        }
        life.done("GET", "/npm/main" + fetched.tarball("1.0.0"), BodyPublishers.noBody());
        source.withhold("nonsense", "input.v0.package.name == \"nonsense\"");
        downloads = downloads(life);
        source.close();
        upstream.breakDown(dev.sluice.testkit.Answer.status(503));
    }

    @AfterEach
    void close() {
        http.close();
        upstream.close();
    }

    private Sluice serve(String name, List<String> home) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("--upstream", "npm=" + upstream.url(), "--upstream", "pypi=none", "--upstream", "maven=none"));
        arguments.addAll(home);
        return Sluice.start(folder.resolve(name), arguments.toArray(String[]::new));
    }

    private static long downloads(Life life) throws IOException, InterruptedException {
        return life.api("/api/events?kind=download&limit=1000").path("events").size();
    }

    /** Runs a command and kills it after a random part of the time; whether it was killed before it ended. Fails if it failed. */
    private boolean killed(long most, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(Sluice.program());
        command.addAll(arguments);
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (process.waitFor(random.nextLong(most), TimeUnit.MILLISECONDS)) {
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            return false;
        }
        process.destroyForcibly().waitFor();
        return true;
    }

    /** Runs a command to its end; how many milliseconds it took. */
    private long millis(List<String> arguments) {
        long begun = System.nanoTime();
        Sluice.command(folder, arguments.toArray(String[]::new)).succeeded();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private List<String> onSource(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", source.data().toString()));
        return all;
    }

    /** Everything that was there is there, bytes and all, and the doctor finds neither faults nor anything to note. */
    private void isWhole(String name, List<String> home) throws Exception {
        try (Sluice sluice = serve(name, home)) {
            Life life = new Life(sluice, http);
            assertThat(downloads(life)).isEqualTo(downloads);
            for (Map.Entry<String, byte[]> file : published.entrySet()) {
                byte[] got = life.done("GET", file.getKey(), BodyPublishers.noBody());
                assertThat(Arrays.equals(got, file.getValue()))
                        .as(file.getKey())
                        .isTrue();
            }
            byte[] tarball = life.done("GET", "/npm/main" + fetched.tarball("1.0.0"), BodyPublishers.noBody());
            assertThat(Arrays.equals(tarball, fetched.archive("1.0.0"))).isTrue();
            assertThat(life.api("/api/v2/workspaces/main/policies/?page_size=500")
                            .toString())
                    .contains("No nonsense");
            JsonNode doctor = life.await(
                            "/api/upkeep/doctor", Sluice.JSON.createObjectNode().put("deep", true), "/api/upkeep/")
                    .path("result");
            assertThat(doctor.path("sound").asBoolean(false))
                    .as(doctor.toPrettyString())
                    .isTrue();
            assertThat(doctor.path("notes").asInt(-1))
                    .as(doctor.toPrettyString())
                    .isZero();
        }
    }

    @Test
    void a_migration_killed_at_random_instants_is_taken_up_and_moves_everything() throws Exception {
        long most;
        try (Home target = Home.shared()) {
            most = millis(migrate(target));
        }
        int count = 0;
        for (int round = 0; count < kills; round++) {
            try (Home target = Home.shared()) {
                boolean running = true;
                while (running && count < kills) {
                    running = killed(most, migrate(target));
                    count += running ? 1 : 0;
                }
                if (running) {
                    millis(migrate(target));
                }
                isWhole("target" + round, target.arguments());
            }
        }
        isWhole("source", List.of()); // and the source is as it was
    }

    private List<String> migrate(Home target) {
        List<String> all = onSource("migrate");
        all.addAll(target.asTarget());
        return all;
    }

    @Test
    void a_backup_killed_at_random_instants_is_taken_up_and_restores_everything() throws Exception {
        long most = millis(onSource("backup", folder.resolve("backup0").toString()));
        int round = 0;
        for (int count = 0; count < kills; round++) {
            Path backup = folder.resolve("backup" + (round + 1));
            boolean running = true;
            while (running && count < kills) {
                running = killed(most, onSource("backup", backup.toString()));
                count += running ? 1 : 0;
            }
            millis(onSource("backup", backup.toString()));
        }
        millis(List.of(
                "restore",
                folder.resolve("backup" + round).toString(),
                "--data",
                folder.resolve("restored/data").toString()));
        isWhole("restored", List.of());
    }

    @Test
    void a_restore_killed_at_random_instants_leaves_nothing_or_everything() throws Exception {
        String backup = folder.resolve("backup").toString();
        millis(onSource("backup", backup));
        long most = millis(List.of(
                "restore", backup, "--data", folder.resolve("first/data").toString()));
        int round = 0;
        for (int count = 0; count < kills; round++) {
            Path data = folder.resolve("restored" + round + "/data");
            List<String> restore = List.of("restore", backup, "--data", data.toString());
            boolean running = true;
            while (running && count < kills) {
                running = killed(most, restore);
                count += running ? 1 : 0;
                running &= !Files.exists(data);
            }
            if (running) {
                millis(restore);
            }
            isWhole("restored" + round, List.of());
        }
    }

    @Test
    void a_collection_of_garbage_killed_at_random_instants_takes_nothing_but_garbage() throws Exception {
        long most = 0;
        for (int count = 0; count < kills; ) {
            for (int i = 0; i < 500; i++) {
                garbage(count * 500 + i);
            }
            if (most == 0) {
                most = millis(onSource("gc"));
            } else {
                count += killed(most, onSource("gc")) ? 1 : 0;
            }
        }
        source.cli("gc").succeeded();
        assertThat(withoutProgress(
                        source.cli("gc", "--dry-run", "--json").succeeded().output()))
                .contains("\"removed\":0");
        isWhole("source", List.of());
    }

    private static String withoutProgress(String output) {
        return output.substring(output.indexOf('{')).replaceAll("\\s", "");
    }

    private void garbage(int number) throws IOException {
        String digest = String.format("%064x", number);
        Path blob = source.data().resolve("blobs/sha256").resolve(digest.substring(0, 2));
        blob = Files.createDirectories(blob).resolve(digest.substring(2));
        Files.write(blob, "nobody's".getBytes(UTF_8));
        Files.setLastModifiedTime(blob, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    }
}

package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.wiring.Installation;
import dev.sluice.app.wiring.RunningServer;
import dev.sluice.kernel.journal.Event;
import dev.sluice.storage.StorageException;
import dev.sluice.storage.journal.JournalCorruptException;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.Samples;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Damaged bytes x stores: whatever is damaged, and however, the installation starts or refuses with a sentence that names the part and
 * what to do, nothing wrong leaves with 200, and the doctor tells it.
 *
 * <p>What may not be read is harmed by putting a directory in its place: permissions stop nobody who runs tests as root. Backups have
 * their own matrix, {@code BackedUpTest}.
 */
@Timeout(600)
final class DamageMatrixTest {

    private static final String FETCHED = "/npm/main/widget/-/widget-1.0.0.tgz";
    private static final String PUBLISHED = "/npm/main/ours/-/ours-1.0.0.tgz";
    private static final int EVENTS = 60;

    private static final ManualClock CLOCK = ManualClock.at("2026-03-10T12:00:00Z");

    @TempDir
    private static Path folder;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static FakeUpstreamServer upstream;
    private static String token;
    private static byte[] fetched;
    private static byte[] published;

    /** What is done to a file. */
    enum Harm {
        /** A bit in the middle. */
        FLIP,
        /** 64 bytes of nothing at the begin of every page from the second on, and at the end. */
        PAGES,
        /** Half of it is gone. */
        TRUNCATE,
        EMPTY,
        DELETE,
        /** That of another installation. */
        FOREIGN,
        /** It cannot be read. */
        UNREADABLE;

        void to(Path file, Path foreign) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            switch (this) {
                case FLIP -> bytes[bytes.length / 2] ^= 0x10;
                case PAGES ->
                    IntStream.iterate(4096, at -> at + 64 <= bytes.length, at -> at + 4096)
                            .forEach(at -> Arrays.fill(bytes, at, at + 64, (byte) 0));
                default -> {}
            }
            Files.delete(file);
            switch (this) {
                case FLIP, PAGES -> Files.write(file, bytes);
                case TRUNCATE -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
                case EMPTY -> Files.createFile(file);
                case DELETE -> {}
                case FOREIGN -> Files.copy(foreign, file);
                case UNREADABLE -> Files.createDirectory(file);
            }
        }
    }

    @BeforeAll
    static void make() throws Exception {
        upstream = FakeUpstreamServer.start();
        fetched = Tarballs.npm("widget", "1.0.0", "\"license\":\"MIT\",", 40_000);
        published = Tarballs.npm("ours", "1.0.0", "", 40_000);
        upstream.serve("/npm/widget/-/widget-1.0.0.tgz", Answer.ok(fetched));
        upstream.serve(
                "/npm/widget",
                Answer.ok("""
                {"name":"widget","dist-tags":{"latest":"1.0.0"},
                 "time":{"1.0.0":"2020-01-01T00:00:00.000Z"},
                 "versions":{"1.0.0":{"name":"widget","version":"1.0.0","license":"MIT",
                   "dist":{"tarball":"%s"}}}}""".formatted(upstream.url("/npm/widget/-/widget-1.0.0.tgz")))
                        .header("content-type", "application/json"));
        fill("whole");
        fill("foreign");
        token = Files.readString(folder.resolve("whole.token"));
    }

    private static void fill(String name) throws Exception {
        Installation installation = open(folder.resolve(name));
        RunningServer server = RunningServer.start(installation, "127.0.0.1", 0);
        try {
            String administrator = String.valueOf(installation.newAdminToken());
            Files.writeString(folder.resolve(name + ".token"), administrator);
            publish(server, administrator);
            assertThat(get(server, administrator, FETCHED).body()).isEqualTo(fetched);
            CompletableFuture.allOf(IntStream.range(0, EVENTS)
                            .mapToObj(i -> installation
                                    .journal()
                                    .append(event(installation, i))
                                    .toCompletableFuture())
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            server.close();
        }
    }

    private static Event event(Installation installation, int number) {
        return Event.of(
                installation.ids().next(), CLOCK.instant(), Event.Kind.ADMIN, Event.Actor.SYSTEM, "event " + number);
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        upstream.close();
    }

    private static Configuration configuration(Path data) {
        return Configuration.of(
                Map.of(
                        Setting.DATA.key(),
                        data.toString(),
                        Setting.ALLOWED_HOSTS.key(),
                        "127.0.0.1",
                        Setting.OUTAGE.key(),
                        "PT0S",
                        "upstreams.npm.url",
                        upstream.url("/npm/").toString(),
                        "upstreams.pypi.url",
                        "none",
                        "upstreams.maven.url",
                        "none"),
                Map.of(),
                null);
    }

    private static Installation open(Path data) throws IOException {
        return Installation.open(configuration(data), CLOCK, new Machine(Map.of(), folder));
    }

    /**
     * Refuses: the start names the part. Starts: it does, and what is asked for is right or refused. Either: what SQLite sees at the
     * start depends on which page it is.
     */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(textBlock = """
            # store           , harm       , start   , doctor says
            fetched blob      , FLIP       , starts  , bytes are damaged
            fetched blob      , TRUNCATE   , starts  , bytes are damaged
            fetched blob      , EMPTY      , starts  , bytes are damaged
            fetched blob      , DELETE     , starts  , bytes are missing
            fetched blob      , FOREIGN    , starts  , bytes are damaged
            fetched blob      , UNREADABLE , starts  , bytes
            published blob    , FLIP       , starts  , bytes are damaged
            published blob    , TRUNCATE   , starts  , bytes are damaged
            published blob    , EMPTY      , starts  , bytes are damaged
            published blob    , DELETE     , starts  , bytes are missing
            published blob    , FOREIGN    , starts  , bytes are damaged
            published blob    , UNREADABLE , starts  , bytes
            journal segment   , FLIP       , refuses , journal
            journal segment   , EMPTY      , refuses , journal
            journal segment   , TRUNCATE   , refuses , journal
            journal segment   , DELETE     , refuses , journal
            journal segment   , FOREIGN    , refuses , journal
            journal segment   , UNREADABLE , refuses , journal
            journal mark      , DELETE     , refuses , journal
            journal mark      , EMPTY      , refuses , journal
            journal mark      , FOREIGN    , refuses , journal
            journal index     , FLIP       , either  , Sound | journal/index.db
            journal index     , PAGES      , either  , journal/index.db
            journal index     , TRUNCATE   , either  , journal/index.db
            journal index     , EMPTY      , starts  , Sound
            journal index     , DELETE     , starts  , Sound
            journal index     , FOREIGN    , refuses , journal/index.db
            journal index     , UNREADABLE , refuses , index.db
            sluice.db         , FLIP       , either  , Sound | fault | could not check
            sluice.db         , PAGES      , either  , sluice.db
            sluice.db         , TRUNCATE   , refuses , sluice.db
            sluice.db         , EMPTY      , refuses , sluice.db
            sluice.db         , DELETE     , refuses , sluice.db
            sluice.db         , FOREIGN    , refuses , does not belong
            sluice.db         , UNREADABLE , refuses , sluice.db
            sluice.db header  , FLIP       , refuses , sluice.db
            advisories.db     , FLIP       , either  , Sound | fault | could not check
            advisories.db     , PAGES      , either  , advisories.db
            advisories.db     , TRUNCATE   , refuses , advisories.db
            advisories.db     , EMPTY      , refuses , advisories.db
            advisories.db     , DELETE     , refuses , advisories.db
            advisories.db     , FOREIGN    , refuses , advisories.db
            advisories.db     , UNREADABLE , refuses , advisories.db
            blobs mark        , DELETE     , refuses , blobs
            blobs mark        , FOREIGN    , refuses , blobs
            """)
    void damage_is_refused_or_survived_and_told(String store, Harm harm, String start, String told) throws Exception {
        Path data = folder.resolve("damaged");
        damage(data, store, harm);

        CommandLineRun doctor = CommandLineRun.of("doctor", "--deep", "--data", data);

        String said = doctor.out() + doctor.err();
        assertThat(said).containsAnyOf(told.split(" \\| "));
        assertThat(doctor.code())
                .as(said)
                .isEqualTo(said.contains("Sound") ? 0 : said.contains("could not check") ? 2 : 1);

        damage(data, store, harm);
        Installation installation;
        try {
            installation = open(data);
        } catch (StorageException | JournalCorruptException e) {
            assertThat(start).as(e.getMessage()).isNotEqualTo("starts");
            assertThat(e.getMessage()).containsAnyOf("restore", "Restore", "doctor --repair", "cannot open");
            return;
        } catch (IOException e) {
            assertThat(start).as(e.getMessage()).isNotEqualTo("starts");
            assertThat(harm).as(e.toString()).isEqualTo(Harm.UNREADABLE);
            return;
        }
        RunningServer server = RunningServer.start(installation, "127.0.0.1", 0);
        try {
            assertThat(start).isNotEqualTo("refuses");
            for (int i = 0; i < 2; i++) {
                HttpResponse<byte[]> theirs = get(server, token, FETCHED);
                HttpResponse<byte[]> ours = get(server, token, PUBLISHED);
                assertRightOrRefused(theirs, fetched);
                assertRightOrRefused(ours, published);
                assertThat(get(server, token, "/npm/main/ours").statusCode()).isIn(200, 401, 503, 500);
            }
        } finally {
            try {
                server.close();
            } catch (IOException e) {
                assertThat(start).as("closing: " + e).isEqualTo("either");
            }
        }
    }

    /** Makes a whole installation there, then harms it. */
    private static void damage(Path data, String store, Harm harm) throws IOException {
        delete(data);
        copy(folder.resolve("whole"), data);
        if (store.endsWith("header")) {
            byte[] bytes = Files.readAllBytes(data.resolve("sluice.db"));
            bytes[3] ^= 0x10;
            Files.write(data.resolve("sluice.db"), bytes);
            return;
        }
        harm.to(
                file(data, store),
                store.equals("fetched blob")
                        ? blob(folder.resolve("foreign"), published)
                        : store.equals("published blob")
                                ? blob(folder.resolve("foreign"), fetched)
                                : file(folder.resolve("foreign"), store));
    }

    private static void assertRightOrRefused(HttpResponse<byte[]> answer, byte[] right) {
        if (answer.statusCode() == 200) {
            assertThat(Arrays.equals(answer.body(), right)).isTrue();
        } else {
            assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isIn(503, 502, 401);
        }
    }

    private static Path file(Path data, String store) throws IOException {
        return switch (store) {
            case "fetched blob" -> blob(data, fetched);
            case "published blob" -> blob(data, published);
            case "journal segment" -> data.resolve("journal/log/0000000000000000000.log");
            case "journal mark" -> data.resolve("journal/installation");
            case "blobs mark" -> data.resolve("blobs/installation");
            case "journal index" -> data.resolve("journal/index.db");
            default -> data.resolve(store);
        };
    }

    private static Path blob(Path data, byte[] bytes) {
        String hex = Samples.contents(bytes).sha256().hex();
        return data.resolve("blobs/sha256/" + hex.substring(0, 2) + "/" + hex.substring(2));
    }

    private static void publish(RunningServer server, String administrator) throws Exception {
        String body = """
                {"_id":"ours","name":"ours","dist-tags":{"latest":"1.0.0"},
                 "versions":{"1.0.0":{"name":"ours","version":"1.0.0","dist":{"integrity":"%s"}}},
                 "_attachments":{"ours-1.0.0.tgz":{"content_type":"application/octet-stream","length":%d,"data":"%s"}}}""".formatted(
                        "sha512-"
                                + Base64.getEncoder()
                                        .encodeToString(HexFormat.of()
                                                .parseHex(Samples.contents(published)
                                                        .sha512()
                                                        .hex())),
                        published.length,
                        Base64.getEncoder().encodeToString(published));
        HttpResponse<byte[]> answer = CLIENT.send(
                request(server, administrator, "/npm/main/ours")
                        .PUT(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isBetween(200, 201);
    }

    private static HttpRequest.Builder request(RunningServer server, String administrator, String path) {
        return HttpRequest.newBuilder(URI.create(server.address() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + administrator)
                .header("Content-Type", "application/json");
    }

    private static HttpResponse<byte[]> get(RunningServer server, String administrator, String path)
            throws IOException, InterruptedException {
        return CLIENT.send(request(server, administrator, path).build(), BodyHandlers.ofByteArray());
    }

    private static void delete(Path data) throws IOException {
        if (Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}

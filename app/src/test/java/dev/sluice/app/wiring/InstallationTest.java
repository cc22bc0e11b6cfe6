package dev.sluice.app.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.app.config.Configuration;
import dev.sluice.app.config.ConfigurationException;
import dev.sluice.app.config.Setting;
import dev.sluice.app.machine.Machine;
import dev.sluice.app.policies.StarterPolicies;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.storage.sql.Database;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.PostgresServer;
import dev.sluice.testkit.Together;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a data directory holds after its first and its later openings. */
final class InstallationTest {

    private static final ManualClock CLOCK = ManualClock.at("2026-03-10T12:00:00Z");

    private static Installation open(Path folder, Map<String, String> flags, Map<String, String> environment)
            throws IOException {
        Map<String, String> all = new java.util.HashMap<>(flags);
        all.put(Setting.DATA.key(), folder.resolve("data").toString());
        return Installation.open(Configuration.of(all, Map.of(), null), CLOCK, new Machine(environment, folder));
    }

    /** Nodes on one database share the blobs as well. */
    private static Map<String, String> shared(Path folder, String database) {
        return Map.of(
                Setting.DATABASE.key(),
                database,
                Setting.BLOBS.key(),
                folder.resolve("blobs").toString());
    }

    private static Repository main(Installation installation) {
        return installation.database().repositories().find(Installation.MAIN).orElseThrow();
    }

    @Test
    void the_first_opening_makes_everything_and_a_later_one_keeps_it(@TempDir Path folder) throws IOException {
        Map<String, String> environment = Map.of("PIP_INDEX_URL", "https://user:secret@index.example/simple");
        Repository made;
        try (Installation first = open(folder, Map.of(), environment)) {
            assertThat(first.newAdminToken()).startsWith("slc_");
            assertThat(first.policies().list()).hasSameSizeAs(StarterPolicies.FILES);
            assertThat(first.findings())
                    .anyMatch(f -> f.contains("PIP_INDEX_URL"))
                    .noneMatch(f -> f.contains("secret"));
            made = main(first);
            assertThat(made.upstreams())
                    .extracting(u -> u.id() + " " + u.url())
                    .contains("pypi https://index.example/simple/");
        }
        try (Installation later = open(folder, Map.of(), Map.of())) {
            assertThat(later.newAdminToken()).as("nobody was shown it yet").startsWith("slc_");
            later.tokenShown();
            assertThat(later.findings()).isEmpty();
            assertThat(main(later)).isEqualTo(made);
        }
        try (Installation last = open(folder, Map.of(), Map.of())) {
            assertThat(last.newAdminToken()).isNull();
        }
    }

    @Test
    void passwords_of_upstreams_are_sealed_with_a_key_that_is_not_in_the_database(@TempDir Path folder)
            throws IOException {
        Map<String, String> flags = Map.of(
                "upstreams.npm.url",
                "https://up.example/",
                "upstreams.npm.user",
                "ada",
                "upstreams.npm.password",
                "hunter2");
        Path data = folder.resolve("data");
        try (Installation first = open(folder, flags, Map.of())) {
            assertThat(npm(first)).isEqualTo(new Upstream.Basic("ada", "hunter2"));
        }
        assertThat(bytes(data.resolve("sluice.db"))).doesNotContain("hunter2").contains("sluice-sealed:1:");
        assertThat(Files.readString(data.resolve("secret.key"))).hasSize(65);
        try (Installation later = open(folder, Map.of(), Map.of())) {
            assertThat(npm(later)).isEqualTo(new Upstream.Basic("ada", "hunter2"));
        }

        Path kept = Files.move(data.resolve("secret.key"), folder.resolve("kept"));
        assertThatThrownBy(() -> open(folder, Map.of(), Map.of()))
                .hasMessageContaining("upstream 'npm' of repository 'main'")
                .hasMessageContaining("there is none in")
                .hasMessageContaining("--set secret-key-lost=true")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> open(folder, Map.of("secret-key", "ab".repeat(32)), Map.of()))
                .hasMessageContaining("cannot be opened with the key")
                .hasMessageContaining("SLUICE_SECRET_KEY");
        assertThatThrownBy(() -> open(folder, Map.of("secret-key", "hunter3"), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("32 random bytes")
                .hasMessageNotContaining("hunter3");
        try (Installation configured =
                open(folder, Map.of("secret-key", Files.readString(kept).strip()), Map.of())) {
            assertThat(npm(configured)).isEqualTo(new Upstream.Basic("ada", "hunter2"));
        }
        try (Installation without = open(folder, Map.of("secret-key-lost", "true"), Map.of())) {
            assertThat(npm(without)).isNull();
        }
        try (Installation later = open(folder, Map.of(), Map.of())) {
            assertThat(npm(later)).isNull();
        }
    }

    @Test
    void passwords_that_an_earlier_version_left_open_are_sealed_at_the_next_start(@TempDir Path folder)
            throws IOException {
        Path data = folder.resolve("data");
        try (Installation first = open(folder, Map.of("upstreams.npm.url", "none"), Map.of())) {
            assertThat(first.newAdminToken()).isNotNull();
        }
        try (Database earlier = Database.open(data)) { // nobody gave it a key
            Repository main = earlier.repositories().find("main").orElseThrow();
            Upstream upstream = new Upstream(
                    "npm",
                    "npm",
                    URI.create("https://up.example/"),
                    1,
                    Upstream.Trust.TRUSTED,
                    new Upstream.Bearer("hunter2"));
            earlier.repositories().save(main.with(true, List.of(upstream), List.of()));
        }
        assertThat(data.resolve("secret.key")).doesNotExist();

        try (Installation now = open(folder, Map.of(), Map.of())) {
            assertThat(npm(now)).isEqualTo(new Upstream.Bearer("hunter2"));
        }
        try (Database raw = Database.open(data)) {
            assertThatThrownBy(() -> raw.repositories().list()).hasMessageContaining("are sealed with the key");
        }
    }

    @Test
    void a_data_directory_is_its_owners_alone_and_one_that_was_not_is_tightened(@TempDir Path folder)
            throws IOException {
        Path data = Files.createDirectories(folder.resolve("data/journal"));
        Path old = Files.writeString(data.resolve("old"), "x");
        Files.setPosixFilePermissions(folder.resolve("data"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r--r--"));
        Map<String, String> flags =
                Map.of("upstreams.npm.url", "https://up.example/", "upstreams.npm.token", "hunter2");
        try (Installation installation = open(folder, flags, Map.of())) {
            assertThat(installation.newAdminToken()).isNotNull();
            try (Stream<Path> all = Files.walk(folder.resolve("data"))) {
                for (Path each : all.toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                            .as(each.toString())
                            .isEqualTo(Files.isDirectory(each) ? "rwx------" : "rw-------");
                }
            }
        }
    }

    private static String bytes(Path file) throws IOException {
        return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static Upstream.@Nullable Credentials npm(Installation installation) {
        return main(installation).upstreams().stream()
                .filter(upstream -> upstream.id().equals("npm"))
                .findFirst()
                .orElseThrow()
                .credentials();
    }

    @Test
    void a_machine_whose_clients_already_point_here_does_not_make_it_ask_itself(@TempDir Path folder)
            throws IOException {
        for (String here :
                new String[] {"http://127.0.0.1:8480/pypi/main/simple/", "http://localhost:8480/pypi/main/simple"}) {
            Path own = folder.resolve(String.valueOf(here.hashCode()));
            try (Installation installation = open(own, Map.of(), Map.of("PIP_INDEX_URL", here))) {
                assertThat(main(installation).upstreams())
                        .noneMatch(u -> u.format().equals("pypi"));
                assertThat(installation.findings())
                        .anyMatch(f -> f.contains("PIP_INDEX_URL")
                                && f.contains("points here")
                                && f.contains("--upstream pypi=URL"));
            }
        }
    }

    @Test
    void explicit_configuration_wins_and_none_takes_an_upstream_away(@TempDir Path folder) throws IOException {
        Map<String, String> environment = Map.of("PIP_INDEX_URL", "https://index.example/simple/");
        Map<String, String> flags =
                Map.of("upstreams.pypi.url", "https://mirror.example/simple", "upstreams.maven.url", "none");
        try (Installation first = open(folder, flags, environment)) {
            assertThat(main(first).upstreams())
                    .filteredOn(u -> u.format().equals("pypi"))
                    .singleElement()
                    .satisfies(u -> assertThat(u.url()).isEqualTo(URI.create("https://mirror.example/simple/")));
            assertThat(main(first).upstreams()).noneMatch(u -> u.format().equals("maven"));
        }
        try (Installation later = open(folder, Map.of("upstreams.pypi.url", "none"), environment)) {
            assertThat(main(later).upstreams()).noneMatch(u -> u.format().equals("pypi"));
        }
    }

    @Test
    void of_nodes_that_start_at_once_on_an_empty_database_one_makes_the_installation(@TempDir Path folder)
            throws IOException {
        PostgresServer server = PostgresServer.get();
        String address = server.database();
        try {
            List<Boolean> made = Together.all(3, number -> {
                try (Installation node = open(folder.resolve("node" + number), shared(folder, address), Map.of())) {
                    assertThat(node.policies().list()).hasSameSizeAs(StarterPolicies.FILES);
                    assertThat(node.database().tokens().list())
                            .extracting(Token::name)
                            .containsExactly("administrator");
                    return node.newAdminToken() != null;
                }
            });
            assertThat(made).containsOnlyOnce(true);
            try (Stream<Path> kept = Files.walk(folder)) {
                assertThat(kept.map(file -> String.valueOf(file.getFileName())))
                        .noneMatch(name -> name.endsWith(".db") || name.equals("journal"));
            }
        } finally {
            server.drop(address);
        }
    }

    @Test
    void the_control_token_of_a_server_is_good_for_that_process_alone(@TempDir Path folder) throws Exception {
        PostgresServer server = PostgresServer.get();
        String address = server.database();
        try (RunningServer one = RunningServer.start(
                        open(folder.resolve("one"), shared(folder, address), Map.of()), "127.0.0.1", 0);
                RunningServer other = RunningServer.start(
                        open(folder.resolve("other"), shared(folder, address), Map.of()), "127.0.0.1", 0)) {
            assertThat(tokens(one, one.controlToken())).isEqualTo(200);
            assertThat(tokens(other, other.controlToken())).isEqualTo(200);
            assertThat(tokens(other, one.controlToken())).isEqualTo(401);
            try (Installation third = open(folder.resolve("third"), shared(folder, address), Map.of())) {
                assertThat(third.database().tokens().list())
                        .extracting(Token::name)
                        .containsExactly("administrator");
            }
        } finally {
            server.drop(address);
        }
    }

    @Test
    void a_token_that_is_called_like_the_control_token_names_no_files_of_this_machine(@TempDir Path folder)
            throws Exception {
        try (RunningServer server =
                RunningServer.start(open(folder, Map.of("upstreams.npm.url", "none"), Map.of()), "127.0.0.1", 0)) {
            HttpResponse<String> made = post(
                    server, server.controlToken(), "/api/tokens", "{\"name\":\"control\",\"role\":\"administrator\"}");
            String named = made.body().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
            for (String path : List.of("/api/feeds/imports", "/api/upkeep/backup")) {
                HttpResponse<String> refused = post(
                        server,
                        named,
                        path,
                        "{\"paths\":[\"/etc/passwd\"],\"target\":\"" + folder.resolve("out") + "\"}");
                assertThat(refused.statusCode()).as(path).isEqualTo(403);
                assertThat(refused.body()).contains("on the server's machine");
            }
            assertThat(folder.resolve("out")).doesNotExist();
            assertThat(post(server, server.controlToken(), "/api/upkeep/backup", "{}")
                            .body())
                    .contains("name the directory to write to");
        }
    }

    private static HttpResponse<String> post(RunningServer server, String token, String path, String body)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(server.address() + path))
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static int tokens(RunningServer server, String token) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(server.address() + "/api/tokens"))
                                    .header("Authorization", "Bearer " + token)
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void what_is_no_database_is_refused_with_what_to_write(@TempDir Path folder) {
        assertThatThrownBy(() -> open(folder, Map.of(Setting.DATABASE.key(), "mysql://ada:secret@host/db"), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("postgres://user:password@host:5432/database")
                .hasMessageNotContaining("secret");
    }
}

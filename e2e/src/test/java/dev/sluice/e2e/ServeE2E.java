package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The program as an operator meets it: starting, stopping, crashing, asking it. */
class ServeE2E {

    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    private Sluice alone(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("--upstream", "npm=none", "--upstream", "pypi=none", "--upstream", "maven=none"));
        arguments.addAll(List.of(more));
        return Sluice.start(folder.resolve("server"), arguments.toArray(new String[0]));
    }

    private Sluice behind(FakeUpstreamServer upstream) throws Exception {
        return Sluice.start(
                folder.resolve("server"),
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=none",
                "--upstream",
                "maven=none");
    }

    private NpmProject project(String name, Sluice sluice) throws IOException {
        return NpmProject.in(folder.resolve(name), sluice);
    }

    private void publish(Sluice sluice, String name, String version) throws IOException {
        project("publish " + name.replace('/', ' ') + version, sluice)
                .token(sluice.token())
                .packageJson(name, version)
                .npm("publish")
                .succeeded();
    }

    private static String is(String name) {
        return "input.v0.package.name == \"" + name + "\"";
    }

    @Test
    void the_first_start_makes_everything_and_tells_how_to_use_it() throws Exception {
        try (Sluice sluice = alone()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sluice.ready())))
                    .isEqualTo("rw-------");
            JsonNode ready = Sluice.JSON.readTree(Files.readString(sluice.ready()));
            assertThat(ready.propertyNames()).containsExactlyInAnyOrder("address", "adminToken", "pid");
            assertThat(ready.path("pid").asLong()).isEqualTo(sluice.pid());
            assertThat(ready.path("address").asString()).matches("http://127\\.0\\.0\\.1:\\d+");
            assertThat(sluice.data()).isDirectoryContaining("glob:**/blobs").isDirectoryContaining("glob:**/journal");
            try (var files = Files.list(sluice.data())) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .anyMatch(name -> name.endsWith(".db") || name.contains("sqlite"));
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sluice.data())))
                    .isEqualTo("rwx------");
            assertThat(sluice.log())
                    .contains(sluice.address())
                    .containsOnlyOnce(sluice.token())
                    .contains("npm config set registry " + sluice.address() + "/npm/main/")
                    .contains("pip config set global.index-url " + sluice.address() + "/pypi/main/simple/")
                    .contains("./sluice setup maven")
                    .contains("The advisories of npm, PyPI, Maven are not known as a whole");
            List<String> banner = sluice.log()
                    .lines()
                    .dropWhile(line -> !line.startsWith("Sluice "))
                    .takeWhile(line -> line.isEmpty() || line.startsWith(" ") || line.startsWith("Sluice "))
                    .toList();
            assertThat(banner).as("all of it is seen at once").hasSizeLessThanOrEqualTo(25);
            assertThat(banner.subList(banner.size() - 7, banner.size()))
                    .as("ends with what is copied")
                    .anyMatch(line -> line.contains(sluice.token()))
                    .anyMatch(line -> line.contains("npm config set registry"));
            assertThat(sluice.api("GET", "/api/repositories/main", "")
                            .path("name")
                            .asString())
                    .isEqualTo("main");
            assertThat(sluice.cli("policy", "list").succeeded().output())
                    .contains("Known malware", "Cool-down", "Licence deny list");
            assertThat(sluice.get("/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_restart_keeps_packages_tokens_policies_and_the_journal_and_shows_no_token() throws Exception {
        String admin;
        try (Sluice sluice = alone()) {
            admin = sluice.token();
            publish(sluice, "kept", "1.0.0");
            project("before", sluice).npm("install", "kept").succeeded();
            sluice.withhold("lost-things", is("lost-things"));
        }
        try (Sluice sluice = alone()) {
            assertThat(sluice.log()).containsOnlyOnce(admin).containsOnlyOnce("Administrator token");
            NpmProject after = project("after", sluice).token(admin);
            assertThat(after.npm("whoami").succeeded().output()).contains("admin");
            after.npm("install", "kept").succeeded();
            assertThat(after.installed("kept")).isEqualTo("1.0.0");
            assertThat(sluice.cli("policy", "list").succeeded().output()).contains("No lost-things");
            JsonNode who = Sluice.JSON.readTree(sluice.cli("who", "pkg:npm/kept@1.0.0", "--json")
                    .succeeded()
                    .output());
            assertThat(who.path("consumers")
                            .valueStream()
                            .mapToLong(c -> c.path("count").asLong())
                            .sum())
                    .isEqualTo(2);
            assertThat(sluice.cli("decisions", "--kind", "publish").succeeded().output())
                    .contains("kept");
        }
    }

    @Test
    void a_download_that_runs_when_it_is_told_to_stop_is_finished() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start();
                Sluice sluice = behind(upstream)) {
            FakeNpm slow = new FakeNpm(upstream, "slow").version("1.0.0", FakeNpm.LONG_AGO, 300_000, true);
            assertThat(sluice.get("/npm/main/slow").statusCode()).isEqualTo(200);
            CompletableFuture<HttpResponse<byte[]>> download = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create(sluice.repository("npm") + "slow/-/slow-1.0.0.tgz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            upstream.awaitRequests(slow.tarball("1.0.0"), 1);

            sluice.terminate();
            await(() -> !accepts(sluice), "the server still accepts connections");
            upstream.release();

            HttpResponse<byte[]> response = download.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body().length).isGreaterThan(300_000);
        }
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start();
                Sluice sluice = behind(upstream)) {
            assertThat(sluice.cli("who", "pkg:npm/slow@1.0.0").succeeded().output())
                    .contains("slow");
        }
    }

    @Test
    void told_to_stop_it_ends_with_exit_code_0() throws Exception {
        try (Sluice sluice = alone()) {
            sluice.terminate();

            assertThat(sluice.exitCode()).isZero();
            assertThat(sluice.data().resolve("control.json")).doesNotExist();
        }
    }

    @Test
    void told_twice_it_stops_at_once_although_a_request_runs() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start();
                Sluice sluice = behind(upstream)) {
            FakeNpm slow = new FakeNpm(upstream, "slow").version("1.0.0", FakeNpm.LONG_AGO, 300_000, true);
            assertThat(sluice.get("/npm/main/slow").statusCode()).isEqualTo(200);
            var _ = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create(sluice.repository("npm") + "slow/-/slow-1.0.0.tgz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            upstream.awaitRequests(slow.tarball("1.0.0"), 1);

            sluice.terminate();
            await(() -> !accepts(sluice), "the server still accepts connections");
            sluice.terminate();

            assertThat(sluice.exitCode()).isEqualTo(143); // while draining it would have waited for the upstream
            upstream.release();
        }
    }

    private static boolean accepts(Sluice sluice) {
        URI address = URI.create(sluice.address());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition, String complaint) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(complaint).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void a_kill_right_after_an_acknowledged_publish_loses_nothing() throws Exception {
        Sluice first = alone();
        String admin = first.token();
        try {
            publish(first, "@acme/durable", "1.0.0");
        } finally {
            first.kill();
        }
        try (Sluice sluice = alone()) {
            NpmProject project = project("after", sluice);
            project.npm("install", "@acme/durable").succeeded();
            assertThat(project.installed("@acme/durable")).isEqualTo("1.0.0");
            assertThat(sluice.cli("decisions", "--kind", "publish").succeeded().output())
                    .contains("acme/durable@1.0.0");
            assertThat(project("owner", sluice)
                            .token(admin)
                            .npm("whoami")
                            .succeeded()
                            .output())
                    .contains("admin");
        }
    }

    @Test
    void who_names_user_token_address_and_count() throws Exception {
        try (Sluice sluice = alone()) {
            publish(sluice, "wanted", "1.0.0");
            JsonNode made = Sluice.JSON.readTree(
                    sluice.cli("token", "create", "ci-token", "--role", "reader", "--user", "build", "--json")
                            .succeeded()
                            .output());
            String token = made.path("token").asString();
            project("one", sluice).token(token).npm("install", "wanted").succeeded();
            project("two", sluice).token(token).npm("install", "wanted").succeeded();

            Run who = sluice.cli("who", "pkg:npm/wanted@1.0.0").succeeded();
            assertThat(who.output()).contains("build", made.path("id").asString(), "127.0.0.1", "npm/");
            JsonNode consumer = Sluice.JSON
                    .readTree(sluice.cli("who", "pkg:npm/wanted", "--json")
                            .succeeded()
                            .output())
                    .path("consumers")
                    .path(0);
            assertThat(consumer.path("count").asLong()).isEqualTo(2);
            assertThat(consumer.path("user").asString()).isEqualTo("build");
            Run nobody = sluice.cli("who", "pkg:npm/wanted@9.9.9");
            assertThat(nobody.exitCode()).isEqualTo(1);
            assertThat(nobody.output()).contains("Nobody");
            assertThat(sluice.cli("who", "CVE-1999-0001").exitCode()).isEqualTo(3);
        }
    }

    @Test
    void decisions_and_explain_tell_what_was_decided_and_why() throws Exception {
        try (Sluice sluice = alone()) {
            publish(sluice, "judged", "1.0.0");
            publish(sluice, "judged", "1.1.0");
            sluice.withhold("judged", is("judged") + "\n\tinput.v0.package.version == \"1.1.0\"");
            project("one", sluice).npm("install", "judged@1.1.0").failed();
            assertThat(sluice.get("/npm/main/judged/-/judged-1.1.0.tgz").statusCode())
                    .isEqualTo(403);

            assertThat(sluice.cli("decisions").succeeded().output()).contains("judged", "No judged", "/why/");
            assertThat(sluice.cli("decisions", "--policy", "No judged", "--purl", "pkg:npm/judged@1.1.0", "--json")
                            .succeeded()
                            .output())
                    .contains("refusal");
            assertThat(sluice.cli("decisions", "--purl", "pkg:npm/judged")
                            .succeeded()
                            .output())
                    .contains("judged is not wanted", "Withheld from indexes:", "1.1.0");
            Run withheld = sluice.cli("explain", "pkg:npm/judged@1.1.0");
            assertThat(withheld.exitCode()).isEqualTo(1);
            assertThat(withheld.output())
                    .contains("QUARANTINED", "No judged", "judged is not wanted")
                    .contains("nearest allowed", "1.0.0")
                    .contains("advisories       unknown");
            Run allowed =
                    sluice.cli("explain", "pkg:npm/judged@1.0.0", "--json").succeeded();
            assertThat(Sluice.JSON
                            .readTree(allowed.output())
                            .path("decision")
                            .path("allowed")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void tokens_are_created_listed_and_revoked_at_once() throws Exception {
        try (Sluice sluice = alone()) {
            JsonNode made =
                    Sluice.JSON.readTree(sluice.cli("token", "create", "laptop", "--role", "publisher", "--json")
                            .succeeded()
                            .output());
            String text = made.path("token").asString();
            assertThat(text).startsWith("slc_");
            NpmProject owner = project("owner", sluice).token(text);
            assertThat(owner.npm("whoami").succeeded().output()).contains("laptop");
            owner.packageJson("by-laptop", "1.0.0").npm("publish").succeeded();

            Run list = sluice.cli("token", "list").succeeded();
            assertThat(list.output()).contains("laptop", "publisher").doesNotContain(text);
            sluice.cli("token", "revoke", made.path("id").asString()).succeeded();

            assertThat(owner.npm("whoami").failed().output()).contains("401");
            assertThat(owner.packageJson("by-laptop", "1.1.0")
                            .npm("publish")
                            .failed()
                            .output())
                    .contains("401");
            assertThat(sluice.cli("token", "list").succeeded().output()).doesNotContain("laptop");
        }
    }

    @Test
    void config_shows_where_each_value_comes_from_and_masks_secrets() throws Exception {
        Path file = folder.resolve("my.yaml");
        Files.writeString(file, """
                port: 9999
                upstreams:
                  npm:
                    url: https://mirror.example/npm/
                    user: robot
                    password: hunter2-in-file
                """);
        Run shown = Sluice.command(
                        folder,
                        "config",
                        "--json",
                        "--config",
                        file.toString(),
                        "--set",
                        "upstreams.pypi.token=hunter2-in-flag",
                        "--set",
                        "workspace=acme")
                .succeeded();

        assertThat(shown.output()).doesNotContain("hunter2");
        JsonNode rows = Sluice.JSON.readTree(shown.output());
        assertThat(row(rows, "port").path("value").asString()).isEqualTo("9999");
        assertThat(row(rows, "port").path("origin").asString()).contains("my.yaml");
        assertThat(row(rows, "workspace").path("value").asString()).isEqualTo("acme");
        assertThat(row(rows, "bind").path("origin").asString()).contains("default");
        assertThat(row(rows, "upstreams.npm.password").path("value").asString()).isEqualTo("****");
        assertThat(row(rows, "upstreams.pypi.token").path("value").asString()).isEqualTo("****");
    }

    @Test
    void flags_win_over_the_environment_and_the_environment_over_the_file() throws Exception {
        Path file = folder.resolve("my.yaml");
        Files.writeString(file, "port: 1111\nbind: 127.0.0.2\nworkspace: from-file\n");
        List<String> command = new ArrayList<>(Sluice.program());
        command.addAll(List.of("config", "--json", "--set", "port=3333"));

        Run shown = Run.of(
                        folder,
                        Map.of(
                                "SLUICE_CONFIG", file.toString(),
                                "SLUICE_PORT", "2222",
                                "SLUICE_BIND", "127.0.0.3",
                                "SLUICE_UPSTREAM_NPM", "https://mirror.example/npm/"),
                        command)
                .succeeded();

        JsonNode rows = Sluice.JSON.readTree(shown.output());
        assertThat(row(rows, "port").path("value").asString()).isEqualTo("3333");
        assertThat(row(rows, "bind").path("value").asString()).isEqualTo("127.0.0.3");
        assertThat(row(rows, "bind").path("origin").asString()).contains("SLUICE_BIND");
        assertThat(row(rows, "workspace").path("value").asString()).isEqualTo("from-file");
        assertThat(row(rows, "upstreams.npm.url").path("value").asString()).isEqualTo("https://mirror.example/npm/");
    }

    @Test
    void credentials_of_an_upstream_are_sent_to_it_and_never_logged() throws Exception {
        try (FakeUpstreamServer upstream = FakeUpstreamServer.start();
                Sluice sluice = alone(
                        "--upstream",
                        "npm=" + upstream.url(),
                        "--set",
                        "upstreams.npm.token=very-secret-token",
                        "--set",
                        "log.level=debug")) {
            FakeNpm guarded = new FakeNpm(upstream, "guarded").version("1.0.0");
            assertThat(sluice.get("/npm/main/guarded").statusCode()).isEqualTo(200);
            upstream.breakDown(Answer.status(401));
            assertThat(sluice.get("/npm/main/guarded/-/guarded-1.0.0.tgz").statusCode())
                    .isEqualTo(502);

            assertThat(upstream.received())
                    .allMatch(request ->
                            "Bearer very-secret-token".equals(request.headers().get("authorization")))
                    .anyMatch(request -> request.path().equals(guarded.path()));
            assertThat(sluice.log()).doesNotContain("very-secret-token");
            assertThat(sluice.cli("repository", "list", "--json").succeeded().output())
                    .contains(upstream.url().toString())
                    .doesNotContain("very-secret-token");
        }
    }

    @Test
    void database_and_blobs_lie_where_they_are_told_to() throws Exception {
        Path blobs = folder.resolve("elsewhere/blobs");
        Path database = Files.createDirectories(folder.resolve("elsewhere/db"));
        String[] where = {"--blobs", blobs.toString(), "--database", "sqlite:" + database};
        try (Sluice sluice = alone(where)) {
            publish(sluice, "placed", "1.0.0");
            assertThat(sluice.data().resolve("blobs")).doesNotExist();
            assertThat(blobs).isNotEmptyDirectory();
            assertThat(database).isNotEmptyDirectory();
        }
        try (Sluice sluice = alone(where)) {
            NpmProject project = project("after", sluice);
            project.npm("install", "placed").succeeded();
            assertThat(project.installed("placed")).isEqualTo("1.0.0");
        }
    }

    @Test
    void the_launcher_of_a_checkout_runs_the_program() {
        Path launcher =
                Path.of(System.getProperty("sluice.launcher")).toAbsolutePath().normalize();

        Run run = Run.of(folder, Map.of("SLUICE_NO_BUILD", "1"), List.of(launcher.toString(), "--version"));

        assertThat(run.succeeded().output()).startsWith("sluice ");
    }

    private static JsonNode row(JsonNode rows, String key) {
        return rows.valueStream()
                .filter(row -> row.path("key").asString().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + key + " in " + rows));
    }

    @Test
    void the_version_is_told() {
        assertThat(Sluice.command(folder, "--version").succeeded().output()).startsWith("sluice ");
    }

    @Test
    void help_comes_with_examples() {
        assertThat(Sluice.command(folder, "feeds", "import", "--help")
                        .succeeded()
                        .output())
                .contains("Usage: sluice feeds import")
                .contains("Examples:")
                .contains("  sluice feeds import ");
    }

    @Test
    void a_wrong_command_line_or_value_is_told_with_exit_code_2() {
        Run option = Sluice.command(folder, "serve", "--prot", "0");
        assertThat(option.exitCode()).isEqualTo(2);
        assertThat(option.output()).contains("--prot").contains("--port");
        Run command = Sluice.command(folder, "serv");
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.output()).contains("'serv'").contains("serve");
        Run value =
                Sluice.command(folder, "serve", "--data", folder.resolve("x").toString(), "--port", "many");
        assertThat(value.exitCode()).isEqualTo(2);
        assertThat(value.output()).contains("port is 'many'").contains("a whole number");
        Run none = Sluice.command(
                folder, "who", "pkg:npm/x", "--data", folder.resolve("absent").toString());
        assertThat(none.exitCode()).isEqualTo(3);
        assertThat(none.output()).contains("no installation").contains("sluice serve");
    }

    @Test
    void on_any_address_but_loopback_reading_needs_a_token() throws Exception {
        try (Sluice sluice = alone("--bind", "0.0.0.0")) {
            publish(sluice, "guarded", "1.0.0");

            assertThat(sluice.get("/npm/main/guarded").statusCode()).isEqualTo(401);
            assertThat(project("nobody", sluice)
                            .npm("install", "guarded")
                            .failed()
                            .output())
                    .contains("E401");
            NpmProject somebody = project("somebody", sluice).token(sluice.token());
            somebody.npm("install", "guarded").succeeded();
            assertThat(somebody.installed("guarded")).isEqualTo("1.0.0");
        }
    }

    @Test
    void a_policy_that_does_not_compile_is_refused_with_its_place_and_the_old_one_stays() throws Exception {
        try (Sluice sluice = alone()) {
            publish(sluice, "ruled", "1.0.0");
            Path file = folder.resolve("ruled.rego");
            Files.writeString(file, policy("Ruled", is("ruled")));
            sluice.cli("policy", "apply", file.toString()).succeeded();
            String tarball = "/npm/main/ruled/-/ruled-1.0.0.tgz";
            assertThat(sluice.get(tarball).statusCode()).isEqualTo(403);

            Files.writeString(file, policy("Ruled", "input.v0.package.name ==== \"ruled\""));
            Run refused = sluice.cli("policy", "apply", file.toString());

            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.output()).containsPattern("ruled\\.rego:14:2[0-9]");
            assertThat(sluice.get(tarball).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void a_changed_file_in_the_policy_directory_takes_effect() throws Exception {
        Path policies = Files.createDirectories(folder.resolve("policies"));
        Path file = policies.resolve("ruled.rego");
        try (Sluice sluice = alone("--policies", policies.toString())) {
            publish(sluice, "ruled", "1.0.0");
            assertThat(status(sluice)).isEqualTo(200);

            Files.writeString(file, policy("Ruled", is("ruled")));
            await(() -> status(sluice) == 403, "the new file has no effect");
            Files.writeString(file, policy("Ruled", "this is no Rego ("));
            await(() -> log(sluice).contains("ruled.rego:14"), "the wrong file is not told");
            assertThat(status(sluice)).as("the former version stays in force").isEqualTo(403);
            Files.writeString(file, policy("Ruled", is("another")));
            await(() -> status(sluice) == 200, "the changed file has no effect");
            Files.writeString(file, policy("Ruled", is("ruled")));
            await(() -> status(sluice) == 403, "the file changed again has no effect");
            Files.delete(file);
            await(() -> status(sluice) == 200, "the deleted file still has an effect");
        }
    }

    private static int status(Sluice sluice) {
        try {
            return sluice.get("/npm/main/ruled/-/ruled-1.0.0.tgz").statusCode();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String log(Sluice sluice) {
        try {
            return sluice.log();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A policy file; the condition stands on line 14. */
    private static String policy(String title, String condition) {
        return """
                # METADATA
                # title: %s
                # description: Ask the platform team.
                # custom:
                #   precedence: 500
                #   mode: enforce
                #   actions:
                #     - set_package_state: QUARANTINED
                package cloudsmith

                default match := false

                match if {
                	%s
                }
                """.formatted(title, condition);
    }
}

package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * pip, uv and twine against a server whose upstream is a small fake, and against a second server whose upstream is the first.
 *
 * <p>The first leaves withheld files out of pages, as is the default; the second marks them as yanked. What pip can show differs:
 * it prints nothing of a page, only the reason phrase of a file. So a pin ends in "No matching distribution" at the first server,
 * and with the reason at the second.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PythonE2E {

    private static final Instant LONG_AGO = Instant.parse("2024-05-01T10:00:00Z");

    private Path folder;
    private FakeUpstreamServer upstream;
    private Python index;
    private Sluice sluice;
    private Sluice yanking;
    private int count;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        upstream = FakeUpstreamServer.start();
        index = new Python(upstream);
        sluice = Sluice.start(
                folder.resolve("first"),
                "--upstream",
                "pypi=" + index.index(),
                "--upstream",
                "npm=none",
                "--upstream",
                "maven=none",
                "--set",
                "upstream.freshness=PT0S");
        yanking = Sluice.start(
                folder.resolve("second"),
                "--upstream",
                "pypi=" + sluice.repository("pypi") + "simple/",
                "--upstream",
                "npm=none",
                "--upstream",
                "maven=none",
                "--set",
                "pypi.withheld=yank");
    }

    @AfterAll
    void stop() {
        yanking.close();
        sluice.close();
        upstream.close();
    }

    @Test
    void pip_and_uv_take_the_newest_version_that_is_allowed() throws Exception {
        offerOld("newest", "1.0", "1.10", "2.0");
        sluice.withhold("newest two", is("newest", "2.0"));

        assertThat(installedByPip(sluice, "newest")).isEqualTo("1.10");
        assertThat(installedByUv(sluice, "newest>=1")).isEqualTo("1.10");
    }

    @Test
    void a_second_server_behind_the_first_takes_the_newest_version_that_both_allow() throws Exception {
        offerOld("chained", "1.0", "2.0", "3.0");
        sluice.withhold("chained three", is("chained", "3.0"));
        yanking.withhold("chained two", is("chained", "2.0"));

        assertThat(installedByPip(yanking, "chained")).isEqualTo("1.0");
        assertThat(installedByUv(yanking, "chained")).isEqualTo("1.0");
    }

    @Test
    void without_a_policy_against_it_everything_installs() throws Exception {
        offerOld("plain", "1.0", "2.0");

        assertThat(installedByPip(sluice, "plain")).isEqualTo("2.0");
        assertThat(installedByPip(sluice, "plain==1.0")).isEqualTo("1.0");
        assertThat(installedByUv(sluice, "plain<2")).isEqualTo("1.0");
        assertThat(installedByPip(yanking, "plain")).isEqualTo("2.0");
    }

    @Test
    void where_withheld_files_are_yanked_pip_shows_the_reason_of_a_pin() throws Exception {
        offerOld("pinned", "1.0", "2.0");
        yanking.withhold("pinned two", is("pinned", "2.0"));

        assertThat(installedByPip(yanking, "pinned")).isEqualTo("1.0");
        String output = pip(yanking, fresh(), "pinned==2.0").failed().output();
        assertThat(output).contains("403").contains("Blocked by policy No pinned two");
        assertThat(pip(yanking, fresh(), "pinned>=2").failed().output()).contains("No matching distribution");
    }

    @Test
    void where_withheld_files_are_yanked_uv_shows_the_reason_of_a_pin() throws Exception {
        offerOld("uvpinned", "1.0", "2.0");
        yanking.withhold("uvpinned two", is("uvpinned", "2.0"));

        String output = uv(yanking, fresh(), "uvpinned==2.0").failed().output();
        assertThat(output).contains("Blocked by policy No uvpinned two").contains("uvpinned two is not wanted");
        assertThat(output).contains("Nearest allowed version: 1.0").contains("/why/");
    }

    @Test
    void where_withheld_files_are_dropped_a_pin_finds_nothing_and_the_page_says_why() throws Exception {
        offerOld("dropped", "1.0", "2.0");
        sluice.withhold("dropped two", is("dropped", "2.0"));

        assertThat(pip(sluice, fresh(), "dropped==2.0").failed().output())
                .contains("(from versions: 1.0)")
                .contains("No matching distribution found for dropped==2.0");
        assertThat(uv(sluice, fresh(), "dropped==2.0").failed().output()).contains("no version of dropped==2.0");
    }

    @Test
    void pip_shows_the_reason_when_a_requirement_names_a_withheld_file_by_its_address() throws Exception {
        offerOld("direct", "1.0", "2.0");
        Path requirements = fresh().resolve("requirements.txt");
        Files.writeString(requirements, "direct @ " + address(sluice, "direct", "direct-2.0-py3-none-any.whl") + "\n");
        sluice.withhold("direct two", is("direct", "2.0"));

        assertThat(pip(sluice, fresh(), "-r", requirements.toString()).failed().output())
                .contains("Blocked by policy No direct two");
    }

    @Test
    void a_lock_file_of_uv_on_a_withheld_version_is_refused_with_the_reason() throws Exception {
        offerOld("locked", "1.0", "2.0");
        Path project = fresh();
        Files.writeString(project.resolve("pyproject.toml"), """
                [project]
                name = "consumer"
                version = "0"
                requires-python = ">=3.8"
                dependencies = ["locked"]
                """);
        String simple = simple(sluice);
        Python.run(project, "uv", "lock", "--default-index", simple).succeeded();
        assertThat(Files.readString(project.resolve("uv.lock"))).contains("version = \"2.0\"");
        sluice.withhold("locked two", is("locked", "2.0"));

        Run sync = Python.run(project, "uv", "sync", "--frozen", "--no-cache", "--default-index", simple);

        assertThat(sync.failed().output())
                .contains("Blocked by policy No locked two")
                .contains("locked two is not wanted");
    }

    @Test
    void requirements_with_hashes_on_a_withheld_version_are_refused() throws Exception {
        offerOld("hashed", "1.0", "2.0");
        Path requirements = fresh().resolve("requirements.txt");
        Files.writeString(
                requirements, "hashed==2.0 --hash=sha256:" + Python.sha256(Python.wheel("hashed", "2.0")) + "\n");
        pip(sluice, fresh(), "--require-hashes", "-r", requirements.toString()).succeeded();
        String slug = sluice.withhold("hashed two", is("hashed", "2.0"));

        assertThat(pip(sluice, fresh(), "--require-hashes", "-r", requirements.toString())
                        .failed()
                        .output())
                .contains("No matching distribution");
        sluice.drop(slug);
        pip(sluice, fresh(), "--require-hashes", "-r", requirements.toString()).succeeded();
    }

    @Test
    void a_new_wheel_of_an_old_release_waits_while_the_old_files_install() throws Exception {
        // pip prefers the wheel with the build number; an attacker who takes over an old release adds just such a file
        index.offer("cooling", "1.0", LONG_AGO);
        index.offer(
                "cooling",
                "cooling-1.0-7-py3-none-any.whl",
                Python.wheel("cooling", "1.0"),
                Instant.now().minus(Duration.ofHours(2)));
        index.offer("cooling", "1.1", Instant.now().minus(Duration.ofHours(1)));

        assertThat(json(sluice, "cooling")
                        .path("files")
                        .valueStream()
                        .map(f -> f.path("filename").asString()))
                .containsExactly("cooling-1.0-py3-none-any.whl");
        assertThat(installedByPip(sluice, "cooling")).isEqualTo("1.0");
        assertThat(installedByUv(sluice, "cooling")).isEqualTo("1.0");
        HttpResponse<String> refused = sluice.get("/pypi/main/files/cooling/cooling-1.0-7-py3-none-any.whl");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("Cool-down").contains("Allowed from ");
    }

    /** Whoever reads it from front to back finds the METADATA of another wheel first; pip reads from the end. */
    @Test
    void a_forged_wheel_is_judged_by_the_metadata_that_pip_reads_and_never_published() throws Exception {
        String file = "forged-1.0-py3-none-any.whl";
        byte[] forged = forged("forged");
        index.offer("forged", file, forged, LONG_AGO);
        sluice.withhold(
                "forged agpl",
                "input.v0.package.name == \"forged\"\n"
                        + "\tinput.v0.package.license.oss_license.spdx_identifier == \"AGPL-3.0-only\"");

        assertThat(pip(sluice, fresh(), "forged==1.0").failed().output()).contains("Blocked by policy");
        // what pip's request taught is known of the index from now on
        assertThat(uv(sluice, fresh(), "forged==1.0").failed().output()).contains("no version of forged==1.0");
        assertThat(sluice.get("/pypi/main/files/forged/" + file).statusCode()).isEqualTo(403);

        Path own = Files.write(fresh().resolve("forgedown-1.0-py3-none-any.whl"), forged("forgedown"));
        assertThat(twine(sluice, sluice.token(), own).failed().output()).contains("ambiguous");
        assertThat(sluice.get("/pypi/main/simple/forgedown/").statusCode()).isEqualTo(404);
    }

    private static byte[] forged(String project) throws IOException {
        byte[] twin = Python.wheel(project, "1.0", "MIT");
        byte[] real = Python.wheel(project, "1.0", "AGPL-3.0-only");
        return EvidenceE2E.twins(twin, real);
    }

    @Test
    void twine_publishes_and_what_it_published_passes_the_same_gate() throws Exception {
        Path wheel = onDisk("twined", "1.0");
        twine(sluice, sluice.token(), wheel).succeeded();
        twine(sluice, sluice.token(), onDisk("twined", "2.0")).succeeded();
        assertThat(installedByPip(sluice, "twined")).isEqualTo("2.0");
        // published this minute: for a server behind this one it is a new package of an upstream
        assertThat(pip(yanking, fresh(), address(yanking, "twined", "twined-2.0-py3-none-any.whl"))
                        .failed()
                        .output())
                .contains("Blocked by policy Cool-down");

        sluice.withhold("twined two", is("twined", "2.0"));

        assertThat(installedByPip(sluice, "twined")).isEqualTo("1.0");
        assertThat(pip(sluice, fresh(), address(sluice, "twined", "twined-2.0-py3-none-any.whl"))
                        .failed()
                        .output())
                .contains("Blocked by policy No twined two");
    }

    @Test
    void twine_is_told_that_a_file_exists_and_can_skip_it() throws Exception {
        Path first = onDisk("twice", "1.0");
        twine(sluice, sluice.token(), first).succeeded();
        twine(sluice, sluice.token(), first).succeeded();

        // the same bytes again change nothing; other bytes under the same name never come in
        Path other = fresh().resolve(first.getFileName());
        Files.write(other, changed("twice", "1.0"));
        assertThat(twine(sluice, sluice.token(), other).failed().output()).containsIgnoringCase("already exist");
        assertThat(twine(sluice, sluice.token(), other, "--skip-existing")
                        .succeeded()
                        .output())
                .contains("Skipping");
        assertThat(Files.readAllBytes(first)).isEqualTo(downloaded(sluice, "twice", "twice-1.0-py3-none-any.whl"));
    }

    @Test
    void uv_publishes_and_can_check_what_is_there() throws Exception {
        Path wheel = onDisk("uvpub", "1.0");
        uvPublish(sluice, sluice.token(), wheel).succeeded();
        assertThat(installedByUv(sluice, "uvpub")).isEqualTo("1.0");
        uvPublish(sluice, sluice.token(), wheel, "--check-url", simple(sluice)).succeeded();

        Path other = fresh().resolve(wheel.getFileName());
        Files.write(other, changed("uvpub", "1.0"));
        assertThat(uvPublish(sluice, sluice.token(), other).failed().output()).containsIgnoringCase("already exist");
    }

    @Test
    void an_upload_without_a_known_token_fails_with_words() throws Exception {
        Path wheel = onDisk("nobody", "1.0");

        assertThat(twine(sluice, "slc_unknown", wheel).failed().output())
                .contains("401")
                .contains("Token needed");
        assertThat(uvPublish(sluice, "slc_unknown", wheel).failed().output()).contains("Token needed");
        // uv does not even ask
        assertThat(Python.run(
                                fresh(),
                                "uv",
                                "publish",
                                "--trusted-publishing",
                                "never",
                                "--publish-url",
                                sluice.repository("pypi"),
                                wheel.toString())
                        .failed()
                        .output())
                .contains("Missing credentials");
        assertThat(sluice.get("/pypi/main/simple/nobody/").statusCode()).isEqualTo(404);
    }

    @Test
    void a_change_of_policy_is_seen_by_clients_that_hold_the_page() throws Exception {
        offerOld("flipped", "1.0", "2.0");
        Path home = fresh();
        assertThat(installedByPip(sluice, home, "flipped")).isEqualTo("2.0");
        assertThat(installedByUv(sluice, home, "flipped")).isEqualTo("2.0");
        String etag = sluice.get("/pypi/main/simple/flipped/")
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        assertThat(sluice.get("/pypi/main/simple/flipped/", "If-None-Match", etag)
                        .statusCode())
                .isEqualTo(304);

        String slug = sluice.withhold("flipped two", is("flipped", "2.0"));

        assertThat(sluice.get("/pypi/main/simple/flipped/", "If-None-Match", etag)
                        .statusCode())
                .isEqualTo(200);
        assertThat(installedByPip(sluice, home, "flipped")).isEqualTo("1.0");
        assertThat(installedByUv(sluice, home, "flipped")).isEqualTo("1.0");
        sluice.drop(slug);
        assertThat(installedByPip(sluice, home, "flipped")).isEqualTo("2.0");
        assertThat(installedByUv(sluice, home, "flipped")).isEqualTo("2.0");
    }

    @Test
    void the_metadata_side_car_has_the_digest_that_the_page_promises() throws Exception {
        twine(sluice, sluice.token(), onDisk("sidecar", "1.0")).succeeded();

        JsonNode file = json(sluice, "sidecar").path("files").path(0);
        String side = sluice.get("/pypi/main/files/sidecar/sidecar-1.0-py3-none-any.whl.metadata")
                .body();
        assertThat(side).isEqualTo(Python.metadata("sidecar", "1.0"));
        assertThat(file.path("core-metadata").path("sha256").asString()).isEqualTo(Python.sha256(side.getBytes(UTF_8)));
        assertThat(sluice.get("/pypi/main/simple/sidecar/").body())
                .contains("data-core-metadata=\"sha256=" + Python.sha256(side.getBytes(UTF_8)) + "\"");
    }

    @Test
    void the_json_and_the_html_form_of_a_page_list_the_same_files() throws Exception {
        offerOld("forms", "1.0", "2.0", "3.0");
        sluice.withhold("forms two", is("forms", "2.0"));

        List<String> inJson = json(sluice, "forms")
                .path("files")
                .valueStream()
                .map(f -> f.path("filename").asString() + " "
                        + f.path("hashes").path("sha256").asString())
                .toList();
        List<String> inHtml = new ArrayList<>();
        Matcher links = Pattern.compile("/([^/\"]+)#sha256=([0-9a-f]{64})\"")
                .matcher(sluice.get("/pypi/main/simple/forms/").body());
        while (links.find()) {
            inHtml.add(links.group(1) + " " + links.group(2));
        }
        assertThat(inJson).hasSize(2).containsExactlyElementsOf(inHtml);
    }

    @Test
    void what_is_kept_still_installs_while_the_upstream_is_down() throws Exception {
        offerOld("kept", "1.0", "2.0");
        assertThat(installedByPip(sluice, "kept")).isEqualTo("2.0");
        upstream.breakDown(Answer.status(503));
        try {
            assertThat(installedByPip(sluice, "kept")).isEqualTo("2.0");
            assertThat(installedByUv(sluice, "kept")).isEqualTo("2.0");
            HttpResponse<String> page = sluice.get("/pypi/main/simple/kept/");
            assertThat(page.headers().firstValue("X-Sluice-Stale")).isPresent();
            sluice.withhold("kept two", is("kept", "2.0"));
            assertThat(pip(sluice, fresh(), address(sluice, "kept", "kept-2.0-py3-none-any.whl"))
                            .failed()
                            .output())
                    .contains("Blocked by policy No kept two");
        } finally {
            upstream.recover();
        }
    }

    private void offerOld(String project, String... versions) throws IOException {
        for (String version : versions) {
            index.offer(project, version, LONG_AGO);
        }
    }

    /** A Rego condition that names one version of one package. */
    private static String is(String project, String version) {
        return "input.v0.package.name == \"" + project + "\"\n\tinput.v0.package.version == \"" + version + "\"";
    }

    private Path fresh() throws IOException {
        return Files.createDirectories(folder.resolve("work-" + count++));
    }

    private static String simple(Sluice server) {
        return server.repository("pypi") + "simple/";
    }

    private JsonNode json(Sluice server, String project) throws IOException, InterruptedException {
        return Sluice.JSON.readTree(server.get("/pypi/main/simple/" + project + "/", "Accept", Python.SIMPLE_JSON)
                .body());
    }

    /** The address of a file as the page gives it. */
    private String address(Sluice server, String project, String fileName) throws IOException, InterruptedException {
        return json(server, project)
                .path("files")
                .valueStream()
                .filter(f -> f.path("filename").asString().equals(fileName))
                .map(f -> f.path("url").asString())
                .findFirst()
                .orElseGet(() -> server.repository("pypi") + "files/" + project + "/" + fileName);
    }

    private byte[] downloaded(Sluice server, String project, String fileName) throws Exception {
        Path to = fresh();
        Python.run(
                        to,
                        "pip",
                        "download",
                        "--no-deps",
                        "--no-cache-dir",
                        "-d",
                        to.toString(),
                        address(server, project, fileName))
                .succeeded();
        return Files.readAllBytes(to.resolve(fileName));
    }

    /** A wheel with the same name and other bytes. */
    private static byte[] changed(String project, String version) throws IOException {
        byte[] wheel = Python.wheel(project, version);
        int comment = wheel.length - 2; // length of the archive's comment, which ends it
        byte[] more = java.util.Arrays.copyOf(wheel, wheel.length + 1);
        more[comment] = 1;
        more[wheel.length] = '!';
        return more;
    }

    private Path onDisk(String project, String version) throws IOException {
        Path file = fresh().resolve(project + "-" + version + "-py3-none-any.whl");
        return Files.write(file, Python.wheel(project, version));
    }

    private String installedByPip(Sluice server, String... what) throws IOException {
        return installedByPip(server, fresh(), what);
    }

    private String installedByPip(Sluice server, Path home, String... what) throws IOException {
        Path target = fresh().resolve("site");
        List<String> arguments = new ArrayList<>(List.of("--target", target.toString()));
        arguments.addAll(List.of(what));
        pip(server, home, arguments.toArray(String[]::new)).succeeded();
        return version(target);
    }

    private String installedByUv(Sluice server, String... what) throws IOException {
        return installedByUv(server, fresh(), what);
    }

    private String installedByUv(Sluice server, Path home, String... what) throws IOException {
        Path target = fresh().resolve("site");
        List<String> arguments = new ArrayList<>(List.of("--target", target.toString()));
        arguments.addAll(List.of(what));
        uv(server, home, arguments.toArray(String[]::new)).succeeded();
        return version(target);
    }

    /** The version of the one package that lies in a folder. */
    private static String version(Path site) throws IOException {
        try (var entries = Files.list(site)) {
            String info = entries.map(p -> p.getFileName().toString())
                    .filter(n -> n.endsWith(".dist-info"))
                    .findFirst()
                    .orElseThrow();
            return info.substring(info.indexOf('-') + 1, info.length() - ".dist-info".length());
        }
    }

    private Run pip(Sluice server, Path home, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("pip", "install", "--index-url", simple(server)));
        if (List.of(more).stream().noneMatch("--target"::equals)) {
            command.addAll(List.of("--target", fresh().resolve("site").toString()));
        }
        command.addAll(List.of(more));
        return Python.run(home, command.toArray(String[]::new));
    }

    private Run uv(Sluice server, Path home, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("uv", "pip", "install", "--default-index", simple(server)));
        command.addAll(List.of("--python", Clients.python().resolve("python").toString()));
        if (List.of(more).stream().noneMatch("--target"::equals)) {
            command.addAll(List.of("--target", fresh().resolve("site").toString()));
        }
        command.addAll(List.of(more));
        return Python.run(home, command.toArray(String[]::new));
    }

    private Run twine(Sluice server, String token, Path file, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("twine", "upload", "--non-interactive", "--disable-progress-bar"));
        command.addAll(List.of("--repository-url", server.repository("pypi"), "-u", "__token__", "-p", token));
        command.addAll(List.of(more));
        command.add(file.toString());
        return Python.run(fresh(), command.toArray(String[]::new));
    }

    private Run uvPublish(Sluice server, String token, Path file, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("uv", "publish", "--publish-url", server.repository("pypi")));
        command.addAll(List.of("--token", token));
        command.addAll(List.of(more));
        command.add(file.toString());
        return Python.run(fresh(), command.toArray(String[]::new));
    }
}

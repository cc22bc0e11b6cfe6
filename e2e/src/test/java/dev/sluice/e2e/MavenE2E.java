package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.ClientsPage.Behaviour;
import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Maven 3.8, 3.9 and 4 against a server whose upstream is a small fake, and against a second server whose upstream is the first. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MavenE2E {

    private static final String YES = "yes";

    private final ClientsPage page = new ClientsPage();
    private Path folder;
    private FakeUpstreamServer upstream;
    private Jars repository;
    private Sluice sluice;
    private Sluice second;
    private int count;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        upstream = FakeUpstreamServer.start();
        repository = new Jars(upstream);
        sluice = Sluice.start(
                folder.resolve("first"),
                "--upstream",
                "maven=" + repository.repository(),
                "--upstream",
                "npm=none",
                "--upstream",
                "pypi=none",
                "--set",
                "upstream.freshness=PT0S");
        second = Sluice.start(
                folder.resolve("second"),
                "--upstream",
                "maven=" + sluice.repository("maven"),
                "--upstream",
                "npm=none",
                "--upstream",
                "pypi=none",
                "--set",
                "upstream.freshness=PT0S");
    }

    @AfterAll
    void stop() throws IOException {
        second.close();
        sluice.close();
        upstream.close();
        page.check();
    }

    @ParameterizedTest
    @EnumSource
    void a_range_resolves_to_the_newest_version_that_is_allowed(Maven client) throws Exception {
        String library = "range-" + client.word();
        repository.offer(library, "1.0", "1.2", "1.10", "2.0");
        assertThat(resolved(client, sluice, library, "[1.0,)")).isEqualTo("2.0");

        sluice.withhold(library, is(library, "2.0"));
        second.withhold(library, is(library, "1.10"));

        assertThat(resolved(client, sluice, library, "[1.0,)")).isEqualTo("1.10");
        assertThat(resolved(client, second, library, "[1.0,)")).isEqualTo("1.2");
        assertThat(resolved(client, sluice, library, "RELEASE")).isEqualTo("1.10");
        page.saw(client.title(), Behaviour.NEWEST, YES);
    }

    @ParameterizedTest
    @EnumSource
    void a_pin_on_a_withheld_version_fails_with_the_reason(Maven client) throws Exception {
        String library = "pin-" + client.word();
        repository.offer(library, "1.0", "2.0");
        sluice.withhold(library, is(library, "2.0"));

        Path project = consumer(library, "2.0");
        client.forget(Jars.GROUP);
        Run run = client.run(sluice, project, "", Maven.COPYING).failed();

        assertThat(run.output()).contains("Blocked by policy No " + library).contains(library + " is not wanted");
        page.refused(client.title(), Behaviour.PIN, "mvn verify", client.local(), project, sluice, run);
        for (Behaviour none : List.of(Behaviour.LOCK, Behaviour.COOL_DOWN, Behaviour.BLENDED)) {
            page.saw(client.title(), none, ClientsPage.NOTHING);
        }
        assertThat(resolved(client, sluice, library, "1.0")).isEqualTo("1.0");
    }

    @ParameterizedTest
    @EnumSource
    void a_jar_that_became_withheld_is_refused_though_the_client_holds_its_pom(Maven client) throws Exception {
        String library = "half-" + client.word();
        repository.offer(library, "1.0");
        assertThat(resolved(client, sluice, library, "1.0")).isEqualTo("1.0");
        sluice.withhold(library, is(library, "1.0"));
        Path local = client.local();
        Files.delete(local.resolve(Jars.path(library) + "1.0/" + library + "-1.0.jar"));

        Run run = client.run(sluice, consumer(library, "1.0"), "", Maven.COPYING);

        assertThat(run.failed().output()).contains("Blocked by policy No " + library);
    }

    @ParameterizedTest
    @EnumSource
    void a_change_of_policy_is_seen_at_the_next_resolution(Maven client) throws Exception {
        String library = "flip-" + client.word();
        repository.offer(library, "1.0", "2.0");
        assertThat(resolved(client, sluice, library, "[1,)")).isEqualTo("2.0");
        String path = "/maven/main/" + Jars.path(library) + "maven-metadata.xml";
        String etag = sluice.get(path).headers().firstValue("ETag").orElseThrow();
        assertThat(sluice.get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);

        String slug = sluice.withhold(library, is(library, "2.0"));

        HttpResponse<String> changed = sluice.get(path, "If-None-Match", etag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).contains("<release>1.0</release>").doesNotContain("2.0");
        assertThat(sluice.get(path + ".sha1").body())
                .isEqualTo(Jars.hex("SHA-1", changed.body().getBytes(UTF_8)));
        assertThat(sluice.get(path + ".sha256").body())
                .isEqualTo(Jars.hex("SHA-256", changed.body().getBytes(UTF_8)));
        assertThat(resolved(client, sluice, library, "[1,)")).isEqualTo("1.0");
        sluice.drop(slug);
        assertThat(resolved(client, sluice, library, "[1,)")).isEqualTo("2.0");
    }

    @ParameterizedTest
    @EnumSource
    void what_is_deployed_resolves_and_passes_the_same_gate(Maven client) throws Exception {
        String library = "deployed-" + client.word();
        assertThat(deploy(client, library, "1.0", "first", sluice.token()).exitCode())
                .isZero();
        deploy(client, library, "1.1", "second", sluice.token()).succeeded();
        assertThat(resolved(client, sluice, library, "[1,)")).isEqualTo("second");

        sluice.withhold(library, is(library, "1.1"));

        assertThat(resolved(client, sluice, library, "[1,)")).isEqualTo("first");
        assertThat(resolve(client, sluice, library, "1.1").failed().output())
                .contains("Blocked by policy No " + library);
        page.saw(client.title(), Behaviour.PUBLISH, YES);
    }

    @ParameterizedTest
    @EnumSource
    void a_release_never_changes(Maven client) throws Exception {
        String library = "fixed-" + client.word();
        deploy(client, library, "1.0", "first", sluice.token()).succeeded();

        Run again = deploy(client, library, "1.0", "other bytes", sluice.token());

        assertThat(again.failed().output()).contains("already published");
    }

    @ParameterizedTest
    @EnumSource
    void a_snapshot_is_deployed_again_and_again_and_the_newest_build_resolves(Maven client) throws Exception {
        String library = "snapshot-" + client.word();
        deploy(client, library, "1.0-SNAPSHOT", "first", sluice.token()).succeeded();
        assertThat(resolved(client, sluice, library, "1.0-SNAPSHOT")).isEqualTo("first");

        deploy(client, library, "1.0-SNAPSHOT", "second", sluice.token()).succeeded();

        assertThat(resolved(client, sluice, library, "1.0-SNAPSHOT")).isEqualTo("second");
    }

    @ParameterizedTest
    @EnumSource
    void without_a_token_a_deployment_fails_with_words(Maven client) throws Exception {
        String library = "nobody-" + client.word();

        assertThat(deploy(client, library, "1.0", "first", "").failed().output())
                .contains("Token needed");
        assertThat(deploy(client, library, "1.0", "first", "slc_unknown")
                        .failed()
                        .output())
                .contains("Token needed");
        assertThat(sluice.get("/maven/main/" + Jars.path(library) + "maven-metadata.xml")
                        .statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_kept_still_resolves_while_the_upstream_is_down(Maven client) throws Exception {
        String library = "kept-" + client.word();
        repository.offer(library, "1.0", "2.0");
        assertThat(resolved(client, sluice, library, "[1,)")).isEqualTo("2.0");
        upstream.breakDown(Answer.status(503));
        try {
            assertThat(resolved(client, sluice, library, "[1,)")).isEqualTo("2.0");
        } finally {
            upstream.recover();
        }
        page.saw(client.title(), Behaviour.WARM, YES);
    }

    @ParameterizedTest
    @EnumSource
    void a_private_repository_is_read_with_a_token_only_and_goes_on_answering_to_a_former_name(Maven client)
            throws Exception {
        String library = "private-" + client.word();
        repository.offer(library, "1.0");
        String name = "closed-" + client.word();
        sluice.api("PUT", "/api/repositories/" + name, """
                {"open_reads":false,"upstreams":[{"id":"maven","format":"maven","url":"%s","trust":"trusted"}]}""".formatted(repository.repository()));
        client.forget(Jars.GROUP);
        Run nobody = client.run(sluice, name, consumer(library, "1.0"), "slc_unknown", Maven.COPYING);
        assertThat(nobody.failed().output()).contains("401");
        client.forget(Jars.GROUP);
        client.run(sluice, name, consumer(library, "1.0"), sluice.token(), Maven.COPYING)
                .succeeded();
        page.saw(client.title(), Behaviour.PRIVATE, YES);

        sluice.cli("repository", "rename", name, "renamed-" + client.word()).succeeded();

        client.forget(Jars.GROUP);
        client.run(sluice, name, consumer(library, "1.0"), sluice.token(), Maven.COPYING)
                .succeeded();
        page.saw(client.title(), Behaviour.RENAMED, "the old address works");
    }

    @ParameterizedTest
    @EnumSource
    void an_unknown_repository_is_called_so(Maven client) throws Exception {
        String library = "nowhere-" + client.word();
        repository.offer(library, "1.0");
        client.forget(Jars.GROUP);

        Run run = client.run(sluice, "nowhere", consumer(library, "1.0"), "", Maven.COPYING);

        // 3.8 takes every 404 for an artifact that is not there
        assertThat(run.failed().output())
                .contains(client == Maven.OLD ? "Could not find artifact" : "there is no repository");
    }

    private static String is(String library, String version) {
        return "input.v0.package.name == \"" + Jars.GROUP + ":" + library + "\"\n\tinput.v0.package.version == \""
                + version + "\"";
    }

    private Path fresh() throws IOException {
        return Files.createDirectories(folder.resolve("work-" + count++));
    }

    /** What lies in the jar that a requirement resolves to, in a local repository that knows nothing of the library. */
    private String resolved(Maven client, Sluice server, String library, String version) throws IOException {
        client.forget(Jars.GROUP);
        Path project = consumer(library, version);
        client.run(server, project, "", Maven.COPYING).succeeded();
        try (Stream<Path> jars = Files.list(project.resolve("target/dependency"))) {
            Path jar = jars.findFirst().orElseThrow();
            try (ZipFile zip = new ZipFile(jar.toFile());
                    InputStream in = zip.getInputStream(zip.getEntry("META-INF/" + library + ".txt"))) {
                return new String(in.readAllBytes(), UTF_8);
            }
        }
    }

    private Run resolve(Maven client, Sluice server, String library, String version) throws IOException {
        client.forget(Jars.GROUP);
        return client.run(server, consumer(library, version), "", Maven.COPYING);
    }

    private Path consumer(String library, String version) throws IOException {
        return Maven.consumer(fresh(), Jars.GROUP, library, version);
    }

    /** Deploys a jar with that text in it as a person would: {@code mvn deploy}, with the plugins that this build pins. */
    private Run deploy(Maven client, String library, String version, String text, String token) throws IOException {
        Path project = fresh();
        Files.writeString(project.resolve("pom.xml"), """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>%s</groupId>
                  <artifactId>%s</artifactId>
                  <version>%s</version>
                  <properties><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
                  <build>
                    <plugins>
                      %s
                    </plugins>
                  </build>
                </project>
                """.formatted(
                        Jars.GROUP,
                        library,
                        version,
                        plugin("resources", "3.4.0")
                                + plugin("compiler", "3.14.1")
                                + plugin("surefire", "3.5.4")
                                + plugin("jar", "3.5.0")
                                + plugin("install", "3.1.4")
                                + plugin("deploy", "3.1.4")));
        Path resource = project.resolve("src/main/resources/META-INF/" + library + ".txt");
        Files.createDirectories(resource.getParent());
        Files.writeString(resource, text);
        return client.run(
                sluice,
                project,
                token,
                List.of(Maven.page()
                        .filled(sluice, "main", token)
                        .script("publish")
                        .strip()
                        .replaceFirst("^mvn ", "")
                        .concat(" -Dmaven.test.skip=true")
                        .split(" ")));
    }

    private static String plugin(String name, String version) {
        return "<plugin><artifactId>maven-" + name + "-plugin</artifactId><version>" + version + "</version></plugin>";
    }
}

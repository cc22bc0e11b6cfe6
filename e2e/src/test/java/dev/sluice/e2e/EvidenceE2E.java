package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Answer;
import dev.sluice.testkit.FakeUpstreamServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * What upstreams may be made to tell, and what real clients then get: indexes that their files contradict, archives that can be read
 * in two ways, web pages in place of files, malware that nobody has any more, POMs that only Maven can read.
 *
 * <p>The packages are such that a client that got one would do what it must not: their scripts leave a mark.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EvidenceE2E {

    private static final Instant LONG_AGO = Instant.parse(FakeNpm.LONG_AGO);
    private static final String PARKED = "<!DOCTYPE html><html><body>This domain is for sale.</body></html>";
    private static final String DISAGREE = "Blocked by policy Index and artifact disagree";

    private FakeUpstreamServer upstream;
    private Python pypi;
    private Jars maven;
    private Sluice sluice;
    private Desks desks;
    private Path folder;
    private int count;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        upstream = FakeUpstreamServer.start();
        pypi = new Python(upstream);
        maven = new Jars(upstream);
        sluice = Sluice.start(
                temporary.resolve("sluice"),
                "--upstream",
                "npm=" + upstream.url(),
                "--upstream",
                "pypi=" + pypi.index(),
                "--upstream",
                "maven=" + maven.repository(),
                "--set",
                "upstream.outage=PT0.05S");
        desks = new Desks(temporary, sluice);
        sluice.mode("Licence deny list", "enforce");
        sluice.cli(
                        "feeds",
                        "import",
                        malware("gonenpm10", "npm"),
                        malware("gonepnpm10", "npm"),
                        malware("goneyarn1", "npm"),
                        malware("gonepip26", "PyPI"),
                        malware(Jars.GROUP + ":gone-old", "Maven"),
                        malware(Jars.GROUP + ":gone-new", "Maven"))
                .succeeded();
    }

    @AfterAll
    void stop() {
        sluice.close();
        upstream.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NPM_10", "PNPM_10", "YARN_1"})
    void a_tarball_that_contradicts_its_index_is_refused_and_its_script_does_not_run(MatrixClient client)
            throws Exception {
        String honest = "honest-" + client.word();
        String sly = "sly-" + client.word();
        npm(honest).version("1.0.0", Tarball.of(manifest(honest, "MIT")));
        npm(sly).version("1.0.0", Tarball.of(manifest(sly, "AGPL-3.0-only")));

        Desk desk = desks.desk(client);
        Files.writeString(desk.project().resolve("pnpm-workspace.yaml"), "dangerouslyAllowAllBuilds: true\n");
        install(client, desk, honest).succeeded();
        assertThat(client.installed(desk, honest)).isEqualTo("1.0.0");
        assertThat(Files.exists(mark(honest)))
                .as("what is released runs its script, though its index tells of none; npm alone goes by the index")
                .isEqualTo(client != MatrixClient.NPM_10);

        refused(client, sly, DISAGREE, "sources disagree about its licence: AGPL-3.0-only (artifact), MIT");
    }

    @ParameterizedTest
    @EnumSource(names = {"NPM_10", "PNPM_10", "YARN_1"})
    void a_tarball_that_can_be_read_in_two_ways_is_refused_and_its_script_does_not_run(MatrixClient client)
            throws Exception {
        for (String trick : new String[] {"twice", "moved", "continued"}) {
            String name = trick + "-" + client.word();
            Tarball.Entry shown = Tarball.Entry.file(
                    "package/package.json", "{\"name\":\"" + name + "\",\"version\":\"1.0.0\",\"license\":\"MIT\"}");
            Tarball.Entry hidden = manifest(name, "MIT");
            npm(name)
                    .version(
                            "1.0.0",
                            switch (trick) {
                                case "twice" -> Tarball.of(shown, hidden);
                                case "moved" ->
                                    Tarball.of(
                                            shown,
                                            Tarball.Entry.path("package/package.json"),
                                            new Tarball.Entry('0', "package/notes.txt", hidden.content()));
                                default -> joined(Tarball.of(shown), Tarball.of(hidden));
                            });

            refused(client, name, DISAGREE, "readers may disagree about what the artifact holds");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NPM_10", "PNPM_10", "YARN_1"})
    void a_parked_page_in_place_of_a_tarball_is_not_kept_and_the_repaired_one_installs(MatrixClient client)
            throws Exception {
        String name = "parked-" + client.word();
        byte[] tarball = Tarball.of(manifest(name, "MIT"));
        // yarn 1 installs nothing without a digest, and then that tells
        FakeNpm npm = client == MatrixClient.YARN_1
                ? npm(name).version("1.0.0", tarball)
                : npm(name).unvouched("1.0.0", tarball);
        upstream.serve(npm.tarball("1.0.0"), parked());

        Desk desk = desks.desk(client);
        install(client, desk, name).failed();
        assertThat(client.installed(desk, name)).isEqualTo("none");

        upstream.serve(npm.tarball("1.0.0"), Answer.ok(tarball));
        Desk later = desks.desk(client);
        install(client, later, name).succeeded();
        assertThat(client.installed(later, name)).isEqualTo("1.0.0");
    }

    @ParameterizedTest
    @EnumSource(names = {"NPM_10", "PNPM_10", "YARN_1", "PIP_26"})
    void malware_that_no_upstream_has_any_more_is_refused_with_the_reason(MatrixClient client) throws Exception {
        String name = "gone" + client.word();
        if (client == MatrixClient.NPM_10) {
            npm(name).version("0.9.0"); // it shows the reason though the index has other versions
        } else if (client == MatrixClient.PIP_26) {
            pypi.offer(name, "0.9.0", LONG_AGO);
        }

        refused(client, name, "locked by policy Known malware", "MAL-2026-" + name);
    }

    /** The index promises METADATA that says MIT, the wheel holds another. */
    @ParameterizedTest
    @EnumSource(names = "PIP_26")
    void a_wheel_that_contradicts_its_side_car_is_refused(MatrixClient client) throws Exception {
        String name = "sly" + client.word();
        pypi.offer(name, wheel(name), Python.wheel(name, "1.0.0", "AGPL-3.0-only"), LONG_AGO);
        pypi.promise(name, Python.metadata(name, "1.0.0"));

        refused(client, name, DISAGREE, "sources disagree about its licence");
    }

    @ParameterizedTest
    @EnumSource(names = "PIP_26")
    void a_source_distribution_that_can_be_read_in_two_ways_is_refused_before_it_is_built(MatrixClient client)
            throws Exception {
        String name = "doubled" + client.word();
        Tarball.Entry info = Tarball.Entry.file(name + "-1.0.0/PKG-INFO", Python.metadata(name, "1.0.0"));
        Tarball.Entry setup = Tarball.Entry.file(
                name + "-1.0.0/setup.py",
                "open('" + mark(name) + "', 'w').close()\nimport setuptools\nsetuptools.setup()\n");
        pypi.offer(name, name + "-1.0.0.tar.gz", joined(Tarball.of(info), Tarball.of(info, setup)), LONG_AGO);

        refused(client, name, DISAGREE, "");
    }

    @ParameterizedTest
    @EnumSource(names = "PIP_26")
    void a_parked_page_in_place_of_a_wheel_is_not_kept_and_the_repaired_one_installs(MatrixClient client)
            throws Exception {
        String name = "parked" + client.word();
        String file = wheel(name);
        pypi.offer(name, file, Python.wheel(name, "1.0.0"), LONG_AGO);
        upstream.serve("/files/" + file, parked());

        Desk desk = desks.desk(client);
        install(client, desk, name).failed();
        assertThat(client.installed(desk, name)).isEqualTo("none");

        upstream.serve("/files/" + file, Answer.ok(Python.wheel(name, "1.0.0")));
        Desk later = desks.desk(client);
        install(client, later, name).succeeded();
        assertThat(client.installed(later, name)).isEqualTo("1.0.0");
    }

    /** Maven builds with such POMs, so their licences count. */
    @ParameterizedTest
    @EnumSource(names = {"OLD", "NEW"})
    void a_pom_with_names_that_only_html_knows_is_read(Maven client) throws Exception {
        String odd =
                "<description>caf&eacute;&nbsp;au lait</description><developers><developer><name>S&oslash;ren</name>"
                        + "</developer></developers>";
        String free = "odd-free-" + client.word();
        String bound = "odd-bound-" + client.word();
        offer(free, pom(free, "Apache-2.0", odd), Jars.jar(free, "1.0"));
        offer(bound, pom(bound, "GNU Affero General Public License v3", odd), Jars.jar(bound, "1.0"));

        resolve(client, free).succeeded();

        assertThat(resolve(client, bound).failed().output())
                .contains("Blocked by policy Licence deny list")
                .contains("deny list");
    }

    @ParameterizedTest
    @EnumSource(names = {"OLD", "NEW"})
    void a_jar_that_contradicts_its_pom_or_can_be_read_in_two_ways_is_refused(Maven client) throws Exception {
        String sly = "sly-" + client.word();
        String embedded = "META-INF/maven/" + Jars.GROUP + "/" + sly + "/pom.xml";
        byte[] agpl = zip(embedded, pom(sly, "AGPL-3.0-only", ""));
        offer(sly, pom(sly, "Apache-2.0", ""), agpl);
        String twofold = "twofold-" + client.word();
        String inside = "META-INF/maven/" + Jars.GROUP + "/" + twofold + "/pom.xml";
        offer(
                twofold,
                pom(twofold, "Apache-2.0", ""),
                twins(zip(inside, pom(twofold, "Apache-2.0", "")), zip(inside, pom(twofold, "Apache-2.0", " "))));

        assertThat(resolve(client, sly).failed().output())
                .contains(DISAGREE)
                .contains("sources disagree about its licence");
        assertThat(resolve(client, twofold).failed().output())
                .contains(DISAGREE)
                .contains("readers may disagree");
    }

    @ParameterizedTest
    @EnumSource(names = {"OLD", "NEW"})
    void a_parked_page_in_place_of_a_jar_is_not_kept_and_the_repaired_one_resolves(Maven client) throws Exception {
        String library = "parked-" + client.word();
        maven.offer(library, "1.0");
        String jar = "/maven/" + Jars.path(library) + "1.0/" + library + "-1.0.jar";
        upstream.serve(jar, parked());
        upstream.forget(jar + ".sha1"); // a parked domain has none, and none is made here

        resolve(client, library).failed();

        maven.offer(library, "1.0");
        resolve(client, library).succeeded();
    }

    @ParameterizedTest
    @EnumSource(names = {"OLD", "NEW"})
    void a_version_decided_against_is_refused_though_upstream_has_it_no_more(Maven client) throws Exception {
        String library = "gone-" + client.word();
        maven.offer(library, "0.9");

        assertThat(resolve(client, library).failed().output())
                .contains("Blocked by policy Known malware")
                .contains("MAL-2026-" + library);
    }

    @Test
    void a_pom_that_names_other_coordinates_than_its_address_is_not_deployed() throws Exception {
        String path = "/maven/main/" + Jars.path("moved") + "1.0/moved-1.0.pom";
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(sluice.address() + path))
                            .header("Authorization", "Bearer " + sluice.token())
                            .PUT(HttpRequest.BodyPublishers.ofString(pom("another", "MIT", "")))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("'another'").contains("'moved'");
        }
        assertThat(sluice.get(path).statusCode()).isEqualTo(404);
    }

    /** What clients write otherwise than the file has it is no contradiction. */
    @ParameterizedTest
    @EnumSource(names = {"NPM_10", "NPM_11", "PNPM_10", "YARN_1", "BUN"})
    void an_odd_package_json_is_published(MatrixClient client) throws Exception {
        String name = "@acme/odd-" + client.word();
        Desk desk = desks.desk(client);
        client.packageToPublish(desk, name, "1.0.0");
        Files.writeString(desk.project().resolve("package.json"), """
                {
                  "name": "%s",
                  "version": "1.0.0",
                  "bin": "./cli.js",
                  "license": {"type": "MIT"},
                  "author": "Somebody <somebody@example.org>",
                  "repository": "somebody/odd",
                  "scripts": {"postinstall": "./node_modules/.bin/nothing || true", "test": " "},
                  "dependencies": {"a": " ^1.0.0 ", "b": "", "c": "somebody/c#semver:^2", "d": "npm:e@1"},
                  "optionalDependencies": {"f": "1.x"},
                  "peerDependencies": {"g": ">=1 <2"},
                  "peerDependenciesMeta": {"g": {"optional": true}},
                  "devDependencies": {"h": "*"},
                  "publishConfig": {"access": "public"}
                }
                """.formatted(name));
        Files.writeString(desk.project().resolve("cli.js"), "#!/usr/bin/env node\n");
        Files.writeString(desk.project().resolve("binding.gyp"), "{}\n");

        desks.page(client, "main").follow(desk, "publish").succeeded();

        assertThat(sluice.get("/npm/main/" + name).body()).contains("\"f\":\"1.x\"");
    }

    @ParameterizedTest
    @EnumSource(names = {"TWINE", "UV", "POETRY", "PDM"})
    void odd_metadata_is_published(MatrixClient client) throws Exception {
        String name = "odd" + client.word();
        Desk desk = desks.desk(client);
        client.packageToPublish(desk, name, "1.0.0");
        Path dist = Files.createDirectories(desk.project().resolve("dist"));
        Files.write(dist.resolve(wheel(name)), Python.wheel(name, "1.0.0", """
                        MIT
                        Provides-Extra: Test_X
                        Requires-Dist: Foo.Bar[A_b] (<2,>=1.0) ; extra == 'Test_X'
                        Requires-Dist: b; (python_version<"3.8" and os_name=='nt') or extra == 'Test_X'
                        Requires-Dist: c @ https://files.example/c-1.0.tar.gz
                        Requires-Dist: d"""));

        desks.page(client, "main").follow(desk, "publish").succeeded();

        assertThat(sluice.get("/pypi/main/simple/" + name + "/").body()).contains(wheel(name));
    }

    /**
     * Asks for version 1.0.0 by number: it does not come, nothing of it ran, and the reason is told: by the client itself, and by the
     * address of the file. Of a refused tarball yarn 1 shows no more than the status, and pip does not ask for what no index lists.
     */
    private void refused(MatrixClient client, String name, String policy, String reason) throws Exception {
        Desk desk = desks.desk(client);
        Run run = install(client, desk, name).failed();

        assertThat(client.installed(desk, name)).isEqualTo("none");
        assertThat(Files.exists(mark(name))).isFalse();
        String file = client.isNode()
                ? "/npm/main/" + name + "/-/" + name + "-1.0.0.tgz"
                : "/pypi/main/files/" + name + "/" + pypi.file(name, "1.0.0");
        HttpResponse<String> answer = sluice.get(file);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains(policy).contains(reason);
        if (client == MatrixClient.YARN_1 && !name.startsWith("gone")) {
            assertThat(run.output()).contains("403");
        } else if (client == MatrixClient.PIP_26 && name.startsWith("gone")) {
            assertThat(run.output()).contains("No matching distribution found for " + name + "==1.0.0");
        } else {
            assertThat(run.output()).contains(policy).contains(reason);
        }
    }

    private Run install(MatrixClient client, Desk desk, String name) throws IOException {
        return desks.page(client, "main").follow(desk, "install", "PACKAGE", client.exactly(name, "1.0.0"));
    }

    private Run resolve(Maven client, String library) throws IOException {
        client.forget(Jars.GROUP);
        Path project = Files.createDirectories(folder.resolve("consumer-" + count++));
        return client.run(sluice, Maven.consumer(project, Jars.GROUP, library, "1.0"), "", Maven.COPYING);
    }

    private FakeNpm npm(String name) {
        return new FakeNpm(upstream, name);
    }

    /** What a script of the package leaves behind when it runs. */
    private Path mark(String name) {
        return folder.resolve("ran-" + name);
    }

    private Tarball.Entry manifest(String name, String license) {
        String script = "node -e \\\"require('fs').writeFileSync('" + mark(name) + "','')\\\"";
        return Tarball.Entry.file(
                "package/package.json",
                "{\"name\":\"" + name + "\",\"version\":\"1.0.0\",\"license\":\"" + license
                        + "\",\"scripts\":{\"postinstall\":\"" + script + "\"}}");
    }

    private static String wheel(String name) {
        return name + "-1.0.0-py3-none-any.whl";
    }

    private static Answer parked() {
        return Answer.ok(PARKED).header("Content-Type", "text/html");
    }

    /** Holds version 1.0 of a library with that POM and that jar, and nothing else of it. */
    private void offer(String library, String pom, byte[] jar) throws IOException {
        maven.offer(library, "1.0");
        String file = Jars.path(library) + "1.0/" + library + "-1.0";
        maven.serve(file + ".pom", pom.getBytes(UTF_8));
        maven.serve(file + ".jar", jar);
    }

    private static String pom(String library, String license, String more) {
        return "<project><modelVersion>4.0.0</modelVersion><groupId>" + Jars.GROUP + "</groupId><artifactId>" + library
                + "</artifactId><version>1.0</version>" + more + "<licenses><license><name>" + license
                + "</name></license></licenses></project>";
    }

    /** A record that says of version 1.0 of a package that it is malware, in a file to import. */
    private String malware(String name, String ecosystem) throws IOException {
        String id = "MAL-2026-" + name.substring(name.indexOf(':') + 1);
        ObjectNode record = Sluice.JSON
                .createObjectNode()
                .put("schema_version", "1.6.0")
                .put("id", id)
                .put("modified", "2026-01-02T03:04:05Z")
                .put("summary", "was there for two hours");
        ObjectNode affected = record.putArray("affected").addObject();
        affected.putObject("package").put("ecosystem", ecosystem).put("name", name);
        affected.putArray("versions").add("1.0").add("1.0.0");
        return Files.writeString(folder.resolve(id + ".json"), record.toString())
                .toString();
    }

    private static byte[] zip(String name, String content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    /** One archive for who reads it from the front, another for who reads it from the end. */
    static byte[] twins(byte[] front, byte[] back) {
        int directory = 0;
        while (front[directory] != 'P' || front[directory + 1] != 'K' || front[directory + 2] != 1) {
            directory++;
        }
        return joined(Arrays.copyOf(front, directory), back);
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}

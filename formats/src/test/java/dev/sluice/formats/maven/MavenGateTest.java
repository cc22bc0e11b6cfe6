package dev.sluice.formats.maven;

import static dev.sluice.testkit.TestGate.body;
import static dev.sluice.testkit.TestGate.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.repository.Upstream.Trust;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests of Maven clients through the real gate, with upstreams that exist in memory. */
class MavenGateTest {

    private static final String UP = "http://registry.example/m2/";
    private static final String LIB = "com/acme/lib/";
    private static final String META = LIB + "maven-metadata.xml";
    private static final String POM = "<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId>"
            + "<artifactId>lib</artifactId><version>1.0</version><licenses><license><name>MIT</name></license></licenses>"
            + "</project>";

    private final TestGate gate = new TestGate(new MavenFormat());

    private static String metadata(String release, String... versions) {
        StringBuilder xml = new StringBuilder("<metadata><groupId>com.acme</groupId><artifactId>lib</artifactId>"
                + "<versioning><latest>" + release + "</latest><release>" + release + "</release><versions>");
        for (String version : versions) {
            xml.append("<version>").append(version).append("</version>");
        }
        return xml.append("</versions><lastUpdated>20240102030405</lastUpdated></versioning></metadata>")
                .toString();
    }

    private static String hex(Algorithm algorithm, byte[] bytes) {
        return MemoryBlobStore.digest(algorithm, bytes).hex();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void upstreamHas(String path, String text) {
        gate.upstreams()
                .has(UP + path, text, "last-modified", "Mon, 01 Jan 2024 00:00:00 GMT")
                .has(UP + path + ".sha1", hex(Algorithm.SHA1, bytes(text)) + "  " + path);
    }

    private void upstreamWithThreeVersions() {
        gate.upstream("maven", UP, Trust.TRUSTED);
        gate.upstreams().has(UP + META, metadata("2.0", "1.0", "1.1", "2.0"), "content-type", "text/xml");
        for (String version : List.of("1.0", "1.1", "2.0")) {
            upstreamHas(LIB + version + "/lib-" + version + ".pom", POM);
            upstreamHas(LIB + version + "/lib-" + version + ".jar", "jar " + version);
        }
    }

    private List<Event> downloads() {
        return gate.journal().events(Event.Kind.DOWNLOAD);
    }

    @Test
    void a_file_comes_from_upstream_with_its_checksums() throws IOException {
        upstreamWithThreeVersions();
        Response response = gate.get(LIB + "1.0/lib-1.0.jar");
        assertThat(response.status()).isEqualTo(200);
        assertThat(text(response)).isEqualTo("jar 1.0");
        assertThat(response.header("Content-Type")).isEqualTo("application/java-archive");
        assertThat(response.header("x-checksum-sha1")).isEqualTo(hex(Algorithm.SHA1, bytes("jar 1.0")));
        assertThat(response.header("x-checksum-md5")).isEqualTo(hex(Algorithm.MD5, bytes("jar 1.0")));
        assertThat(response.header("Last-Modified")).isEqualTo("Mon, 01 Jan 2024 00:00:00 GMT");
        assertThat(downloads()).hasSize(1);
        assertThat(downloads().getFirst().subject().purl()).isEqualTo("pkg:maven/com.acme/lib@1.0");
    }

    @Test
    void a_side_car_is_computed_and_no_second_download() throws IOException {
        upstreamWithThreeVersions();
        gate.get(LIB + "1.0/lib-1.0.jar");
        for (Algorithm algorithm : Algorithm.values()) {
            assertThat(text(gate.get(LIB + "1.0/lib-1.0.jar." + algorithm.label())))
                    .isEqualTo(hex(algorithm, bytes("jar 1.0")));
        }
        assertThat(downloads()).hasSize(1);
    }

    @Test
    void a_side_car_asked_for_first_obtains_the_file_and_records_no_download() throws IOException {
        upstreamWithThreeVersions();
        assertThat(text(gate.get(LIB + "1.0/lib-1.0.jar.sha256"))).isEqualTo(hex(Algorithm.SHA256, bytes("jar 1.0")));
        assertThat(downloads()).isEmpty();
    }

    @Test
    void bytes_that_are_not_what_the_side_car_promised_never_leave() throws IOException {
        upstreamWithThreeVersions();
        gate.upstreams().has(UP + LIB + "1.0/lib-1.0.jar.sha1", "0".repeat(40));
        assertThat(gate.get(LIB + "1.0/lib-1.0.jar").status()).isEqualTo(502);
        assertThat(gate.get(LIB + "1.0/lib-1.0.jar.sha1").status()).isEqualTo(502);
    }

    @Test
    void what_no_upstream_has_is_a_404() throws IOException {
        upstreamWithThreeVersions();
        assertThat(gate.get(LIB + "1.0/lib-1.0-sources.jar").status()).isEqualTo(404);
        assertThat(gate.get(LIB + "1.0/lib-1.0-sources.jar.sha1").status()).isEqualTo(404);
        assertThat(gate.get("com/acme/other/maven-metadata.xml").status()).isEqualTo(404);
    }

    @Test
    void an_absence_is_plain_text_since_resolvers_take_a_problem_for_a_failed_transfer() throws IOException {
        for (String path : List.of(
                LIB + "1.0/lib-1.0.jar",
                LIB + "1.0/lib-1.0.jar.sha1",
                META,
                ".meta/prefixes.txt",
                "archetype-catalog.xml",
                LIB)) {
            Response response = gate.get(path);
            assertThat(response.status()).as(path).isEqualTo(404);
            assertThat(response.header("Content-Type")).as(path).startsWith("text/plain");
        }
    }

    @Test
    void when_upstreams_are_down_nobody_is_told_that_a_file_does_not_exist() throws IOException {
        upstreamWithThreeVersions();
        gate.upstreams().down(true);
        assertThat(gate.get(LIB + "1.0/lib-1.0.jar").status()).isEqualTo(503);
        assertThat(gate.get(META).status()).isEqualTo(503);
    }

    @Test
    void a_withheld_version_vanishes_and_release_falls_back() throws IOException {
        upstreamWithThreeVersions();
        gate.withhold("no-two", "input.v0.package.version == \"2.0\"");
        Response response = gate.get(META);
        assertThat(text(response)).isEqualTo("""
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata>
                  <groupId>com.acme</groupId>
                  <artifactId>lib</artifactId>
                  <versioning>
                    <latest>1.1</latest>
                    <release>1.1</release>
                    <versions>
                      <version>1.0</version>
                      <version>1.1</version>
                    </versions>
                    <lastUpdated>20240102030405</lastUpdated>
                  </versioning>
                </metadata>
                """);
        for (Algorithm algorithm : Algorithm.values()) {
            assertThat(text(gate.get(META + "." + algorithm.label()))).isEqualTo(hex(algorithm, body(response)));
        }
    }

    @Test
    void a_withheld_file_is_refused_with_its_side_cars_and_signature() throws IOException {
        upstreamWithThreeVersions();
        gate.withhold("no-two", "input.v0.package.version == \"2.0\"");
        for (String file : List.of("lib-2.0.jar", "lib-2.0.pom", "lib-2.0.jar.sha1", "lib-2.0.jar.asc")) {
            Response response = gate.get(LIB + "2.0/" + file);
            assertThat(response.status()).as(file).isEqualTo(403);
            assertThat(response.reason()).startsWith("Blocked by policy no-two");
            assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(text(response)).contains("no-two says no", "\"nearest_allowed\":\"1.1\"");
        }
        assertThat(downloads()).isEmpty();
    }

    @Test
    void when_every_version_is_withheld_the_metadata_is_refused() throws IOException {
        upstreamWithThreeVersions();
        gate.withhold("nothing", "input.v0.package.name == \"com.acme:lib\"");
        Response response = gate.get(META);
        assertThat(response.status()).isEqualTo(403);
        assertThat(text(response)).contains("nothing says no");
        assertThat(gate.get(META + ".sha1").status()).isEqualTo(403);
    }

    @Test
    void a_policy_flip_is_seen_by_a_client_that_holds_an_etag() throws IOException {
        upstreamWithThreeVersions();
        String etag = gate.get(META).header("ETag");
        assertThat(etag).isNotNull();
        assertThat(gate.get(META, "If-None-Match", String.valueOf(etag)).status())
                .isEqualTo(304);
        String slug = gate.withhold("no-two", "input.v0.package.version == \"2.0\"");
        assertThat(gate.get(META, "If-None-Match", String.valueOf(etag)).status())
                .isEqualTo(200);
        gate.drop(slug);
        assertThat(gate.get(META, "If-None-Match", String.valueOf(etag)).status())
                .isEqualTo(304);
    }

    @Test
    void the_pom_is_read_before_a_jar_is_judged() throws IOException {
        upstreamWithThreeVersions();
        assertThat(gate.get(LIB + "1.0/lib-1.0.jar").status()).isEqualTo(200);
        assertThat(gate.upstreams().asked().toString()).contains("lib-1.0.pom");
    }

    @Test
    void what_is_deployed_is_served_and_blended_with_upstream() throws IOException {
        upstreamWithThreeVersions();
        gate.reserve("maven:com.acme:lib");
        assertThat(gate.put(LIB + "3.0/lib-3.0.jar", "ours").status()).isEqualTo(201);
        assertThat(gate.put(LIB + "3.0/lib-3.0.jar.sha1", hex(Algorithm.SHA1, bytes("ours")))
                        .status())
                .isEqualTo(201);
        assertThat(gate.put(LIB + "3.0/lib-3.0.pom", POM).status()).isEqualTo(201);
        assertThat(gate.put(META, metadata("3.0", "3.0")).status()).isEqualTo(201);
        assertThat(gate.put(META + ".sha1", "0".repeat(40)).status()).isEqualTo(201);
        gate.unreserve();
        Response metadata = gate.get(META);
        assertThat(text(metadata))
                .contains("<release>3.0</release>", "<version>1.0</version>", "<version>3.0</version>")
                .contains("<lastUpdated>20260601120000</lastUpdated>");
        assertThat(text(gate.get(META + ".sha1"))).isEqualTo(hex(Algorithm.SHA1, body(metadata)));
        assertThat(text(gate.get(LIB + "3.0/lib-3.0.jar"))).isEqualTo("ours");
        assertThat(text(gate.get(LIB + "3.0/lib-3.0.jar.md5"))).isEqualTo(hex(Algorithm.MD5, bytes("ours")));
        assertThat(gate.journal().events(Event.Kind.PUBLISH)).hasSize(2);
    }

    @Test
    void a_deployed_version_passes_the_same_gate() throws IOException {
        gate.put(LIB + "1.0/lib-1.0.pom", POM);
        gate.withhold("no-mit", "input.v0.package.license.oss_license.spdx_identifier == \"MIT\"");
        gate.withhold("no-one", "input.v0.package.version == \"1.0\"");
        assertThat(gate.get(LIB + "1.0/lib-1.0.pom").status()).isEqualTo(403);
    }

    @Test
    void a_released_file_never_changes() throws IOException {
        assertThat(gate.put(LIB + "1.0/lib-1.0.jar", "one").status()).isEqualTo(201);
        assertThat(gate.put(LIB + "1.0/lib-1.0.jar", "one").status()).isEqualTo(200);
        Response response = gate.put(LIB + "1.0/lib-1.0.jar", "two");
        assertThat(response.status()).isEqualTo(409);
        assertThat(response.reason()).contains("already published");
        assertThat(text(response)).contains("deploy a new version");
        assertThat(text(gate.get(LIB + "1.0/lib-1.0.jar"))).isEqualTo("one");
    }

    @Test
    void a_snapshot_that_no_client_could_resolve_is_refused_with_how_to_write_it() throws IOException {
        for (String file : List.of(
                "1.0.SNAPSHOT/lib-1.0.20260601.110000-1.jar",
                "1.0.SNAPSHOT/lib-1.0.SNAPSHOT.jar",
                "1.0.SNAPSHOT/maven-metadata.xml")) {
            Response response = gate.put(LIB + file, "bytes");
            assertThat(response.status()).as(file).isEqualTo(400);
            assertThat(text(response)).contains("Write 1.0-SNAPSHOT.");
        }
        assertThat(gate.journal().events(Event.Kind.PUBLISH)).isEmpty();
    }

    @Test
    void a_wrong_checksum_is_refused_before_and_after_its_file() throws IOException {
        assertThat(gate.put(LIB + "1.0/lib-1.0.jar.sha1", "0".repeat(40)).status())
                .isEqualTo(201);
        Response early = gate.put(LIB + "1.0/lib-1.0.jar", "one");
        assertThat(early.status()).isEqualTo(400);
        assertThat(early.reason()).startsWith("Checksum mismatch");
        assertThat(gate.get(LIB + "1.0/lib-1.0.jar").status()).isEqualTo(404);

        assertThat(gate.put(LIB + "1.0/lib-1.0.jar", "one").status()).isEqualTo(201);
        assertThat(gate.put(LIB + "1.0/lib-1.0.jar.md5", "0".repeat(32)).status())
                .isEqualTo(400);
        assertThat(gate.put(LIB + "1.0/lib-1.0.jar.md5", "nonsense").status()).isEqualTo(400);
        assertThat(gate.put(LIB + "1.0/lib-1.0.jar.md5", hex(Algorithm.MD5, bytes("one")))
                        .status())
                .isEqualTo(201);
        assertThat(gate.put(LIB + "1.1/lib-1.1.jar", "two", "X-Checksum-Sha1", "0".repeat(40))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void builds_of_a_snapshot_are_listed_from_what_was_deployed() throws IOException {
        String directory = LIB + "1.0-SNAPSHOT/";
        gate.put(directory + "lib-1.0-20260601.110000-1.jar", "first");
        gate.put(directory + "lib-1.0-20260601.110000-1-sources.jar", "sources");
        gate.pass(Duration.ofHours(1));
        gate.put(directory + "lib-1.0-20260601.120000-2.jar", "second");
        gate.put(directory + "maven-metadata.xml", "<metadata><versioning/></metadata>");
        Response response = gate.get(directory + "maven-metadata.xml");
        assertThat(text(response)).isEqualTo("""
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata modelVersion="1.1.0">
                  <groupId>com.acme</groupId>
                  <artifactId>lib</artifactId>
                  <version>1.0-SNAPSHOT</version>
                  <versioning>
                    <snapshot>
                      <timestamp>20260601.120000</timestamp>
                      <buildNumber>2</buildNumber>
                    </snapshot>
                    <lastUpdated>20260601120000</lastUpdated>
                    <snapshotVersions>
                      <snapshotVersion>
                        <extension>jar</extension>
                        <value>1.0-20260601.120000-2</value>
                        <updated>20260601120000</updated>
                      </snapshotVersion>
                      <snapshotVersion>
                        <classifier>sources</classifier>
                        <extension>jar</extension>
                        <value>1.0-20260601.110000-1</value>
                        <updated>20260601110000</updated>
                      </snapshotVersion>
                    </snapshotVersions>
                  </versioning>
                </metadata>
                """);
        assertThat(text(gate.get(directory + "maven-metadata.xml.sha1")))
                .isEqualTo(hex(Algorithm.SHA1, body(response)));
        assertThat(text(gate.get(directory + "lib-1.0-20260601.120000-2.jar"))).isEqualTo("second");
        assertThat(text(gate.get(META)))
                .contains("<latest>1.0-SNAPSHOT</latest>")
                .doesNotContain("<release>");
    }

    @Test
    void with_one_build_more_than_are_kept_the_oldest_goes_with_its_files() throws IOException {
        TestGate few = new TestGate(new MavenFormat(2));
        String directory = LIB + "1.0-SNAPSHOT/";
        few.put(directory + "lib-1.0-SNAPSHOT.jar", "no build");
        for (int build = 1; build <= 3; build++) {
            few.put(directory + "lib-1.0-20260601.1" + build + "0000-" + build + ".jar", "jar " + build);
            few.put(directory + "lib-1.0-20260601.1" + build + "0000-" + build + ".pom", "<project/>");
        }
        assertThat(few.get(directory + "lib-1.0-20260601.110000-1.jar").status())
                .isEqualTo(404);
        assertThat(few.get(directory + "lib-1.0-20260601.110000-1.pom").status())
                .isEqualTo(404);
        assertThat(text(few.get(directory + "lib-1.0-20260601.120000-2.jar"))).isEqualTo("jar 2");
        assertThat(text(few.get(directory + "lib-1.0-20260601.130000-3.jar"))).isEqualTo("jar 3");
        assertThat(text(few.get(directory + "lib-1.0-SNAPSHOT.jar"))).isEqualTo("no build");
        assertThat(text(few.get(directory + "maven-metadata.xml"))).contains("<buildNumber>3</buildNumber>");
    }

    @Test
    void a_snapshot_file_may_be_deployed_again() throws IOException {
        String file = LIB + "1.0-SNAPSHOT/lib-1.0-SNAPSHOT.jar";
        assertThat(gate.put(file, "one").status()).isEqualTo(201);
        assertThat(text(gate.get(file))).isEqualTo("one");
        assertThat(gate.put(file, "two").status()).isEqualTo(201);
        assertThat(text(gate.get(file))).isEqualTo("two");
        assertThat(text(gate.get(file + ".sha1"))).isEqualTo(hex(Algorithm.SHA1, bytes("two")));
    }

    private static String builds(String timestamp, int number) {
        String value = "1.0-" + timestamp + "-" + number;
        return "<metadata><versioning><snapshot><timestamp>" + timestamp + "</timestamp><buildNumber>" + number
                + "</buildNumber></snapshot><lastUpdated>" + timestamp.replace(".", "") + "</lastUpdated>"
                + "<snapshotVersions><snapshotVersion><extension>jar</extension><value>" + value + "</value><updated>"
                + timestamp.replace(".", "")
                + "</updated></snapshotVersion></snapshotVersions></versioning></metadata>";
    }

    @Test
    void a_newer_build_of_a_trusted_upstream_does_not_join_a_snapshot_deployed_here() throws IOException {
        gate.upstream("maven", UP, Trust.TRUSTED);
        gate.upstreams().has(UP + LIB + "1.0-SNAPSHOT/maven-metadata.xml", builds("20260701.000000", 7));
        gate.put(LIB + "1.0-SNAPSHOT/lib-1.0-20260601.110000-1.jar", "ours");
        assertThat(text(gate.get(LIB + "1.0-SNAPSHOT/maven-metadata.xml")))
                .contains("<value>1.0-20260601.110000-1</value>")
                .doesNotContain("20260701");
        gate.upstreams().has(UP + LIB + "1.0-SNAPSHOT/lib-1.0-20260701.000000-7.jar", "theirs");
        assertThat(gate.get(LIB + "1.0-SNAPSHOT/lib-1.0-20260701.000000-7.jar").status())
                .isEqualTo(404);
    }

    @Test
    void a_newer_build_of_an_untrusted_upstream_does_not_take_the_place_of_ours() throws IOException {
        gate.upstream("maven", UP, Trust.UNTRUSTED);
        gate.upstreams().has(UP + LIB + "1.0-SNAPSHOT/maven-metadata.xml", builds("20260701.000000", 7));
        assertThat(text(gate.get(LIB + "1.0-SNAPSHOT/maven-metadata.xml"))).contains("<buildNumber>7</buildNumber>");
        gate.put(LIB + "1.0-SNAPSHOT/lib-1.0-20260601.110000-1.jar", "ours");
        assertThat(text(gate.get(LIB + "1.0-SNAPSHOT/maven-metadata.xml")))
                .contains("<value>1.0-20260601.110000-1</value>")
                .doesNotContain("20260701");
    }

    @Test
    void plugin_prefixes_of_here_and_upstream_are_one_list() throws IOException {
        gate.upstream("maven", UP, Trust.TRUSTED);
        // the prefix before its plugin: clients do it the other way round, but order must not matter
        gate.put("com/acme/maven-metadata.xml", """
                <metadata><plugins><plugin><name>Hello</name><prefix>hello</prefix>
                <artifactId>hello-maven-plugin</artifactId></plugin></plugins></metadata>""");
        gate.put("com/acme/hello-maven-plugin/1.0/hello-maven-plugin-1.0.jar", "plugin");
        // what an upstream says later takes no prefix away
        gate.upstreams().has(UP + "com/acme/maven-metadata.xml", """
                <metadata><plugins>
                  <plugin><name>Theirs</name><prefix>theirs</prefix><artifactId>theirs-maven-plugin</artifactId></plugin>
                  <plugin><name>Fake</name><prefix>hello</prefix><artifactId>fake-maven-plugin</artifactId></plugin>
                </plugins></metadata>""");
        gate.pass(Duration.ofHours(1));
        Response response = gate.get("com/acme/maven-metadata.xml");
        assertThat(text(response)).isEqualTo("""
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata>
                  <plugins>
                    <plugin>
                      <name>Hello</name>
                      <prefix>hello</prefix>
                      <artifactId>hello-maven-plugin</artifactId>
                    </plugin>
                    <plugin>
                      <name>Theirs</name>
                      <prefix>theirs</prefix>
                      <artifactId>theirs-maven-plugin</artifactId>
                    </plugin>
                  </plugins>
                </metadata>
                """);
        assertThat(text(gate.get("com/acme/maven-metadata.xml.sha1"))).isEqualTo(hex(Algorithm.SHA1, body(response)));
    }

    @Test
    void the_prefix_of_another_plugin_is_not_taken() throws IOException {
        gate.upstream("maven", UP, Trust.TRUSTED);
        gate.upstreams().has(UP + "com/acme/maven-metadata.xml", """
                <metadata><plugins>
                  <plugin><prefix>dependency</prefix><artifactId>dependency-maven-plugin</artifactId></plugin>
                </plugins></metadata>""");
        String evil = """
                <metadata><plugins><plugin><prefix>dependency</prefix><artifactId>evil-maven-plugin</artifactId></plugin>
                </plugins></metadata>""";
        assertThat(gate.put("com/acme/maven-metadata.xml", evil).status()).isEqualTo(403);
        gate.put("com/acme/evil-maven-plugin/1.0/evil-maven-plugin-1.0.jar", "plugin");
        Response refused = gate.put("com/acme/maven-metadata.xml", evil);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(text(refused))
                .contains("com.acme:dependency-maven-plugin", "sluice repository reserve maven:com.acme");
        assertThat(text(gate.get("com/acme/maven-metadata.xml")))
                .contains("dependency-maven-plugin")
                .doesNotContain("evil");

        gate.upstreams().down(true);
        gate.pass(Duration.ofHours(1));
        gate.reserve("maven:com.acme");
        assertThat(gate.put("com/acme/maven-metadata.xml", evil).status()).isEqualTo(201);
        gate.put("com/acme/other-maven-plugin/1.0/other-maven-plugin-1.0.jar", "plugin");
        assertThat(gate.put("com/acme/maven-metadata.xml", evil.replace("evil", "other"))
                        .status())
                .as("published here first")
                .isEqualTo(403);
    }

    @Test
    void while_upstreams_cannot_be_asked_no_prefix_is_taken() throws IOException {
        gate.upstream("maven", UP, Trust.TRUSTED);
        gate.put("com/acme/hello-maven-plugin/1.0/hello-maven-plugin-1.0.jar", "plugin");
        gate.upstreams().down(true);
        gate.pass(Duration.ofHours(1));
        assertThat(gate.put("com/acme/maven-metadata.xml", """
                        <metadata><plugins><plugin><prefix>hello</prefix><artifactId>hello-maven-plugin</artifactId></plugin>
                        </plugins></metadata>""").status()).isEqualTo(503);
    }

    @Test
    void a_plugin_prefix_that_comes_after_its_plugin_is_kept_too() throws IOException {
        gate.put("com/acme/hello-maven-plugin/1.0/hello-maven-plugin-1.0.jar", "plugin");
        gate.put("com/acme/maven-metadata.xml", """
                <metadata><plugins><plugin><prefix>hello</prefix><artifactId>hello-maven-plugin</artifactId></plugin>
                </plugins></metadata>""");
        assertThat(text(gate.get("com/acme/maven-metadata.xml"))).contains("<prefix>hello</prefix>");
    }

    @Test
    void a_reserved_group_is_never_asked_upstream() throws IOException {
        upstreamWithThreeVersions();
        gate.reserve("maven:com.acme");
        assertThat(gate.get(META).status()).isEqualTo(404);
        assertThat(gate.get(LIB + "1.0/lib-1.0.jar").status()).isEqualTo(404);
        assertThat(gate.get("com/acme/maven-metadata.xml").status()).isEqualTo(404);
        assertThat(gate.get(LIB + "1.0-SNAPSHOT/maven-metadata.xml").status()).isEqualTo(404);
        assertThat(gate.upstreams().asked()).isEmpty();
    }

    @Test
    void the_prefix_list_is_given_only_where_it_is_complete() throws IOException {
        assertThat(gate.get(".meta/prefixes.txt").status()).isEqualTo(404);
        gate.put(LIB + "1.0/lib-1.0.jar", "one");
        gate.put("com/acme/other/1.0/other-1.0.jar", "one");
        gate.put("com/acme/sub/x/1.0/x-1.0.jar", "one");
        gate.put("org/x/y/1.0/y-1.0.jar", "one");
        assertThat(text(gate.get(".meta/prefixes.txt")))
                .isEqualTo("## repository-prefixes/2.0\n/com/acme/sub\n/com/acme\n/org/x\n");
        gate.upstream("maven", UP, Trust.TRUSTED);
        assertThat(gate.get(".meta/prefixes.txt").status()).isEqualTo(404);
    }

    @Test
    void what_is_no_metadata_is_not_deployed_as_such() throws IOException {
        assertThat(gate.put(META, "<html/>").status()).isEqualTo(400);
        assertThat(gate.put(META, "<metadata><versioning>").status()).isEqualTo(400);
    }

    @Test
    void an_address_outside_the_layout_is_unknown() throws IOException {
        assertThat(gate.put("com/acme/lib/1.0/evil.jar", "x").status()).isEqualTo(404);
        assertThat(gate.put(".meta/prefixes.txt", "x").status()).isEqualTo(404);
        assertThat(gate.send("DELETE", LIB + "1.0/lib-1.0.jar", new byte[0]).status())
                .isEqualTo(404);
    }
}

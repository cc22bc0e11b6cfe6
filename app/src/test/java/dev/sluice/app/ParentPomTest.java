package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.policies.PolicyFile;
import dev.sluice.app.policies.StarterPolicies;
import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Licences that a parent POM declares, as guava, jetty-server, logback-classic and itext's kernel leave theirs to one. */
final class ParentPomTest {

    private static final String UP = "https://registry.example/m2/";
    private static final String AGPL =
            "<licenses><license><name>GNU Affero General Public License v3</name></license></licenses>";
    private static final String DENIED = "some alternative in input.v0.package.license.alternatives\n"
            + "  some entry in alternative\n  startswith(entry, \"AGPL-\")";
    private static final String FROM_ROOT = "input.v0.signals.license.source == \"parent POM com.acme:root:7\"";
    private static final String UNKNOWN = "not input.v0.signals.license.known";

    private final TestGate gate =
            new TestGate(new MavenFormat(), new MemoryAdvisoryStore(), new ArtifactInspector(), GateSettings.STANDARD);

    ParentPomTest() {
        gate.upstream("maven", UP, Upstream.Trust.TRUSTED);
    }

    private static String parent(String artifact, String version) {
        return "<parent><groupId>com.acme</groupId><artifactId>" + artifact + "</artifactId><version>" + version
                + "</version><relativePath>../" + artifact + "/pom.xml</relativePath></parent>";
    }

    private static String path(String artifact, String version, String ending) {
        return "com/acme/" + artifact + "/" + version + "/" + artifact + "-" + version + ending;
    }

    private static String pom(String artifact, String content) {
        return "<project><modelVersion>4.0.0</modelVersion><artifactId>" + artifact + "</artifactId>" + content
                + "</project>";
    }

    private void has(String artifact, String version, String content) {
        upstreamHas(path(artifact, version, ".pom"), pom(artifact, content));
        upstreamHas(path(artifact, version, ".jar"), "jar of " + artifact + version);
    }

    private void upstreamHas(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        gate.upstreams()
                .has(UP + path, bytes)
                .has(
                        UP + path + ".sha1",
                        MemoryBlobStore.digest(Algorithm.SHA1, bytes).hex());
    }

    private Response get(String artifact, String version, String ending) throws IOException {
        return gate.get(path(artifact, version, ending));
    }

    @ParameterizedTest
    @ValueSource(strings = {".jar", ".pom"})
    void a_licence_is_followed_to_the_parent_that_declares_it(String ending) throws IOException {
        has("root", "7", AGPL);
        has("middle", "2", parent("root", "7"));
        has("kernel", "1.0", parent("middle", "2"));
        String denied = gate.withhold("Denied", DENIED);
        Response refused = get("kernel", "1.0", ending);
        assertThat(refused.status()).isEqualTo(403);
        gate.drop(denied);
        gate.withhold("By source", FROM_ROOT);
        assertThat(get("kernel", "1.0", ending).status())
                .as("the source is named")
                .isEqualTo(403);
    }

    /** Where ignorance withholds, an index learns what its versions inherit before it withholds them, as their files do. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_index_learns_from_parents_too(boolean isForbidden) throws IOException, PolicyRejectedException {
        has("root", "7", isForbidden ? AGPL : "<licenses><license><name>MIT</name></license></licenses>");
        has("middle", "2", parent("root", "7"));
        has("lib", "1.0", parent("middle", "2"));
        has("lib", "1.1", "<licenses><license><name>MIT</name></license></licenses>");
        gate.upstreams()
                .has(
                        UP + "com/acme/lib/maven-metadata.xml",
                        "<metadata><groupId>com.acme</groupId><artifactId>lib</artifactId><versioning><latest>1.1</latest>"
                                + "<release>1.1</release><versions><version>1.0</version><version>1.1</version></versions>"
                                + "<lastUpdated>20240101000000</lastUpdated></versioning></metadata>");
        gate.policies()
                .create(
                        PolicyFile.read(
                                "licences.rego",
                                StarterPolicies.text("licence-deny-list.rego")
                                        .replace("#   mode: audit", "#   mode: enforce\n#   on_unknown: hold"),
                                null),
                        Event.Actor.SYSTEM);

        String listed = TestGate.text(gate.get("com/acme/lib/maven-metadata.xml"));

        assertThat(listed).contains("<version>1.1</version>");
        assertThat(listed.contains("<version>1.0</version>")).isEqualTo(!isForbidden);
        assertThat(gate.upstreams().asked(UP + path("root", "7", ".pom"))).isEqualTo(1);
        assertThat(gate.upstreams().asked(UP + path("lib", "1.0", ".jar"))).isZero();
    }

    @Test
    void several_versions_share_a_parent() throws IOException {
        has("root", "7", AGPL);
        gate.withhold("Denied", DENIED);
        for (String version : new String[] {"1.0", "1.1", "2.0"}) {
            has("lib", version, parent("root", "7"));
            assertThat(get("lib", version, ".jar").status()).isEqualTo(403);
        }
        for (String version : new String[] {"1.0", "1.1", "2.0"}) {
            assertThat(get("lib", version, ".jar").status()).isEqualTo(403);
        }
    }

    @Test
    void an_own_licence_stands_before_a_parents() throws IOException {
        has("root", "7", AGPL);
        has("lib", "1.0", parent("root", "7") + "<licenses><license><name>MIT</name></license></licenses>");
        gate.withhold("Denied", DENIED);
        assertThat(get("lib", "1.0", ".jar").status()).isEqualTo(200);
    }

    @Test
    void parents_that_declare_none_leave_the_licence_known_to_be_none() throws IOException {
        has("root", "7", "");
        has("lib", "1.0", parent("root", "7"));
        gate.withhold("Unknown", UNKNOWN);
        assertThat(get("lib", "1.0", ".jar").status()).isEqualTo(200);
    }

    @Test
    void a_parent_that_comes_later_tells_then() throws IOException {
        has("lib", "1.0", parent("root", "7"));
        gate.withhold("Denied", DENIED);
        assertThat(get("lib", "1.0", ".jar").status()).as("not known yet").isEqualTo(200);
        has("root", "7", AGPL);
        gate.pass(Duration.ofDays(1)); // what nobody had is not asked for at once
        assertThat(get("lib", "1.0", ".jar").status()).isEqualTo(403);
    }

    @Test
    void a_parent_published_here_tells() throws IOException {
        gate.reserve("maven:com.acme:root");
        has("lib", "1.0", parent("root", "7"));
        gate.withhold("Denied", DENIED);
        String root =
                "<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId><artifactId>root</artifactId>"
                        + "<version>7</version><packaging>pom</packaging>" + AGPL + "</project>";
        assertThat(get("lib", "1.0", ".jar").status()).isEqualTo(200);
        assertThat(gate.put(path("root", "7", ".pom"), root).status()).isLessThan(300);
        assertThat(get("lib", "1.0", ".jar").status()).isEqualTo(403);
    }

    @Test
    void circles_long_lines_and_what_is_no_name_end_in_not_knowing() throws IOException {
        has("self", "1", parent("self", "1"));
        has("a", "1", parent("b", "1"));
        has("b", "1", parent("a", "1"));
        has("odd", "1", parent("${project.artifactId}", "[1,2)"));
        for (int i = 0; i < 15; i++) {
            has("line", "" + i, parent("line", "" + (i + 1)));
        }
        has("line", "15", AGPL);
        gate.withhold("Unknown", UNKNOWN);
        for (String artifact : new String[] {"self", "a", "odd"}) {
            assertThat(get(artifact, "1", ".jar").status()).as(artifact).isEqualTo(403);
        }
        assertThat(get("line", "0", ".jar").status()).isEqualTo(403);
        assertThat(get("line", "6", ".jar").status()).as("nine parents").isEqualTo(200);
    }

    @Test
    void a_pom_that_could_not_be_had_with_its_jar_is_read_later() throws IOException {
        has("lib", "1.0", AGPL);
        gate.withhold("Denied", DENIED);
        gate.upstreams().says(UP + path("lib", "1.0", ".pom"), 500);
        assertThat(get("lib", "1.0", ".jar").status()).as("not known yet").isEqualTo(200);
        has("lib", "1.0", AGPL);
        gate.pass(Duration.ofDays(1));
        assertThat(get("lib", "1.0", ".jar").status()).isEqualTo(403);
    }

    @Test
    void bytes_of_a_parent_that_are_not_what_was_promised_tell_nothing() throws IOException {
        has("root", "7", AGPL);
        gate.upstreams().has(UP + path("root", "7", ".pom.sha1"), "0".repeat(40));
        has("lib", "1.0", parent("root", "7"));
        gate.withhold("Unknown", UNKNOWN);
        assertThat(get("lib", "1.0", ".jar").status()).isEqualTo(403);
    }
}

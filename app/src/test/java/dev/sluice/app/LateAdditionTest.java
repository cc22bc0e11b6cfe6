package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.policies.PolicyFile;
import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that join an old release, by the template of the documentation: from upstreams and published here. */
final class LateAdditionTest {

    private static final String UP = "https://registry.example/";
    private static final String POM =
            "<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId><artifactId>lib</artifactId>"
                    + "<version>1.0</version></project>";

    private static TestGate gate(Format format, boolean trustsTimes) {
        TestGate gate = new TestGate(format, new MemoryAdvisoryStore(), new ArtifactInspector(), GateSettings.STANDARD);
        gate.repository(gate.repository()
                .with(
                        true,
                        List.of(new Upstream("up", format.id(), URI.create(UP), 1, Upstream.Trust.TRUSTED, null)
                                .meaning(trustsTimes, Upstream.Forbidden.REFUSED)),
                        List.of()));
        String template = Checkout.blocks(Checkout.ROOT.resolve("docs/policies.md"), "rego")
                .get(2)
                .replace("mode: audit", "mode: enforce");
        try {
            gate.policies().create(PolicyFile.read("late-additions.rego", template, null), Event.Actor.SYSTEM);
        } catch (PolicyRejectedException e) {
            throw new IllegalArgumentException(e.findings().toString(), e);
        }
        return gate;
    }

    /** When the second file was uploaded, by PyPI's index, and whether it leaves and is listed. */
    @ParameterizedTest
    @CsvSource({
        "2020-01-01T00:00:05Z,200",
        "2020-01-14T23:59:59Z,200",
        "2020-01-16T00:00:00Z,403",
        "2026-05-01T00:00:00Z,403"
    })
    void pypi(String uploaded, int status) throws IOException {
        TestGate gate = gate(new PypiFormat(new Pep440Order(), Withheld.DROP), false);
        byte[] old = Tarballs.sdist("lib", "1.0");
        byte[] added = Tarballs.npm("lib", "1.0", "", 9);
        gate.upstreams()
                .has(
                        UP + "lib/",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"lib\",\"versions\":[\"1.0\"],\"files\":["
                                + file("lib-1.0.tar.gz", old, "2020-01-01T00:00:00Z") + ","
                                + file("lib-1.0.zip", added, uploaded) + "]}",
                        "content-type",
                        "application/vnd.pypi.simple.v1+json")
                .has(UP + "lib-1.0.tar.gz", old)
                .has(UP + "lib-1.0.zip", added);

        assertThat(TestGate.text(gate.get("simple/lib/")).contains("lib-1.0.zip"))
                .isEqualTo(status == 200);
        assertThat(gate.get("files/lib/lib-1.0.tar.gz").status()).isEqualTo(200);
        assertThat(gate.get("files/lib/lib-1.0.zip").status()).isEqualTo(status);
    }

    private static String file(String name, byte[] bytes, String uploaded) {
        return "{\"filename\":\"" + name + "\",\"url\":\"" + UP + name + "\",\"hashes\":{\"sha256\":\""
                + MemoryBlobStore.digest(dev.sluice.kernel.artifact.Digest.Algorithm.SHA256, bytes)
                        .hex()
                + "\"},\"upload-time\":\"" + uploaded + "\"}";
    }

    @ParameterizedTest
    @CsvSource({"13,200", "15,403"})
    void maven_published_here(int days, int status) throws IOException {
        TestGate gate = gate(new MavenFormat(), false);
        assertThat(gate.put("com/acme/lib/1.0/lib-1.0.pom", POM).status()).isEqualTo(201);
        gate.pass(Duration.ofDays(days));
        assertThat(gate.put("com/acme/lib/1.0/lib-1.0.jar", Jar.BYTES).status()).isEqualTo(201);
        assertThat(gate.get("com/acme/lib/1.0/lib-1.0.pom").status()).isEqualTo(200);
        assertThat(gate.get("com/acme/lib/1.0/lib-1.0.jar").status()).isEqualTo(status);
    }

    /** Only where the upstream's file server is trusted for times, which anybody who fills it could set. */
    @ParameterizedTest
    @CsvSource({
        "true,'Sat, 04 Jan 2020 00:00:00 GMT',200",
        "true,'Sat, 04 Jan 2025 00:00:00 GMT',403",
        "false,'Sat, 04 Jan 2025 00:00:00 GMT',200"
    })
    void maven_of_an_upstream(boolean trustsTimes, String modified, int status) throws IOException {
        TestGate gate = gate(new MavenFormat(), trustsTimes);
        gate.upstreams()
                .has(UP + "com/acme/lib/1.0/lib-1.0.pom", POM, "last-modified", "Wed, 01 Jan 2020 00:00:00 GMT")
                .has(UP + "com/acme/lib/1.0/lib-1.0.jar", Jar.BYTES, "last-modified", modified);
        assertThat(gate.get("com/acme/lib/1.0/lib-1.0.jar").status()).isEqualTo(status);
        assertThat(gate.get("com/acme/lib/1.0/lib-1.0.pom").status()).isEqualTo(200);
    }

    @Test
    void the_one_file_of_a_version_of_npm_is_never_late() throws IOException {
        TestGate gate = gate(new NpmFormat(), false);
        gate.upstreams()
                .has(
                        UP + "lib",
                        "{\"name\":\"lib\",\"time\":{\"1.0.0\":\"2026-05-01T00:00:00Z\"},\"versions\":{\"1.0.0\":"
                                + "{\"name\":\"lib\",\"version\":\"1.0.0\",\"dist\":{\"tarball\":\"" + UP
                                + "lib/-/lib-1.0.0.tgz\"}}}}",
                        "content-type",
                        "application/json")
                .has(UP + "lib/-/lib-1.0.0.tgz", Tarballs.npm("lib", "1.0.0", "", 0));
        assertThat(gate.get("lib/-/lib-1.0.0.tgz").status()).isEqualTo(200);
    }

    /** The smallest jar. */
    private static final class Jar {
        static final byte[] BYTES = bytes();

        private static byte[] bytes() {
            java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
            try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(bytes)) {
                zip.putNextEntry(new java.util.zip.ZipEntry("a"));
                zip.closeEntry();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }
    }
}

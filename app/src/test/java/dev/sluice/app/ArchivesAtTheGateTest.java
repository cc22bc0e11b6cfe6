package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.policies.PolicyFile;
import dev.sluice.app.policies.StarterPolicies;
import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.journal.Event;
import dev.sluice.kernel.policy.PolicyRejectedException;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real archives of every kind that clients take, through the gate: what they hold counts, and what nobody can be sure of is withheld. */
final class ArchivesAtTheGateTest {

    private static final String UP = "https://registry.example/";
    private static final String DISAGREE = StarterPolicies.text("index-and-artifact-disagree.rego");
    private static final String DENY =
            StarterPolicies.text("licence-deny-list.rego").replace("mode: audit", "mode: enforce");

    /** Kind of the distribution, status with the starter about archives, status with an enforced deny list: it is AGPL. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        ".tar.gz, 200, 403",
        ".tgz, 200, 403",
        ".tar.bz2, 200, 403",
        ".tar, 200, 403",
        ".zip, 200, 403",
        "-py3.11.egg, 200, 403",
        "-py3-none-any.whl, 200, 403",
        ".tar.xz, 403, 200",
        ".tar.Z, 403, 200"
    })
    void a_python_distribution(String kind, int starter, int denied) throws IOException {
        String info = "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\nLicense: AGPL-3.0-only\n\n";
        byte[] tgz = Tarballs.tgz("lib-1.0/PKG-INFO", info);
        byte[] bytes = switch (kind) {
            case ".tar.gz", ".tgz" -> tgz;
            case ".tar.bz2" -> bzip2(unpacked(tgz));
            case ".tar" -> unpacked(tgz);
            case ".zip" -> Tarballs.zip("lib-1.0/PKG-INFO", info);
            case "-py3.11.egg" -> Tarballs.zip("EGG-INFO/PKG-INFO", info);
            case "-py3-none-any.whl" -> Tarballs.zip("lib-1.0.dist-info/METADATA", info);
            default -> ("\u00fd7zXZ" + "x".repeat(100)).getBytes(UTF_8);
        };

        Response response = pypi(DISAGREE, "lib-1.0" + kind, bytes);

        assertThat(response.status()).as(TestGate.text(response)).isEqualTo(starter);
        assertThat(pypi(DENY, "lib-1.0" + kind, bytes).status()).isEqualTo(denied);
        if (starter == 403) {
            assertThat(TestGate.text(response)).contains("is not read here");
        }
    }

    private static Response pypi(String policy, String file, byte[] bytes) throws IOException {
        TestGate gate = gate(new PypiFormat(new Pep440Order(), Withheld.DROP), policy);
        gate.upstreams()
                .has(
                        UP + "lib/",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"lib\",\"files\":[{\"filename\":\"" + file
                                + "\",\"url\":\"" + UP + file + "\",\"hashes\":{\"sha256\":\""
                                + MemoryBlobStore.digest(Algorithm.SHA256, bytes)
                                        .hex() + "\"}}]}",
                        "content-type",
                        "application/vnd.pypi.simple.v1+json")
                .has(UP + file, bytes);
        return gate.get("files/lib/" + file);
    }

    @Test
    void an_npm_tarball_that_goes_on_behind_its_end() throws IOException {
        byte[] seen = Tarballs.npm("lib", "1.0.0", "", 10);
        byte[] hidden = Tarballs.npm("lib", "1.0.0", "\"scripts\":{\"postinstall\":\"x\"},", 10);

        assertThat(npm(seen).status()).isEqualTo(200);
        Response refused = npm(joined(seen, hidden));

        assertThat(refused.status()).isEqualTo(403);
        assertThat(TestGate.text(refused)).contains("readers may disagree about what the artifact holds");
    }

    private static Response npm(byte[] tarball) throws IOException {
        TestGate gate = gate(new NpmFormat(), DISAGREE);
        gate.upstreams()
                .has(
                        UP + "lib",
                        "{\"name\":\"lib\",\"versions\":{\"1.0.0\":{\"name\":\"lib\",\"version\":\"1.0.0\",\"dist\":{\"tarball\":\""
                                + UP + "lib/-/lib-1.0.0.tgz\"}}}}",
                        "content-type",
                        "application/json")
                .has(UP + "lib/-/lib-1.0.0.tgz", tarball);
        return gate.get("lib/-/lib-1.0.0.tgz");
    }

    @Test
    void a_jar_that_another_lies_behind() throws IOException {
        byte[] front = Tarballs.zip("a/A.class", "one");
        byte[] back = Tarballs.zip("a/A.class", "two");
        int directory = new String(front, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");

        assertThat(maven(back).status()).isEqualTo(200);
        Response refused = maven(joined(Arrays.copyOf(front, directory), back));

        assertThat(refused.status()).isEqualTo(403);
        assertThat(TestGate.text(refused)).contains("readers may disagree about what the artifact holds");
    }

    private static Response maven(byte[] jar) throws IOException {
        TestGate gate = gate(new MavenFormat(), DISAGREE);
        String path = "com/acme/lib/1.0/lib-1.0.jar";
        gate.upstreams()
                .has(UP + path, jar)
                .has(
                        UP + path + ".sha1",
                        MemoryBlobStore.digest(Algorithm.SHA1, jar).hex());
        return gate.get(path);
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static byte[] unpacked(byte[] gzipped) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new java.io.ByteArrayInputStream(gzipped))) {
            return in.readAllBytes();
        }
    }

    private static byte[] bzip2(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (BZip2CompressorOutputStream out = new BZip2CompressorOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static TestGate gate(Format format, String policy) {
        TestGate gate = new TestGate(format, new MemoryAdvisoryStore(), new ArtifactInspector(), GateSettings.STANDARD);
        gate.upstream("up", UP, Upstream.Trust.TRUSTED);
        try {
            gate.policies().create(PolicyFile.read("policy.rego", policy, null), Event.Actor.SYSTEM);
        } catch (PolicyRejectedException e) {
            throw new IllegalArgumentException(e.findings().toString(), e);
        }
        return gate;
    }
}

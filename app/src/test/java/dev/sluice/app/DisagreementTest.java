package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an index claims beside what the artifact says, through the gate: what wins, and what the starter withholds. */
final class DisagreementTest {

    private static final String UP = "https://registry.example/";
    private static final String STARTER = StarterPolicies.text("index-and-artifact-disagree.rego");

    /**
     * Index, package.json, status with the starter alone, with an enforced deny list alone, with "no install scripts" alone. What an
     * index itself admits is believed until the bytes are read, and not fetched to be proved wrong.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the same                        | "license":"MIT"                    | "license":"MIT"                            | 200 | 200 | 200
            in other words                  | "license":"MIT License"            | "license":"MIT"                            | 200 | 200 | 200
            alternatives in another order   | "license":"(MIT OR Apache-2.0)"    | "license":"Apache-2.0 OR MIT"              | 200 | 200 | 200
            an object and a text            | "license":{"type":"MIT"}           | "license":"MIT"                            | 200 | 200 | 200
            a silent index                  | "description":"x"                  | "license":"AGPL-3.0-only"                  | 200 | 403 | 200
            a licence hidden                | "license":"MIT"                    | "license":"AGPL-3.0-only"                  | 403 | 403 | 200
            a licence slandered             | "license":"AGPL-3.0-only"          | "license":"MIT"                            | 403 | 403 | 200
            a silent artifact               | "license":"MIT"                    | "description":"x"                          | 200 | 200 | 200
            scripts nobody mentions         | "license":"MIT"                    | "license":"MIT","scripts":{"postinstall":"x"} | 200 | 200 | 403
            scripts denied                  | "hasInstallScript":false           | "scripts":{"install":"x"}                  | 403 | 200 | 403
            scripts left out of the list    | "scripts":{"test":"x"}             | "scripts":{"test":"x","postinstall":"x"}   | 200 | 200 | 403
            scripts told                    | "hasInstallScript":true            | "scripts":{"preinstall":"x"}               | 200 | 200 | 403
            a blank script                  | "scripts":{"postinstall":" "}      | "scripts":{"postinstall":" "}              | 200 | 200 | 200
            scripts made up                 | "hasInstallScript":true            | "scripts":{"test":"x"}                     | 403 | 200 | 403
            """)
    void npm(String what, String index, String artifact, int starter, int denied, int scripts) throws IOException {
        assertThat(npm(index, artifact, STARTER).get("lib/-/lib-1.0.0.tgz").status())
                .isEqualTo(starter);
        assertThat(npm(index, artifact, deny()).get("lib/-/lib-1.0.0.tgz").status())
                .isEqualTo(denied);
        assertThat(npm(index, artifact, NO_SCRIPTS).get("lib/-/lib-1.0.0.tgz").status())
                .isEqualTo(scripts);
    }

    private static final String NO_SCRIPTS = """
            # METADATA
            # title: No install scripts
            # custom:
            #   mode: enforce
            #   actions:
            #     - set_package_state: QUARANTINED
            package cloudsmith

            default match := false

            match if input.v0.package.install_scripts == true

            reason contains "runs code when installed"
            """;

    private static String deny() {
        return StarterPolicies.text("licence-deny-list.rego").replace("mode: audit", "mode: enforce");
    }

    private static TestGate npm(String index, String artifact, String policy) throws IOException {
        TestGate gate = gate(new NpmFormat(), "npm", policy);
        gate.upstreams()
                .has(
                        UP + "lib",
                        "{\"name\":\"lib\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":{\"name\":\"lib\","
                                + "\"version\":\"1.0.0\"," + index + ",\"dist\":{\"tarball\":\"" + UP
                                + "lib/-/lib-1.0.0.tgz\"}}}}",
                        "content-type",
                        "application/json")
                .has(
                        UP + "lib/-/lib-1.0.0.tgz",
                        tgz("package/package.json", "{\"name\":\"lib\",\"version\":\"1.0.0\"," + artifact + "}"));
        return gate;
    }

    /** Manifest, package.json, status of the publication. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the same                | "license":"MIT"               | "license":"MIT"                            | 201
            in other words          | "license":"MIT License"       | "license":"MIT"                            | 201
            a licence hidden        | "license":"MIT"               | "license":"AGPL-3.0-only"                  | 400
            a silent manifest       | "description":"x"             | "license":"AGPL-3.0-only"                  | 201
            scripts left out        | "scripts":{"test":"x"}        | "scripts":{"test":"x","postinstall":"x"}   | 201
            scripts denied          | "hasInstallScript":false      | "scripts":{"test":"x","postinstall":"x"}   | 400
            a blank script          | "scripts":{"postinstall":""}  | "scripts":{"postinstall":""}               | 201
            scripts told            | "scripts":{"postinstall":"x"} | "scripts":{"postinstall":"x"}              | 201
            """)
    void a_publication_that_contradicts_itself_is_refused(String what, String manifest, String artifact, int status)
            throws IOException {
        TestGate gate = gate(new NpmFormat(), "npm", STARTER);
        byte[] tarball = tgz("package/package.json", "{\"name\":\"lib\",\"version\":\"1.0.0\"," + artifact + "}");

        Response response = gate.send(
                "PUT",
                "lib",
                ("{\"_id\":\"lib\",\"name\":\"lib\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":{"
                                + "\"name\":\"lib\",\"version\":\"1.0.0\"," + manifest + ",\"dist\":{\"tarball\":\""
                                + UP
                                + "lib/-/lib-1.0.0.tgz\"}}},\"_attachments\":{\"lib-1.0.0.tgz\":{\"content_type\":"
                                + "\"application/octet-stream\",\"data\":\""
                                + java.util.Base64.getEncoder().encodeToString(tarball) + "\",\"length\":"
                                + tarball.length + "}}}")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "Content-Type",
                "application/json");

        assertThat(response.status()).as(TestGate.text(response)).isEqualTo(status);
        if (status == 400) {
            assertThat(TestGate.text(response)).contains("Publish what the file says.");
            assertThat(gate.get("lib").status()).isEqualTo(404);
        }
    }

    @Test
    void what_was_read_counts_in_the_index_from_then_on_and_the_reason_names_both_values() throws IOException {
        TestGate gate = npm("\"license\":\"MIT\"", "\"license\":\"AGPL-3.0-only\"", STARTER);
        assertThat(gate.get("lib").status()).isEqualTo(200);

        Response refused = gate.get("lib/-/lib-1.0.0.tgz");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(TestGate.text(refused))
                .contains("sources disagree about its licence: AGPL-3.0-only (artifact), MIT (upstream-index)");
        assertThat(gate.get("lib").status()).isEqualTo(403);
    }

    @Test
    void a_version_read_as_forbidden_leaves_the_index_whatever_that_claims() throws IOException {
        TestGate gate = npm("\"license\":\"MIT\"", "\"license\":\"AGPL-3.0-only\"", deny());
        assertThat(TestGate.text(gate.get("lib"))).contains("1.0.0");
        assertThat(gate.get("lib/-/lib-1.0.0.tgz").status()).isEqualTo(403);
        assertThat(gate.get("lib").status()).isEqualTo(403);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the same                    | MIT           | MIT           | >=3.8   | >=3.8  | 200 | 200
            in other words              | MIT License   | MIT           | >= 3.8  | >=3.8  | 200 | 200
            a licence hidden            | MIT           | AGPL-3.0-only | >=3.8   | >=3.8  | 403 | 403
            a licence slandered         | AGPL-3.0-only | MIT           | >=3.8   | >=3.8  | 403 | 403
            another runtime             | MIT           | MIT           | >=3.8   | >=3.12 | 403 | 200
            """)
    void a_wheel_and_its_side_car(
            String what, String promised, String license, String promisedPython, String python, int starter, int denied)
            throws IOException {
        for (String policy : new String[] {STARTER, deny()}) {
            TestGate gate = pypi(metadata(promised, promisedPython), metadata(license, python), policy);
            gate.get("files/lib/lib-1.0-py3-none-any.whl.metadata");
            assertThat(gate.get("files/lib/lib-1.0-py3-none-any.whl").status())
                    .isEqualTo(policy.equals(STARTER) ? starter : denied);
        }
    }

    @Test
    void a_policy_on_unknown_licences_does_not_empty_an_index_whose_side_cars_tell() throws IOException {
        String held = deny().replace("#   mode: enforce", "#   mode: enforce\n#   on_unknown: hold");
        TestGate gate = pypi(metadata("MIT", ">=3.8"), metadata("MIT", ">=3.8"), held);

        assertThat(TestGate.text(gate.get("simple/lib/"))).contains("lib-1.0-py3-none-any.whl");

        assertThat(gate.upstreams().asked(UP + "lib-1.0-py3-none-any.whl.metadata"))
                .isEqualTo(1);
        assertThat(gate.upstreams().asked(UP + "lib-1.0-py3-none-any.whl")).isZero();
        assertThat(gate.get("files/lib/lib-1.0-py3-none-any.whl").status()).isEqualTo(200);
    }

    @Test
    void a_side_car_that_tells_a_forbidden_licence_takes_the_version_from_the_index() throws IOException {
        String held = deny().replace("#   mode: enforce", "#   mode: enforce\n#   on_unknown: hold");
        TestGate gate = pypi(metadata("AGPL-3.0-only", ">=3.8"), metadata("AGPL-3.0-only", ">=3.8"), held);

        assertThat(TestGate.text(gate.get("simple/lib/"))).doesNotContain("lib-1.0-py3-none-any.whl");
        assertThat(gate.upstreams().asked(UP + "lib-1.0-py3-none-any.whl")).isZero();
    }

    private static String metadata(String license, String python) {
        return "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\nRequires-Python: " + python + "\nLicense: " + license
                + "\n\n";
    }

    private static TestGate pypi(String promised, String metadata, String policy) throws IOException {
        TestGate gate = gate(new PypiFormat(new Pep440Order(), Withheld.DROP), "pypi", policy);
        String wheel = "lib-1.0-py3-none-any.whl";
        byte[] bytes = zip("lib-1.0.dist-info/METADATA", metadata);
        gate.upstreams()
                .has(
                        UP + "lib/",
                        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"lib\",\"files\":[{\"filename\":\"" + wheel
                                + "\",\"url\":\"" + UP + wheel + "\",\"hashes\":{\"sha256\":\"" + sha256(bytes)
                                + "\"},\"core-metadata\":{\"sha256\":\""
                                + sha256(promised.getBytes(StandardCharsets.UTF_8)) + "\"}}]}",
                        "content-type",
                        "application/vnd.pypi.simple.v1+json")
                .has(UP + wheel, bytes)
                .has(UP + wheel + ".metadata", promised);
        return gate;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the same            | MIT                 | The MIT License | 200 | 200
            a licence hidden    | MIT                 | AGPL-3.0-only   | 403 | 200
            a silent jar        | AGPL-3.0-only       |                 | 200 | 403
            a slandering jar    | AGPL-3.0-only       | MIT             | 403 | 403
            """)
    void a_jar_and_its_pom(String what, String pom, String inside, int starter, int denied) throws IOException {
        for (String policy : new String[] {STARTER, deny()}) {
            TestGate gate = gate(new MavenFormat(), "maven", policy);
            byte[] jar = inside == null ? zip("a", "b") : zip("META-INF/maven/com.acme/lib/pom.xml", pom(inside));
            String path = "com/acme/lib/1.0/lib-1.0";
            gate.upstreams()
                    .has(
                            UP + "com/acme/lib/maven-metadata.xml",
                            "<metadata><groupId>com.acme</groupId><artifactId>lib</artifactId><versioning><versions>"
                                    + "<version>1.0</version></versions></versioning></metadata>",
                            "content-type",
                            "text/xml")
                    .has(UP + path + ".pom", pom(pom))
                    .has(UP + path + ".pom.sha1", sha1(pom(pom).getBytes(StandardCharsets.UTF_8)))
                    .has(UP + path + ".jar", jar)
                    .has(UP + path + ".jar.sha1", sha1(jar));
            gate.get(path + ".pom");
            assertThat(gate.get(path + ".jar").status()).isEqualTo(policy.equals(STARTER) ? starter : denied);
        }
    }

    private static String pom(String license) {
        return "<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId><artifactId>lib</artifactId>"
                + "<version>1.0</version><licenses><license><name>" + license
                + "</name></license></licenses></project>";
    }

    private static String sha256(byte[] bytes) {
        return MemoryBlobStore.digest(Algorithm.SHA256, bytes).hex();
    }

    private static String sha1(byte[] bytes) {
        return MemoryBlobStore.digest(Algorithm.SHA1, bytes).hex();
    }

    private static byte[] zip(String name, String content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] tgz(String name, String content) throws IOException {
        byte[] file = content.getBytes(StandardCharsets.UTF_8);
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0000000000\0000000000\000");
        put(header, 124, "%011o\00000000000000\000        0".formatted(file.length));
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(header);
            gzip.write(file);
            gzip.write(new byte[(512 - file.length % 512) % 512 + 1024]);
        }
        return bytes.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static TestGate gate(Format format, String id, String policy) {
        TestGate gate = new TestGate(format, new MemoryAdvisoryStore(), new ArtifactInspector(), GateSettings.STANDARD);
        gate.upstream(id, UP, Upstream.Trust.TRUSTED);
        try {
            gate.policies().create(PolicyFile.read("policy.rego", policy, null), Event.Actor.SYSTEM);
        } catch (PolicyRejectedException e) {
            throw new IllegalArgumentException(e.findings().toString(), e);
        }
        return gate;
    }
}

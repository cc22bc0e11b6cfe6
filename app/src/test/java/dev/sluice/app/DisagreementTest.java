package dev.sluice.app;

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
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.MemoryBlobStore;
import dev.sluice.testkit.TestGate;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
                        Tarballs.tgz(
                                "package/package.json", "{\"name\":\"lib\",\"version\":\"1.0.0\"," + artifact + "}"));
        return gate;
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
        byte[] bytes = Tarballs.zip("lib-1.0.dist-info/METADATA", metadata);
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
            byte[] jar = inside == null
                    ? Tarballs.zip("a", "b")
                    : Tarballs.zip("META-INF/maven/com.acme/lib/pom.xml", pom(inside));
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

    /** Index time, Last-Modified, whether the upstream is trusted for times, status with the starter alone. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the same                    | 2020-01-02T03:04:05Z | Thu, 02 Jan 2020 03:04:05 GMT | true  | 200
            hours between both          | 2020-01-02T03:04:05Z | Thu, 02 Jan 2020 21:04:05 GMT | true  | 200
            years between both          | 2020-01-02T03:04:05Z | Mon, 05 Jan 2026 03:04:05 GMT | true  | 403
            a header that nobody trusts | 2020-01-02T03:04:05Z | Mon, 05 Jan 2026 03:04:05 GMT | false | 200
            a silent index              |                      | Mon, 05 Jan 2026 03:04:05 GMT | true  | 200
            a silent file server        | 2020-01-02T03:04:05Z |                               | true  | 200
            """)
    void times_of_an_index_and_of_its_file_server(
            String what, @Nullable String told, @Nullable String header, boolean trusted, int status)
            throws IOException {
        TestGate gate = gate(new NpmFormat(), "npm", STARTER);
        Repository former = gate.repository();
        gate.repository(former.with(
                true,
                List.of(new Upstream("npm", "npm", URI.create(UP), 0, Upstream.Trust.TRUSTED, null)
                        .meaning(trusted, Upstream.Forbidden.REFUSED)),
                List.of()));
        byte[] tarball = Tarballs.npm("lib", "1.0.0", "", 10);
        gate.upstreams()
                .has(
                        UP + "lib",
                        "{\"name\":\"lib\",\"versions\":{\"1.0.0\":{\"name\":\"lib\",\"version\":\"1.0.0\",\"dist\":{"
                                + "\"tarball\":\"" + UP + "lib/-/lib-1.0.0.tgz\"}}},\"time\":{"
                                + (told == null ? "" : "\"1.0.0\":\"" + told + "\"") + "}}",
                        "content-type",
                        "application/json");
        if (header == null) {
            gate.upstreams().has(UP + "lib/-/lib-1.0.0.tgz", tarball);
        } else {
            gate.upstreams().has(UP + "lib/-/lib-1.0.0.tgz", tarball, "last-modified", header);
        }

        Response response = gate.get("lib/-/lib-1.0.0.tgz");

        assertThat(response.status()).as(TestGate.text(response)).isEqualTo(status);
        if (status == 403) {
            assertThat(TestGate.text(response))
                    .contains("sources disagree about its publish time: 2020-01-02T03:04:05Z (upstream-index), ");
        }
    }

    private static String sha256(byte[] bytes) {
        return MemoryBlobStore.digest(Algorithm.SHA256, bytes).hex();
    }

    private static String sha1(byte[] bytes) {
        return MemoryBlobStore.digest(Algorithm.SHA1, bytes).hex();
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

package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.access.Principal;
import dev.sluice.kernel.access.Role;
import dev.sluice.kernel.access.Token;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.kernel.repository.NamePattern;
import dev.sluice.kernel.repository.Upstream;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.TestGate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may publish under which name: formats, and whose the name is. */
final class PublishingOverNamesTest {

    private static final String UP = "https://registry.example/";

    /** How each format is sent a package, and what an upstream answers that has the name. */
    @SuppressWarnings("ImmutableEnumChecker") // formats and texts
    enum Client {
        NPM(new NpmFormat(), "npm:acme-util", "acme-util") {
            @Override
            Response publish(TestGate gate, String version) throws IOException {
                byte[] tarball = Tarballs.npm("acme-util", version, "\"license\":\"MIT\",", 0);
                return gate.put(
                        "acme-util",
                        "{\"name\":\"acme-util\",\"dist-tags\":{\"latest\":\"" + version + "\"},\"versions\":{\""
                                + version + "\":{\"name\":\"acme-util\",\"version\":\"" + version
                                + "\",\"license\":\"MIT\"}},\"_attachments\":{\"acme-util-" + version
                                + ".tgz\":{\"data\":\"" + Base64.getEncoder().encodeToString(tarball)
                                + "\",\"length\":" + tarball.length + "}}}");
            }

            @Override
            void known(TestGate gate) {
                gate.upstreams()
                        .has(
                                UP + "acme-util",
                                "{\"name\":\"acme-util\",\"versions\":{\"6.6.6\":{\"name\":\"acme-util\",\"version\":"
                                        + "\"6.6.6\",\"dist\":{\"tarball\":\"" + UP + "x.tgz\"}}}}",
                                "content-type",
                                "application/json");
            }
        },
        PYPI(new PypiFormat(new Pep440Order(), Withheld.DROP), "pypi:Acme_Util", "acme-util") {
            @Override
            Response publish(TestGate gate, String version) throws IOException {
                byte[] sdist = Tarballs.sdist("acme_util", version);
                ByteArrayOutputStream form = new ByteArrayOutputStream();
                field(form, ":action", "file_upload");
                field(form, "protocol_version", "1");
                field(form, "metadata_version", "2.1");
                field(form, "name", "acme.util");
                field(form, "version", version);
                field(form, "filetype", "sdist");
                field(form, "pyversion", "source");
                form.writeBytes(("--b\r\nContent-Disposition: form-data; name=\"content\"; filename=\"acme_util-"
                                + version + ".tar.gz\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                        .getBytes(UTF_8));
                form.writeBytes(sdist);
                form.writeBytes("\r\n--b--\r\n".getBytes(UTF_8));
                return gate.send("POST", "", form.toByteArray(), "Content-Type", "multipart/form-data; boundary=b");
            }

            private static void field(ByteArrayOutputStream form, String name, String value) {
                form.writeBytes(
                        ("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n")
                                .getBytes(UTF_8));
            }

            @Override
            void known(TestGate gate) {
                gate.upstreams()
                        .has(
                                UP + "acme-util/",
                                "<a href=\"acme_util-6.6.tar.gz#sha256=" + "0".repeat(64)
                                        + "\">acme_util-6.6.tar.gz</a>",
                                "content-type",
                                "text/html");
            }
        },
        MAVEN(new MavenFormat(), "maven:com.acme", "com.acme:util") {
            @Override
            Response publish(TestGate gate, String version) throws IOException {
                return gate.put(
                        "com/acme/util/" + version + "/util-" + version + ".pom",
                        "<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId><artifactId>util"
                                + "</artifactId><version>" + version + "</version></project>");
            }

            @Override
            void known(TestGate gate) {
                gate.upstreams()
                        .has(
                                UP + "com/acme/util/maven-metadata.xml",
                                "<metadata><groupId>com.acme</groupId><artifactId>util</artifactId><versioning><versions>"
                                        + "<version>6.6</version></versions></versioning></metadata>",
                                "content-type",
                                "text/xml");
            }
        };

        final Format format;
        final String reservation;
        final String name;

        Client(Format format, String reservation, String name) {
            this.format = format;
            this.reservation = reservation;
            this.name = name;
        }

        abstract Response publish(TestGate gate, String version) throws IOException;

        abstract void known(TestGate gate);

        boolean isOurs(TestGate gate) {
            return gate.gate()
                    .hosting()
                    .hosted(gate.repository(), format.packageName(name))
                    .isPresent();
        }
    }

    private static TestGate gate(Client client, Upstream.Trust trust) {
        return new TestGate(client.format, new MemoryAdvisoryStore(), new ArtifactInspector(), GateSettings.STANDARD)
                .upstream("up", UP, trust);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"NPM,TRUSTED", "PYPI,TRUSTED", "MAVEN,TRUSTED", "NPM,UNTRUSTED", "PYPI,UNTRUSTED", "MAVEN,UNTRUSTED"})
    void a_name_that_an_upstream_has_is_not_published_before_it_is_reserved(Client client, Upstream.Trust trust)
            throws IOException {
        TestGate gate = gate(client, trust);
        client.known(gate);

        Response refused = client.publish(gate, "1.0.0");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(told(refused))
                .contains(client.name + " is a name of upstream 'up'")
                .contains("sluice repository reserve " + client.format.id() + ":" + client.name + " --repository main");
        assertThat(client.isOurs(gate)).isFalse();
        assertThat(gate.journal().events()).isEmpty();

        gate.reserve(client.reservation);
        assertThat(client.publish(gate, "1.0.0").status()).isBetween(200, 201);
        assertThat(client.isOurs(gate)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void a_name_that_no_upstream_has_is_published_and_stays_ours(Client client) throws IOException {
        TestGate gate = gate(client, Upstream.Trust.UNTRUSTED);
        assertThat(client.publish(gate, "1.0.0").status()).isBetween(200, 201);
        client.known(gate); // somebody takes it elsewhere, where everybody may
        gate.pass(java.time.Duration.ofDays(1));
        assertThat(client.publish(gate, "1.0.1").status()).isBetween(200, 201);
    }

    @ParameterizedTest
    @EnumSource
    void a_new_name_waits_for_an_upstream_that_cannot_be_asked(Client client) throws IOException {
        TestGate gate = gate(client, Upstream.Trust.TRUSTED);
        gate.upstreams().down(UP, true);

        Response refused = client.publish(gate, "1.0.0");

        assertThat(refused.status()).isEqualTo(503);
        assertThat(told(refused))
                .contains("nobody knows now whether " + client.name)
                .contains("Try again later");
        assertThat(client.isOurs(gate)).isFalse();
        gate.reserve(client.reservation);
        assertThat(client.publish(gate, "1.0.0").status()).isBetween(200, 201);
        gate.unreserve();
        assertThat(client.publish(gate, "1.0.1").status()).isBetween(200, 201); // hosted before
    }

    @ParameterizedTest(name = "{0} by {1}: {2}")
    @CsvSource({
        "NPM,npm:acme-*,true", "NPM,npm:acme,false", "NPM,pypi:acme-util,false", "PYPI,pypi:ACME__util,true",
        "PYPI,pypi:acme.*,true", "PYPI,pypi:acme,false", "MAVEN,maven:com.acme.*,true", "MAVEN,maven:com.acm,false",
        "MAVEN,*:*,true"
    })
    void a_token_publishes_the_names_it_is_for(Client client, String pattern, boolean may) throws IOException {
        TestGate gate = gate(client, Upstream.Trust.TRUSTED);
        gate.as(new Principal(
                "ann",
                new Token(
                        "t1",
                        "ci",
                        "ann",
                        "hash",
                        Role.PUBLISHER,
                        List.of(),
                        List.of(NamePattern.parse(pattern)),
                        Instant.EPOCH,
                        null)));

        Response answer = client.publish(gate, "1.0.0");

        assertThat(answer.status() < 300).isEqualTo(may);
        assertThat(client.isOurs(gate)).isEqualTo(may);
        if (!may) {
            assertThat(answer.status()).isEqualTo(403);
            assertThat(told(answer))
                    .contains("this token may publish only " + NamePattern.parse(pattern))
                    .contains("--publish " + client.format.id() + ":" + client.name);
        }
    }

    private static String told(Response response) throws IOException {
        return new String(TestGate.body(response), UTF_8);
    }
}

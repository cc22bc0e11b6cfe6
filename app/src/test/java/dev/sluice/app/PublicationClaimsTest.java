package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.inspect.ArtifactInspector;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Response;
import dev.sluice.kernel.gate.GateSettings;
import dev.sluice.testkit.MemoryAdvisoryStore;
import dev.sluice.testkit.TestGate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A publication that contradicts itself is refused, and told both words; what clients change when they publish is no contradiction. */
final class PublicationClaimsTest {

    /** Members of the manifest and of package.json beside name and version, and what both say where that is refused. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            the same                   | "license":"MIT"                                   | "license":"MIT"                                       |
            a licence in other words   | "license":"MIT License"                           | "license":"MIT"                                       |
            a licence hidden           | "license":"MIT"                                   | "license":"AGPL-3.0-only"                             | licence: 'AGPL-3.0-only'; what was sent beside it says: 'MIT'
            a silent manifest          | "description":"x"                                 | "license":"AGPL-3.0-only"                             |
            scripts left out           | "scripts":{"test":"x"}                            | "scripts":{"test":"x","postinstall":"x"}              | script postinstall: 'x'; what was sent beside it says: ''
            no word of scripts         | "description":"x"                                 | "scripts":{"postinstall":"x"}                         |
            scripts denied             | "hasInstallScript":false                          | "scripts":{"test":"x","postinstall":"x"}              | runs code when it is installed
            another script             | "scripts":{"postinstall":"echo"}                  | "scripts":{"postinstall":"curl"}                      | script postinstall: 'curl'; what was sent beside it says: 'echo'
            a blank script             | "scripts":{"postinstall":""}                      | "scripts":{"postinstall":""}                          |
            scripts told               | "scripts":{"postinstall":"x"}                     | "scripts":{"postinstall":"x"}                         |
            scripts taken out by pack  | "scripts":{"postinstall":"husky"}                 | "scripts":{"_postinstall":"husky"}                    |
            a build that npm adds      | "scripts":{"install":"node-gyp rebuild"},"gypfile":true | "main":"x"                                      |
            a dependency hidden        | "main":"x"                                        | "dependencies":{"evil":"^1"}                          | dependencies: '{evil=^1}'; what was sent beside it says: '{}'
            a dependency made up       | "dependencies":{"evil":"^1"}                      | "main":"x"                                            | dependencies: '{}'; what was sent beside it says: '{evil=^1}'
            another range              | "dependencies":{"a":"^1"}                         | "dependencies":{"a":"^2"}                             | dependencies: '{a=^2}'
            dependencies in order      | "dependencies":{"a":"^1","b":"^1"}                | "dependencies":{"b":"^1","a":" ^1 "}                  |
            an empty object            | "main":"x"                                        | "dependencies":{}                                     |
            optional ones in both      | "dependencies":{"a":"1","b":"2"},"optionalDependencies":{"b":"2"} | "dependencies":{"a":"1"},"optionalDependencies":{"b":"2"} |
            optional ones in one       | "dependencies":{"a":"1"},"optionalDependencies":{"b":"2"} | "dependencies":{"a":"1","b":"2"},"optionalDependencies":{"b":"2"} |
            another optional one       | "optionalDependencies":{"b":"2"}                  | "optionalDependencies":{"b":"3"}                      | optionalDependencies: '{b=3}'
            another peer               | "peerDependencies":{"react":"17"}                 | "peerDependencies":{"react":"18"}                     | peerDependencies: '{react=18}'
            a repository               | "dependencies":{"a":"github:u/r#semver:^1"}              | "dependencies":{"a":"u/r#semver:^1"}                         |
            a longer repository        | "dependencies":{"a":"git+ssh://git@github.com/u/r.git"} | "dependencies":{"a":"https://github.com/u/r"}   |
            another repository         | "dependencies":{"a":"github:u/r"}                 | "dependencies":{"a":"u/other"}                        | dependencies: '{a=github.com/u/other}'
            another host               | "dependencies":{"a":"https://evil.example/u/r"}  | "dependencies":{"a":"u/r"}                         | dependencies: '{a=github.com/u/r}'; what was sent beside it says: '{a=evil.example/u/r}'
            a repository over ssh      | "dependencies":{"a":"git+ssh://git@github.com/u/r.git#1"} | "dependencies":{"a":"git@github.com:u/r.git#1"} |
            an array of old            | "dependencies":{"a":"1"}                          | "dependencies":["a@1"]                                |
            an empty array             | "dependencies":[]                                 | "dependencies":{"evil":"^1"}                          | dependencies: '{evil=^1}'; what was sent beside it says: '{}'
            an empty text              | "dependencies":""                                 | "dependencies":{"evil":"^1"}                          | dependencies: '{evil=^1}'; what was sent beside it says: '{}'
            development only           | "devDependencies":{"a":"1"}                       | "main":"x"                                            |
            one program                | "bin":{"lib":"cli.js"}                            | "bin":"./cli.js"                                      |
            a program spelled longer   | "bin":{"x":"bin/x.js"}                            | "bin":{"x":"./bin//x.js"}                             |
            another program            | "bin":{"x":"a.js"}                                | "bin":{"x":"b.js"}                                    | bin: '{x=b.js}'
            programs of a folder       | "bin":{"x":"bin/x"}                               | "directories":{"bin":"bin"}                           |
            """)
    void npm(String what, String manifest, String artifact, @Nullable String refused) throws IOException {
        check(npm(manifest, "\"name\":\"lib\",\"version\":\"1.0.0\"," + artifact), 201, refused);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            its name     | other | 1.0.0   | name: 'other'; what was sent beside it says: 'lib'
            its version  | lib   | 6.6.6   | version: '6.6.6'; what was sent beside it says: '1.0.0'
            a longer one | lib   | v1.0.0  |
            with a build | lib   | 1.0.0+7 |
            """)
    void npm_identity(String what, String name, String version, @Nullable String refused) throws IOException {
        check(npm("\"main\":\"x\"", "\"name\":\"" + name + "\",\"version\":\"" + version + "\""), 201, refused);
    }

    private static Response npm(String manifest, String artifact) throws IOException {
        byte[] tarball = Tarballs.tgz("package/package.json", "{" + artifact + "}");
        String file = "lib-1.0.0.tgz";
        return gate(new NpmFormat())
                .send(
                        "PUT",
                        "lib",
                        ("{\"_id\":\"lib\",\"name\":\"lib\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":{"
                                        + "\"name\":\"lib\",\"version\":\"1.0.0\"," + manifest
                                        + ",\"dist\":{\"tarball\":\"https://registry.example/lib/-/" + file
                                        + "\"}}},\"_attachments\":{\"" + file + "\":{\"data\":\""
                                        + Base64.getEncoder().encodeToString(tarball) + "\",\"length\":"
                                        + tarball.length + "}}}")
                                .getBytes(UTF_8),
                        "Content-Type",
                        "application/json");
    }

    /** Headers of METADATA beside the first, fields of the form beside those of every upload. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            the same            | Name: lib;Version: 1.0                        | requires_dist=                                  |
            spelled otherwise   | Name: Lib;Version: v1.0                       | requires_dist=                                  |
            another name        | Name: other;Version: 1.0                      | requires_dist=                                  | name: 'other'; what was sent beside it says: 'lib'
            another version     | Name: lib;Version: 6.6                        | requires_dist=                                  | version: '6.6'; what was sent beside it says: '1.0'
            another licence     | Name: lib;License: AGPL-3.0-only              | license=MIT                                     | licence: 'AGPL-3.0-only'; what was sent beside it says: 'MIT'
            another Python      | Name: lib;Requires-Python: >=3.12             | requires_python=>=3.8                           | requires-python: '>=3.12'; what was sent beside it says: '>=3.8'
            Pythons in order    | Name: lib;Requires-Python: <4, >=3.8          | requires_python=>=3.8,<4                        |
            a silent form       | Name: lib;Requires-Dist: evil                 | summary=x                                       |
            another dependency  | Name: lib;Requires-Dist: evil                 | requires_dist=good                              | dependencies: 'evil[];'; what was sent beside it says: 'good[];'
            one hidden          | Name: lib;Requires-Dist: a;Requires-Dist: b   | requires_dist=a                                 | dependencies: 'a[];, b[];'
            another range       | Name: lib;Requires-Dist: a>=2                 | requires_dist=a>=1                              | dependencies: 'a[]>=2;'
            as twine writes it  | Name: lib;Requires-Dist: Foo.Bar[X_y] (>=1,<2) ~ extra == 'Test_X' | requires_dist=foo-bar[x-y]<2,>=1; extra == "test-x" |
            """)
    void pypi(String what, String metadata, String field, @Nullable String refused) throws IOException {
        byte[] wheel = Tarballs.zip(
                "lib-1.0.dist-info/METADATA",
                "Metadata-Version: 2.1\n" + metadata.replace(";", "\n").replace("~", ";") + "\n\n");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int equals = field.indexOf('=');
        for (String[] each : new String[][] {
            {":action", "file_upload"},
            {"protocol_version", "1"},
            {"filetype", "bdist_wheel"},
            {"name", "lib"},
            {"version", "1.0"},
            {field.substring(0, equals), field.substring(equals + 1)}
        }) {
            part(body, "name=\"" + each[0] + "\"", each[1].getBytes(UTF_8));
        }
        part(body, "name=\"content\"; filename=\"lib-1.0-py3-none-any.whl\"", wheel);
        body.writeBytes("--f00d--\r\n".getBytes(UTF_8));
        TestGate gate = gate(new PypiFormat(new Pep440Order(), Withheld.DROP));
        check(
                gate.send("POST", "", body.toByteArray(), "Content-Type", "multipart/form-data; boundary=f00d"),
                200,
                refused);
    }

    private static void part(ByteArrayOutputStream body, String disposition, byte[] content) {
        body.writeBytes(("--f00d\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n").getBytes(UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the same            | <groupId>com.acme</groupId><artifactId>lib</artifactId><version>1.0</version>     |
            another group       | <groupId>com.evil</groupId><artifactId>lib</artifactId><version>1.0</version>     | group: 'com.evil'; what was sent beside it says: 'com.acme'
            another artifact    | <groupId>com.acme</groupId><artifactId>other</artifactId><version>1.0</version>   | artifact: 'other'; what was sent beside it says: 'lib'
            another version     | <groupId>com.acme</groupId><artifactId>lib</artifactId><version>6.6</version>     | version: '6.6'; what was sent beside it says: '1.0'
            from its parent     | <parent><groupId>com.acme</groupId><artifactId>p</artifactId><version>1.0</version></parent><artifactId>lib</artifactId> |
            another parent      | <parent><groupId>com.acme</groupId><artifactId>p</artifactId><version>6.6</version></parent><artifactId>lib</artifactId> | version: '6.6'
            filled in later     | <groupId>com.acme</groupId><artifactId>lib</artifactId><version>${revision}</version> |
            nothing named       | <name>x</name>                                                                    |
            what Maven forgives | <description>a&nbsp;b</description><artifactId>other</artifactId>                 | artifact: 'other'
            """)
    void maven(String what, String coordinates, @Nullable String refused) throws IOException {
        byte[] pom = ("<project><modelVersion>4.0.0</modelVersion>" + coordinates + "</project>").getBytes(UTF_8);
        check(gate(new MavenFormat()).send("PUT", "com/acme/lib/1.0/lib-1.0.pom", pom), 201, refused);
    }

    private static void check(Response response, int done, @Nullable String refused) throws IOException {
        String text = TestGate.text(response);
        assertThat(response.status()).as(text).isEqualTo(refused == null ? done : 400);
        if (refused != null) {
            assertThat(text).contains(refused).contains("Publish what the file says.");
        }
    }

    private static TestGate gate(Format format) {
        return new TestGate(format, new MemoryAdvisoryStore(), new ArtifactInspector(), GateSettings.STANDARD);
    }
}

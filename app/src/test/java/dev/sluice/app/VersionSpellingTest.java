package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** People spell a version otherwise than it is kept: who took it, what is decided of it, and what is cached of it is found all the same. */
final class VersionSpellingTest {

    private static final String OLD = "\"2024-01-01T00:00:00Z\"";

    @TempDir
    Path folder;

    private Pipeline pipeline;

    @BeforeEach
    void open() throws IOException {
        pipeline = new Pipeline(folder);
    }

    @AfterEach
    void close() throws IOException {
        pipeline.close();
    }

    private CommandLineRun ask(Object... words) {
        Object[] all = List.of(words).toArray(new Object[words.length + 2]);
        all[words.length] = "--data";
        all[words.length + 1] = folder.resolve("data");
        return CommandLineRun.of(all);
    }

    /** Asks everything that takes a purl about a version that was taken. */
    private void assertFound(String asked, String kept) {
        assertThat(ask("who", asked, "--json")
                        .json()
                        .path("consumers")
                        .valueStream()
                        .map(each -> each.path("purl").asString()))
                .containsExactly(kept);
        assertThat(ask("explain", asked, "--json").json().path("exists").asBoolean())
                .isTrue();
        assertThat(ask("decisions", "--kind", "download", "--purl", asked, "--json")
                        .json()
                        .path("events"))
                .hasSize(1);
        assertThat(ask("cache", "forget", asked, "--json").json().path("files").asInt())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "boto, 0.2a, 0.2a0",
        "zsi, 2.0-rc1, 2.0rc1",
        "protobuf, 2.0.0beta, 2.0.0b0",
        "pytz, 2004b, 2004b0",
        "idna, 3.20.0, 3.20",
        "idna, v3.20, 3.20",
        "idna, 3.20, 3.20"
    })
    void of_pypi(String name, String asked, String kept) throws Exception {
        pipeline.pypi(name, kept, OLD);
        assertThat(pipeline.get("/pypi/main/simple/" + name + "/").statusCode()).isEqualTo(200);
        String file = "/pypi/main/files/" + name + "/" + name + "-" + kept + ".tar.gz";
        assertThat(pipeline.get(file).statusCode()).isEqualTo(200);

        assertFound("pkg:pypi/" + name + "@" + asked, "pkg:pypi/" + name + "@" + kept);
    }

    @ParameterizedTest
    @CsvSource({"v3.0.1", "=3.0.1", "3.0.1"})
    void of_npm(String asked) throws Exception {
        pipeline.npm("is-odd", "3.0.1", OLD, "\"license\":\"MIT\",");
        assertThat(pipeline.get("/npm/main/is-odd/-/is-odd-3.0.1.tgz").statusCode())
                .isEqualTo(200);

        assertFound("pkg:npm/is-odd@" + asked, "pkg:npm/is-odd@3.0.1");
    }

    @ParameterizedTest
    @CsvSource({"1.0.Final, 1.0", "1.0, 1.0.0", "1.0-RC1, 1.0-rc1", "1.0, 1.0"})
    void of_maven(String asked, String kept) throws Exception {
        String jar = "/com/acme/lib/" + kept + "/lib-" + kept + ".jar";
        byte[] bytes = Tarballs.npm("lib", kept, "", 10);
        pipeline.upstream.serve(jar, Answer.ok(bytes));
        pipeline.upstream.serve(jar + ".sha1", Answer.ok(Pipeline.hex("SHA-1", bytes)));
        String pom = jar.replace(".jar", ".pom");
        byte[] xml =
                ("<project><modelVersion>4.0.0</modelVersion><groupId>com.acme</groupId><artifactId>lib</artifactId>"
                                + "<version>" + kept + "</version></project>")
                        .getBytes(UTF_8);
        pipeline.upstream.serve(pom, Answer.ok(xml));
        pipeline.upstream.serve(pom + ".sha1", Answer.ok(Pipeline.hex("SHA-1", xml)));
        assertThat(pipeline.get("/maven/main" + pom).statusCode()).isEqualTo(200);

        assertFound("pkg:maven/com.acme/lib@" + asked, "pkg:maven/com.acme/lib@" + kept);
    }

    @Test
    void what_is_another_version_is_not_taken_for_it() throws Exception {
        pipeline.npm("is-odd", "3.0.1", OLD, "\"license\":\"MIT\",");
        assertThat(pipeline.get("/npm/main/is-odd/-/is-odd-3.0.1.tgz").statusCode())
                .isEqualTo(200);

        assertThat(ask("who", "pkg:npm/is-odd@v3.0.10", "--json")
                        .json()
                        .path("count")
                        .asInt())
                .isZero();
        assertThat(ask("explain", "pkg:npm/is-odd@3.0.1-beta", "--json")
                        .json()
                        .path("exists")
                        .asBoolean())
                .isFalse();
    }
}

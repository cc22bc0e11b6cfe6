package dev.sluice.formats.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.FileWant;
import dev.sluice.kernel.ecosystem.Proxying.MalformedDocumentException;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.Repository;
import dev.sluice.kernel.repository.Upstream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyingTest {

    private static final String SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    private final MavenProxying proxying = new MavenProxying();
    private final Upstream upstream =
            new Upstream("maven", "maven", URI.create("http://registry.example/m2"), 0, Upstream.Trust.TRUSTED, null);
    private final Repository repository = new Repository("main", true, List.of(upstream), List.of());
    private final PackageName name = new PackageName("maven", "com.acme.tools:lib");

    private FileWant want(String path) {
        return new FileWant(repository, name, "1.0", path);
    }

    @Test
    void asks_for_the_metadata_of_the_artifact() {
        assertThat(proxying.indexQuestion(upstream, name).uri())
                .isEqualTo(URI.create("http://registry.example/m2/com/acme/tools/lib/maven-metadata.xml"));
    }

    @Test
    void a_listed_version_has_no_publish_time_and_says_why() throws IOException {
        String xml = "<metadata><versioning><latest>1.1</latest><release>1.1</release><versions><version>1.0</version>"
                + "<version>1.1</version></versions><lastUpdated>20240102030405</lastUpdated></versioning></metadata>";
        PackageIndex index = proxying.readIndex(
                name,
                URI.create("http://registry.example/m2/x"),
                "text/xml",
                new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        assertThat(index.releases()).extracting(Release::version).containsExactly("1.0", "1.1");
        assertThat(index.releases().getFirst().published().basis()).isEqualTo("maven metadata carries no publish time");
        assertThat(index.releases().getFirst().files()).isEmpty();
        assertThat(PackageDocument.read(index.document()))
                .isEqualTo(new PackageDocument("1.1", "1.1", "20240102030405", List.of()));
        assertThat(proxying.indexListsFiles()).isFalse();
    }

    @Test
    void an_error_page_is_a_malformed_index() {
        assertThatThrownBy(() -> proxying.readIndex(
                        name,
                        URI.create("http://registry.example/m2/x"),
                        "text/html",
                        new ByteArrayInputStream("<html><body>hi</body></html>".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessageContaining("com.acme.tools:lib");
    }

    @Test
    void asks_for_sha1_first() {
        assertThat(proxying.checksumQuestions(upstream, want("com/acme/tools/lib/1.0/lib-1.0.jar")))
                .extracting(q -> q.uri().toString())
                .startsWith(
                        "http://registry.example/m2/com/acme/tools/lib/1.0/lib-1.0.jar.sha1",
                        "http://registry.example/m2/com/acme/tools/lib/1.0/lib-1.0.jar.md5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SHA1,
                SHA1 + "\n",
                SHA1 + "  lib-1.0.jar\n",
                SHA1 + " *lib-1.0.jar\n",
                "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
                "SHA1(lib-1.0.jar)= " + SHA1,
                "\n\n" + SHA1 + "\nmore"
            })
    void reads_checksums_as_repositories_write_them(String text) {
        assertThat(read(text)).isEqualTo(new Digest(Algorithm.SHA1, SHA1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html>", "da39a3ee", "lib-1.0.jar " + SHA1, "zz39a3ee5e6b4b0d3255bfef95601890afd80709"})
    void an_answer_without_a_checksum_promises_nothing(String text) {
        assertThat(read(text)).isNull();
    }

    private @Nullable Digest read(String text) {
        return proxying.readChecksum(
                proxying.checksumQuestions(upstream, want("com/acme/tools/lib/1.0/lib-1.0.jar"))
                        .getFirst(),
                text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void the_pom_describes_the_other_files_of_its_build() {
        assertThat(descriptor("com/acme/tools/lib/1.0/lib-1.0-sources.jar"))
                .isEqualTo("com/acme/tools/lib/1.0/lib-1.0.pom");
        assertThat(descriptor("com/acme/tools/lib/1.0/lib-1.0-build.pom"))
                .isEqualTo("com/acme/tools/lib/1.0/lib-1.0.pom");
        assertThat(descriptor("com/acme/tools/lib/1.0-SNAPSHOT/lib-1.0-20240101.120000-3.jar.asc"))
                .isEqualTo("com/acme/tools/lib/1.0-SNAPSHOT/lib-1.0-20240101.120000-3.pom");
        assertThat(proxying.descriptor(want("com/acme/tools/lib/1.0/lib-1.0.pom")))
                .isNull();
    }

    private String descriptor(String path) {
        return Objects.requireNonNull(proxying.descriptor(want(path))).path();
    }
}

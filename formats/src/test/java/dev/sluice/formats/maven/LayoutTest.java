package dev.sluice.formats.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.Digest.Algorithm;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {

    private static Address parse(String path) {
        Address address = Layout.parse(List.of(path.split("/", -1)));
        assertThat(address).as(path).isNotNull();
        return java.util.Objects.requireNonNull(address);
    }

    @Test
    void reads_a_released_file() {
        assertThat(parse("com/acme/tools/lib/1.0/lib-1.0-sources.jar"))
                .isEqualTo(new Address.Artifact("com.acme.tools", "lib", "1.0", "1.0", "-sources.jar"));
    }

    @Test
    void a_build_of_a_snapshot_belongs_to_the_base_version() {
        assertThat(parse("g/a/1.0-SNAPSHOT/a-1.0-20240101.120000-3-sources.jar"))
                .isEqualTo(new Address.Artifact("g", "a", "1.0-SNAPSHOT", "1.0-20240101.120000-3", "-sources.jar"));
        assertThat(parse("g/a/SNAPSHOT/a-20240101.120000-3.pom"))
                .isEqualTo(new Address.Artifact("g", "a", "SNAPSHOT", "20240101.120000-3", ".pom"));
        assertThat(parse("g/a/1.0-SNAPSHOT/a-1.0-SNAPSHOT.jar"))
                .isEqualTo(new Address.Artifact("g", "a", "1.0-SNAPSHOT", "1.0-SNAPSHOT", ".jar"));
    }

    @Test
    void the_pom_of_a_build_carries_its_timestamp() {
        Address.Artifact jar = (Address.Artifact) parse("g/a/1.0-SNAPSHOT/a-1.0-20240101.120000-3-sources.jar");
        assertThat(jar.pom().path()).isEqualTo("g/a/1.0-SNAPSHOT/a-1.0-20240101.120000-3.pom");
    }

    @Test
    void reads_metadata_at_its_three_levels() {
        assertThat(parse("org/apache/maven/plugins/maven-metadata.xml"))
                .isEqualTo(new Address.Metadata("org/apache/maven/plugins"));
        assertThat(parse("junit/maven-metadata.xml")).isEqualTo(new Address.Metadata("junit"));
        assertThat(parse("g/a/1.0-SNAPSHOT/maven-metadata.xml"))
                .isEqualTo(new Address.SnapshotMetadata("g", "a", "1.0-SNAPSHOT"));
        assertThat(parse(".meta/prefixes.txt")).isEqualTo(new Address.Prefixes());
    }

    @Test
    void reads_side_cars_of_files_signatures_and_metadata() {
        assertThat(parse("g/a/1/a-1.jar.sha512"))
                .isEqualTo(new Address.Checksum(new Address.Artifact("g", "a", "1", "1", ".jar"), Algorithm.SHA512));
        assertThat(parse("g/a/1/a-1.jar.asc")).isEqualTo(new Address.Artifact("g", "a", "1", "1", ".jar.asc"));
        assertThat(parse("g/a/1/a-1.jar.asc.sha1"))
                .isEqualTo(new Address.Checksum(new Address.Artifact("g", "a", "1", "1", ".jar.asc"), Algorithm.SHA1));
        assertThat(parse("g/a/maven-metadata.xml.md5"))
                .isEqualTo(new Address.Checksum(new Address.Metadata("g/a"), Algorithm.MD5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "lib-1.0.jar",
                "a/1.0/a-1.0.jar",
                "g/a/1.0/",
                "g/a/1.0",
                "g/a/1.0/b-1.0.jar",
                "g/a/1.0/a-1.1.jar",
                "g/a/1.0/a-1.0",
                "g/a/1.0/a-1.0.",
                "g/a/1.0/a-1.01.jar",
                "g/a/1.0/a-1.0.jar.sha1.md5",
                "g/a/1.0/.sha1",
                "g.h/a/1.0/a-1.0.jar",
                "g/../a/1.0/a-1.0.jar",
                "g//a/1.0/a-1.0.jar",
                "g/a b/1.0/a b-1.0.jar",
                "g/a/1.0/a-1.0.jar\n.pom",
                "g/a/1:0/a-1:0.jar",
                "g/a/[1.0,)/a-[1.0,).jar",
                "g/-a/1.0/-a-1.0.jar",
                "g/a/1.0-SNAPSHOT/a-1.0-20240101-3.jar",
                "g/a/1.0/a-1.0-20240101.120000-3/x.jar",
                "g\u0000/a/1.0/a-1.0.jar",
                "g/ä/1.0/ä-1.0.jar",
                "maven-metadata.xml",
                "g.h/a/maven-metadata.xml",
                ".meta/prefixes.txt.sha1.sha1",
                "archetype-catalog.xml",
                ".index/nexus-maven-repository-index.gz"
            })
    void what_cannot_be_is_no_address(String path) {
        assertThat(Layout.parse(List.of(path.split("/", -1)))).isNull();
    }

    @Test
    void a_classifier_that_looks_like_a_longer_version_is_a_classifier() {
        assertThat(parse("g/a/1.0/a-1.0-build.pom"))
                .isEqualTo(new Address.Artifact("g", "a", "1.0", "1.0", "-build.pom"));
        assertThat(((Address.Artifact) parse("g/a/1.0/a-1.0-build.pom")).isPom())
                .isFalse();
        assertThat(parse("g/a/1.0/a-1.0-20240101.120000-3.jar"))
                .isEqualTo(new Address.Artifact("g", "a", "1.0", "1.0", "-20240101.120000-3.jar"));
    }

    @Property(tries = 500)
    void every_file_is_read_back_from_its_own_path(@ForAll("files") Address.Artifact file) {
        assertThat(parse(file.path())).isEqualTo(file);
        for (Algorithm algorithm : Algorithm.values()) {
            Address.Checksum checksum = new Address.Checksum(file, algorithm);
            assertThat(parse(checksum.path())).isEqualTo(checksum);
        }
    }

    @Property(tries = 1000)
    void an_address_always_says_the_path_it_came_from(@ForAll("paths") String path) {
        Address address = Layout.parse(List.of(path.split("/", -1)));
        if (address != null) {
            assertThat(address.path()).isEqualTo(path);
        }
    }

    @Provide
    Arbitrary<Address.Artifact> files() {
        Arbitrary<String> id = Arbitraries.strings()
                .withChars("abz09_-")
                .ofMinLength(1)
                .ofMaxLength(6)
                .filter(s -> !s.startsWith("-"));
        Arbitrary<String> version =
                Arbitraries.of("1", "1.0", "2.0-rc1", "1.0+build", "r09", "1.0-SNAPSHOT", "SNAPSHOT");
        Arbitrary<String> suffix = Arbitraries.of(".jar", ".pom", "-sources.jar", "-bin.tar.gz", ".jar.asc", ".module");
        return Combinators.combine(id.list().ofMinSize(1).ofMaxSize(5), id, version, suffix)
                .as((group, artifact, v, s) -> new Address.Artifact(String.join(".", group), artifact, v, v, s));
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> segment = Arbitraries.of(
                "g",
                "a",
                "a.b",
                "1.0",
                "1.0-SNAPSHOT",
                "a-1.0.jar",
                "a-1.0-SNAPSHOT.jar",
                "maven-metadata.xml",
                "a-1.0-20240101.120000-3.jar",
                "maven-metadata.xml.sha1",
                "a-1.0.jar.md5",
                ".meta",
                "prefixes.txt",
                "",
                "a.b-1.0.pom.asc.sha256");
        return segment.list().ofMinSize(1).ofMaxSize(6).map(list -> String.join("/", list));
    }

    @Test
    void encodes_what_a_path_may_not_carry() {
        assertThat(Layout.encode("g/a/1.0+b/a-1.0+b#^.jar")).isEqualTo("g/a/1.0+b/a-1.0+b%23%5E.jar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", ":a", "a:", "a:b:c", "a..b:c", "a/b:c", "a:b/c", "a :b", ".a:b"})
    void rejects_what_is_no_package_name(String text) {
        assertThat(Layout.isPackageName(text)).isFalse();
    }
}

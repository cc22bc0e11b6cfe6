package dev.sluice.formats.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.formats.maven.Metadata.Build;
import dev.sluice.formats.maven.Metadata.Plugin;
import dev.sluice.formats.maven.Metadata.SnapshotFile;
import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.kernel.format.PassedOver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetadataTest {

    private static Metadata read(String xml) throws XmlException {
        return MetadataReader.read(xml.getBytes(StandardCharsets.UTF_8), "test");
    }

    private static String text(byte[] xml) {
        return new String(xml, StandardCharsets.UTF_8);
    }

    private static final String ARTIFACT = """
            <?xml version="1.0" encoding="UTF-8"?>
            <metadata>
              <groupId>com.acme</groupId>
              <artifactId>lib</artifactId>
              <versioning>
                <latest>2.0-rc1</latest>
                <release>1.1</release>
                <versions>
                  <version>1.0</version>
                  <version>1.1</version>
                  <version>2.0-rc1</version>
                </versions>
                <lastUpdated>20240102030405</lastUpdated>
              </versioning>
            </metadata>
            """;

    private static final String SNAPSHOT = """
            <?xml version="1.0" encoding="UTF-8"?>
            <metadata modelVersion="1.1.0">
              <groupId>com.acme</groupId>
              <artifactId>lib</artifactId>
              <version>1.0-SNAPSHOT</version>
              <versioning>
                <snapshot>
                  <timestamp>20240101.120000</timestamp>
                  <buildNumber>3</buildNumber>
                </snapshot>
                <lastUpdated>20240101120000</lastUpdated>
                <snapshotVersions>
                  <snapshotVersion>
                    <extension>jar</extension>
                    <value>1.0-20240101.120000-3</value>
                    <updated>20240101120000</updated>
                  </snapshotVersion>
                  <snapshotVersion>
                    <classifier>sources</classifier>
                    <extension>jar</extension>
                    <value>1.0-20240101.120000-3</value>
                    <updated>20240101120000</updated>
                  </snapshotVersion>
                </snapshotVersions>
              </versioning>
            </metadata>
            """;

    private static final String GROUP = """
            <?xml version="1.0" encoding="UTF-8"?>
            <metadata>
              <plugins>
                <plugin>
                  <name>Hello &amp; Good-bye</name>
                  <prefix>hello</prefix>
                  <artifactId>hello-maven-plugin</artifactId>
                </plugin>
              </plugins>
            </metadata>
            """;

    @Test
    void artifact_metadata_is_written_as_it_is_read() throws XmlException {
        Metadata metadata = read(ARTIFACT);
        assertThat(metadata.versions()).containsExactly("1.0", "1.1", "2.0-rc1");
        assertThat(metadata.latest()).isEqualTo("2.0-rc1");
        assertThat(metadata.release()).isEqualTo("1.1");
        assertThat(text(MetadataWriter.artifact("com.acme", "lib", metadata))).isEqualTo(ARTIFACT);
    }

    @Test
    void snapshot_metadata_is_written_as_it_is_read() throws XmlException {
        Metadata metadata = read(SNAPSHOT);
        assertThat(metadata.build()).isEqualTo(new Build("20240101.120000", 3));
        assertThat(metadata.files())
                .contains(new SnapshotFile("sources", "jar", "1.0-20240101.120000-3", "20240101120000"));
        assertThat(text(MetadataWriter.snapshot("com.acme", "lib", "1.0-SNAPSHOT", metadata)))
                .isEqualTo(SNAPSHOT);
    }

    @Test
    void group_metadata_is_written_as_it_is_read() throws XmlException {
        Metadata metadata = read(GROUP);
        assertThat(metadata.plugins()).containsExactly(new Plugin("Hello & Good-bye", "hello", "hello-maven-plugin"));
        assertThat(text(MetadataWriter.group(metadata.plugins()))).isEqualTo(GROUP);
    }

    @Test
    void an_odd_version_does_not_hide_the_others() throws XmlException {
        Metadata metadata = read("<metadata><versioning><release>../../x</release><versions><version>1.0</version>"
                + "<version>${revision}</version><version/><version>a/b</version><version>1.0</version><version>"
                + "9".repeat(300) + "</version><version>1.1</version></versions></versioning></metadata>");
        assertThat(metadata.versions()).containsExactly("1.0", "1.1");
        assertThat(metadata.release()).isNull();
    }

    @Test
    void what_maven_reads_over_costs_nothing_and_is_counted() throws XmlException {
        long before = PassedOver.totals().getOrDefault("maven version", 0L);
        Metadata metadata =
                read("<!DOCTYPE metadata SYSTEM \"http://files.example/m.dtd\"><metadata><!-- caf&eacute; -->"
                        + "<versioning><release>1.1</release><versions><version>1.0</version><version>a&nbsp;b</version><odd>&copy;"
                        + "</odd><version>1.1</version></versions></versioning></metadata>");
        assertThat(metadata.versions()).containsExactly("1.0", "1.1");
        assertThat(metadata.release()).isEqualTo("1.1");
        assertThat(PassedOver.totals().getOrDefault("maven version", 0L)).isEqualTo(before + 1);
    }

    @Test
    void entities_of_its_own_are_never_replaced() throws XmlException {
        StringBuilder dtd =
                new StringBuilder("<!DOCTYPE metadata [<!ENTITY x SYSTEM \"file:///etc/hostname\"><!ENTITY a0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            dtd.append("<!ENTITY a")
                    .append(i)
                    .append(" \"")
                    .repeat("&a" + (i - 1) + ";", 10)
                    .append("\">");
        }
        assertThat(read(dtd
                                + "]><metadata><versioning><versions><version>&a29;</version><version>1&x;.0</version></versions>"
                                + "</versioning></metadata>")
                        .versions())
                .containsExactly("1.0");
    }

    @Test
    void what_was_cut_off_is_refused_however_deep_it_is() {
        assertThatThrownBy(() -> read("<metadata>" + "<a>".repeat(100_000)))
                .isInstanceOf(XmlException.class)
                .hasMessageContaining("broken off");
    }

    @Test
    void long_text_is_cut_not_kept() throws XmlException {
        assertThat(read("<metadata><plugins><plugin><prefix>p</prefix><artifactId>a</artifactId><name>"
                                + "n".repeat(3_000_000) + "</name></plugin></plugins></metadata>")
                        .plugins())
                .containsExactly(new Plugin("n".repeat(200), "p", "a"));
    }

    @Test
    void something_else_than_metadata_is_refused() {
        assertThatThrownBy(() -> read("<html><body>Not found</body></html>")).isInstanceOf(XmlException.class);
        assertThatThrownBy(() -> read("not xml at all")).isInstanceOf(XmlException.class);
        assertThatThrownBy(() -> read("")).isInstanceOf(XmlException.class);
        assertThatThrownBy(() -> read("<metadata><versioning>")).isInstanceOf(XmlException.class);
    }

    @Test
    void namespaces_do_not_matter() throws XmlException {
        assertThat(read("<metadata xmlns=\"http://maven.apache.org/METADATA/1.1.0\"><versioning><versions>"
                                + "<version> 1.0 </version></versions></versioning></metadata>")
                        .versions())
                .containsExactly("1.0");
    }

    @Test
    void a_package_document_survives_being_stored() {
        PackageDocument document =
                new PackageDocument("2.0-rc1", null, "20240102030405", List.of(new Plugin("N", "p", "p-maven-plugin")));
        assertThat(PackageDocument.read(document.write())).isEqualTo(document);
        assertThat(PackageDocument.read(new byte[0])).isEqualTo(PackageDocument.EMPTY);
        assertThat(PackageDocument.read(new byte[] {'{', 1})).isEqualTo(PackageDocument.EMPTY);
    }

    @Test
    void builds_are_told_from_what_was_deployed() {
        List<Address.Artifact> files = List.of(
                file("1.0-20240101.120000-1", ".jar"),
                file("1.0-20240101.120000-1", "-sources.jar"),
                file("1.0-20240103.120000-2", ".jar"),
                file("1.0-20240103.120000-2", "-bin.tar.gz"),
                file("1.0-20240103.120000-2", ".jar.asc"),
                file("1.0-SNAPSHOT", ".jar"));
        Metadata metadata = SnapshotBuilds.of(files);
        assertThat(metadata.build()).isEqualTo(new Build("20240103.120000", 2));
        assertThat(metadata.lastUpdated()).isEqualTo("20240103120000");
        assertThat(metadata.files())
                .containsExactlyInAnyOrder(
                        new SnapshotFile("", "jar", "1.0-20240103.120000-2", "20240103120000"),
                        new SnapshotFile("sources", "jar", "1.0-20240101.120000-1", "20240101120000"),
                        new SnapshotFile("bin", "tar.gz", "1.0-20240103.120000-2", "20240103120000"),
                        new SnapshotFile("", "jar.asc", "1.0-20240103.120000-2", "20240103120000"));
    }

    @Test
    void the_newest_build_of_all_sources_wins() throws XmlException {
        Metadata here = SnapshotBuilds.of(List.of(file("1.0-20240102.000000-9", ".jar")));
        Metadata blended = SnapshotBuilds.blend(List.of(here, read(SNAPSHOT)));
        assertThat(blended.build()).isEqualTo(new Build("20240102.000000", 9));
        assertThat(blended.lastUpdated()).isEqualTo("20240102000000");
        assertThat(blended.files())
                .containsExactly(
                        new SnapshotFile("", "jar", "1.0-20240102.000000-9", "20240102000000"),
                        new SnapshotFile("sources", "jar", "1.0-20240101.120000-3", "20240101120000"));
    }

    private static Address.Artifact file(String fileVersion, String suffix) {
        return new Address.Artifact("com.acme", "lib", "1.0-SNAPSHOT", fileVersion, suffix);
    }
}

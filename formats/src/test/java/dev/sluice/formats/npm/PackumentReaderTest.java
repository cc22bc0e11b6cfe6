package dev.sluice.formats.npm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.ecosystem.Proxying.MalformedDocumentException;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PackumentReaderTest {

    private static Release release(PackageIndex index, String version) {
        return index.releases().stream()
                .filter(r -> r.version().equals(version))
                .findFirst()
                .orElseThrow();
    }

    private static String one(String version, String manifest) {
        return "{\"name\":\"leftpad\",\"versions\":{\"" + version + "\":" + manifest + "}}";
    }

    private static String manifest(String version, String tarball) {
        return "{\"name\":\"leftpad\",\"version\":\"" + version + "\",\"dist\":{\"tarball\":\"" + tarball + "\"}}";
    }

    @Test
    void reads_the_facts_of_every_version() throws IOException {
        PackageIndex index = Fixtures.read(Fixtures.LEFTPAD, Fixtures.file("leftpad.json"));

        assertThat(index.releases())
                .extracting(Release::version)
                .containsExactly("1.0.0", "1.1.0", "2.0.0", "3.0.0-rc.1");
        Release first = release(index, "1.0.0");
        assertThat(first.published().orNull()).isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
        assertThat(first.published().basis()).isEqualTo("upstream-index");
        assertThat(first.license().orNull()).isEqualTo("MIT");
        assertThat(first.maintainers()).containsExactly("ann <ann@mail.example>");
        assertThat(first.summary()).isEqualTo("Pads left.");
        assertThat(first.installScripts().isKnown()).isFalse();
        assertThat(first.deprecated()).isNull();
        Release second = release(index, "1.1.0");
        assertThat(second.license().orNull()).isEqualTo("(MIT OR Apache-2.0)");
        assertThat(second.deprecated()).isEqualTo("use pad-start");
        assertThat(second.installScripts().orNull()).isTrue();
        assertThat(second.maintainers()).containsExactly("ann <ann@mail.example>", "bob");
        assertThat(release(index, "2.0.0").license().orNull()).isEqualTo("BSD-3-Clause");
        assertThat(release(index, "3.0.0-rc.1").license().isKnown()).isFalse();
        assertThat(release(index, "3.0.0-rc.1").published().isKnown()).isFalse();
    }

    @Test
    void takes_files_digests_and_locations_from_dist() throws IOException {
        PackageIndex index = Fixtures.read(Fixtures.LEFTPAD, Fixtures.file("leftpad.json"));

        ReleaseFile first = release(index, "1.0.0").files().getFirst();
        assertThat(first.path()).isEqualTo("leftpad/-/leftpad-1.0.0.tgz");
        assertThat(first.location()).isEqualTo("https://files.example/leftpad/-/leftpad-1.0.0.tgz");
        assertThat(first.digests())
                .extracting(Digest::algorithm)
                .containsExactly(Digest.Algorithm.SHA512, Digest.Algorithm.SHA1);
        assertThat(first.size()).isEqualTo(-1);
        assertThat(release(index, "1.1.0").files().getFirst().path()).isEqualTo("leftpad/-/lp-final.tgz");
        assertThat(release(index, "2.0.0").files().getFirst().location())
                .isEqualTo("https://registry.example/leftpad/-/leftpad-2.0.0.tgz");
        assertThat(release(index, "3.0.0-rc.1").files().getFirst().digests()).isEmpty();
    }

    @Test
    void leaves_out_versions_that_cannot_be_what_they_say_and_keeps_the_others() throws IOException {
        String json = "{\"name\":\"leftpad\",\"versions\":{"
                + "\"1.0.0\":" + manifest("1.0.0", "https://files.example/leftpad-1.0.0.tgz")
                + ",\"1.0.1\":null,\"1.0.2\":[1],\"1.0.3\":\"text\",\"1.0.4\":{}"
                + ",\"1.0.5\":" + manifest("6.6.6", "https://files.example/leftpad-1.0.5.tgz")
                + ",\"1.0.6\":" + manifest("1.0.6", "file:///etc/passwd")
                + ",\"1.0.7\":" + manifest("1.0.7", "javascript:alert(1)")
                + ",\"1.0.8\":" + manifest("1.0.8", "https://user:secret@files.example/leftpad-1.0.8.tgz")
                + ",\"1.0.9\":" + manifest("1.0.9", "https://exa mple/x.tgz")
                + ",\"../x\":" + manifest("../x", "https://files.example/x.tgz")
                + ",\"\":" + manifest("", "https://files.example/x.tgz")
                + ",\"2.0.0\":" + manifest("2.0.0", "https://files.example/leftpad-2.0.0.tgz") + "}}";

        assertThat(Fixtures.read(Fixtures.LEFTPAD, json).releases())
                .extracting(Release::version)
                .containsExactly("1.0.0", "2.0.0");
    }

    @Test
    void gives_no_version_the_file_name_of_another() throws IOException {
        String json = "{\"versions\":{"
                + "\"1.0.0\":" + manifest("1.0.0", "https://files.example/leftpad-2.0.0.tgz")
                + ",\"1.1.0\":" + manifest("1.1.0", "https://files.example/same.tgz")
                + ",\"1.2.0\":" + manifest("1.2.0", "https://files.example/same.tgz")
                + ",\"1.3.0\":" + manifest("1.3.0", "https://files.example/download")
                + ",\"1.4.0\":" + manifest("1.4.0", "https://files.example/%2e%2e%2fpasswd.tgz")
                + ",\"2.0.0\":" + manifest("2.0.0", "https://files.example/leftpad-2.0.0.tgz") + "}}";

        assertThat(Fixtures.read(Fixtures.LEFTPAD, json).releases())
                .extracting(r -> r.files().getFirst().name())
                .containsExactly(
                        "leftpad-1.0.0.tgz",
                        "same.tgz",
                        "leftpad-1.2.0.tgz",
                        "leftpad-1.3.0.tgz",
                        "leftpad-1.4.0.tgz",
                        "leftpad-2.0.0.tgz");
    }

    @Test
    void counts_the_last_of_several_members_of_one_name_as_clients_do() throws IOException {
        String json = "{\"versions\":{\"1.0.0\":{\"version\":\"0.0.0\",\"license\":\"EVIL\",\"license\":\"MIT\","
                + "\"dist\":{\"tarball\":\"https://a.example/a.tgz\"},\"version\":\"1.0.0\","
                + "\"dist\":{\"tarball\":\"https://b.example/b.tgz\"}}}}";

        PackageIndex index = Fixtures.read(Fixtures.LEFTPAD, json);

        assertThat(release(index, "1.0.0").license().orNull()).isEqualTo("MIT");
        byte[] rendered = Fixtures.packument(index, java.util.Set.of()).render(false, Fixtures.BASE);
        assertThat(new String(rendered, StandardCharsets.UTF_8))
                .doesNotContain("EVIL")
                .doesNotContain("a.example");
    }

    @Test
    void refuses_what_is_no_packument() {
        assertThatThrownBy(() -> Fixtures.read(Fixtures.LEFTPAD, "[]")).isInstanceOf(MalformedDocumentException.class);
        assertThatThrownBy(() -> Fixtures.read(Fixtures.LEFTPAD, "")).isInstanceOf(MalformedDocumentException.class);
        assertThatThrownBy(() -> Fixtures.read(Fixtures.LEFTPAD, "<html>"))
                .isInstanceOf(MalformedDocumentException.class);
        assertThatThrownBy(() -> Fixtures.read(Fixtures.LEFTPAD, "{\"error\":\"not found\"}"))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessageContaining("no versions");
        assertThatThrownBy(() -> Fixtures.read(Fixtures.LEFTPAD, "{\"name\":\"other\",\"versions\":{}}"))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessageContaining("other");
        assertThatThrownBy(() -> Fixtures.read(Fixtures.LEFTPAD, "{\"versions\":{\"1.0.0\":{\"a\":1"))
                .isInstanceOf(MalformedDocumentException.class);
        assertThatThrownBy(() -> Fixtures.read(
                        Fixtures.LEFTPAD, "{\"versions\":{},\"time\":".getBytes(StandardCharsets.UTF_16BE)))
                .isInstanceOf(MalformedDocumentException.class);
    }

    /** Each of these is installed by npm; none of them may take more away than itself. */
    @ParameterizedTest
    @MethodSource("odd")
    void something_odd_costs_the_member_or_version_it_is_in_and_never_the_package(String what, byte[] odd)
            throws IOException {
        byte[] json = joined(
                "{\"name\":\"leftpad\",\"versions\":{\"1.0.0\":{\"version\":\"1.0.0\",\"license\":\"MIT\",\"x\":",
                odd,
                ",\"dist\":{\"tarball\":\"https://files.example/leftpad-1.0.0.tgz\"}},\"1.0.1\":"
                        + manifest("1.0.1", "https://files.example/leftpad-1.0.1.tgz") + ",\"9.9.9\":",
                odd,
                "},\"bugs\":",
                odd,
                ",\"unheard\":",
                odd,
                ",\"time\":{\"1.0.0\":\"2020-01-01T00:00:00Z\",\"x\":",
                odd,
                "},\"dist-tags\":{\"latest\":\"1.0.1\",\"x\":",
                odd,
                "}}");

        PackageIndex index = Fixtures.read(Fixtures.LEFTPAD, json);

        assertThat(index.releases()).extracting(Release::version).as(what).containsExactly("1.0.0", "1.0.1");
        assertThat(release(index, "1.0.0").license().orNull()).isEqualTo("MIT");
        assertThat(release(index, "1.0.0").published().isKnown()).isTrue();
        byte[] rendered = Fixtures.packument(index, java.util.Set.of()).render(false, Fixtures.BASE);
        assertThat(Fixtures.tree(rendered).path("versions").size()).isEqualTo(2);
        assertThat(Fixtures.tree(rendered).path("dist-tags").path("latest").asString())
                .isEqualTo("1.0.1");
    }

    static Stream<Arguments> odd() {
        String key = "k".repeat(60_000);
        return Stream.of(
                Arguments.of("a byte that is no UTF-8", new byte[] {'"', 'a', (byte) 0xff, 'b', '"'}),
                Arguments.of("half a character", new byte[] {'"', (byte) 0xe2, (byte) 0x82, '"'}),
                Arguments.of("deep objects", text("{\"a\":".repeat(200) + "1" + "}".repeat(200))),
                Arguments.of("deep arrays", text("[".repeat(50_000) + "]".repeat(50_000))),
                Arguments.of("a long name", text("{\"" + key + "\":1}")),
                Arguments.of("a long number", text("1".repeat(5_000))),
                Arguments.of("a large exponent", text("1e99999999")),
                Arguments.of("two members of one name", text("{\"a\":1,\"a\":2}")),
                Arguments.of("half a pair", text("\"\\ud800\"")),
                Arguments.of("brackets in a text", text("\"}]{[\\\"\"")));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(Object... parts) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (Object part : parts) {
            all.writeBytes(part instanceof byte[] bytes ? bytes : text((String) part));
        }
        return all.toByteArray();
    }

    @Test
    void a_version_is_kept_under_its_key_however_its_manifest_spells_it() throws IOException {
        String json = "{\"versions\":{"
                + "\"1.0.0\":" + manifest("v1.0.0", "https://files.example/leftpad-1.0.0.tgz")
                + ",\"22.6.4\":" + manifest("22.06.4", "https://files.example/leftpad-22.6.4.tgz")
                + ",\"1.0.1\":" + manifest(" =1.0.1+build", "https://files.example/leftpad-1.0.1.tgz")
                + ",\"1.0.2\":{\"dist\":{\"tarball\":\"https://files.example/leftpad-1.0.2.tgz\"}}"
                + ",\"1.0.3\":" + manifest("1.0.30", "https://files.example/leftpad-1.0.3.tgz") + "}}";

        PackageIndex index = Fixtures.read(Fixtures.LEFTPAD, json);

        assertThat(index.releases()).extracting(Release::version).containsExactly("1.0.0", "22.6.4", "1.0.1", "1.0.2");
        byte[] rendered = Fixtures.packument(index, java.util.Set.of()).render(false, Fixtures.BASE);
        assertThat(Fixtures.tree(rendered)
                        .path("versions")
                        .path("22.6.4")
                        .path("version")
                        .asString())
                .isEqualTo("22.6.4");
    }

    @Test
    void of_two_members_named_versions_the_last_counts() throws IOException {
        String json = "{\"versions\":{\"1.0.0\":" + manifest("1.0.0", "https://files.example/a.tgz")
                + "},\"versions\":{\"2.0.0\":" + manifest("2.0.0", "https://files.example/b.tgz") + "}}";

        assertThat(Fixtures.read(Fixtures.LEFTPAD, json).releases())
                .extracting(Release::version)
                .containsExactly("2.0.0");
    }

    @Test
    void refuses_more_versions_than_any_package_has() {
        StringBuilder json = new StringBuilder("{\"versions\":{\"0.0.0\":1");
        for (int i = 1; i <= 100_000; i++) {
            json.append(",\"0.0.").append(i).append("\":1");
        }
        assertThatThrownBy(
                        () -> Fixtures.read(Fixtures.LEFTPAD, json.append("}}").toString()))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessageContaining("100000 versions");
    }

    @Test
    void leaves_out_a_manifest_that_is_too_large_and_reads_on() throws IOException {
        String large = "{\"name\":\"leftpad\",\"version\":\"1.0.0\",\"x\":\"" + "y".repeat(5 << 20)
                + "\",\"dist\":{\"tarball\":\"https://files.example/leftpad-1.0.0.tgz\"}}";
        String json = "{\"versions\":{\"1.0.0\":" + large + ",\"1.0.1\":"
                + manifest("1.0.1", "https://files.example/leftpad-1.0.1.tgz") + "}}";

        assertThat(Fixtures.read(Fixtures.LEFTPAD, json).releases())
                .extracting(Release::version)
                .containsExactly("1.0.1");
    }

    @Test
    void reads_a_document_with_a_byte_order_mark_at_exact_positions() throws IOException {
        byte[] json = ("\ufeff" + one("1.0.0", manifest("1.0.0", "https://files.example/leftpad-1.0.0.tgz")))
                .getBytes(StandardCharsets.UTF_8);

        PackageIndex index = Fixtures.read(Fixtures.LEFTPAD, json);

        assertThat(index.releases()).hasSize(1);
        assertThat(Fixtures.tree(index.releases().getFirst().document())
                        .path("version")
                        .asString())
                .isEqualTo("1.0.0");
    }

    @Test
    void reads_from_a_stream_that_gives_few_bytes_at_a_time() throws IOException {
        byte[] whole = Fixtures.file("leftpad.json");
        InputStream trickle = new SequenceInputStream(
                java.util.Collections.enumeration(java.util.stream.IntStream.range(0, whole.length)
                        .mapToObj(i -> (InputStream) new ByteArrayInputStream(whole, i, 1))
                        .toList()));

        PackageIndex index =
                new PackumentReader(Fixtures.LEFTPAD, URI.create("https://registry.example/leftpad")).read(trickle);

        assertThat(index.releases())
                .usingRecursiveComparison()
                .isEqualTo(Fixtures.read(Fixtures.LEFTPAD, whole).releases());
    }

    @Test
    void passes_on_a_failure_of_the_stream_as_it_is() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("stalled");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("stalled");
            }
        };
        assertThatThrownBy(() -> new PackumentReader(Fixtures.LEFTPAD, URI.create("https://registry.example/leftpad"))
                        .read(broken))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("stalled");
    }

    @Test
    void reads_a_package_whose_versions_were_all_removed() throws IOException {
        PackageIndex index = Fixtures.read(
                Fixtures.LEFTPAD,
                "{\"name\":\"leftpad\",\"time\":{\"created\":\"2020-01-01T00:00:00Z\",\"unpublished\":{\"versions\":[]}}}");

        assertThat(index.releases()).isEqualTo(List.of());
    }
}

package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.pypi.SimplePage.Entry;
import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Signal;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimplePageTest {

    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String BASE = "http://localhost:1/pypi/main/files/foo/";

    private static final SimplePage PAGE = new SimplePage(
            "foo",
            ProjectStatus.of("archived", "done <3"),
            List.of(
                    entry("1.0", "foo-1.0-py3-none-any.whl", 10, null, new FileNotes(">=3.8,<4", HEX, true)),
                    entry("1.0", "foo-1.0.tar.gz", 11, "", FileNotes.NONE),
                    entry(
                            "1.0+l",
                            "foo-1.0+l-py3-none-any.whl",
                            12,
                            "bad \"thing\" é",
                            new FileNotes(null, "", false))));

    @Test
    void json_page() {
        assertThat(new String(PAGE.json(), StandardCharsets.UTF_8))
                .isEqualTo("{\"meta\":{\"api-version\":\"1.4\"},\"name\":\"foo\","
                        + "\"project-status\":{\"status\":\"archived\",\"reason\":\"done <3\"},"
                        + "\"versions\":[\"1.0\",\"1.0+l\"],\"files\":["
                        + "{\"filename\":\"foo-1.0-py3-none-any.whl\",\"url\":\"" + BASE
                        + "foo-1.0-py3-none-any.whl\",\"hashes\":{\"sha256\":\"" + HEX
                        + "\"},\"requires-python\":\">=3.8,<4\",\"size\":10,\"upload-time\":\"2024-05-06T07:08:09.123456Z\","
                        + "\"yanked\":false,\"core-metadata\":{\"sha256\":\"" + HEX + "\"},\"provenance\":\"" + BASE
                        + "foo-1.0-py3-none-any.whl.provenance\"},"
                        + "{\"filename\":\"foo-1.0.tar.gz\",\"url\":\"" + BASE
                        + "foo-1.0.tar.gz\",\"hashes\":{\"sha256\":\"" + HEX
                        + "\"},\"size\":11,\"upload-time\":\"2024-05-06T07:08:09.123456Z\",\"yanked\":true},"
                        + "{\"filename\":\"foo-1.0+l-py3-none-any.whl\",\"url\":\"" + BASE
                        + "foo-1.0+l-py3-none-any.whl\",\"hashes\":{\"sha256\":\"" + HEX
                        + "\"},\"size\":12,\"upload-time\":\"2024-05-06T07:08:09.123456Z\","
                        + "\"yanked\":\"bad \\\"thing\\\" é\",\"core-metadata\":true}]}");
    }

    @Test
    void html_page() {
        assertThat(new String(PAGE.html(), StandardCharsets.UTF_8)).isEqualTo("""
                        <!DOCTYPE html>
                        <html>
                        <head>
                        <meta name="pypi:repository-version" content="1.4">
                        <meta name="pypi:project-status" content="archived">
                        <meta name="pypi:project-status-reason" content="done &lt;3">
                        <meta charset="utf-8">
                        <title>Links for foo</title>
                        </head>
                        <body>
                        <h1>Links for foo</h1>
                        <a href="%2$sfoo-1.0-py3-none-any.whl#sha256=%1$s" data-requires-python="&gt;=3.8,&lt;4" \
                        data-dist-info-metadata="sha256=%1$s" data-core-metadata="sha256=%1$s" \
                        data-provenance="%2$sfoo-1.0-py3-none-any.whl.provenance">foo-1.0-py3-none-any.whl</a><br>
                        <a href="%2$sfoo-1.0.tar.gz#sha256=%1$s" data-yanked="">foo-1.0.tar.gz</a><br>
                        <a href="%2$sfoo-1.0+l-py3-none-any.whl#sha256=%1$s" data-dist-info-metadata="true" \
                        data-core-metadata="true" data-yanked="bad &quot;thing&quot; é">foo-1.0+l-py3-none-any.whl</a><br>
                        </body>
                        </html>
                        """.formatted(HEX, BASE));
    }

    @Test
    void both_forms_say_the_same_to_a_reader() throws IOException {
        URI source = URI.create("http://localhost:1/pypi/main/simple/foo/");
        PackageName name = new PackageName("pypi", "foo");
        List<Release> json = SimpleJson.read(new ByteArrayInputStream(PAGE.json()), source)
                .toIndex(name)
                .releases();
        List<Release> html = SimpleHtml.read(PAGE.html(), source).toIndex(name).releases();

        assertThat(json).hasSameSizeAs(html).hasSize(2);
        for (int i = 0; i < json.size(); i++) {
            assertThat(html.get(i).version()).isEqualTo(json.get(i).version());
            assertThat(html.get(i).document()).isEqualTo(json.get(i).document());
            assertThat(said(html.get(i))).isEqualTo(said(json.get(i)));
        }
    }

    private static List<List<Object>> said(Release release) {
        return release.files().stream()
                .map(f -> List.<Object>of(
                        f.name(), f.path(), String.valueOf(f.location()), f.digests(), String.valueOf(f.yanked())))
                .toList();
    }

    @Test
    void a_page_that_cannot_tell_every_size_is_of_the_version_that_did_not_ask_for_it() {
        SimplePage page = new SimplePage(
                "foo", ProjectStatus.ACTIVE, List.of(entry("1.0", "foo-1.0.tar.gz", -1, null, FileNotes.NONE)));
        assertThat(new String(page.json(), StandardCharsets.UTF_8))
                .contains("\"api-version\":\"1.0\"")
                .doesNotContain("size");
    }

    @Test
    void an_empty_page_is_a_page() throws IOException {
        SimplePage page = SimplePage.empty("foo");
        URI source = URI.create("http://localhost:1/");
        assertThat(SimpleJson.read(new ByteArrayInputStream(page.json()), source)
                        .files())
                .isEmpty();
        assertThat(SimpleHtml.read(page.html(), source).files()).isEmpty();
    }

    @Test
    void names_from_outside_cannot_leave_their_place_in_html() {
        SimplePage page = new SimplePage(
                "foo",
                ProjectStatus.ACTIVE,
                List.of(entry("1.0", "foo-1.0.tar.gz", 1, "\"><script>alert('x')</script>", FileNotes.NONE)));
        assertThat(new String(page.html(), StandardCharsets.UTF_8))
                .doesNotContain("<script")
                .contains("&quot;&gt;&lt;script&gt;alert(&#x27;x&#x27;)");
    }

    private static Entry entry(String version, String fileName, long size, @Nullable String yanked, FileNotes notes) {
        ReleaseFile file = new ReleaseFile(
                fileName,
                "files/foo/" + fileName,
                null,
                List.of(Digest.sha256(HEX)),
                size,
                Signal.known(Instant.parse("2024-05-06T07:08:09.123456789Z"), "test"),
                yanked);
        return new Entry(version, file, BASE + fileName, yanked, notes);
    }
}

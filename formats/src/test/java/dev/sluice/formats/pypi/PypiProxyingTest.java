package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Digest;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.ecosystem.Proxying.MalformedDocumentException;
import dev.sluice.kernel.format.PassedOver;
import dev.sluice.kernel.repository.PackageIndex;
import dev.sluice.kernel.repository.Release;
import dev.sluice.kernel.repository.ReleaseFile;
import dev.sluice.kernel.repository.Upstream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PypiProxyingTest {

    private static final URI SOURCE = URI.create("https://registry.example/root/simple/foo-bar/");
    private static final PackageName NAME = new PackageName("pypi", "foo-bar");
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String OTHER = "fedcba9876543210".repeat(4);
    private static final String JSON = "application/vnd.pypi.simple.v1+json";

    private static final String PAGE = """
            {"meta":{"api-version":"1.4","_last-serial":7},"name":"Foo.Bar","alternate-locations":[["x",{"y":[1]}]],
             "project-status":{"status":"deprecated","reason":"use baz"},
             "versions":["1.0","2.0"],
             "files":[
              {"filename":"foo_bar-1.0-py3-none-any.whl","url":"../../packages/aa/foo_bar-1.0-py3-none-any.whl#sha256=x",
               "hashes":{"sha256":"%1$s","blake2b_256":"zz"},"requires-python":">=3.8","size":4000,
               "upload-time":"2024-05-06T07:08:09.123456Z","yanked":false,
               "core-metadata":{"sha256":"%2$s"},"data-dist-info-metadata":true,
               "provenance":"https://registry.example/integrity/foo_bar-1.0-py3-none-any.whl/provenance","future":{"a":[{}]}},
              {"filename":"foo-bar-1.0.tar.gz","url":"https://files.example/foo-bar-1.0.tar.gz",
               "hashes":{"sha256":"%2$s"},"upload-time":"2024-05-06T07:08:08+00:00","yanked":"broken","size":5},
              {"filename":"foo_bar-2.0-py3-none-any.whl","url":"https://files.example/q/foo_bar-2.0-py3-none-any.whl?sig=a%%2Bb",
               "hashes":{},"yanked":true,"provenance":null},
              {"filename":"other-2.0-py3-none-any.whl","url":"https://files.example/other-2.0-py3-none-any.whl","hashes":{}},
              {"filename":"foo_bar-3.0-py3-none-any.whl","url":"file:///etc/passwd","hashes":{}},
              {"filename":"foo_bar-4.0-py3-none-any.whl","url":"https://files.example/a.whl","hashes":{"sha256":"short"}},
              {"filename":17,"url":[],"hashes":null}
             ]}""".formatted(HEX, OTHER);

    @Test
    void asks_below_the_address_that_pip_calls_the_index_url() {
        Upstream upstream = new Upstream(
                "pypi", "pypi", URI.create("https://registry.example/simple"), 1, Upstream.Trust.UNTRUSTED, null);
        assertThat(new PypiProxying().indexQuestion(upstream, NAME).uri())
                .isEqualTo(URI.create("https://registry.example/simple/foo-bar/"));
    }

    @Test
    void reads_json_pages_with_everything_that_later_specifications_added() throws IOException {
        PackageIndex index = read(JSON, PAGE);

        assertThat(index.releases()).extracting(Release::version).containsExactly("1.0", "2.0");
        Release one = index.releases().getFirst();
        assertThat(one.files())
                .extracting(ReleaseFile::name)
                .containsExactly(
                        "foo_bar-1.0-py3-none-any.whl",
                        "foo_bar-1.0-py3-none-any.whl.metadata",
                        "foo_bar-1.0-py3-none-any.whl.provenance",
                        "foo-bar-1.0.tar.gz");
        ReleaseFile wheel = one.files().getFirst();
        assertThat(wheel.path()).isEqualTo("files/foo-bar/foo_bar-1.0-py3-none-any.whl");
        assertThat(wheel.location())
                .isEqualTo("https://registry.example/root/packages/aa/foo_bar-1.0-py3-none-any.whl");
        assertThat(wheel.digests()).containsExactly(Digest.sha256(HEX));
        assertThat(wheel.size()).isEqualTo(4000);
        assertThat(wheel.published().orNull()).isEqualTo(Instant.parse("2024-05-06T07:08:09.123456Z"));
        assertThat(wheel.yanked()).isNull();
        ReleaseFile metadata = one.files().get(1);
        assertThat(metadata.location())
                .isEqualTo("https://registry.example/root/packages/aa/foo_bar-1.0-py3-none-any.whl.metadata");
        assertThat(metadata.digests()).containsExactly(Digest.sha256(OTHER));
        assertThat(metadata.published()).as("judged like the wheel").isEqualTo(wheel.published());
        FileNotes notes = ReleaseNotes.parse(one.document()).of("foo_bar-1.0-py3-none-any.whl");
        assertThat(notes).isEqualTo(new FileNotes(">=3.8", OTHER, true));
        assertThat(one.published().orNull()).as("the earliest file").isEqualTo(Instant.parse("2024-05-06T07:08:08Z"));
        assertThat(one.yanked()).as("one file is not yanked").isNull();
        assertThat(one.files().getLast().yanked()).isEqualTo("broken");
        assertThat(one.deprecated()).isEqualTo("use baz");
        assertThat(one.installScripts().isKnown()).isFalse();
    }

    @Test
    void a_release_is_yanked_when_all_of_its_files_are() throws IOException {
        Release two = read(JSON, PAGE).releases().get(1);
        assertThat(two.yanked()).isEmpty();
        assertThat(two.published().isKnown()).isFalse();
        assertThat(two.installScripts().orNull()).isFalse();
        assertThat(two.files().get(1).location())
                .isEqualTo("https://files.example/q/foo_bar-2.0-py3-none-any.whl.metadata?sig=a%2Bb");
    }

    @Test
    void reads_html_pages_of_any_age_and_tidiness() throws IOException {
        PackageIndex index = read("text/html", """
                <!DOCTYPE html><html><head><META name='pypi:repository-version' content="1.0"><title>x</title>
                <base href="https://files.example/pool/"></head><body><!-- <a href="foo_bar-9.0.tar.gz">hidden</a> -->
                <a class=internal href="foo_bar-1.0-py3-none-any.whl#sha256=%1$s" data-requires-python="&gt;=3.8,&#60;4"
                   data-dist-info-metadata="sha256=%2$s" data-gpg-sig="true">foo_bar-1.0-py3-none-any.whl</a><br/>
                <a data-yanked href='/abs/foo-bar-1.0.tar.gz#md5=0123456789abcdef0123456789abcdef'>x</a>
                <A HREF=foo_bar-2.0+local%%2Eone-py3-none-any.whl data-core-metadata=true data-yanked="a &quot;reason&quot;">x</A>
                <a href="../">up</a> <a name="no-href">x</a> <a href="javascript:alert(1)">x</a> <a href="http://[bad">x</a>
                <a href="foo_bar-5.0.tar.gz#sha256=short">x</a>
                </body></html>""".formatted(HEX, OTHER));

        assertThat(index.releases()).extracting(Release::version).containsExactly("1.0", "2.0+local.one");
        Release one = index.releases().getFirst();
        assertThat(one.files().getFirst().location())
                .isEqualTo("https://files.example/pool/foo_bar-1.0-py3-none-any.whl");
        assertThat(one.files().getFirst().digests()).containsExactly(Digest.sha256(HEX));
        assertThat(one.files().getFirst().size()).isEqualTo(-1);
        assertThat(ReleaseNotes.parse(one.document()).of("foo_bar-1.0-py3-none-any.whl"))
                .isEqualTo(new FileNotes(">=3.8,<4", OTHER, false));
        assertThat(one.files().getLast().yanked()).isEmpty();
        assertThat(one.published().isKnown()).isFalse();
        assertThat(index.releases().get(1).yanked()).isEqualTo("a \"reason\"");
    }

    @Test
    void a_wheel_that_nothing_is_said_of_has_a_side_car_all_the_same() throws IOException {
        PackageIndex index = read("text/html", "<a href='https://files.example/foo_bar-1.0-py3-none-any.whl'>x</a>");
        Release release = index.releases().getFirst();
        assertThat(release.file("foo_bar-1.0-py3-none-any.whl.metadata")).isNotNull();
        assertThat(ReleaseNotes.parse(release.document())
                        .of("foo_bar-1.0-py3-none-any.whl")
                        .coreMetadata())
                .isEmpty();
    }

    @Test
    void believes_the_first_character_before_the_media_type() throws IOException {
        assertThat(read("text/html", PAGE).releases()).hasSize(2);
        assertThat(read("application/octet-stream", "\n <html><a href='foo-bar-1.0.tar.gz'>x</a>")
                        .releases())
                .hasSize(1);
    }

    @Test
    void lists_a_file_once() throws IOException {
        String twice = "<a href='/a/foo-bar-1.0.tar.gz'>x</a><a href='/b/foo-bar-1.0.tar.gz'>x</a>";
        assertThat(read("text/html", twice).releases().getFirst().files()).hasSize(1);
    }

    @Test
    void what_is_odd_costs_itself_and_is_counted() throws IOException {
        long before = PassedOver.totals().getOrDefault("pypi file", 0L);
        String good = "{\"filename\":\"foo-bar-%d.0.tar.gz\",\"url\":\"/foo-bar-%d.0.tar.gz\",\"x\":%s}";
        String page = "{\"meta\":[],\"files\":[1,null,[[]],\"x\",{},{\"filename\":7,\"url\":\"/x\"},"
                + good.formatted(1, 1, "\"" + "a".repeat(2_000_000) + "\"") + ","
                + good.formatted(2, 2, "[".repeat(900) + "]".repeat(900)) + "," + good.formatted(3, 3, "NaN")
                + ",{\"filename\":\"foo-bar-4.0.tar.gz\",\"url\":\"ftp://x/y\"},{\"filename\":\"foo-bar-5.0.tar.gz\","
                + "\"url\":\"/y\",\"hashes\":{\"sha256\":\"zz\"}}]}";

        assertThat(read(JSON, page).versions()).containsExactly("1.0", "2.0", "3.0");
        assertThat(PassedOver.totals().getOrDefault("pypi file", 0L)).isEqualTo(before + 8);

        long links = PassedOver.totals().getOrDefault("pypi link", 0L);
        assertThat(read(
                                "text/html",
                                "<a href='../'>up</a><a href='http://[/'></a><a href='foo-bar-9.0.zip#sha256=zz'></a>"
                                        + "<a href='foo-bar-1.0.zip'></a>")
                        .versions())
                .containsExactly("1.0");
        assertThat(PassedOver.totals().getOrDefault("pypi link", 0L)).isEqualTo(links + 2);
    }

    @Test
    void says_what_is_no_project_page() {
        assertMalformed(JSON, "");
        assertMalformed(JSON, "{");
        assertMalformed(JSON, "{\"name\":\"foo\"}");
        assertMalformed(JSON, "{\"files\":{}}");
        assertMalformed(JSON, "{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}");
        assertMalformed(JSON, "{\"files\":" + "[".repeat(100_000));
        assertMalformed(JSON, "{\"x\":" + "{\"a\":".repeat(100_000));
        assertMalformed(JSON, "{\"x\":\"" + "a".repeat(3_000_000) + "\"");
        assertMalformed("text/html", "Please log in");
        assertMalformed("text/html", "<meta name='pypi:repository-version' content='2.0'><a href=x>");
    }

    @Test
    @Timeout(60) // quadratic reading of any of these would take hours
    void hostile_html_costs_no_more_than_its_length() throws IOException {
        for (String page : List.of(
                "<a ".repeat(500_000),
                "<a href='" + "&".repeat(2_000_000) + "'>",
                "<a " + "x=".repeat(1_000_000),
                "<a " + "x ".repeat(1_000_000) + ">",
                "<html>" + "<".repeat(2_000_000),
                "<html>" + "<script>".repeat(250_000),
                "<html>" + "<!--".repeat(500_000),
                "<a href=\"" + "x".repeat(2_000_000),
                "<html>" + "<a href='%%%zz'>".repeat(50_000))) {
            assertThat(read("text/html", page).releases()).isEmpty();
        }
    }

    @Property
    void no_html_makes_the_reader_fail_otherwise(
            @ForAll
                    @StringLength(max = 200)
                    @Chars({'<', '>', 'a', '=', '"', '\'', ' ', '&', '#', ';', '!', '-', '/', 'h', 'r', 'e', 'f', 'x'})
                    String noise)
            throws IOException {
        String tail = "<a href='foo-bar-1.0.tar.gz'>";
        assertThat(read("text/html", "<html>" + noise + "'\"-->" + tail)).isNotNull();
    }

    private static void assertMalformed(String type, String page) {
        assertThatThrownBy(() -> read(type, page))
                .as(page.substring(0, Math.min(40, page.length())))
                .isInstanceOf(MalformedDocumentException.class);
    }

    private static PackageIndex read(String type, @Nullable String page) throws IOException {
        byte[] bytes = String.valueOf(page).getBytes(StandardCharsets.UTF_8);
        return new PypiProxying().readIndex(NAME, SOURCE, type, new ByteArrayInputStream(bytes));
    }
}

package dev.sluice.formats.pypi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages put together at random name the same files to us and to Python's own HTML parser, used as pip uses it. */
final class HtmlDifferentialTest {

    private static final int PAGES = 4_000;

    /** Prints for each page the links that pip would have followed, and what they say of Python. */
    private static final String PIP = """
            import sys, urllib.parse
            from html.parser import HTMLParser

            class Links(HTMLParser):
                def __init__(self):
                    super().__init__(convert_charrefs=True)
                    self.base = None
                    self.anchors = []

                def handle_starttag(self, tag, attrs):
                    if tag == "base" and self.base is None:
                        self.base = next((value for name, value in attrs if name == "href"), None)
                    elif tag == "a":
                        self.anchors.append(dict(attrs))

            for page in open(sys.argv[1], encoding="utf-8", newline="").read().split("\\0"):
                links = Links()
                links.feed(page)
                said = []
                for anchor in links.anchors:
                    if anchor.get("href"):
                        at = urllib.parse.urljoin(links.base or "https://registry.example/simple/x/", anchor["href"])
                        said.append(at + " " + (anchor.get("data-requires-python") or ""))
                print("|".join(said).replace("\\n", " "))
            """;

    private static final List<String> FRAGMENTS = List.of(
            "<a href='x-1.zip'>x</a>",
            "<a href=\"x-2.zip\" data-requires-python=\"&gt;=3.8\">x-2.zip</a>",
            "<a href=x-3.zip>x</a>",
            "<A HREF='x-4.zip' Data-Requires-Python='>=3'>x</A>",
            "<a  data-requires-python='&gt;=3&#46;9'\n href = 'x-5.zip' >x</a>",
            "<a href='x-6.zip' data-requires-python=''>x</a>",
            "<a href='x-7.zip' href='x-8.zip'>x</a>",
            "<a rel=internal href='../x/x-9.zip' disabled>x</a>",
            "<a href='/files/x-10.zip'/>",
            "<a title='a > b' href='x-11.zip'>x</a>",
            "<a href='https://files.example/x-12.zip'>x</a>",
            "<a data-requires-python href='x-13.zip'>x</a>",
            "<a>x</a>",
            "<a href=''>x</a>",
            "<abbr href='x-14.zip'>x</abbr>",
            "<a-b href='x-15.zip'>x</a-b>",
            "<a:b href='x-16.zip'>x</a:b>",
            "</a href='x-17.zip'>",
            "<base href='https://other.example/d/'>",
            "<base target='_top'>",
            "<!-- <a href='x-18.zip'>x</a> -->",
            "<script>document.write(\"<a href='x-19.zip'>\")</script>",
            "<style>a > b { content: \"<a href='x-20.zip'>\" }</style>",
            "<br/>",
            "text & more; 1 < 2 > 0",
            "<p class=a href='x-21.zip'>",
            "<meta name='pypi:repository-version' content='1.3'>",
            "\n",
            " ");

    @Test
    void pages_name_the_same_files(@TempDir Path folder) throws IOException, InterruptedException {
        Random random = new Random(7);
        List<String> pages = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            StringBuilder page = new StringBuilder("<!DOCTYPE html><html><body>");
            for (int n = random.nextInt(1, 12); n > 0; n--) {
                page.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
            }
            pages.add(page.append("</body></html>").toString());
        }
        Path script = Files.writeString(folder.resolve("pip.py"), PIP);
        Path input =
                Files.write(folder.resolve("pages"), String.join("\0", pages).getBytes(UTF_8));
        Path output = folder.resolve("links");
        Process python = null;
        try {
            python = new ProcessBuilder("python3", script.toString(), input.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            Assumptions.abort("NOT TESTED: there is no python3 here");
        }
        assertThat(python.waitFor()).as(Files.readString(output)).isZero();
        String[] links = Files.readString(output).split("\n", -1);

        for (int i = 0; i < PAGES; i++) {
            List<String> ours = new ArrayList<>();
            for (IndexedFile file : SimpleHtml.read(
                            pages.get(i).getBytes(UTF_8), URI.create("https://registry.example/simple/x/"))
                    .files()) {
                String python3 = file.notes().requiresPython();
                ours.add(file.location() + " " + (python3 == null ? "" : python3));
            }
            assertThat(String.join("|", ours)).as(pages.get(i)).isEqualTo(links[i]);
        }
    }
}

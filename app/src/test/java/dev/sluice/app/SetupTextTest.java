package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.kernel.format.Format;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** The lines that people copy from {@code serve} and from the documentation. */
final class SetupTextTest {

    private static final String HERE = "http://127.0.0.1:8480";
    private static final List<Format> FORMATS =
            List.of(new NpmFormat(), new PypiFormat(new Pep440Order(), Withheld.DROP), new MavenFormat());

    private static String lines(Format format, String origin) {
        return format.setup(origin + "/" + format.id() + "/main/");
    }

    @Test
    void every_client_is_told_how() {
        String all = String.join("\n", FORMATS.stream().map(f -> lines(f, HERE)).toList());
        assertThat(all)
                .contains("npm config set registry " + HERE + "/npm/main/")
                .contains("pnpm config set registry " + HERE + "/npm/main/")
                .contains("yarn config set registry " + HERE + "/npm/main/")
                .contains("yarn config set --home npmRegistryServer " + HERE + "/npm/main/")
                .contains("pip install --index-url " + HERE + "/pypi/main/simple/ PACKAGE")
                .contains("UV_DEFAULT_INDEX=" + HERE + "/pypi/main/simple/")
                .contains("uv publish --publish-url " + HERE + "/pypi/main/")
                .contains("twine upload --repository-url " + HERE + "/pypi/main/")
                .contains("<url>" + HERE + "/maven/main/</url>")
                .contains("-DaltDeploymentRepository=sluice::" + HERE + "/maven/main/");
    }

    @Test
    void every_address_is_that_of_the_server() {
        for (Format format : FORMATS) {
            assertThat(lines(format, "https://packages.example").lines().filter(l -> l.contains("://")))
                    .isNotEmpty()
                    .allMatch(line -> line.contains("https://packages.example/" + format.id() + "/main/"));
        }
    }

    @Test
    void only_plain_http_asks_yarn_to_make_an_exception() {
        assertThat(lines(new NpmFormat(), HERE)).contains("unsafeHttpWhitelist --json '[\"127.0.0.1\"]'");
        assertThat(lines(new NpmFormat(), "https://packages.example")).doesNotContain("unsafeHttpWhitelist");
    }

    @Test
    void the_settings_for_maven_are_xml_and_send_everything_here() throws Exception {
        String text = lines(new MavenFormat(), HERE);
        String xml = text.substring(text.indexOf("<settings>"), text.indexOf("</settings>") + "</settings>".length());
        var mirrors = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getElementsByTagName("mirrorOf");
        assertThat(mirrors.getLength()).isEqualTo(1);
        assertThat(mirrors.item(0).getTextContent()).isEqualTo("*");
    }

    @Test
    void the_pages_of_documentation_show_the_same_lines() {
        assertThat(Checkout.text("docs/clients/npm.md")).contains("npm config set registry " + HERE + "/npm/main/");
        assertThat(Checkout.text("docs/clients/pip.md"))
                .contains("pip config set global.index-url " + HERE + "/pypi/main/simple/");
        assertThat(Checkout.text("docs/clients/uv.md"))
                .contains("UV_DEFAULT_INDEX=" + HERE + "/pypi/main/simple/")
                .contains("uv publish --publish-url " + HERE + "/pypi/main/");
        assertThat(Checkout.text("docs/clients/poetry.md"))
                .contains("poetry source add --priority=primary sluice " + HERE + "/pypi/main/simple/");
        assertThat(Checkout.text("docs/clients/twine.md"))
                .contains("twine upload --repository-url " + HERE + "/pypi/main/");
        assertThat(Checkout.text("docs/clients/maven.md")).contains("<url>" + HERE + "/maven/main/</url>");
        assertThat(Checkout.text("docs/clients/pnpm.md")).contains("pnpm config set registry " + HERE + "/npm/main/");
        assertThat(Checkout.text("docs/clients/yarn.md"))
                .contains("yarn config set --home npmRegistryServer " + HERE + "/npm/main/");
    }
}

package dev.sluice.app.command.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.app.Checkout;
import dev.sluice.app.CommandLineRun;
import dev.sluice.formats.maven.MavenFormat;
import dev.sluice.formats.npm.NpmFormat;
import dev.sluice.formats.pypi.PypiFormat;
import dev.sluice.formats.pypi.Withheld;
import dev.sluice.formats.version.Pep440Order;
import dev.sluice.kernel.format.Format;
import dev.sluice.kernel.format.Setup;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** The lines that people copy from {@code serve} and from the documentation. */
final class SetupTextTest {

    private static final String HERE = "http://127.0.0.1:8480";
    private static final List<Format> FORMATS =
            List.of(new NpmFormat(), new PypiFormat(new Pep440Order(), Withheld.DROP), new MavenFormat());

    private static String lines(Format format, String origin) {
        return format.setups(origin + "/" + format.id() + "/main/").stream()
                .map(Setup::text)
                .collect(Collectors.joining("\n"));
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
    void nothing_in_it_means_anything_else_to_a_shell() {
        for (Format format : FORMATS) {
            for (Setup setup : format.setups(HERE + "/" + format.id() + "/main/")) {
                assertThat(setup.command())
                        .doesNotContain("<")
                        .doesNotContain(">")
                        .doesNotContain("TOKEN");
                if (!setup.client().equals("maven")) {
                    assertThat(setup.text()).doesNotContain("<").doesNotContain(">");
                }
            }
        }
    }

    /** A page whose set-up the end-to-end tests follow says what the command says, line by line. */
    @Test
    void the_set_up_blocks_of_the_pages_are_what_the_command_prints() {
        Map<String, String> texts = FORMATS.stream()
                .flatMap(f -> f.setups(HERE + "/" + f.id() + "/main/").stream())
                .collect(Collectors.toMap(Setup::client, Setup::text));
        Pattern block = Pattern.compile("^```\\w+ setup[^\\n]*\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
        texts.forEach((client, text) -> block.matcher(Checkout.text("docs/clients/" + client + ".md"))
                .results()
                .flatMap(found -> found.group(1).lines())
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("registry \"") && !line.startsWith("<!--"))
                .forEach(line -> assertThat(text).as(client).contains(line)));
    }

    @Test
    void the_command_prints_what_to_copy_and_names_the_clients_it_knows() {
        CommandLineRun npm = CommandLineRun.of("setup", "npm", "--set", "public-url=https://packages.example/");
        assertThat(npm.code()).isZero();
        assertThat(npm.out()).contains("npm config set registry https://packages.example/npm/main/\n");
        CommandLineRun all = CommandLineRun.of("setup");
        assertThat(all.out()).contains("pip config set global.index-url", "sluice setup maven", "gradle");
        CommandLineRun wrong = CommandLineRun.of("setup", "cargo");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("known: npm, pnpm,");
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

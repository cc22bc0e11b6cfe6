package dev.sluice.formats.npm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.artifact.Purl;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    private static final NpmFormat FORMAT = new NpmFormat();

    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> part = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .withCharRange('0', '9')
                .withChars("-._~!'()*")
                .ofMinLength(1)
                .ofMaxLength(30)
                .filter(s -> !s.startsWith(".") && !s.startsWith("_"));
        return Arbitraries.oneOf(part, part.flatMap(scope -> part.map(name -> "@" + scope + "/" + name)));
    }

    @Property
    void a_name_survives_its_purl(@ForAll("names") String text) {
        PackageName name = FORMAT.packageName(text);
        Purl purl = FORMAT.purl(new Coordinates(name, "1.0.0-rc.1"));

        assertThat(FORMAT.packageName(Purl.parse(purl.toString()))).isEqualTo(name);
        assertThat(Purl.parse(purl.toString()).version()).isEqualTo("1.0.0-rc.1");
    }

    @Property
    void a_conventional_tarball_tells_its_version(@ForAll("names") String text) {
        PackageName name = Names.parse(text);

        assertThat(Names.version(name, Names.tarball(name, "10.2.3-a.1"))).isEqualTo("10.2.3-a.1");
    }

    @Test
    void writes_scoped_names_as_clients_and_purls_do() {
        PackageName scoped = Names.parse("@acme/tool");

        assertThat(Names.encoded(scoped)).isEqualTo("@acme%2ftool");
        assertThat(FORMAT.purl(new Coordinates(scoped, "1.0.0"))).hasToString("pkg:npm/%40acme/tool@1.0.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".hidden",
                "_private",
                "a/b",
                "@a",
                "@/b",
                "@a/",
                "@a/b/c",
                "@./b",
                "a b",
                "ä",
                "a\\b",
                "node_modules",
                "@a/.b",
                "a%2fb",
                "__proto__"
            })
    void refuses_what_can_never_be_a_name(String text) {
        assertThatThrownBy(() -> Names.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reads_old_names_but_publishes_only_new_ones() {
        assertThat(Names.objection(Names.parse("JSONStream"))).contains("capital letters");
        assertThat(Names.objection(Names.parse("jquery.x!"))).contains("special characters");
        assertThat(Names.objection(Names.parse("a".repeat(215)))).contains("214");
        assertThat(Names.objection(Names.parse("@acme/tool_1.x"))).isNull();
    }
}

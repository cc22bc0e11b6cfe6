package dev.sluice.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernel.license.License;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.maven.model.Model;
import org.apache.maven.model.io.xpp3.MavenXpp3Reader;
import org.codehaus.plexus.util.xml.pull.XmlPullParserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** POMs as people write them, read as Maven reads those of dependencies. */
class PomDocumentTest {

    private static final AtomicInteger ACCEPTED = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<description>a&nbsp;b</description>",
                "<developers><developer><name>S&oslash;ren &Aring;berg</name></developer></developers>",
                "<description>AT&T & others &unknown; &#xZZ; &#99999999;</description>",
                "<description>1 < 2</description>",
                "<description>a <b>bold <i>mixed</b> up</i></description>",
                "<description><![CDATA[ <licenses><license><name>No</name></license></licenses> ]]></description>",
                "<!-- <licenses><license><name>No</name></license></licenses> -->",
                "<!-- -- odd -- -->",
                "<?php echo '<licenses>' ?>",
                "<name a='<licenses>' b=\"'>\" c>x</name>",
                "<a:b xmlns:a='urn:x'>x</a:b>",
                "<url>http://x/?a=1&b=2;c</url>",
                "<properties><p>\u0001\u000b</p></properties>",
                "</nothing>"
            })
    void whatever_stands_elsewhere_the_licence_is_read(String elsewhere) throws IOException {
        String licenses = "<licenses><license><name>AGPL-3.0-only</name></license></licenses>";
        for (String content : List.of(elsewhere + licenses, licenses + elsewhere)) {
            assertThat(read("<project>" + content + "</project>").licenses()).containsExactly("AGPL-3.0-only");
        }
    }

    @Test
    void a_document_type_is_passed_over() throws IOException {
        assertThat(
                        read("<?xml version='1.0'?><!DOCTYPE project [ <!-- ]> ' --> <!ENTITY nbsp '>'> <!ELEMENT a (b)> ]>\n"
                                        + "<project><licenses><license><name>MIT</name></license></licenses></project>")
                                .licenses())
                .containsExactly("MIT");
    }

    @Test
    void a_prefix_of_the_root_is_one_of_all() throws IOException {
        assertThat(
                        read("<m:project xmlns:m='http://maven.apache.org/POM/4.0.0'><m:licenses><m:license><m:name>MIT</m:name>"
                                        + "</m:license></m:licenses></m:project>")
                                .licenses())
                .containsExactly("MIT");
        assertThat(read("<project><x:licenses><license><name>MIT</name></license></x:licenses></project>")
                        .licenses())
                .as("Maven does not read it either")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16BE", "UTF-16LE", "ISO-8859-1", "windows-1252", "US-ASCII", "UTF-16"})
    void every_encoding_is_read(String encoding) throws IOException {
        String name = encoding.equals("US-ASCII") ? "Offen" : "Öffentlich";
        String xml = "<?xml version=\"1.0\" encoding=\"" + encoding + "\"?>\n<project><licenses><license><name>" + name
                + "</name></license></licenses></project>";
        assertThat(PomDocument.of(xml.getBytes(Charset.forName(encoding))).licenses())
                .containsExactly(name);
    }

    @Test
    void a_mark_before_the_document_and_an_encoding_that_does_not_exist_hinder_nobody() throws IOException {
        String xml = "<project><licenses><license><name>MIT</name></license></licenses></project>";
        for (String before : List.of(
                "\uFEFF", "\uFEFF\n", "\n ", "<?xml version='1.0' encoding='no-such'?>", "<?xml encoding='UTF-16'?>")) {
            assertThat(read(before + xml).licenses()).as(before).containsExactly("MIT");
        }
        assertThat(PomDocument.of(("\uFEFF" + xml).getBytes(StandardCharsets.UTF_16LE))
                        .licenses())
                .containsExactly("MIT");
    }

    @Test
    void a_parent_may_tell_what_the_pom_does_not() throws IOException {
        PomDocument pom =
                read("<project><parent> <groupId> com.acme </groupId><artifactId>base</artifactId><version>7</version>"
                        + "<relativePath>../x</relativePath></parent><artifactId>a</artifactId></project>");
        assertThat(pom.parent()).isEqualTo("com.acme:base:7");
        assertThat(pom.license().isKnown()).isFalse();
        assertThat(pom.license().basis()).contains("its parent com.acme:base:7 may");
    }

    /** Work in proportion to the document: with its square, each of them would take an hour. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~<a ~ | ~\"~ | ~>~",
                "~<a ~ | ~'x~ | ~>~",
                "~<a =~ | ~\"~ | ~>~",
                "~<a>~ | ~&~ | ~</a>~",
                "~<a>~ | ~&;~ | ~</a>~",
                "~<a>~ | ~&x~ | ~</a>~",
                "~<a>~ | ~<~ | ~</a>~",
                "~~ | ~</b>~ | ~~",
                "~~ | ~<b>~ | ~~"
            })
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void four_megabytes_of_anything_are_read_at_once(String before, String again, String after) throws IOException {
        String licenses = "<licenses><license><name>MIT</name></license></licenses>";
        String much = again.repeat((4 << 20) / again.length());
        assertThat(read("<project>" + licenses + before + much + after + "</project>")
                        .licenses())
                .containsExactly("MIT");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void long_names_cost_nothing_for_each_of_their_children() throws IOException {
        String licenses = "<licenses><license><name>MIT</name></license></licenses>";
        String deep = IntStream.range(0, 190)
                .mapToObj(i -> "<" + "x".repeat(10_000) + i + ">")
                .collect(Collectors.joining());
        assertThat(read("<project>" + licenses + deep + "<y/>".repeat(500_000)).licenses())
                .containsExactly("MIT");
        assertThat(read("<project>" + licenses + "<" + "x".repeat(2 << 20) + ">" + "<y/>".repeat(500_000))
                        .licenses())
                .containsExactly("MIT");
    }

    @Test
    void what_is_cut_off_or_no_pom_is_told_so() throws IOException {
        for (String none :
                List.of("", "text", "<html><body>Sign in</body></html>", "<project><licenses><license><name>MIT")) {
            assertThatThrownBy(() -> read(none)).isInstanceOf(IOException.class);
        }
        assertThat(read("<project><licenses><license><name>MIT</name></license></licenses><desc")
                        .licenses())
                .containsExactly("MIT");
        assertThat(
                        read("<project></project><project><licenses><license><name>MIT</name></license></licenses></project>")
                                .licenses())
                .as("the second root is nobody's")
                .isEmpty();
    }

    @Property(tries = 3_000)
    void whatever_mavens_reader_accepts_is_read_alike(@ForAll("poms") byte[] pom) throws IOException {
        Model model;
        try {
            model = new MavenXpp3Reader().read(new ByteArrayInputStream(pom), false);
        } catch (XmlPullParserException | IOException | RuntimeException refused) {
            answered(pom);
            return;
        }
        ACCEPTED.incrementAndGet();
        List<String> expected = model.getLicenses().stream()
                .map(license -> License.named(
                        Objects.requireNonNullElse(license.getName(), ""),
                        Objects.requireNonNullElse(license.getUrl(), "")))
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        if (expected.isEmpty()) {
            answered(pom); // of a document whose root is no project, nothing is known rather than no licence
            return;
        }
        PomDocument read = PomDocument.of(pom);
        assertThat(read.licenses()).isEqualTo(expected);
        if (model.getParent() != null) {
            assertThat(read.parent())
                    .isEqualTo(Objects.requireNonNullElse(model.getParent().getGroupId(), "") + ":"
                            + Objects.requireNonNullElse(model.getParent().getArtifactId(), "") + ":"
                            + Objects.requireNonNullElse(model.getParent().getVersion(), ""));
        }
    }

    @AfterContainer
    static void most_of_them_were_accepted() {
        assertThat(ACCEPTED.get()).isGreaterThan(500);
    }

    private static void answered(byte[] pom) {
        try {
            assertThat(PomDocument.of(pom)).isNotNull();
        } catch (IOException none) {
            assertThat(none).hasMessageMatching("(?s).+");
        }
    }

    private static PomDocument read(String xml) throws IOException {
        return PomDocument.of(xml.getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<byte[]> poms() {
        Arbitrary<String> encoding =
                Arbitraries.of("UTF-8", "UTF-8", "UTF-8", "ISO-8859-1", "windows-1252", "UTF-16BE", "UTF-16LE");
        Arbitrary<String> prologue = Arbitraries.of(
                "",
                "",
                "<?xml version=\"1.0\" encoding=\"%s\"?>",
                "<?xml version='1.0'   encoding='%s' standalone='yes' ?>\r\n",
                "<?xml version=\"1.0\" encoding=\"%s\"?>\n<!-- a comment -->\n",
                "<?xml version=\"1.0\"?>",
                "<?xml version=\"1.0\" encoding=\"%s\"?><!DOCTYPE project>",
                "<!DOCTYPE project [ <!ENTITY x \"MIT\"> <!-- > --> ]>",
                "<!DOCTYPE project SYSTEM \"x.dtd\">",
                "\n\n");
        Arbitrary<String> root = Arbitraries.of(
                "project", "project xmlns=\"http://maven.apache.org/POM/4.0.0\"",
                "project xmlns='http://maven.apache.org/POM/4.0.0' xmlns:xsi=\"http://x\" xsi:schemaLocation=\"a\n b\"",
                        "model");
        Arbitrary<String> name = Combinators.combine(
                        Arbitraries.of(
                                "MIT",
                                "GPL-2.0-only",
                                "The Apache License, Version 2.0",
                                "S&oslash;ren&nbsp;Licence",
                                "A &amp; B",
                                "x",
                                "<![CDATA[Apache & <Co>]]>",
                                "&#77;IT",
                                "&#x4d;IT",
                                "Öffentlich",
                                "",
                                "a<!-- no -->b",
                                "a<?pi?>b",
                                "&lt;",
                                "&copy; X"),
                        Arbitraries.of("", " ", "\n   ", "<!-- c -->", "<![CDATA[ ]]>"))
                .as((text, space) -> space + text + space);
        Arbitrary<String> license = Combinators.combine(
                        name,
                        Arbitraries.of(
                                "",
                                "<url>http://www.apache.org/licenses/LICENSE-2.0.txt</url>",
                                "<url>u?a=1&amp;b</url>",
                                "<distribution>repo</distribution>",
                                "<comments>&eacute;</comments>",
                                "<odd><name>No</name></odd>"))
                .as((text, more) -> "<license><name>" + text + "</name>" + more + "</license>");
        Arbitrary<String> part = Arbitraries.oneOf(
                license.list().ofMaxSize(3).map(all -> "<licenses>" + String.join("\n", all) + "</licenses>"),
                license.map(one -> "<licenses >" + one + "</licenses\n>"),
                Arbitraries.of(
                        "<licenses/>",
                        "<licenses></licenses>",
                        "<parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version></parent>",
                        "<parent>\n<groupId> g.h </groupId><artifactId>a&amp;b</artifactId><relativePath/><version>&#49;</version></parent>",
                        "<description>x&nbsp;y &oslash; &unknown;</description>",
                        "<description>a & b</description>",
                        "<name>AT&T</name>",
                        "<build><plugins><plugin><configuration><licenses><license><name>No</name></license></licenses></configuration></plugin>"
                                + "</plugins></build>",
                        "<properties><licenses>No</licenses></properties>",
                        "<unknown><licenses><license><name>No</name></license></licenses></unknown>",
                        "<developers><developer><name>J&uuml;rgen</name></developer></developers>",
                        "<!-- <licenses> -->",
                        "<?pi <licenses> ?>",
                        "text",
                        "<a b='>'/>",
                        "<a b=\"<\"/>",
                        "<modelVersion>4.0.0</modelVersion>",
                        "<packaging>x</packaging>",
                        "]]>",
                        "<x:y/>",
                        "<name><![CDATA[<licenses>]]></name>",
                        "<profiles><profile><id>x</id></profile></profiles>"));
        Arbitrary<String> body = part.list().ofMaxSize(5).map(parts -> String.join("\n  ", parts));
        Arbitrary<String> end = Arbitraries.of("", "", "\n", "<!-- end -->", "<project/>", "junk");
        return Combinators.combine(encoding, Arbitraries.of(true, false, false), prologue, root, body, end)
                .as((charset, marked, before, tag, content, after) -> {
                    String xml = (marked && charset.startsWith("UTF") ? "\uFEFF" : "")
                            + before.replace("%s", charset.replaceAll("[BL]E$", "")) + "<" + tag + ">" + content + "</"
                            + tag.split(" ", 2)[0] + ">" + after;
                    return xml.getBytes(Charset.forName(charset));
                });
    }
}

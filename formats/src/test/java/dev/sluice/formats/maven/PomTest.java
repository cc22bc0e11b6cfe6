package dev.sluice.formats.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PomTest {

    private static Pom read(String xml) {
        return Pom.read(xml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void several_licences_are_a_choice() {
        Pom pom = read("""
                <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
                <packaging>maven-plugin</packaging><name>Lib</name><description>
                  Does  this
                  and that. </description>
                <licenses><license><name>Apache-2.0</name><url>http://files.example/a</url></license>
                <license><url>http://files.example/b</url></license></licenses>
                <build><plugins><plugin><configuration><licenses><license><name>GPL</name></license></licenses>
                </configuration></plugin></plugins></build></project>""");
        assertThat(pom.license().orNull()).isEqualTo("Apache-2.0 OR http://files.example/b");
        assertThat(pom.packaging()).isEqualTo("maven-plugin");
        assertThat(pom.summary()).isEqualTo("Does this and that.");
    }

    @Test
    void no_licence_is_known_to_be_none_unless_a_parent_may_have_one() {
        assertThat(read("<project/>").license().orNull()).isEmpty();
        assertThat(read("<project><parent><artifactId>p</artifactId></parent></project>")
                        .license()
                        .isKnown())
                .isFalse();
    }

    @Test
    void a_broken_pom_leaves_the_licence_unknown() {
        assertThat(read("<project><licenses>").license().basis()).startsWith("the POM cannot be read");
        assertThat(read("<!DOCTYPE project [<!ENTITY x \"MIT\">]><project><licenses><license><name>&x;</name></license>"
                                + "</licenses></project>")
                        .license()
                        .isKnown())
                .isFalse();
    }
}

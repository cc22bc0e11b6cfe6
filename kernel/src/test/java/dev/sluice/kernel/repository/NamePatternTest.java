package dev.sluice.kernel.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.kernel.artifact.PackageName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {

    @ParameterizedTest
    @CsvSource({
        "npm:left-pad, npm, left-pad, true",
        "npm:left-pad, npm, left-pads, false",
        "npm:left-pad, pypi, left-pad, false",
        "npm:@acme, npm, @acme/tool, true",
        "npm:@acme/*, npm, @acme/tool, true",
        "npm:@acme, npm, @acme-corp/tool, false",
        "npm:@acme, npm, acme, false",
        "maven:com.acme, maven, com.acme:lib, true",
        "maven:com.acme, maven, com.acme.deep.down:lib, true",
        "maven:com.acme, maven, com.acmeother:lib, false",
        "maven:com.acme:lib, maven, com.acme:lib, true",
        "maven:com.acme:lib, maven, com.acme:lib-two, false",
        "pypi:acme-*, pypi, acme-tools, true",
        "pypi:acme-*, pypi, acme, false",
        "pypi:*-internal-*, pypi, x-internal-y, true",
        "'*:acme*', npm, acme-x, true",
        "'*:acme*', maven, acme:x, true",
        "pypi:Acme_Tool, pypi, acme-tool, true",
        "pypi:acme.*, pypi, acme-tool, true",
        "pypi:acme.*, pypi, acme, false",
        "pypi:Acme__.Internal-*, pypi, acme-internal-x, true",
        "pypi:a_*.b, pypi, a-b, true",
        "pypi:a_*.b, pypi, a-xb, false",
        "'*:Acme_*', pypi, acme-x, true",
        "'*:Acme_*', npm, acme_x, true",
        "npm:@Acme/*, npm, @acme/tool, true",
        "npm:@acme/, npm, @acme/tool, true",
        "npm:@acme%2fTool, npm, @acme/tool, true",
        "npm:acme-tool, npm, Acme-Tool, true",
        "maven:com.acme.*, maven, com.acme:lib, true",
        "maven:com.acme.*, maven, com.acme.deep:lib, true",
        "maven:com.acme.**, maven, com.acme:lib, true",
        "maven:com/acme/, maven, com.acme:lib, true",
        "maven:Com.Acme, maven, com.acme:lib, true",
        "maven:com.acme:Lib, maven, com.acme:lib, true",
        "maven:com.acme:*, maven, com.acme.deep:lib, false",
    })
    void covers_exact_names_scopes_groups_and_globs(String written, String format, String name, boolean covered) {
        assertThat(NamePattern.parse(written).covers(new PackageName(format, name)))
                .isEqualTo(covered);
    }

    @Test
    void a_pattern_of_many_stars_costs_no_more_than_its_length_times_the_names() {
        NamePattern hostile = new NamePattern("npm", "*a".repeat(200) + "b");

        assertThat(hostile.covers(new PackageName("npm", "a".repeat(500)))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "npm:acme/*",
                "npm:@acme tool",
                "npm:_x y",
                "pypi:acme-",
                "pypi:@acme/tool",
                "pypi:com.acme:tool",
                "pypi:äcme",
                "maven:.acme",
                "maven:com.acme:lib:1.0",
                "maven:@acme"
            })
    void what_can_never_cover_a_name_says_how_it_is_written(String written) {
        assertThat(NamePattern.parse(written).objection())
                .hasValueSatisfying(text -> assertThat(text).contains("covers nothing:"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "npm:@acme",
                "npm:*",
                "npm:acme*",
                "npm:@a*/b",
                "pypi:*",
                "pypi:a",
                "maven:*",
                "maven:*.acme",
                "*:x"
            })
    void what_can_cover_a_name_is_fine(String written) {
        assertThat(NamePattern.parse(written).objection()).isEmpty();
    }

    @Test
    void says_how_it_is_written() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamePattern.parse("left-pad"))
                .withMessageContaining("format:pattern");
    }
}

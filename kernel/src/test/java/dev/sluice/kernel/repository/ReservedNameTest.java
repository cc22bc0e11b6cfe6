package dev.sluice.kernel.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.kernel.artifact.PackageName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservedNameTest {

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
    })
    void covers_exact_names_scopes_groups_and_globs(String written, String format, String name, boolean covered) {
        assertThat(ReservedName.parse(written).covers(new PackageName(format, name)))
                .isEqualTo(covered);
    }

    @Test
    void a_pattern_of_many_stars_costs_no_more_than_its_length_times_the_names() {
        ReservedName hostile = new ReservedName("npm", "*a".repeat(200) + "b");

        assertThat(hostile.covers(new PackageName("npm", "a".repeat(500)))).isFalse();
    }

    @Test
    void says_how_it_is_written() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReservedName.parse("left-pad"))
                .withMessageContaining("format:pattern");
    }
}

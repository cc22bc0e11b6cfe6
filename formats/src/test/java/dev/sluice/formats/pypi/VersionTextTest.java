package dev.sluice.formats.pypi;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class VersionTextTest {

    @Test
    void spells_versions_as_pep_440_normalises_them() {
        assertNormal("1.0", "1.0");
        assertNormal("v1.0", "1.0");
        assertNormal("01.002.0", "1.2.0");
        assertNormal("1.0alpha1", "1.0a1");
        assertNormal("1.0-BETA", "1.0b0");
        assertNormal("1.0_c_3", "1.0rc3");
        assertNormal("1.0.preview2", "1.0rc2");
        assertNormal("1.0-1", "1.0.post1");
        assertNormal("1.0rev3", "1.0.post3");
        assertNormal("1.0.r", "1.0.post0");
        assertNormal("1.0dev", "1.0.dev0");
        assertNormal("1.0a1.post2.dev3", "1.0a1.post2.dev3");
        assertNormal("0!1.0", "1.0");
        assertNormal("2!1.0", "2!1.0");
        assertNormal("1.0+Ubuntu_1-02", "1.0+ubuntu.1.2");
        assertNormal(" 1.0 ", "1.0");
    }

    @Test
    void keeps_trailing_zeros_so_that_equal_versions_may_be_two_releases() {
        assertNormal("1.0.0", "1.0.0");
    }

    @Test
    void knows_what_is_no_version() {
        assertThat(VersionText.normalise("2004d-final")).isNull();
        assertThat(VersionText.normalise("")).isNull();
        assertThat(VersionText.normalise("1.0+")).isNull();
        assertThat(VersionText.normalise("1..0")).isNull();
        assertThat(VersionText.normalise("1".repeat(300))).isNull();
    }

    @Property
    void the_normal_form_is_stable(
            @ForAll
                    @StringLength(max = 30)
                    @Chars({'0', '1', '2', '.', '-', '_', 'a', 'b', 'r', 'c', 'v', '!', '+', 'd', 'e'})
                    String text) {
        String once = VersionText.normalise(text);
        if (once != null) {
            assertThat(VersionText.normalise(once)).isEqualTo(once);
        }
    }

    private static void assertNormal(String text, String expected) {
        assertThat(VersionText.normalise(text)).as(text).isEqualTo(expected);
    }
}

package dev.sluice.formats.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SemverOrderTest {

    private final SemverOrder order = new SemverOrder();

    @Test
    void orders_as_section_11_of_the_specification_says() {
        VersionOrderLaws.ascending(
                order,
                "not-a-version",
                "0.0.0-0",
                "0.0.0 0 0.0",
                "0.9.9",
                "1.0.0-0 1.0.0-00",
                "1.0.0-1",
                "1.0.0-10",
                "1.0.0--",
                "1.0.0-alpha 1.0.0-alpha+build.7",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta 1.0.0beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0 v1.0.0 =1.0.0 1.0.0+001 1.0 1",
                "1.2.0 1.2",
                "1.10.0",
                "1.10.99999999999999999999999999",
                "1.10.100000000000000000000000000");
    }

    @Test
    void knows_prereleases() {
        assertThat(order.isPrerelease("1.0.0-rc.1")).isTrue();
        assertThat(order.isPrerelease("1.0.0+rc.1")).isFalse();
        assertThat(order.isPrerelease("rc")).isFalse();
    }

    @Test
    void refuses_what_is_no_version() {
        for (String text : List.of(
                "",
                "v",
                "1.",
                "1.2.",
                "1.2.3.4",
                "1.2.3-",
                "1.2.3-a..b",
                "1.2.3-ä",
                "1.2.3+",
                "1.2.3+a..b",
                "latest",
                "1.2.3-" + "9".repeat(300))) {
            assertThat(order.isVersion(text)).as(text).isFalse();
        }
    }

    @Test
    void knows_the_strict_grammar() {
        assertThat(List.of("1.2.3", "0.0.0", "1.2.3-0a.b+001", "1.2.3--")).allMatch(order::isStrict);
        assertThat(List.of("v1.2.3", "1.2", "01.2.3", "1.2.3-01", "1.2.3beta", " 1.2.3", "1.2.3 "))
                .noneMatch(order::isStrict);
    }

    @Test
    void sorts_any_mixture() {
        VersionOrderLaws.sorts(order, List.of("1.0.0", "1", "x", "", "1.0.0-a", "1.0.0-1", "v1.0.0", "1.0.0+b", "2.0"));
    }

    @Property
    void is_a_total_order(@ForAll("texts") String a, @ForAll("texts") String b, @ForAll("texts") String c) {
        VersionOrderLaws.holdFor(order, a, b, c);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces = Arbitraries.of("1", "0", "2", "10", ".", "-", "+", "alpha", "v", "=", " ", "x", "é");
        return Arbitraries.oneOf(
                pieces.list().ofMaxSize(9).map(list -> String.join("", list)),
                Arbitraries.of("1.0.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-1", "1.0.0+b", "1.0.0-a.b", "01.0.0"),
                Arbitraries.strings().ofMaxLength(12));
    }
}

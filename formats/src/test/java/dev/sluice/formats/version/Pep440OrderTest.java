package dev.sluice.formats.version;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.SharedFolder;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class Pep440OrderTest {

    private final Pep440Order order = new Pep440Order();

    @Test
    void orders_as_pep_440_says() {
        VersionOrderLaws.ascending(
                order,
                "2004d",
                "0",
                "0.9",
                "1.0.dev456 1.dev456 1.0.0-DEV456",
                "1.0a1.dev3",
                "1.0a1 1.0-alpha.1 1.0_ALPHA_1 v1.0a01",
                "1.0a2.dev456",
                "1.0a12.dev456",
                "1.0a12",
                "1.0b1.dev456",
                "1.0b2",
                "1.0b2.post345.dev456",
                "1.0b2.post345",
                "1.0rc1.dev456",
                "1.0rc1 1.0c1 1.0preview1 1.0-pre.1",
                "1.0 1 1.0.0 v1.0 0!1",
                "1.0+abc.5",
                "1.0+abc.7",
                "1.0+5",
                "1.0+5.1 1.0+5-01",
                "1.0.post0.dev1",
                "1.0.post0 1.0post 1.0-0 1.0-r",
                "1.0.post456.dev34",
                "1.0.post456 1.0-456 1.0.rev456",
                "1.0.15",
                "1.1.dev1",
                "1.1",
                "2024.1",
                "1!0.1.dev1",
                "1!0.1",
                "99999999999999999999999!0");
    }

    @Test
    void knows_prereleases() {
        assertThat(List.of("1.0a1", "1.0.dev1", "1.0rc1+local", "1.0.post1.dev2", "1.0b"))
                .allMatch(order::isPrerelease);
        assertThat(List.of("1.0", "1.0.post1", "1.0+rc1", "1!1", "2004d-rc")).noneMatch(order::isPrerelease);
    }

    @Test
    void sees_no_local_label_in_the_public_version() {
        assertThat(order.publicVersion("1.13.0+cu117")).isEqualTo("1.13.0");
        assertThat(order.publicVersion("1.13.0")).isEqualTo("1.13.0");
        assertThat(order.publicVersion("what+ever")).isEqualTo("what+ever");
    }

    @Test
    void refuses_what_is_no_version() {
        for (String text : List.of(
                "", "v", "french toast", "1.0+a+", "1.0++", "1..0", "1.0-a-b", "1!", "1.0+", "1" + ".1".repeat(600))) {
            assertThat(order.isVersion(text)).as(text).isFalse();
        }
    }

    @Property
    void is_a_total_order(@ForAll("texts") String a, @ForAll("texts") String b, @ForAll("texts") String c) {
        VersionOrderLaws.holdFor(order, a, b, c);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces = Arbitraries.of(
                "1", "0", "2", "10", ".", "-", "_", "+", "!", "a", "rc", "post", "dev", "v", "x", "b2", "c", "1.0");
        return Arbitraries.oneOf(
                pieces.list().ofMaxSize(8).map(list -> String.join("", list)),
                Arbitraries.of("1.0", "1.0.0", "1.0a1", "1.0.dev1", "1.0.post1", "1.0+a", "1.0+1", "1!0", "1.0a1.dev1"),
                Arbitraries.strings().ofMaxLength(12));
    }

    @Test
    void contains_what_the_vers_suite_says() {
        SharedFolder.find("conformance/vers-spec-tests.tar.gz").ifPresent(archive -> {
            int checked = 0;
            for (byte[] file : SharedFolder.untar(archive, name -> name.endsWith("pypi_range_containment_test.json"))
                    .values()) {
                for (JsonNode test : JsonMapper.shared().readTree(file).get("tests")) {
                    String range = test.get("input").get("vers").asString();
                    String version = test.get("input").get("version").asString();
                    assertThat(contains(range.substring(range.indexOf('/') + 1), version))
                            .as("%s in %s", version, range)
                            .isEqualTo(test.get("expected_output").asBoolean());
                    checked++;
                }
            }
            assertThat(checked).isPositive();
            System.out.printf(Locale.ROOT, "vers-spec pypi containment: %d%n", checked);
        });
    }

    /** A vers range as a row of comparisons: the version lies in it when it equals one or lies between two that enclose it. */
    private boolean contains(String range, String version) {
        boolean inside = false;
        boolean first = true;
        for (String part : range.split("\\|")) {
            String operator = part.replaceAll("[^<>=!].*", "");
            int at = order.compare(version, part.substring(operator.length()));
            switch (operator) {
                case "", "=" -> {
                    if (at == 0) {
                        return true;
                    }
                }
                case "!=" -> {
                    if (at == 0) {
                        return false;
                    }
                }
                case "<", "<=" -> {
                    if (at < 0 || (at == 0 && operator.equals("<="))) {
                        if (first || inside) {
                            return true;
                        }
                    }
                    inside = false;
                }
                default -> inside = at > 0 || (at == 0 && operator.equals(">="));
            }
            first = false;
        }
        return inside;
    }
}

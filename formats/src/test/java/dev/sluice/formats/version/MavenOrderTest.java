package dev.sluice.formats.version;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.SharedFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MavenOrderTest {

    /** Of Maven 4; Maven 3.9, whose order this is, fails them too. */
    private static final Set<List<String>> OF_MAVEN_4 =
            Set.of(List.of("2-1", "2.0.a"), List.of("2-1", "2.0.0.a"), List.of("2.0.0.a", "2.0.a"));

    private final MavenOrder order = new MavenOrder();

    @Test
    void orders_as_the_pom_reference_says() {
        VersionOrderLaws.ascending(
                order,
                "1-alpha",
                "1-alpha-1 1alpha1 1.0-a1",
                "1-alpha2",
                "1-alpha10",
                "1-beta-1 1-b1",
                "1-milestone-3 1.0-M3 1.0.0.m3",
                "1-rc1 1-cr1 1.0.0-RC-1",
                "1-SNAPSHOT 1.0-snapshot",
                "1 1.0 1.0.0 1-ga 1.0.Final 1.0.0.RELEASE 1-0 1.0-0.0",
                "1-sp",
                "1-sp-1",
                "1-abc",
                "1-jre",
                "1-xyz",
                "1-1 1.0-1",
                "1-2",
                "1.1-alpha",
                "1.1",
                "1.1.1",
                "1.2",
                "1.10",
                "2.0.0-alpha1",
                "5.2.20.RELEASE 5.2.20",
                "31.1-android",
                "31.1-jre",
                "20040616",
                "999999999999999999999999");
    }

    @Test
    void knows_prereleases() {
        assertThat(List.of("1.0-SNAPSHOT", "2.0-M1", "1.0.0.Beta3", "1-rc-2", "1.0-20240101.101010-1-alpha"))
                .allMatch(order::isPrerelease);
        assertThat(List.of("1.0", "1.0.Final", "31.1-jre", "1.0-sp1", "20040616"))
                .noneMatch(order::isPrerelease);
    }

    @Test
    void stays_total_where_mavens_own_comparison_goes_round_in_circles() {
        VersionOrderLaws.ascending(order, "1-alpha", "1", "1.sp.1");
        VersionOrderLaws.sorts(
                order,
                List.of(
                        "1.sp.1",
                        "1-alpha",
                        "1",
                        "1.0.x.1",
                        "1-1",
                        "1.0-1",
                        "1.alpha.0.1",
                        "1--1",
                        "1..1",
                        "",
                        "-",
                        "."));
    }

    @Test
    void holds_overlong_text_for_no_version() {
        assertThat(order.isVersion("1" + "-1".repeat(400))).isFalse();
        assertThat(order.compare("0", "1" + "-1".repeat(100_000))).isPositive();
    }

    @Property
    void is_a_total_order(@ForAll("texts") String a, @ForAll("texts") String b, @ForAll("texts") String c) {
        VersionOrderLaws.holdFor(order, a, b, c);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces = Arbitraries.of(
                "1",
                "0",
                "2",
                "10",
                ".",
                "-",
                "alpha",
                "a",
                "m",
                "rc",
                "cr",
                "sp",
                "ga",
                "final",
                "snapshot",
                "x",
                "jre",
                "_");
        return Arbitraries.oneOf(
                pieces.list().ofMaxSize(8).map(list -> String.join("", list)),
                Arbitraries.strings().ofMaxLength(12));
    }

    @Test
    void agrees_with_the_vers_suite() {
        SharedFolder.find("conformance/vers-spec-tests.tar.gz").ifPresent(archive -> {
            int checked = 0;
            for (byte[] file : SharedFolder.untar(archive, name -> name.endsWith("maven_version_cmp_test.json"))
                    .values()) {
                for (JsonNode test : JsonMapper.shared().readTree(file).get("tests")) {
                    List<String> versions = texts(test.get("input").get("versions"));
                    if (OF_MAVEN_4.contains(versions.stream().sorted().toList()) || OF_MAVEN_4.contains(versions)) {
                        continue;
                    }
                    if (test.get("test_type").asString().equals("equality")) {
                        assertThat(order.compare(versions.getFirst(), versions.getLast()) == 0)
                                .as("%s", versions)
                                .isEqualTo(test.get("expected_output").asBoolean());
                    } else {
                        List<String> sorted = new ArrayList<>(versions);
                        sorted.sort(order);
                        assertThat(sorted).isEqualTo(texts(test.get("expected_output")));
                    }
                    checked++;
                }
            }
            assertThat(checked).isGreaterThan(900);
            System.out.printf(Locale.ROOT, "vers-spec maven comparison: %d%n", checked);
        });
    }

    private static List<String> texts(JsonNode array) {
        return Stream.iterate(0, i -> i < array.size(), i -> i + 1)
                .map(i -> array.get(i).asString())
                .toList();
    }
}

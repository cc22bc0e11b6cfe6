package dev.sluice.formats.npm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.gate.JudgedRelease;
import dev.sluice.kernel.gate.Listed;
import dev.sluice.kernel.repository.PackageIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PackumentTest {

    private static Packument leftpad(String... withheld) throws IOException {
        return Fixtures.packument(Fixtures.read(Fixtures.LEFTPAD, Fixtures.file("leftpad.json")), Set.of(withheld));
    }

    private static PackageIndex withTags(List<String> versions, Map<String, String> tags) throws IOException {
        StringBuilder json =
                new StringBuilder("{\"dist-tags\":" + Fixtures.MAPPER.writeValueAsString(tags) + ",\"versions\":{");
        for (int i = 0; i < versions.size(); i++) {
            String v = versions.get(i);
            json.append(i == 0 ? "" : ",")
                    .append("\"" + v + "\":{\"version\":\"" + v
                            + "\",\"dist\":{\"tarball\":\"https://files.example/leftpad-" + v + ".tgz\"}}");
        }
        return Fixtures.read(Fixtures.LEFTPAD, json.append("}}").toString());
    }

    @Test
    void addresses_tarballs_here_and_copies_what_was_signed() throws IOException {
        JsonNode full = Fixtures.tree(leftpad().render(false, Fixtures.BASE));

        JsonNode first = full.path("versions").path("1.0.0");
        assertThat(first.path("dist").path("tarball").asString())
                .isEqualTo("http://sluice.example:8080/npm/main/leftpad/-/leftpad-1.0.0.tgz");
        JsonNode original = Fixtures.tree(Fixtures.file("leftpad.json"))
                .path("versions")
                .path("1.0.0")
                .path("dist");
        assertThat(first.path("dist").path("integrity")).isEqualTo(original.path("integrity"));
        assertThat(first.path("dist").path("shasum")).isEqualTo(original.path("shasum"));
        assertThat(first.path("dist").path("signatures")).isEqualTo(original.path("signatures"));
        assertThat(full.path("versions")
                        .path("1.1.0")
                        .path("dist")
                        .path("tarball")
                        .asString())
                .isEqualTo(Fixtures.BASE + "leftpad/-/lp-final.tgz");
        assertThat(full.path("versions").path("1.1.0").path("gitHead").asString())
                .isEqualTo("abc");
        assertThat(full.path("description").asString()).isEqualTo("Pads — left.");
        assertThat(full.path("readme").asString()).isEqualTo("# leftpad");
        assertThat(full.has("users")).isFalse();
        assertThat(full.has("_rev")).isFalse();
        assertThat(full.has("policyRestrictions")).isFalse();
        assertThat(full.path("versions").path("1.0.0").has("@")).isFalse();
    }

    @Test
    void abbreviates_to_what_installing_needs_and_keeps_time() throws IOException {
        JsonNode small = Fixtures.tree(leftpad().render(true, Fixtures.BASE));

        assertThat(small.propertyNames()).containsExactly("name", "dist-tags", "versions", "time", "modified");
        assertThat(small.path("versions").path("1.1.0").propertyNames())
                .containsExactlyInAnyOrder("dist", "name", "version", "deprecated", "hasInstallScript", "dependencies");
        assertThat(small.path("time").path("1.1.0").asString()).isEqualTo("2021-01-01T10:20:30.456Z");
        assertThat(small.path("time").has("0.0.1")).isFalse();
        assertThat(small.path("modified").asString()).isEqualTo("2026-11-22T01:00:00.000Z");
    }

    @Test
    void says_the_same_in_both_forms() throws IOException {
        JsonNode full = Fixtures.tree(leftpad("2.0.0").render(false, Fixtures.BASE));
        JsonNode small = Fixtures.tree(leftpad("2.0.0").render(true, Fixtures.BASE));

        assertThat(small.path("dist-tags")).isEqualTo(full.path("dist-tags"));
        assertThat(small.path("time")).isEqualTo(full.path("time"));
        assertThat(small.path("versions").propertyNames())
                .isEqualTo(full.path("versions").propertyNames());
        small.path("versions")
                .forEach(version -> version.properties()
                        .forEach(member -> assertThat(full.path("versions")
                                        .path(version.path("version").asString())
                                        .path(member.getKey()))
                                .isEqualTo(member.getValue())));
    }

    @Test
    void withholds_a_version_from_versions_times_and_tags_and_names_it_where_npm_looks() throws IOException {
        JsonNode full = Fixtures.tree(leftpad("2.0.0").render(false, Fixtures.BASE));

        assertThat(full.path("versions").has("2.0.0")).isFalse();
        assertThat(full.path("time").has("2.0.0")).isFalse();
        assertThat(full.path("dist-tags").path("latest").asString()).isEqualTo("1.1.0");
        assertThat(full.path("modified").asString()).isEqualTo("2021-01-01T10:20:30.456Z");
        JsonNode restrictions = full.path("policyRestrictions");
        assertThat(restrictions.path("message").asString())
                .isEqualTo("2.0.0: blocked by policy Cool-down (published less than 3 days ago),"
                        + " allowed from 2026-11-25T06:00:00Z. Ask in #packages.");
        assertThat(restrictions.path("versions").path("2.0.0").path("version").asString())
                .isEqualTo("2.0.0");
    }

    @Test
    void moves_each_tag_to_the_newest_allowed_version_that_is_not_newer() throws IOException {
        assertThat(leftpad("3.0.0-rc.1").tags())
                .containsEntry("next", "2.0.0")
                .containsEntry("latest", "2.0.0")
                .doesNotContainKey("gone");
        assertThat(leftpad("1.1.0", "1.0.0").tags()).doesNotContainKey("v1").containsEntry("latest", "2.0.0");
    }

    @Test
    void keeps_latest_on_stable_versions_as_long_as_there_are_any() throws IOException {
        PackageIndex index =
                withTags(List.of("1.0.0", "2.0.0-rc.1", "2.0.0", "3.0.0", "4.0.0-beta.1"), Map.of("latest", "2.0.0"));

        assertThat(Fixtures.packument(index, Set.of("2.0.0")).tags()).containsEntry("latest", "1.0.0");
        assertThat(Fixtures.packument(index, Set.of("2.0.0", "1.0.0")).tags()).containsEntry("latest", "3.0.0");
        assertThat(Fixtures.packument(index, Set.of("1.0.0", "2.0.0", "3.0.0")).tags())
                .containsEntry("latest", "4.0.0-beta.1");
        assertThat(Fixtures.packument(withTags(List.of("1.0.0", "0.9.0"), Map.of()), Set.of())
                        .tags())
                .containsEntry("latest", "1.0.0");
    }

    @Test
    void leaves_out_a_tag_on_a_version_that_nobody_has() throws IOException {
        PackageIndex index =
                withTags(List.of("1.0.0", "2.0.0"), Map.of("latest", "9.9.9", "beta", "1.9.0", "old", "1.0.0"));
        assertThat(Fixtures.packument(index, Set.of()).tags())
                .containsExactlyInAnyOrderEntriesOf(Map.of("latest", "2.0.0", "old", "1.0.0"));
    }

    @Test
    void lets_tags_and_versions_of_hosted_packages_win() throws IOException {
        PackageIndex hosted = withTags(List.of("1.0.0"), Map.of("latest", "1.0.0"));
        PackageIndex upstream = withTags(List.of("1.0.0", "9.0.0"), Map.of("latest", "9.0.0", "next", "9.0.0"));
        List<JudgedRelease> releases = new ArrayList<>(Fixtures.judged("", hosted, Set.of()));
        Fixtures.judged("upstream", upstream, Set.of()).stream()
                .filter(r -> !r.version().equals("1.0.0"))
                .forEach(releases::add);

        Packument blended = new Packument(
                Fixtures.LEFTPAD,
                List.of(new Listed.Source("upstream", upstream), new Listed.Source(null, hosted)),
                releases);

        assertThat(blended.tags()).containsEntry("latest", "1.0.0").containsEntry("next", "9.0.0");
    }

    @Test
    void names_at_most_the_fifty_newest_withheld_versions_in_the_abbreviated_form() throws IOException {
        List<String> versions = new ArrayList<>(List.of("0.1.0"));
        for (int i = 0; i < 80; i++) {
            versions.add("1." + i + ".0");
        }
        Set<String> withheld = Set.copyOf(versions.subList(1, versions.size()));
        Packument packument = Fixtures.packument(withTags(versions, Map.of("latest", "1.79.0")), withheld);

        JsonNode named = Fixtures.tree(packument.render(true, Fixtures.BASE)).path("policyRestrictions");

        assertThat(named.path("versions").size()).isEqualTo(50);
        assertThat(named.path("versions").has("1.79.0")).isTrue();
        assertThat(named.path("versions").has("1.29.0")).isFalse();
        assertThat(named.path("message").asString()).startsWith("1.79.0, 1.78.0, 1.77.0, 1.76.0, 1.75.0 and 75 more:");
    }

    @Test
    void escapes_a_hostile_host_header() throws IOException {
        byte[] rendered = leftpad().render(true, "http://evil\"},\"x\":{\"/npm/main/");

        assertThat(Fixtures.tree(rendered)
                        .path("versions")
                        .path("1.0.0")
                        .path("dist")
                        .path("tarball")
                        .asString())
                .startsWith("http://evil\"},\"x\":{\"/npm/main/");
    }

    @Property(tries = 200)
    void never_serves_a_tag_on_a_version_that_is_not_served(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 40) Integer> numbers,
            @ForAll @Size(12) List<Boolean> withheldFlags,
            @ForAll @IntRange(max = 40) int latest)
            throws IOException {
        List<String> versions = numbers.stream()
                .distinct()
                .map(n -> n % 4 == 0 ? "1." + n + ".0-rc.1" : "1." + n + ".0")
                .toList();
        Set<String> withheld = new java.util.HashSet<>();
        for (int i = 1; i < versions.size(); i++) {
            if (withheldFlags.get(i)) {
                withheld.add(versions.get(i));
            }
        }
        PackageIndex index =
                withTags(versions, Map.of("latest", "1." + latest + ".0", "beta", "1." + latest + ".0-rc.1"));

        JsonNode rendered = Fixtures.tree(Fixtures.packument(index, withheld).render(true, Fixtures.BASE));

        assertThat(rendered.path("dist-tags").has("latest")).isTrue();
        rendered.path("dist-tags")
                .forEach(tag -> assertThat(rendered.path("versions").has(tag.asString()))
                        .isTrue());
        withheld.forEach(
                version -> assertThat(rendered.path("versions").has(version)).isFalse());
    }

    @Test
    void renders_five_thousand_versions() throws IOException {
        List<String> versions = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            versions.add("1." + i + ".0");
        }
        Packument packument = Fixtures.packument(withTags(versions, Map.of("latest", "1.4999.0")), Set.of("1.4999.0"));

        byte[] rendered = packument.render(true, Fixtures.BASE);

        assertThat(new String(rendered, StandardCharsets.UTF_8)).contains("\"latest\":\"1.4998.0\"");
    }
}

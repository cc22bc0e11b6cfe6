package dev.sluice.formats.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.formats.maven.Versions.Told;
import dev.sluice.kernel.artifact.VersionOrder;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionsTest {

    private static final VersionOrder ORDER = new dev.sluice.formats.version.MavenOrder();

    private static Told told(@Nullable String latest, @Nullable String release, String... versions) {
        return new Told(List.of(versions), latest, release);
    }

    @Test
    void what_the_source_calls_newest_stays_while_it_is_allowed() {
        Versions versions = Versions.of(
                ORDER, List.of("2.0", "1.9.1", "1.0"), List.of(told("1.9.1", "1.9.1", "1.0", "2.0", "1.9.1")));
        assertThat(versions).isEqualTo(new Versions(List.of("1.0", "1.9.1", "2.0"), "1.9.1", "1.9.1"));
    }

    @Test
    void a_withheld_release_falls_back_to_the_next_lower_stable_one() {
        Told source = told("2.0", "2.0", "1.9", "1.10", "2.0-rc1", "2.0", "3.0-beta");
        Versions versions = Versions.of(ORDER, List.of("1.9", "1.10", "2.0-rc1", "3.0-beta"), List.of(source));
        assertThat(versions.release()).isEqualTo("1.10");
        assertThat(versions.latest()).isEqualTo("1.10");
    }

    @Test
    void a_prerelease_is_named_only_when_nothing_else_is_left() {
        Told source = told("2.0", "2.0", "2.0-rc1", "2.0");
        assertThat(Versions.of(ORDER, List.of("2.0-rc1"), List.of(source)).release())
                .isEqualTo("2.0-rc1");
    }

    @Test
    void a_snapshot_is_never_the_release() {
        Told source = told("1.1-SNAPSHOT", "1.0", "1.0", "1.1-SNAPSHOT");
        Versions versions = Versions.of(ORDER, List.of("1.1-SNAPSHOT"), List.of(source));
        assertThat(versions.release()).isNull();
        assertThat(versions.latest()).isEqualTo("1.1-SNAPSHOT");
    }

    @Test
    void the_newest_of_hosted_and_upstream_wins() {
        Versions versions = Versions.of(
                ORDER,
                List.of("1.0", "1.1-acme", "2.0", "2.1-SNAPSHOT"),
                List.of(told(null, null, "2.0", "2.1-SNAPSHOT"), told("1.1-acme", "1.1-acme", "1.0", "1.1-acme")));
        assertThat(versions.release()).isEqualTo("2.0");
        assertThat(versions.latest()).isEqualTo("2.1-SNAPSHOT");
    }

    @Property
    void withholding_never_names_what_is_not_allowed_nor_anything_newer_while_older_stable_is_left(
            @ForAll("sets") List<String> all, @ForAll("sets") List<String> allowedOf) {
        List<String> allowed = all.stream().filter(allowedOf::contains).toList();
        Versions before = Versions.of(ORDER, all, List.of(new Told(all, null, null)));
        Versions after = Versions.of(ORDER, allowed, List.of(new Told(all, null, null)));
        if (after.release() == null) {
            assertThat(allowed).allMatch(Layout::isSnapshot);
            return;
        }
        assertThat(allowed).contains(after.release());
        String original = before.release();
        boolean olderStableLeft = original != null
                && allowed.stream()
                        .anyMatch(v ->
                                !Layout.isSnapshot(v) && !ORDER.isPrerelease(v) && ORDER.compare(v, original) <= 0);
        if (olderStableLeft && original != null) {
            assertThat(ORDER.compare(after.release(), original)).isLessThanOrEqualTo(0);
        }
    }

    @Provide
    Arbitrary<List<String>> sets() {
        return Arbitraries.of("1.0", "1.1", "1.1.1", "2.0-rc1", "2.0", "2.1-SNAPSHOT", "3.0-alpha", "3.0-beta-2", "10")
                .list()
                .uniqueElements()
                .ofMaxSize(9);
    }
}

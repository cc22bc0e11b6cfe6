package dev.sluice.testkit.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.PackageName;
import dev.sluice.kernel.node.Stamps;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StampsTest {

    private final Stamps stamps = new Stamps();

    private static PackageName name(int number) {
        return new PackageName("npm", "package-" + number);
    }

    @Test
    void the_stamp_of_a_changed_package_never_returns_to_what_it_was() {
        long before = stamps.of(name(1));
        stamps.changed(name(1));
        long once = stamps.of(name(1));
        stamps.changed(name(1));

        assertThat(once).isGreaterThan(before);
        assertThat(stamps.of(name(1))).isGreaterThan(once);
    }

    @Test
    void hardly_any_other_package_is_disturbed() {
        long[] before =
                IntStream.range(0, 1000).mapToLong(i -> stamps.of(name(i))).toArray();
        stamps.changed(name(0));

        long disturbed = IntStream.range(1, 1000)
                .filter(i -> stamps.of(name(i)) != before[i])
                .count();
        assertThat(disturbed).isLessThan(5);
    }

    @Test
    void every_package_is_disturbed_when_anything_may_have_changed() {
        long before = stamps.of(name(7));
        stamps.changedAll();

        assertThat(stamps.of(name(7))).isGreaterThan(before);
    }
}

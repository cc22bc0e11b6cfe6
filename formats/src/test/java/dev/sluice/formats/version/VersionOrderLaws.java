package dev.sluice.formats.version;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernel.artifact.VersionOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What every version order must keep, and a way to state an order as a table. */
final class VersionOrderLaws {

    private VersionOrderLaws() {}

    /** Checks reflexivity, antisymmetry and transitivity of both less and equal. */
    static void holdFor(VersionOrder order, String a, String b, String c) {
        assertThat(order.compare(a, a)).isZero();
        assertThat(sign(order, b, a)).as("%s, %s", a, b).isEqualTo(-sign(order, a, b));
        List<String> sorted = new ArrayList<>(List.of(a, b, c));
        sorted.sort(order);
        assertThat(sign(order, sorted.get(0), sorted.get(2)))
                .as("%s", sorted)
                .isEqualTo(
                        Math.min(sign(order, sorted.get(0), sorted.get(1)), sign(order, sorted.get(1), sorted.get(2))));
        if (order.isVersion(a) && !order.isVersion(b)) {
            assertThat(order.compare(a, b)).isPositive();
        }
        assertThat(order.isPrerelease(a) && !order.isVersion(a)).isFalse();
        assertThat(order.publicVersion(order.publicVersion(a))).isEqualTo(order.publicVersion(a));
    }

    /** Checks that the versions ascend; those on one line, separated by blanks, are equal. */
    static void ascending(VersionOrder order, String... lines) {
        for (int i = 0; i < lines.length; i++) {
            for (String left : lines[i].split(" ")) {
                for (int j = 0; j < lines.length; j++) {
                    for (String right : lines[j].split(" ")) {
                        assertThat(sign(order, left, right))
                                .as("%s against %s", left, right)
                                .isEqualTo(Integer.compare(i, j));
                    }
                }
            }
        }
    }

    /** Checks that a large shuffled list with many equal and odd members can be sorted. */
    static void sorts(VersionOrder order, List<String> versions) {
        List<String> shuffled = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            shuffled.addAll(versions);
        }
        Collections.shuffle(shuffled, new Random(7));
        shuffled.sort(order);
        for (int i = 1; i < shuffled.size(); i++) {
            assertThat(order.compare(shuffled.get(i - 1), shuffled.get(i))).isNotPositive();
        }
    }

    private static int sign(VersionOrder order, String left, String right) {
        return Integer.signum(order.compare(left, right));
    }
}

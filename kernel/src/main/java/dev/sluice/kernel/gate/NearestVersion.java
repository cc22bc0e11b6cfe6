package dev.sluice.kernel.gate;

import dev.sluice.kernel.artifact.VersionOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the version a developer should take instead of a withheld one. */
final class NearestVersion {

    private NearestVersion() {}

    /**
     * The nearest allowed version, or null when none is allowed.
     *
     * @param upwards whether a newer version is the better advice (a fix), rather than an older one (a cool-down)
     */
    static @Nullable String of(VersionOrder order, Listed listed, String wanted, boolean upwards) {
        List<String> allowed = listed.allowedVersions();
        List<String> stable = order.isPrerelease(wanted)
                ? allowed
                : allowed.stream().filter(v -> !order.isPrerelease(v)).toList();
        Comparator<String> comparator = order;
        Optional<String> newer =
                stable.stream().filter(v -> order.compare(v, wanted) > 0).min(comparator);
        Optional<String> older =
                stable.stream().filter(v -> order.compare(v, wanted) < 0).max(comparator);
        return Stream.of(upwards ? newer : older, upwards ? older : newer)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }
}

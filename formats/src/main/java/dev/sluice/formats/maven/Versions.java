package dev.sluice.formats.maven;

import dev.sluice.kernel.artifact.VersionOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The versions of an artifact that may be shown, and which of them are newest.
 *
 * @param sorted allowed versions in ascending order
 * @param latest the newest of any kind, or null when there is none
 * @param release the newest release, or null when there is none
 */
record Versions(
        List<String> sorted,
        @Nullable String latest,
        @Nullable String release) {

    /**
     * What one source tells.
     *
     * @param versions all of its versions, allowed or not
     * @param latest what it calls the newest, or null
     * @param release what it calls the newest release, or null
     */
    record Told(
            Collection<String> versions,
            @Nullable String latest,
            @Nullable String release) {}

    /** Copies the list. */
    Versions {
        sorted = List.copyOf(sorted);
    }

    /**
     * Sorts what is allowed and says which are newest. What the sources call newest stays so while it is allowed; else the
     * next lower stable version takes its place, so that withholding never moves anyone to a newer or less stable one unless
     * nothing else is left.
     */
    static Versions of(VersionOrder order, Collection<String> allowed, Collection<Told> sources) {
        Comparator<String> total = order.thenComparing(Comparator.naturalOrder());
        Predicate<String> released = version -> !Layout.isSnapshot(version);
        Predicate<String> stable = released.and(version -> !order.isPrerelease(version));
        List<String> latest = new ArrayList<>();
        List<String> release = new ArrayList<>();
        for (Told source : sources) {
            List<String> versions = source.versions().stream().sorted(total).toList();
            addIfThere(latest, source.latest() != null ? source.latest() : last(versions));
            addIfThere(
                    release,
                    source.release() != null
                            ? source.release()
                            : last(versions.stream().filter(released).toList(), stable));
        }
        List<String> sorted = allowed.stream().sorted(total).toList();
        List<String> releases = sorted.stream().filter(released).toList();
        return new Versions(
                sorted,
                newest(total, sorted, latest.stream().max(total).orElse(null), stable),
                newest(total, releases, release.stream().max(total).orElse(null), stable));
    }

    /** The newest of ascending candidates, given what was the newest before some were withheld. */
    private static @Nullable String newest(
            Comparator<String> order, List<String> ascending, @Nullable String original, Predicate<String> stable) {
        if (original == null || ascending.contains(original)) {
            return original;
        }
        List<String> older = ascending.stream()
                .filter(version -> order.compare(version, original) <= 0)
                .toList();
        String found = stable.test(original) ? last(older, stable) : last(older);
        return found != null ? found : last(ascending, stable);
    }

    private static void addIfThere(List<String> list, @Nullable String version) {
        if (version != null) {
            list.add(version);
        }
    }

    private static @Nullable String last(List<String> ascending) {
        return ascending.isEmpty() ? null : ascending.getLast();
    }

    /** The last that fits, or the last of all when none fits. */
    private static @Nullable String last(List<String> ascending, Predicate<String> preferred) {
        for (String version : ascending.reversed()) {
            if (preferred.test(version)) {
                return version;
            }
        }
        return last(ascending);
    }
}

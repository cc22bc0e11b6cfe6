package dev.sluice.kernel.facts;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a repository has learnt of a package, by source and version. Immutable.
 *
 * <p>A source is an upstream, by its id, or the repository itself, by null.
 */
public final class PackageHistory {

    /** Of a package nobody ever saw. */
    public static final PackageHistory NONE = new PackageHistory(Map.of());

    private final Map<String, Map<String, VersionHistory>> bySource;

    /** Histories by source (published here: the empty text) and version; copied. */
    public PackageHistory(Map<String, Map<String, VersionHistory>> bySource) {
        Map<String, Map<String, VersionHistory>> copy = new HashMap<>();
        bySource.forEach((source, versions) -> copy.put(source, Map.copyOf(versions)));
        this.bySource = Map.copyOf(copy);
    }

    /** How a source is written in keys: the upstream's id, or the empty text for the repository itself. */
    public static String key(@Nullable String source) {
        return source == null ? "" : source;
    }

    /** What is known of a version by that source, or null when the source never named it. */
    public @Nullable VersionHistory of(@Nullable String source, String version) {
        return bySource.getOrDefault(key(source), Map.of()).get(version);
    }

    /** What is known of every version that the source named, by version. */
    public Map<String, VersionHistory> of(@Nullable String source) {
        return bySource.getOrDefault(key(source), Map.of());
    }

    /** Whether nothing is known. */
    public boolean isEmpty() {
        return bySource.isEmpty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PackageHistory history && bySource.equals(history.bySource);
    }

    @Override
    public int hashCode() {
        return bySource.hashCode();
    }

    @Override
    public String toString() {
        return bySource.toString();
    }
}

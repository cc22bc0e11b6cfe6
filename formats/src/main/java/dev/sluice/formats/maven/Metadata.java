package dev.sluice.formats.maven;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code maven-metadata.xml} says (repository metadata 1.1.0), at any of its three levels.
 *
 * @param versions versions in the document's order, each once; of an artifact
 * @param latest newest version of any kind, or null
 * @param release newest release, or null
 * @param lastUpdated {@code yyyyMMddHHmmss} in UTC, or null
 * @param plugins plugin prefixes; of a group
 * @param build newest build; of a snapshot version, or null
 * @param files newest file per classifier and extension; of a snapshot version
 */
record Metadata(
        List<String> versions,
        @Nullable String latest,
        @Nullable String release,
        @Nullable String lastUpdated,
        List<Plugin> plugins,
        @Nullable Build build,
        List<SnapshotFile> files) {

    /** Metadata that says nothing. */
    static final Metadata EMPTY = new Metadata(List.of(), null, null, null, List.of(), null, List.of());

    /**
     * A plugin prefix of a group.
     *
     * @param name display name, may be empty
     * @param prefix what people type before the goal
     * @param artifactId the plugin
     */
    record Plugin(String name, String prefix, String artifactId) {}

    /**
     * A build of a snapshot.
     *
     * @param timestamp {@code yyyyMMdd.HHmmss} in UTC
     * @param number counts the builds of the version
     */
    record Build(String timestamp, long number) implements Comparable<Build> {
        @Override
        public int compareTo(Build other) {
            int byTime = timestamp.compareTo(other.timestamp);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /**
     * The newest file of one kind of a snapshot version.
     *
     * @param classifier or empty
     * @param extension without the leading dot, for example {@code tar.gz}
     * @param value the version in its name, for example {@code 1.0-20240101.120000-3}
     * @param updated {@code yyyyMMddHHmmss} in UTC
     */
    record SnapshotFile(String classifier, String extension, String value, String updated) {}

    /** Copies the lists. */
    Metadata {
        versions = List.copyOf(versions);
        plugins = List.copyOf(plugins);
        files = List.copyOf(files);
    }
}

package dev.sluice.formats.maven;

import dev.sluice.formats.maven.Metadata.Plugin;
import dev.sluice.formats.maven.Metadata.SnapshotFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes {@code maven-metadata.xml} as Maven does, so that equal contents give equal bytes. */
final class MetadataWriter {

    private final StringBuilder out = new StringBuilder(1024);

    private MetadataWriter(String modelVersion) {
        out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metadata");
        if (!modelVersion.isEmpty()) {
            out.append(" modelVersion=\"").append(modelVersion).append('"');
        }
        out.append(">\n");
    }

    /** The metadata of an artifact; group prefixes are added where the same address is a group's as well. */
    static byte[] artifact(String group, String artifact, Metadata metadata) {
        MetadataWriter writer = new MetadataWriter("");
        writer.leaf(1, "groupId", group);
        writer.leaf(1, "artifactId", artifact);
        writer.open(1, "versioning");
        writer.leaf(2, "latest", metadata.latest());
        writer.leaf(2, "release", metadata.release());
        writer.open(2, "versions");
        for (String version : metadata.versions()) {
            writer.leaf(3, "version", version);
        }
        writer.close(2, "versions");
        writer.leaf(2, "lastUpdated", metadata.lastUpdated());
        writer.close(1, "versioning");
        writer.plugins(metadata.plugins());
        return writer.end();
    }

    /** The metadata of a group. */
    static byte[] group(List<Plugin> plugins) {
        MetadataWriter writer = new MetadataWriter("");
        writer.plugins(plugins);
        return writer.end();
    }

    /** The metadata of a snapshot version. */
    static byte[] snapshot(String group, String artifact, String version, Metadata metadata) {
        MetadataWriter writer = new MetadataWriter("1.1.0");
        writer.leaf(1, "groupId", group);
        writer.leaf(1, "artifactId", artifact);
        writer.leaf(1, "version", version);
        writer.open(1, "versioning");
        Metadata.Build build = metadata.build();
        if (build != null) {
            writer.open(2, "snapshot");
            writer.leaf(3, "timestamp", build.timestamp());
            writer.leaf(3, "buildNumber", Long.toString(build.number()));
            writer.close(2, "snapshot");
        }
        writer.leaf(2, "lastUpdated", metadata.lastUpdated());
        writer.open(2, "snapshotVersions");
        for (SnapshotFile file : metadata.files()) {
            writer.open(3, "snapshotVersion");
            writer.leaf(4, "classifier", file.classifier().isEmpty() ? null : file.classifier());
            writer.leaf(4, "extension", file.extension());
            writer.leaf(4, "value", file.value());
            writer.leaf(4, "updated", file.updated());
            writer.close(3, "snapshotVersion");
        }
        writer.close(2, "snapshotVersions");
        writer.close(1, "versioning");
        return writer.end();
    }

    private void plugins(List<Plugin> plugins) {
        if (plugins.isEmpty()) {
            return;
        }
        open(1, "plugins");
        for (Plugin plugin : plugins) {
            open(2, "plugin");
            leaf(3, "name", plugin.name().isEmpty() ? null : plugin.name());
            leaf(3, "prefix", plugin.prefix());
            leaf(3, "artifactId", plugin.artifactId());
            close(2, "plugin");
        }
        close(1, "plugins");
    }

    private byte[] end() {
        return out.append("</metadata>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private void open(int depth, String name) {
        out.repeat("  ", depth).append('<').append(name).append(">\n");
    }

    private void close(int depth, String name) {
        out.repeat("  ", depth).append("</").append(name).append(">\n");
    }

    private void leaf(int depth, String name, @Nullable String text) {
        if (text == null) {
            return;
        }
        out.repeat("  ", depth).append('<').append(name).append('>');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                default -> out.append(c < 32 ? ' ' : c);
            }
        }
        out.append("</").append(name).append(">\n");
    }
}

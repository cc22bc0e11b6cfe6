package dev.sluice.formats.maven;

import dev.sluice.formats.maven.Metadata.Build;
import dev.sluice.formats.maven.Metadata.Plugin;
import dev.sluice.formats.maven.Metadata.SnapshotFile;
import dev.sluice.formats.maven.XmlWalk.XmlException;
import dev.sluice.kernel.format.PassedOver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code maven-metadata.xml}. Values that cannot be what they should be are passed over, one by one: a single odd version in
 * an old repository must not hide all others; they are counted and logged. Used once.
 */
final class MetadataReader {

    private static final int MAX_VERSIONS = 100_000;
    private static final int MAX_ENTRIES = 20_000;

    private final Set<String> versions = new LinkedHashSet<>();
    private final List<Plugin> plugins = new ArrayList<>();
    private final List<SnapshotFile> files = new ArrayList<>();
    private final Map<String, String> fields = new LinkedHashMap<>();
    private @Nullable String root;
    private @Nullable String latest;
    private @Nullable String release;
    private @Nullable String lastUpdated;
    private @Nullable Build build;

    private final PassedOver passedOver;

    private MetadataReader(PassedOver passedOver) {
        this.passedOver = passedOver;
    }

    /**
     * Reads a document.
     *
     * @param document the caller's to bound
     * @param about what it is about, for the log
     */
    static Metadata read(byte[] document, String about) throws XmlException {
        PassedOver passedOver = new PassedOver(MavenFormat.ID, Layout.METADATA + " of " + about);
        MetadataReader reader = new MetadataReader(passedOver);
        int oddities = XmlWalk.walk(document, reader::element);
        if (oddities > 0) {
            passedOver.add("markup", oddities + " times");
        }
        passedOver.tell();
        if (!"metadata".equals(reader.root)) {
            throw new XmlException("the root element is not <metadata>");
        }
        return new Metadata(
                List.copyOf(reader.versions),
                reader.latest,
                reader.release,
                reader.lastUpdated,
                reader.plugins,
                reader.build,
                reader.files);
    }

    private void element(String path, String text) {
        if (path.indexOf('/') < 0) {
            root = path;
            return;
        }
        switch (path) {
            case "metadata/versioning/versions/version" -> {
                if (Layout.isVersion(text) && versions.size() < MAX_VERSIONS) {
                    versions.add(text);
                } else {
                    passedOver.add("version", text);
                }
            }
            case "metadata/versioning/latest" -> latest = Layout.isVersion(text) ? text : null;
            case "metadata/versioning/release" -> release = Layout.isVersion(text) ? text : null;
            case "metadata/versioning/lastUpdated" -> lastUpdated = isTime(text) ? text : null;
            case "metadata/versioning/snapshot" -> endSnapshot();
            case "metadata/versioning/snapshotVersions/snapshotVersion" -> endFile();
            case "metadata/plugins/plugin" -> endPlugin();
            default -> {
                if (path.startsWith("metadata/plugins/plugin/") || path.startsWith("metadata/versioning/snapshot")) {
                    if (fields.size() < 16) {
                        fields.put(path.substring(path.lastIndexOf('/') + 1), text);
                    }
                }
            }
        }
    }

    private void endSnapshot() {
        String timestamp = field("timestamp");
        String number = field("buildNumber");
        if (timestamp.matches("[0-9]{8}\\.[0-9]{6}") && number.matches("[0-9]{1,9}")) {
            build = new Build(timestamp, Long.parseLong(number));
        }
        fields.clear();
    }

    private void endFile() {
        String extension = field("extension");
        String value = field("value");
        String updated = field("updated");
        String classifier = field("classifier");
        if (!extension.isEmpty()
                && Layout.isVersion(value)
                && isTime(updated)
                && isWord(extension)
                && (classifier.isEmpty() || isWord(classifier))
                && files.size() < MAX_ENTRIES) {
            files.add(new SnapshotFile(classifier, extension, value, updated));
        } else {
            passedOver.add("build", value);
        }
        fields.clear();
    }

    private void endPlugin() {
        String prefix = field("prefix");
        String artifactId = field("artifactId");
        if (isWord(prefix) && isWord(artifactId) && plugins.size() < MAX_ENTRIES) {
            String name = field("name");
            plugins.add(new Plugin(name.length() <= 200 ? name : name.substring(0, 200), prefix, artifactId));
        } else {
            passedOver.add("plugin", prefix);
        }
        fields.clear();
    }

    private String field(String name) {
        return fields.getOrDefault(name, "");
    }

    private static boolean isTime(String text) {
        return text.matches("[0-9]{14}");
    }

    private static boolean isWord(String text) {
        return text.matches("[A-Za-z0-9_.+~!@#$&'=;^-]{1,200}");
    }
}

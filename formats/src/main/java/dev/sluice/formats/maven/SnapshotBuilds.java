package dev.sluice.formats.maven;

import dev.sluice.formats.maven.Metadata.Build;
import dev.sluice.formats.maven.Metadata.SnapshotFile;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The builds of a snapshot version: read from the names of deployed files, and blended over several sources. */
final class SnapshotBuilds {

    // Extensions that are more than what follows the last dot.
    private static final List<String> COMPOUND =
            List.of("tar.gz", "tar.bz2", "tar.xz", "tar.zst", "tar.lzma", "tar.Z", "nbm.pack", "sigstore.json");

    private SnapshotBuilds() {}

    /**
     * The metadata that the files of a version amount to. Only what was deployed is listed, whatever a client's own metadata
     * claimed.
     *
     * @param files the version's files
     */
    static Metadata of(Collection<Address.Artifact> files) {
        Build newest = null;
        Map<String, SnapshotFile> byKind = new TreeMap<>();
        for (Address.Artifact file : files) {
            Build build = build(file);
            if (build == null) {
                continue;
            }
            newest = newest == null || build.compareTo(newest) > 0 ? build : newest;
            Kind kind = Kind.of(file.suffix());
            SnapshotFile entry = new SnapshotFile(
                    kind.classifier(),
                    kind.extension(),
                    file.fileVersion(),
                    build.timestamp().replace(".", ""));
            byKind.merge(kind.key(), entry, SnapshotBuilds::newer);
        }
        return new Metadata(
                List.of(),
                null,
                null,
                newest == null ? null : newest.timestamp().replace(".", ""),
                List.of(),
                newest,
                List.copyOf(byKind.values()));
    }

    /** One metadata out of several: of every kind of file the newest, hosted first among equals. */
    static Metadata blend(List<Metadata> sources) {
        Build newest = null;
        String lastUpdated = null;
        Map<String, SnapshotFile> byKind = new LinkedHashMap<>();
        for (Metadata source : sources) {
            Build build = source.build();
            if (build != null && (newest == null || build.compareTo(newest) > 0)) {
                newest = build;
            }
            lastUpdated = later(lastUpdated, source.lastUpdated());
            for (SnapshotFile file : source.files()) {
                byKind.merge(new Kind(file.classifier(), file.extension()).key(), file, SnapshotBuilds::newer);
            }
        }
        List<SnapshotFile> files = byKind.values().stream()
                .sorted(Comparator.comparing(SnapshotFile::classifier).thenComparing(SnapshotFile::extension))
                .toList();
        return new Metadata(List.of(), null, null, lastUpdated, List.of(), newest, files);
    }

    /** The later of two {@code yyyyMMddHHmmss} times, either of which may be absent. */
    static @Nullable String later(@Nullable String left, @Nullable String right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        return left.compareTo(right) >= 0 ? left : right;
    }

    /** The build a file belongs to, or null when its name carries none. */
    static @Nullable Build build(Address.Artifact file) {
        String version = file.fileVersion();
        if (!file.isSnapshot() || version.equals(file.version())) {
            return null;
        }
        int dash = version.lastIndexOf('-');
        int start = version.lastIndexOf('-', dash - 1) + 1;
        return new Build(version.substring(start, dash), Long.parseLong(version.substring(dash + 1)));
    }

    private static SnapshotFile newer(SnapshotFile kept, SnapshotFile other) {
        int byTime = other.updated().compareTo(kept.updated());
        if (byTime != 0) {
            return byTime > 0 ? other : kept;
        }
        return buildNumber(other.value()) > buildNumber(kept.value()) ? other : kept;
    }

    private static long buildNumber(String value) {
        String number = value.substring(value.lastIndexOf('-') + 1);
        return number.matches("[0-9]{1,9}") ? Long.parseLong(number) : -1;
    }

    /**
     * Classifier and extension of a file.
     *
     * @param classifier or empty
     * @param extension without the leading dot
     */
    record Kind(String classifier, String extension) {

        /** Splits what follows the version in a file's name: classifiers carry dots, extensions hardly ever do. */
        static Kind of(String suffix) {
            String rest = suffix;
            String signature = "";
            if (rest.endsWith(".asc")) {
                signature = ".asc";
                rest = rest.substring(0, rest.length() - signature.length());
            }
            int dot = rest.lastIndexOf('.');
            for (String compound : COMPOUND) {
                if (rest.endsWith("." + compound)) {
                    dot = rest.length() - compound.length() - 1;
                }
            }
            if (dot < 0) {
                return new Kind("", signature.substring(1));
            }
            String classifier = rest.startsWith("-") ? rest.substring(1, Math.max(1, dot)) : "";
            String extension = rest.startsWith("-") ? rest.substring(dot + 1) : rest.substring(1);
            return new Kind(classifier, extension + signature);
        }

        String key() {
            return classifier + ":" + extension;
        }
    }
}

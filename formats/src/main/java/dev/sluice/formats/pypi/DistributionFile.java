package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.Coordinates;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a distribution file says.
 *
 * @param kind wheel, source distribution or egg
 * @param version normalised by PEP 440 where it is such a version, else as written
 */
record DistributionFile(Kind kind, String version) {

    /** Kinds of files that clients can install and that a policy can be asked about. */
    enum Kind {
        WHEEL("bdist_wheel"),
        SDIST("sdist"),
        EGG("bdist_egg");

        private final String fileType;

        Kind(String fileType) {
            this.fileType = fileType;
        }

        /** Its name in the upload protocol. */
        String fileType() {
            return fileType;
        }
    }

    /** Suffix of the side-car that holds a wheel's METADATA (PEP 658). */
    static final String METADATA = ".metadata";

    /** Suffix under which the attestations of a file are served here (PEP 740). */
    static final String PROVENANCE = ".provenance";

    private static final List<String> SDIST_SUFFIXES =
            List.of(".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.z", ".tar");

    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+!~@=-]{0,254}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_.]+");
    private static final Pattern BUILD = Pattern.compile("[0-9][A-Za-z0-9_.]*");

    /** Whether the name is the name of a side-car, not of a distribution. */
    static boolean isSideCar(String fileName) {
        return fileName.endsWith(METADATA) || fileName.endsWith(PROVENANCE);
    }

    /** The name without the side-car's suffix. */
    static String subjectOf(String fileName) {
        String suffix = fileName.endsWith(METADATA) ? METADATA : fileName.endsWith(PROVENANCE) ? PROVENANCE : "";
        return fileName.substring(0, fileName.length() - suffix.length());
    }

    /**
     * Reads a file name.
     *
     * @param project normalised name of the project it should belong to; needed because names of old source distributions
     *     contain dashes
     * @return null when it is no distribution of that project
     */
    static @Nullable DistributionFile parse(String project, String fileName) {
        if (!SAFE.matcher(fileName).matches() || isSideCar(fileName)) {
            return null;
        }
        String lower = fileName.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".whl")) {
            return wheel(project, fileName.substring(0, fileName.length() - 4));
        }
        if (lower.endsWith(".egg")) {
            return egg(project, fileName.substring(0, fileName.length() - 4));
        }
        for (String suffix : SDIST_SUFFIXES) {
            if (lower.endsWith(suffix)) {
                String stem = fileName.substring(0, fileName.length() - suffix.length());
                int dash = endOfName(project, stem);
                return dash < 0 ? null : of(Kind.SDIST, stem.substring(dash + 1));
            }
        }
        return null;
    }

    /** The project a file name seems to belong to, where nothing else tells it, or null. */
    static @Nullable String guessProject(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        int dash = -1;
        if (lower.endsWith(".whl") || lower.endsWith(".egg")) {
            dash = fileName.indexOf('-');
        } else {
            for (String suffix : SDIST_SUFFIXES) {
                if (lower.endsWith(suffix)) {
                    dash = fileName.lastIndexOf('-', fileName.length() - suffix.length());
                    break;
                }
            }
        }
        if (dash <= 0) {
            return null;
        }
        String name = fileName.substring(0, dash);
        return ProjectName.isLegal(name) ? ProjectName.normalise(name) : null;
    }

    private static @Nullable DistributionFile wheel(String project, String stem) {
        String[] parts = stem.split("-", -1);
        if ((parts.length != 5 && parts.length != 6)
                || !ProjectName.normalise(parts[0]).equals(project)) {
            return null;
        }
        if (parts.length == 6 && !BUILD.matcher(parts[2]).matches()) {
            return null;
        }
        for (int i = parts.length - 3; i < parts.length; i++) {
            if (!TAG.matcher(parts[i]).matches()) {
                return null;
            }
        }
        String version = parts[1];
        // Old builders escaped the dash of an implicit post release.
        return VersionText.normalise(version) == null && VersionText.normalise(version.replace('_', '-')) != null
                ? of(Kind.WHEEL, version.replace('_', '-'))
                : of(Kind.WHEEL, version);
    }

    private static @Nullable DistributionFile egg(String project, String stem) {
        String[] parts = stem.split("-", -1);
        if (parts.length < 2 || !ProjectName.normalise(parts[0]).equals(project)) {
            return null;
        }
        return of(Kind.EGG, parts[1].replace('_', '-'));
    }

    /** The first dash before which the stem spells the project's name, or -1. */
    private static int endOfName(String project, String stem) {
        for (int i = stem.indexOf('-'); i >= 0; i = stem.indexOf('-', i + 1)) {
            if (ProjectName.normalise(stem.substring(0, i)).equals(project)) {
                return i;
            }
        }
        return -1;
    }

    private static @Nullable DistributionFile of(Kind kind, String version) {
        if (version.isEmpty() || version.length() > Coordinates.MAX_VERSION_LENGTH) {
            return null;
        }
        String normal = VersionText.normalise(version);
        return new DistributionFile(kind, normal == null ? version : normal);
    }
}

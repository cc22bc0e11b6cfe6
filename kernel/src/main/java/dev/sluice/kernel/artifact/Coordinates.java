package dev.sluice.kernel.artifact;

/**
 * One version of a package.
 *
 * @param packageName the package
 * @param version the version as its index spells it, never empty, at most 256 characters
 */
public record Coordinates(PackageName packageName, String version) {

    /** Longest version any format accepts here, in characters. */
    public static final int MAX_VERSION_LENGTH = 256;

    /** Checks that the version is neither empty nor overlong. Throws IllegalArgumentException. */
    public Coordinates {
        if (version.isEmpty() || version.length() > MAX_VERSION_LENGTH) {
            throw new IllegalArgumentException("version empty or too long");
        }
    }

    /** Coordinates from their three parts. */
    public static Coordinates of(String format, String name, String version) {
        return new Coordinates(new PackageName(format, name), version);
    }

    /** Id of the format. */
    public String format() {
        return packageName.format();
    }

    /** Canonical package name. */
    public String name() {
        return packageName.name();
    }

    /** {@code name@version}, as people say it. */
    @Override
    public String toString() {
        return packageName.name() + "@" + version;
    }
}

package dev.sluice.kernel.artifact;

/**
 * The name of a package within a format, in the format's canonical spelling.
 *
 * <p>npm: {@code lodash}, {@code @scope/name}; pypi: normalised by PEP 503; maven: {@code groupId:artifactId}.
 *
 * @param format id of the format, for example {@code npm}
 * @param name canonical name, never empty, at most 512 characters
 */
public record PackageName(String format, String name) implements Comparable<PackageName> {

    /** Longest name any format accepts here, in characters. */
    public static final int MAX_LENGTH = 512;

    /** Checks that neither part is empty or overlong. Throws IllegalArgumentException. */
    public PackageName {
        if (format.isEmpty() || name.isEmpty() || name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("package name empty or too long");
        }
    }

    @Override
    public int compareTo(PackageName other) {
        int byFormat = format.compareTo(other.format);
        return byFormat != 0 ? byFormat : name.compareTo(other.name);
    }

    /** {@code format:name}. */
    @Override
    public String toString() {
        return format + ":" + name;
    }
}

package dev.sluice.formats.maven;

import dev.sluice.kernel.artifact.Coordinates;
import dev.sluice.kernel.artifact.Digest.Algorithm;
import dev.sluice.kernel.artifact.PackageName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Maven repository layout: {@code {group/as/path}/{artifact}/{version}/{artifact}-{version}[-{classifier}].{extension}}.
 *
 * <p>Every file has exactly one address and every address names at most one file: a group written with dots in a directory name
 * is not an address, since {@code com.acme/lib} would be a second way to say {@code com/acme/lib}.
 */
final class Layout {

    /** Name of metadata documents. */
    static final String METADATA = "maven-metadata.xml";

    /** Path of the prefix list. */
    static final String PREFIXES = ".meta/prefixes.txt";

    private static final String SNAPSHOT = "SNAPSHOT";
    private static final int MAX_SEGMENTS = 64;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final Pattern GROUP_PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");
    // Maven forbids \/:"<>|?* and []{}(), in versions; what is left of printable ASCII is allowed in versions and file
    // names.
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+~!@#$&'=;^-]*");
    private static final Pattern BUILD = Pattern.compile("[0-9]{8}\\.[0-9]{6}-[0-9]{1,9}");
    private static final Pattern SUFFIX =
            Pattern.compile("(-[A-Za-z0-9_.+~!@#$&'=;^-]*)?\\.[A-Za-z0-9_+~!@#$&'=;^-][A-Za-z0-9_.+~!@#$&'=;^-]*");
    private static final String PATH_CHARACTERS = "-._~!$&'()*+,;=:@";

    private Layout() {}

    /** What the path segments stand for, or null when they are no address of this layout. */
    static @Nullable Address parse(List<String> segments) {
        int count = segments.size();
        if (count < 2 || count > MAX_SEGMENTS) {
            return null;
        }
        String file = segments.getLast();
        for (Algorithm algorithm : Algorithm.values()) {
            String ending = "." + algorithm.label();
            if (file.endsWith(ending)) {
                Address of = parseFile(segments, file.substring(0, file.length() - ending.length()));
                return of == null || endsInAlgorithm(of.path()) ? null : new Address.Checksum(of, algorithm);
            }
        }
        return parseFile(segments, file);
    }

    private static boolean endsInAlgorithm(String path) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (path.endsWith("." + algorithm.label())) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Address parseFile(List<String> segments, String file) {
        int count = segments.size();
        if (count == 2 && segments.getFirst().equals(".meta") && file.equals("prefixes.txt")) {
            return new Address.Prefixes();
        }
        if (file.equals(METADATA)) {
            return parseMetadata(segments.subList(0, count - 1));
        }
        if (count < 4) {
            return null;
        }
        String group = group(segments.subList(0, count - 3));
        String artifact = segments.get(count - 3);
        String version = segments.get(count - 2);
        if (group == null || !isArtifact(group, artifact) || !isVersion(version) || !file.startsWith(artifact + "-")) {
            return null;
        }
        String rest = file.substring(artifact.length() + 1);
        String fileVersion = fileVersion(version, rest);
        if (fileVersion == null) {
            return null;
        }
        String suffix = rest.substring(fileVersion.length());
        return suffix.length() <= 200 && SUFFIX.matcher(suffix).matches()
                ? new Address.Artifact(group, artifact, version, fileVersion, suffix)
                : null;
    }

    private static @Nullable Address parseMetadata(List<String> directories) {
        int count = directories.size();
        if (count >= 3 && isSnapshot(directories.getLast())) {
            String group = group(directories.subList(0, count - 2));
            String artifact = directories.get(count - 2);
            String version = directories.getLast();
            return group != null && isArtifact(group, artifact) && isVersion(version)
                    ? new Address.SnapshotMetadata(group, artifact, version)
                    : null;
        }
        String last = directories.getLast();
        if (count == 1) {
            return group(directories) == null ? null : new Address.Metadata(last);
        }
        String group = group(directories.subList(0, count - 1));
        return group != null && isArtifact(group, last) ? new Address.Metadata(String.join("/", directories)) : null;
    }

    /** The version at the start of the rest of a file's name: the directory's, or a build of that snapshot. */
    private static @Nullable String fileVersion(String version, String rest) {
        if (rest.startsWith(version)) {
            return version;
        }
        if (!isSnapshot(version)) {
            return null;
        }
        String stem = version.substring(0, version.length() - SNAPSHOT.length());
        if (!rest.startsWith(stem)) {
            return null;
        }
        Matcher build = BUILD.matcher(rest).region(stem.length(), rest.length());
        return build.lookingAt() ? rest.substring(0, build.end()) : null;
    }

    /** Whether the version is a moving one: {@code SNAPSHOT} or ending in {@code -SNAPSHOT}. */
    static boolean isSnapshot(String version) {
        return version.endsWith(SNAPSHOT)
                && (version.length() == SNAPSHOT.length()
                        || version.charAt(version.length() - SNAPSHOT.length() - 1) == '-');
    }

    /**
     * Whether clients take the version for a moving one when they deploy it, but not when they resolve its builds: Maven writes a
     * time in place of the {@code SNAPSHOT} at the end, and reads it back only behind a dash.
     */
    static boolean isUnresolvable(String version) {
        return version.endsWith(SNAPSHOT) && !isSnapshot(version);
    }

    /** Whether the text can be a version in this layout. */
    static boolean isVersion(String text) {
        return text.length() <= Coordinates.MAX_VERSION_LENGTH
                && VERSION.matcher(text).matches();
    }

    /** Whether the text is {@code group:artifact}, both of them possible in this layout. */
    static boolean isPackageName(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || text.length() > PackageName.MAX_LENGTH) {
            return false;
        }
        for (String part : text.substring(0, colon).split("\\.", -1)) {
            if (!GROUP_PART.matcher(part).matches()) {
                return false;
            }
        }
        return ID.matcher(text).region(colon + 1, text.length()).matches();
    }

    /** The directory of an artifact, ending in a slash. */
    static String directory(String group, String artifact) {
        return group.replace('.', '/') + "/" + artifact + "/";
    }

    /** The path of a package's metadata. */
    static String metadataPath(PackageName name) {
        int colon = name.name().indexOf(':');
        return directory(name.name().substring(0, colon), name.name().substring(colon + 1)) + METADATA;
    }

    /** The path with everything percent-encoded that a path segment may not carry (RFC 3986, section 3.3). */
    static String encode(String path) {
        StringBuilder out = new StringBuilder(path.length() + 8);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c == '/'
                    || (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || PATH_CHARACTERS.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }

    private static @Nullable String group(List<String> directories) {
        for (String directory : directories) {
            if (!GROUP_PART.matcher(directory).matches()) {
                return null;
            }
        }
        return String.join(".", directories);
    }

    private static boolean isArtifact(String group, String artifact) {
        return ID.matcher(artifact).matches() && group.length() + 1 + artifact.length() <= PackageName.MAX_LENGTH;
    }
}

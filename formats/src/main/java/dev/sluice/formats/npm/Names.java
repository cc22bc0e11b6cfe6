package dev.sluice.formats.npm;

import dev.sluice.formats.version.SemverOrder;
import dev.sluice.kernel.artifact.PackageName;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Package names and addresses of npm.
 *
 * <p>Reading allows what was ever allowed (capital letters, some punctuation: names are compared as spelt); publishing allows
 * what npm's rules for new packages allow.
 */
final class Names {

    static final String FORMAT = "npm";

    static final SemverOrder VERSIONS = new SemverOrder();

    private static final int MAX_NEW_NAME = 214;
    private static final String PLAIN = "-._~!'()*";
    private static final Set<String> TAKEN = Set.of("node_modules", "favicon.ico");

    private Names() {}

    /** The name, {@code name} or {@code @scope/name}. Throws IllegalArgumentException with what is wrong. */
    static PackageName parse(String text) {
        String bare = text;
        if (text.startsWith("@")) {
            int slash = text.indexOf('/');
            if (slash < 2 || !isPart(text.substring(1, slash)) || text.charAt(1) == '.') {
                throw new IllegalArgumentException("'" + shown(text) + "' is no npm package name: write @scope/name");
            }
            bare = text.substring(slash + 1);
        } else if (text.startsWith("_")) {
            throw new IllegalArgumentException(
                    "'" + shown(text) + "' is no npm package name: it begins with an underscore");
        }
        if (!isPart(bare) || bare.startsWith(".") || TAKEN.contains(bare.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "'" + shown(text) + "' is no npm package name: use letters, digits, dots, dashes and underscores");
        }
        return new PackageName(FORMAT, text);
    }

    /** Why the name may not be published under, or null when it may. */
    static @Nullable String objection(PackageName name) {
        String text = name.name();
        if (text.length() > MAX_NEW_NAME) {
            return "name can no longer contain more than " + MAX_NEW_NAME + " characters";
        }
        if (!text.equals(text.toLowerCase(Locale.ROOT))) {
            return "name can no longer contain capital letters";
        }
        if (bare(name).chars().anyMatch(c -> "~'!()*".indexOf(c) >= 0)) {
            return "name can no longer contain special characters (\"~'!()*\")";
        }
        return null;
    }

    /** The name without its scope. */
    static String bare(PackageName name) {
        return name.name().substring(name.name().indexOf('/') + 1);
    }

    /** The scope without its {@code @}, or null. */
    static @Nullable String scope(PackageName name) {
        return name.name().startsWith("@")
                ? name.name().substring(1, name.name().indexOf('/'))
                : null;
    }

    /** The name as one path segment of an upstream's address, as the npm client writes it. */
    static String encoded(PackageName name) {
        return encode(name.name(), "@").replace("%2F", "%2f");
    }

    /** The name that a tarball has by convention. */
    static String tarball(PackageName name, String version) {
        return bare(name) + "-" + version + ".tgz";
    }

    /** The version that a tarball's conventional name tells, or null when it tells none. */
    static @Nullable String version(PackageName name, String fileName) {
        String prefix = bare(name) + "-";
        if (!fileName.startsWith(prefix) || !fileName.endsWith(".tgz")) {
            return null;
        }
        int end = fileName.length() - ".tgz".length();
        String version = end <= prefix.length() ? "" : fileName.substring(prefix.length(), end);
        return VERSIONS.isStrict(version) ? version : null;
    }

    /** Where a file lies below {@code /npm/{repository}/}. */
    static String path(PackageName name, String fileName) {
        return name.name() + "/-/" + fileName;
    }

    /** A decoded path as part of an address; slashes and the {@code @} of scopes stay. */
    static String encodePath(String path) {
        return encode(path, "@/");
    }

    /** Whether it can be a file's name: one path segment that no file system, shell or header misreads. */
    static boolean isFileName(String text) {
        return !text.isEmpty()
                && text.length() <= 255
                && !text.startsWith(".")
                && !text.startsWith("-rev")
                && text.chars().allMatch(c -> c > 32 && c < 127 && "/\\\"<>|?*:%".indexOf(c) < 0);
    }

    private static boolean isPart(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> isPlain((char) c));
    }

    private static boolean isPlain(char c) {
        return (c < 128 && Character.isLetterOrDigit(c)) || PLAIN.indexOf(c) >= 0;
    }

    private static String encode(String text, String alsoPlain) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (isPlain(c) || alsoPlain.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }

    private static String shown(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 80 ? plain : plain.substring(0, 80) + "...";
    }
}

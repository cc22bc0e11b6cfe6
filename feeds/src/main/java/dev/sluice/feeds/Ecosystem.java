package dev.sluice.feeds;

import dev.sluice.kernel.artifact.PackageName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A package ecosystem of the OSV schema, as a format served here.
 *
 * @param osvName the schema's name for it, without the suffix after a colon
 * @param format id of the format
 * @param canonical turns a name as records spell it into the format's canonical spelling; throws
 *     IllegalArgumentException with a reason where the text is no name
 */
public record Ecosystem(String osvName, String format, UnaryOperator<String> canonical) {

    private static final int MAX_NAME = 512;
    private static final Pattern PYPI_SEPARATORS = Pattern.compile("[-_.]+");
    private static final Pattern PYPI_EXTRAS = Pattern.compile("\\s*\\[[^\\[\\]]*]$");
    private static final Pattern PYPI = Pattern.compile("[a-z0-9](-?[a-z0-9])*");
    private static final Pattern NPM = Pattern.compile(".+"); // a name that nothing on npm has, does no harm
    private static final Pattern MAVEN = Pattern.compile("[^:/%]+:[^:/%]+");
    private static final Pattern FAMILY = Pattern.compile("[A-Za-z][A-Za-z0-9 ._-]{0,63}");

    /** The ecosystems whose formats exist here. */
    public static List<Ecosystem> served() {
        return List.of(
                new Ecosystem("npm", "npm", Ecosystem::npm),
                new Ecosystem("PyPI", "pypi", Ecosystem::pypi),
                new Ecosystem("Maven", "maven", Ecosystem::maven));
    }

    /** By the schema's name in lower case. */
    static Map<String, Ecosystem> byName(List<Ecosystem> ecosystems) {
        return ecosystems.stream()
                .collect(Collectors.toUnmodifiableMap(
                        ecosystem -> ecosystem.osvName().toLowerCase(Locale.ROOT), Function.identity()));
    }

    /** The schema's name of an ecosystem without its suffix ({@code Debian} of {@code Debian:13}), or null where it is none. */
    static @Nullable String family(String text) {
        String family = text.split(":", 2)[0].strip();
        return FAMILY.matcher(family).matches() ? family : null;
    }

    /** The package of that name. Throws IllegalArgumentException where it is none, with a reason. */
    PackageName name(String spelled) {
        if (spelled.length() > MAX_NAME) {
            throw new IllegalArgumentException("a name of more than " + MAX_NAME + " characters");
        }
        return new PackageName(format, canonical.apply(spelled));
    }

    /** As it is spelt: names that differ in case alone are different packages. */
    private static String npm(String spelled) {
        return named(NPM, spelled.strip(), spelled);
    }

    /** PEP 503: lower case, runs of separators are one hyphen. Extras do not belong to the name. */
    private static String pypi(String spelled) {
        String name = PYPI_EXTRAS.matcher(spelled.strip()).replaceAll("").toLowerCase(Locale.ROOT);
        return named(PYPI, PYPI_SEPARATORS.matcher(name).replaceAll("-"), spelled);
    }

    private static String maven(String spelled) {
        return named(MAVEN, spelled.strip().replaceAll("\\s*:\\s*", ":"), spelled);
    }

    private static String named(Pattern shape, String name, String spelled) {
        if (name.chars().anyMatch(c -> c <= ' ') || !shape.matcher(name).matches()) {
            throw new IllegalArgumentException("not a package name: \"" + spelled + "\"");
        }
        return name;
    }
}

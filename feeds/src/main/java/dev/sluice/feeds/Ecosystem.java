package dev.sluice.feeds;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A package ecosystem of the OSV schema, as a format served here.
 *
 * @param osvName the schema's name for it, without the suffix after a colon
 * @param format id of the format
 * @param canonical turns a name as records spell it into the format's canonical spelling; throws
 *     IllegalArgumentException with a reason where the text is no name
 */
public record Ecosystem(String osvName, String format, UnaryOperator<String> canonical) {

    private static final Pattern PYPI_SEPARATORS = Pattern.compile("[-_.]+");

    /** The ecosystems whose formats exist here. */
    public static List<Ecosystem> served() {
        return List.of(
                new Ecosystem("npm", "npm", Ecosystem::plain),
                new Ecosystem("PyPI", "pypi", Ecosystem::pypi),
                new Ecosystem("Maven", "maven", Ecosystem::maven));
    }

    /** By the schema's name. */
    static Map<String, Ecosystem> byName(List<Ecosystem> ecosystems) {
        return ecosystems.stream().collect(Collectors.toUnmodifiableMap(Ecosystem::osvName, Function.identity()));
    }

    private static String plain(String name) {
        if (name.isBlank() || name.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException("not a package name: \"" + name + "\"");
        }
        return name;
    }

    /** PEP 503: lower case, runs of separators are one hyphen. */
    private static String pypi(String name) {
        return PYPI_SEPARATORS.matcher(plain(name).toLowerCase(Locale.ROOT)).replaceAll("-");
    }

    private static String maven(String name) {
        int colon = plain(name).indexOf(':');
        if (colon <= 0 || colon == name.length() - 1) {
            throw new IllegalArgumentException("not group:artifact: \"" + name + "\"");
        }
        return name;
    }
}

package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.PackageName;
import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names of packages of a format: those that a repository reserves for hosted packages, or that a token may publish.
 *
 * <p>Written {@code format:pattern}. The pattern is an exact name, an npm scope ({@code npm:@acme} or {@code npm:@acme/*}), a
 * Maven groupId prefix ({@code maven:com.acme} or {@code maven:com.acme.*} covers that group and every group below it), or a glob
 * where {@code *} stands for any characters ({@code pypi:acme-*}). However it is typed, it covers every spelling that a client may
 * use for a name: capital letters never matter, and between parts of a PyPI name dots, dashes and underscores are the same (PEP
 * 503).
 *
 * @param format id of the format, or {@code *} for every format
 * @param pattern what it covers, in canonical spelling
 */
public record NamePattern(String format, String pattern) {

    private static final String EVERY = "*";
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");
    private static final Pattern STARS = Pattern.compile("\\*{2,}");
    private static final Pattern PYPI = Pattern.compile("[a-z0-9*-]+");
    private static final Pattern NPM = Pattern.compile("\\*?@?[a-z0-9._~!'()*-]*(?:/[a-z0-9._~!'()*-]*)?");
    private static final Pattern MAVEN = Pattern.compile("[a-z0-9._*-]+(?::[a-z0-9._*-]+)?");

    /** Brings both into canonical spelling; checks that they are there. Throws IllegalArgumentException. */
    public NamePattern {
        format = format.strip().toLowerCase(Locale.ROOT);
        if (pattern.length() > PackageName.MAX_LENGTH) {
            throw written();
        }
        pattern = canonical(format, pattern);
        if (format.isEmpty() || pattern.isEmpty()) {
            throw written();
        }
    }

    private static IllegalArgumentException written() {
        return new IllegalArgumentException("a name is written format:pattern, for example npm:@acme/*");
    }

    /** Parses {@code format:pattern}. Throws IllegalArgumentException. */
    public static NamePattern parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(
                    "name '" + text + "' is written format:pattern, for example npm:@acme/*");
        }
        return new NamePattern(text.substring(0, colon), text.substring(colon + 1));
    }

    /** Why it can never cover anything, and what to write instead; empty when it can. */
    public Optional<String> objection() {
        return switch (format) {
            case "pypi" ->
                (PYPI.matcher(pattern).matches() && !pattern.startsWith("-") && !pattern.endsWith("-"))
                        ? Optional.empty()
                        : Optional.of("'" + this + "' covers nothing: a project's name has letters, digits and single"
                                + " dashes between them, for example pypi:acme-*");
            case "npm" ->
                NPM.matcher(pattern).matches() && ("@*".indexOf(pattern.charAt(0)) >= 0 || pattern.indexOf('/') < 0)
                        ? Optional.empty()
                        : Optional.of("'" + this + "' covers nothing: write npm:name, npm:@scope/name or npm:@scope/*"
                                + (pattern.indexOf('/') > 0 ? ", here npm:@" + pattern : ""));
            case "maven" ->
                MAVEN.matcher(pattern).matches() && !pattern.startsWith(".")
                        ? Optional.empty()
                        : Optional.of(
                                "'" + this + "' covers nothing: write maven:group, which covers the groups below it"
                                        + " too, or maven:group:artifact, for example maven:com.acme");
            default -> Optional.empty();
        };
    }

    /** Whether the package falls under it. */
    public boolean covers(PackageName packageName) {
        return covers(packageName.format(), folded(packageName));
    }

    /** The name as patterns are compared with it. */
    static String folded(PackageName packageName) {
        return packageName.name().toLowerCase(Locale.ROOT);
    }

    /** Whether it covers a name that was {@link #folded}; so that many patterns fold it once. */
    boolean covers(String of, String name) {
        if (format.equals(EVERY)) {
            return matches(of, canonical(of, pattern), name);
        }
        return format.equals(of) && matches(of, pattern, name);
    }

    private static boolean matches(String format, String pattern, String name) {
        if (pattern.indexOf('*') >= 0) {
            return (format.equals("pypi") && pattern.contains("-*-"))
                    ? matchesDashes(pattern, name)
                    : matchesGlob(pattern, name);
        }
        if (name.equals(pattern)) {
            return true;
        }
        if (format.equals("npm") && pattern.startsWith("@") && pattern.indexOf('/') < 0) {
            return name.length() > pattern.length() && name.startsWith(pattern) && name.charAt(pattern.length()) == '/';
        }
        if (format.equals("maven") && pattern.indexOf(':') < 0 && name.length() > pattern.length()) {
            char next = name.charAt(pattern.length());
            return (next == ':' || next == '.') && name.startsWith(pattern);
        }
        return false;
    }

    /** The pattern as names of the format are spelt, in lower case. What is canonical stays as it is. */
    private static String canonical(String format, String typed) {
        String text = typed.strip().toLowerCase(Locale.ROOT);
        return switch (format) {
            case "pypi" -> single(SEPARATORS, text, "-");
            case "npm" -> npm(single(STARS, text, "*"));
            case "maven" -> maven(single(STARS, text, "*"));
            default -> single(STARS, text, "*");
        };
    }

    private static String single(Pattern several, String text, String one) {
        String result = several.matcher(text).replaceAll(one);
        return several == STARS ? result : STARS.matcher(result).replaceAll("*");
    }

    private static String npm(String text) {
        String name = text.replace("%2f", "/").replace("%40", "@");
        return name.startsWith("@") && name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    /** Groups are also written as paths, and with a star for what lies below. */
    private static String maven(String text) {
        String name = text.replace('/', '.');
        while (name.indexOf(':') < 0 && name.lastIndexOf('.') > 0 && (name.endsWith(".*") || name.endsWith("."))) {
            name = name.substring(0, name.lastIndexOf('.'));
        }
        return name;
    }

    /** Linear in the product of both lengths, so that no pattern can be made to backtrack. */
    private static boolean matchesGlob(String glob, String text) {
        int g = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                mark = t;
            } else if (g < glob.length() && glob.charAt(g) == text.charAt(t)) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }

    /**
     * The same where a star between two dashes may stand for nothing: then both are one in the canonical name. Linear in the
     * product of both lengths.
     */
    private static boolean matchesDashes(String glob, String text) {
        BitSet at = new BitSet(glob.length() + 1);
        enter(glob, at, 0);
        for (int t = 0; t < text.length(); t++) {
            BitSet next = new BitSet(glob.length() + 1);
            for (int g = at.nextSetBit(0); g >= 0 && g < glob.length(); g = at.nextSetBit(g + 1)) {
                if (glob.charAt(g) == '*') {
                    next.set(g, g + 2);
                } else if (glob.charAt(g) == text.charAt(t)) {
                    enter(glob, next, g + 1);
                }
            }
            at = next;
        }
        return at.get(glob.length());
    }

    /** Marks a place that a match has come to, and those after it that it needs no further character for. */
    private static void enter(String glob, BitSet at, int place) {
        at.set(place);
        if (place < glob.length() && glob.charAt(place) == '*') {
            at.set(place + 1);
            if (place > 0 && glob.charAt(place - 1) == '-' && glob.startsWith("-", place + 1)) {
                enter(glob, at, place + 2);
            }
        }
    }

    /** {@code format:pattern}. */
    @Override
    public String toString() {
        return format + ":" + pattern;
    }
}

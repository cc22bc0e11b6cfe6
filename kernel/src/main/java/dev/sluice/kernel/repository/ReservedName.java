package dev.sluice.kernel.repository;

import dev.sluice.kernel.artifact.PackageName;
import java.util.Locale;

/**
 * Names that belong to hosted packages and are never asked upstream, against dependency confusion.
 *
 * <p>Written {@code format:pattern}. The pattern is an exact name, an npm scope ({@code npm:@acme} or {@code npm:@acme/*}), a
 * Maven groupId prefix ({@code maven:com.acme} covers that group and every group below it), or a glob where {@code *} stands
 * for any characters ({@code pypi:acme-*}).
 *
 * @param format id of the format, or {@code *} for every format
 * @param pattern what it covers, in canonical spelling
 */
public record ReservedName(String format, String pattern) {

    /** Lower-cases the format; checks that both are there. Throws IllegalArgumentException. */
    public ReservedName {
        format = format.toLowerCase(Locale.ROOT);
        if (format.isEmpty() || pattern.isEmpty() || pattern.length() > PackageName.MAX_LENGTH) {
            throw new IllegalArgumentException("a reserved name is written format:pattern, for example npm:@acme/*");
        }
    }

    /** Parses {@code format:pattern}. Throws IllegalArgumentException. */
    public static ReservedName parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(
                    "reserved name '" + text + "' is written format:pattern, for example npm:@acme/*");
        }
        return new ReservedName(text.substring(0, colon), text.substring(colon + 1));
    }

    /** Whether the package falls under it. */
    public boolean covers(PackageName packageName) {
        if (!format.equals("*") && !format.equals(packageName.format())) {
            return false;
        }
        String name = packageName.name();
        if (pattern.indexOf('*') >= 0) {
            return matchesGlob(pattern, name);
        }
        if (name.equals(pattern)) {
            return true;
        }
        if (packageName.format().equals("npm") && pattern.startsWith("@") && pattern.indexOf('/') < 0) {
            return name.startsWith(pattern + "/");
        }
        if (packageName.format().equals("maven") && pattern.indexOf(':') < 0) {
            return name.startsWith(pattern + ":") || name.startsWith(pattern + ".");
        }
        return false;
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

    /** {@code format:pattern}. */
    @Override
    public String toString() {
        return format + ":" + pattern;
    }
}

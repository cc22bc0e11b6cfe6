package dev.sluice.formats.pypi;

import dev.sluice.kernel.artifact.Coordinates;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The spelling of version numbers by PEP 440.
 *
 * <p>Releases are grouped by the normal form, which keeps trailing zeros: files {@code x-1.0} and {@code x-1.0.0} are two
 * releases here, although they compare as equal.
 */
final class VersionText {

    private static final Pattern VERSION = Pattern.compile(
            "v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\\.[0-9]+)*)"
                    + "(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>[0-9]+)?)?"
                    + "(?:-(?<postOnly>[0-9]+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>[0-9]+)?)?"
                    + "(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>[0-9]+)?)?"
                    + "(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
            Pattern.CASE_INSENSITIVE);

    private VersionText() {}

    /** The normal form, or null when the text is no version by PEP 440. */
    static @Nullable String normalise(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty() || trimmed.length() > Coordinates.MAX_VERSION_LENGTH) {
            return null;
        }
        Matcher m = VERSION.matcher(trimmed);
        if (!m.matches()) {
            return null;
        }
        StringBuilder normal = new StringBuilder(trimmed.length());
        String epoch = m.group("epoch");
        if (epoch != null && !number(epoch).equals("0")) {
            normal.append(number(epoch)).append('!');
        }
        String release = m.group("release");
        if (release != null) {
            dotted(normal, release);
        }
        String pre = m.group("pre");
        if (pre != null) {
            normal.append(
                            switch (lower(pre)) {
                                case "a", "alpha" -> "a";
                                case "b", "beta" -> "b";
                                default -> "rc";
                            })
                    .append(number(m.group("preNumber")));
        }
        if (m.group("postOnly") != null) {
            normal.append(".post").append(number(m.group("postOnly")));
        } else if (m.group("post") != null) {
            normal.append(".post").append(number(m.group("postNumber")));
        }
        if (m.group("dev") != null) {
            normal.append(".dev").append(number(m.group("devNumber")));
        }
        String local = m.group("local");
        if (local != null) {
            normal.append('+');
            dotted(normal, lower(local).replace('-', '.').replace('_', '.'));
        }
        return normal.toString();
    }

    private static void dotted(StringBuilder into, String text) {
        String[] parts = text.split("\\.", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i > 0) {
                into.append('.');
            }
            into.append(parts[i].chars().allMatch(c -> c >= '0' && c <= '9') ? number(parts[i]) : parts[i]);
        }
    }

    /** Digits without leading zeros; an absent number counts as 0. */
    private static String number(@Nullable String digits) {
        if (digits == null) {
            return "0";
        }
        int start = 0;
        while (start < digits.length() - 1 && digits.charAt(start) == '0') {
            start++;
        }
        return digits.substring(start);
    }

    private static String lower(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }
}

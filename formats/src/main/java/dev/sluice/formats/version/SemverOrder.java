package dev.sluice.formats.version;

import dev.sluice.kernel.artifact.VersionOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The precedence of SemVer 2.0.0 (section 11), as npm reads versions.
 *
 * <p>Lenient as node-semver's loose mode is: leading {@code v}, {@code =} and blanks, leading zeros and a pre-release
 * without its hyphen are accepted. Beyond it, {@code 1} and {@code 1.2} are read as {@code 1.0.0} and {@code 1.2.0},
 * because advisories name such versions. Build metadata never counts. A text longer than 256 characters is no version.
 * Immutable.
 */
public final class SemverOrder implements VersionOrder {

    /** The longest text node-semver accepts, in characters. */
    private static final int MAX_LENGTH = 256;

    /** The order. */
    public SemverOrder() {}

    @Override
    public int compare(String left, String right) {
        if (left.equals(right)) {
            return 0;
        }
        Key a = Key.parse(left);
        Key b = Key.parse(right);
        if (a == null || b == null) {
            return a != null ? 1 : b != null ? -1 : left.compareTo(right);
        }
        return a.compareTo(b);
    }

    @Override
    public boolean isPrerelease(String version) {
        Key key = Key.parse(version);
        return key != null && !key.prerelease.isEmpty();
    }

    /** Whether the text can be read as a version, leniently; see {@link #isStrict} for what may be published. */
    @Override
    public boolean isVersion(String text) {
        return Key.parse(text) != null;
    }

    /** Whether the text is exactly a version as the SemVer 2.0.0 grammar spells it. */
    public boolean isStrict(String text) {
        Key key = Key.parse(text);
        return key != null && key.strict;
    }

    /**
     * A version taken apart.
     *
     * @param numbers major, minor, patch in canonical form
     * @param prerelease its dot-separated identifiers; empty for a release
     * @param strict whether the text follows the grammar to the letter
     */
    private record Key(List<String> numbers, List<Identifier> prerelease, boolean strict) implements Comparable<Key> {

        static @Nullable Key parse(String text) {
            if (text.length() > MAX_LENGTH) {
                return null;
            }
            int at = 0;
            int end = text.length();
            while (at < end && isPrefix(text.charAt(at))) {
                at++;
            }
            while (end > at && text.charAt(end - 1) == ' ') {
                end--;
            }
            boolean strict = at == 0 && end == text.length();
            List<String> numbers = new ArrayList<>(3);
            while (true) {
                int stop = Math.min(Digits.end(text, at), end);
                if (stop == at) {
                    return null;
                }
                strict &= text.charAt(at) != '0' || stop == at + 1;
                numbers.add(Digits.canonical(text, at, stop));
                at = stop;
                if (numbers.size() == 3 || at >= end || text.charAt(at) != '.') {
                    break;
                }
                at++;
            }
            strict &= numbers.size() == 3;
            while (numbers.size() < 3) {
                numbers.add("");
            }
            List<Identifier> prerelease = List.of();
            if (at < end && text.charAt(at) != '+') {
                if (text.charAt(at) == '-') {
                    at++;
                } else if (Digits.isLetter(text.charAt(at))) {
                    strict = false;
                } else {
                    return null;
                }
                int stop = text.indexOf('+', at);
                stop = stop < 0 || stop > end ? end : stop;
                prerelease = new ArrayList<>();
                strict &= identifiers(text, at, stop, prerelease);
                if (prerelease.isEmpty()) {
                    return null;
                }
                at = stop;
            }
            if (at < end) {
                List<Identifier> build = new ArrayList<>();
                identifiers(text, at + 1, end, build);
                if (build.isEmpty()) {
                    return null;
                }
            }
            return new Key(numbers, prerelease, strict);
        }

        private static boolean isPrefix(char c) {
            return c == 'v' || c == 'V' || c == '=' || c == ' ';
        }

        /** Adds the identifiers of that part, or none when it is malformed; answers whether no number has leading zeros. */
        private static boolean identifiers(String text, int start, int end, List<Identifier> into) {
            boolean strict = true;
            int from = start;
            for (int at = start; at <= end; at++) {
                if (at == end || text.charAt(at) == '.') {
                    if (at == from) {
                        into.clear();
                        return false;
                    }
                    Identifier identifier = Identifier.of(text, from, at);
                    strict &= !identifier.numeric() || text.charAt(from) != '0' || at == from + 1;
                    into.add(identifier);
                    from = at + 1;
                } else {
                    char c = text.charAt(at);
                    if (!Digits.isDigit(c) && !Digits.isLetter(c) && c != '-') {
                        into.clear();
                        return false;
                    }
                }
            }
            return strict;
        }

        @Override
        public int compareTo(Key other) {
            for (int i = 0; i < 3; i++) {
                int byNumber = Digits.compare(numbers.get(i), other.numbers.get(i));
                if (byNumber != 0) {
                    return byNumber;
                }
            }
            if (prerelease.isEmpty() || other.prerelease.isEmpty()) {
                return Boolean.compare(prerelease.isEmpty(), other.prerelease.isEmpty());
            }
            int shared = Math.min(prerelease.size(), other.prerelease.size());
            for (int i = 0; i < shared; i++) {
                int byIdentifier = prerelease.get(i).compareTo(other.prerelease.get(i));
                if (byIdentifier != 0) {
                    return byIdentifier;
                }
            }
            return Integer.compare(prerelease.size(), other.prerelease.size());
        }
    }

    /**
     * An identifier of a pre-release: numbers by value and below all others, others by ASCII.
     *
     * @param numeric whether it is all digits
     * @param text the identifier; a number in canonical form
     */
    private record Identifier(boolean numeric, String text) implements Comparable<Identifier> {

        static Identifier of(String text, int start, int end) {
            boolean numeric = Digits.end(text, start) >= end;
            return new Identifier(numeric, numeric ? Digits.canonical(text, start, end) : text.substring(start, end));
        }

        @Override
        public int compareTo(Identifier other) {
            if (numeric != other.numeric) {
                return numeric ? -1 : 1;
            }
            return numeric ? Digits.compare(text, other.text) : text.compareTo(other.text);
        }
    }
}

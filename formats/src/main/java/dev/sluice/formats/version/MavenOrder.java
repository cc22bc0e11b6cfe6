package dev.sluice.formats.version;

import dev.sluice.kernel.artifact.VersionOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The order of Maven versions (Maven POM reference, "Version Order Specification"; the ComparableVersion of Maven 3.9).
 *
 * <p>A version is a row of tokens: numbers and words, split at dots, hyphens and where digits meet letters. Trailing
 * nulls (0, "", final, ga, release) are trimmed, at the end and before every hyphen. Tokens are compared one by one:
 * {@code alpha < beta < milestone < rc = cr < snapshot < "" < sp < other words < -number < .number}; where a version
 * ends, "" is compared.
 *
 * <p>Maven's own comparison is not transitive in corners no real version reaches (a word between dots amid numbers,
 * such as {@code 1.sp.1}, beside {@code 1-alpha}), and a sort by it can fail. This one is total: every token lies on the
 * one line above. Every text of 1 to 512 characters is a version. Immutable.
 */
public final class MavenOrder implements VersionOrder {

    private static final int MAX_LENGTH = 512;

    /** Where "" lies among the words. */
    private static final int NOTHING = 5;

    private static final int UNKNOWN_WORD = 7;
    private static final int HYPHEN_NUMBER = 8;
    private static final int DOT_NUMBER = 9;

    private static final Map<String, Integer> WORDS = Map.ofEntries(
            Map.entry("alpha", 0),
            Map.entry("beta", 1),
            Map.entry("milestone", 2),
            Map.entry("rc", 3),
            Map.entry("cr", 3),
            Map.entry("snapshot", 4),
            Map.entry("", NOTHING),
            Map.entry("ga", NOTHING),
            Map.entry("final", NOTHING),
            Map.entry("release", NOTHING),
            Map.entry("sp", 6));

    private static final Token END = new Token(NOTHING, "");

    /** The order. */
    public MavenOrder() {}

    @Override
    public int compare(String left, String right) {
        if (left.equals(right)) {
            return 0;
        }
        boolean leftIs = isVersion(left);
        boolean rightIs = isVersion(right);
        if (!leftIs || !rightIs) {
            return leftIs ? 1 : rightIs ? -1 : left.compareTo(right);
        }
        List<Token> a = tokens(left);
        List<Token> b = tokens(right);
        int longer = Math.max(a.size(), b.size());
        for (int i = 0; i < longer; i++) {
            int order = (i < a.size() ? a.get(i) : END).compareTo(i < b.size() ? b.get(i) : END);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** Whether the version names one of the words that lie below a release: alpha, beta, milestone, rc, cr, snapshot. */
    @Override
    public boolean isPrerelease(String version) {
        return isVersion(version) && tokens(version).stream().anyMatch(token -> token.rank < NOTHING);
    }

    @Override
    public boolean isVersion(String text) {
        return !text.isEmpty() && text.length() <= MAX_LENGTH;
    }

    private static List<Token> tokens(String version) {
        String text = version.toLowerCase(Locale.ROOT);
        List<Token> tokens = new ArrayList<>();
        boolean hyphen = false;
        int at = 0;
        while (true) {
            int stop = at;
            if (at < text.length() && Digits.isDigit(text.charAt(at))) {
                stop = Digits.end(text, at);
                number(tokens, hyphen, Digits.canonical(text, at, stop));
            } else {
                while (stop < text.length() && isWord(text.charAt(stop))) {
                    stop++;
                }
                if (stop > at) {
                    word(tokens, text.substring(at, stop), stop < text.length() && Digits.isDigit(text.charAt(stop)));
                } else if (at < text.length()) {
                    number(tokens, hyphen, "");
                }
            }
            if (stop >= text.length()) {
                trim(tokens);
                return tokens;
            }
            char separator = text.charAt(stop);
            hyphen = separator != '.';
            at = separator == '.' || separator == '-' ? stop + 1 : stop;
        }
    }

    private static boolean isWord(char c) {
        return c != '.' && c != '-' && !Digits.isDigit(c);
    }

    private static void number(List<Token> tokens, boolean hyphen, String digits) {
        if (hyphen) {
            trim(tokens);
        }
        tokens.add(new Token(hyphen ? HYPHEN_NUMBER : DOT_NUMBER, digits));
    }

    private static void word(List<Token> tokens, String word, boolean digitFollows) {
        trim(tokens);
        String spelled = word;
        if (digitFollows && word.length() == 1) {
            spelled = switch (word) {
                case "a" -> "alpha";
                case "b" -> "beta";
                case "m" -> "milestone";
                default -> word;
            };
        }
        Integer rank = WORDS.get(spelled);
        tokens.add(rank == null ? new Token(UNKNOWN_WORD, spelled) : new Token(rank, ""));
    }

    private static void trim(List<Token> tokens) {
        while (!tokens.isEmpty() && tokens.getLast().isNull()) {
            tokens.removeLast();
        }
    }

    /**
     * A token, placed on the one line all tokens share.
     *
     * @param rank place of its kind on the line
     * @param text a number in canonical form, or an unknown word
     */
    private record Token(int rank, String text) implements Comparable<Token> {

        boolean isNull() {
            return rank == NOTHING || (rank >= HYPHEN_NUMBER && text.isEmpty());
        }

        @Override
        public int compareTo(Token other) {
            if (rank != other.rank) {
                return Integer.compare(rank, other.rank);
            }
            return rank == UNKNOWN_WORD ? text.compareTo(other.text) : Digits.compare(text, other.text);
        }
    }
}

package dev.sluice.rego.builtin;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Whether two simple patterns have a string in common: {@code regex.globs_match}.
 *
 * <p>A pattern is a sequence of characters, dots and sets such as {@code [a-z_]}, each of which may be followed by
 * {@code *} or {@code +}; a backslash takes the next character literally.
 */
final class GlobIntersection {
    private static final int MAX_LENGTH = 4096;

    private final String text;
    private final int[] input;
    private int at;

    private GlobIntersection(String text) {
        this.text = text;
        this.input = text.codePoints().toArray();
    }

    /** One position: what it takes and how often. */
    private record Token(BitSet characters, boolean any, boolean skippable, boolean repeatable) {
        boolean meets(Token other) {
            return any || other.any || characters.intersects(other.characters);
        }
    }

    static boolean isNonEmpty(CallContext ctx, String one, String other) throws BuiltinException {
        if (one.length() > MAX_LENGTH || other.length() > MAX_LENGTH) {
            throw BuiltinException.value("pattern too long");
        }
        List<Token> a = new GlobIntersection(one).tokens();
        List<Token> b = new GlobIntersection(other).tokens();
        // reach[i][j]: some string is matched by what precedes i in a and by what precedes j in b.
        boolean[][] reach = new boolean[a.size() + 1][b.size() + 1];
        reach[0][0] = true;
        for (int i = 0; i <= a.size(); i++) {
            ctx.checkDeadline();
            for (int j = 0; j <= b.size(); j++) {
                if (reach[i][j]) {
                    advance(a, b, i, j, reach);
                }
            }
        }
        return reach[a.size()][b.size()];
    }

    private static void advance(List<Token> a, List<Token> b, int i, int j, boolean[][] reach) {
        boolean skipA = i < a.size() && a.get(i).skippable();
        boolean skipB = j < b.size() && b.get(j).skippable();
        if (skipA) {
            reach[i + 1][j] = true;
        }
        if (skipB) {
            reach[i][j + 1] = true;
        }
        if (i < a.size() && j < b.size() && a.get(i).meets(b.get(j))) {
            reach[i + 1][j + 1] = true;
            // One of the two may take more characters while the other goes on.
            if (a.get(i).repeatable()) {
                reach[i][j + 1] = true;
            }
            if (b.get(j).repeatable()) {
                reach[i + 1][j] = true;
            }
        }
    }

    private List<Token> tokens() throws BuiltinException {
        List<Token> tokens = new ArrayList<>();
        while (at < input.length) {
            BitSet characters = new BitSet();
            boolean any = false;
            int c = input[at++];
            switch (c) {
                case '\\' -> characters.set(escaped());
                case '.' -> any = true;
                case '[' -> set(characters);
                case ']' -> throw invalid("set-close ']' with no preceding '['");
                case '+', '*' -> throw invalid("flag '" + Character.toString(c) + "' must be preceded by a non-flag");
                default -> characters.set(c);
            }
            int flag = at < input.length ? input[at] : 0;
            boolean flagged = flag == '*' || flag == '+';
            if (flagged) {
                at++;
            }
            if (flag == '+') {
                tokens.add(new Token(characters, any, false, false));
            }
            tokens.add(new Token(characters, any, flagged, flagged));
        }
        return tokens;
    }

    private int escaped() throws BuiltinException {
        if (at >= input.length) {
            at--;
            throw invalid("input ends with a \\ (escape) character");
        }
        return input[at++];
    }

    private void set(BitSet characters) throws BuiltinException {
        int previous = -1;
        while (at < input.length) {
            int c = input[at++];
            if (c == ']') {
                return;
            }
            if (c == '-') {
                if (previous < 0) {
                    throw invalid("range character '-' must be preceded by a Unicode character");
                }
                if (at >= input.length - 1) {
                    throw invalid("range character '-' must be followed by a Unicode character");
                }
                int last = input[at++];
                if (last == ']' || last == '-') {
                    throw invalid("range character '-' cannot be followed by a special symbol");
                }
                last = last == '\\' ? escaped() : last;
                if (last < previous) {
                    throw invalid("range is out of order: '" + Character.toString(last) + "' comes before '"
                            + Character.toString(previous) + "' in Unicode");
                }
                characters.set(previous, last + 1);
                previous = -1;
            } else {
                previous = c == '\\' ? escaped() : c;
                characters.set(previous);
            }
        }
        throw invalid("found [ without matching ]");
    }

    private BuiltinException invalid(String what) {
        return BuiltinException.value(
                "input:" + text + ", pos:" + at + ", " + what + ": the input provided is invalid");
    }
}

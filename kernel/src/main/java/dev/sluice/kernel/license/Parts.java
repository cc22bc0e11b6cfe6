package dev.sluice.kernel.license;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Splits texts at the operators of SPDX expressions (SPDX specification 2.3, annex D), outside of parentheses. */
final class Parts {

    private static final Set<String> LATER =
            Set.of("later", "newer", "any", "above", "greater", "higher", "(at", "at", "upwards", "later,", "later.");

    private Parts() {}

    /** The parts between the operator, which is compared with case; the whole text where there is none. */
    static List<String> of(String text, String operator) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth = Math.max(0, depth - 1);
            } else if (depth == 0 && isWord(text, i, operator) && !isLater(text, i + operator.length())) {
                parts.add(text.substring(from, i).strip());
                from = i + operator.length();
                i = from - 1;
            }
        }
        parts.add(text.substring(from).strip());
        return parts;
    }

    /** What is inside the parentheses around the whole text, or null. */
    static @Nullable String inside(String text) {
        if (!text.startsWith("(") || !text.endsWith(")")) {
            return null;
        }
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0 && i < text.length() - 1) {
                return null;
            }
        }
        return text.substring(1, text.length() - 1).strip();
    }

    private static boolean isWord(String text, int at, String word) {
        int end = at + word.length();
        return text.startsWith(word, at)
                && (at == 0 || isGap(text.charAt(at - 1)))
                && (end == text.length() || isGap(text.charAt(end)));
    }

    private static boolean isGap(char c) {
        return Character.isWhitespace(c) || c == '(' || c == ')';
    }

    /** "or later" belongs to the licence before it. */
    private static boolean isLater(String text, int at) {
        String rest =
                text.substring(at, Math.min(text.length(), at + 20)).strip().toLowerCase(Locale.ROOT);
        int gap = rest.indexOf(' ');
        return LATER.contains(gap < 0 ? rest : rest.substring(0, gap));
    }
}

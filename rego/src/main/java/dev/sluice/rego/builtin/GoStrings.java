package dev.sluice.rego.builtin;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Go's string functions, where they differ from Java's. */
final class GoStrings {
    private GoStrings() {}

    /** Lower case, code point by code point: no character becomes several. */
    static String lower(String text) {
        return mapped(text, true);
    }

    /** Upper case, code point by code point: {@code ß} stays. */
    static String upper(String text) {
        return mapped(text, false);
    }

    private static String mapped(String text, boolean lower) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            out.appendCodePoint(lower ? Character.toLowerCase(c) : Character.toUpperCase(c));
        }
        return out.toString();
    }

    /** Go's {@code unicode.IsSpace}. */
    static boolean isSpace(int c) {
        return switch (c) {
            case '\t', '\n', 0x0b, '\f', '\r', ' ', 0x85, 0xa0 -> true;
            default -> c > 0xff && Character.isSpaceChar(c);
        };
    }

    static String trim(String text, IntPredicate cut, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to) {
            int c = text.codePointAt(from);
            if (!cut.test(c)) {
                break;
            }
            from += Character.charCount(c);
        }
        while (right && from < to) {
            int c = text.codePointBefore(to);
            if (!cut.test(c)) {
                break;
            }
            to -= Character.charCount(c);
        }
        return text.substring(from, to);
    }

    /** How often {@code part} occurs without overlap; an empty part occurs around every code point. */
    static int count(String text, String part) {
        if (part.isEmpty()) {
            return text.codePointCount(0, text.length()) + 1;
        }
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** The parts between the delimiters; the code points where the delimiter is empty. */
    static List<String> split(String text, String delimiter) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        if (delimiter.isEmpty()) {
            while (from < text.length()) {
                int to = from + Character.charCount(text.codePointAt(from));
                parts.add(text.substring(from, to));
                from = to;
            }
            return parts;
        }
        for (int at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, from)) {
            parts.add(text.substring(from, at));
            from = at + delimiter.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    /**
     * Replaces in one pass: at each position the first of {@code olds} that is there. An empty one matches everywhere,
     * but not twice in a row at one position. What is put in is not looked at again.
     */
    static String replace(CallContext ctx, String text, List<String> olds, List<String> news) throws BuiltinException {
        StringBuilder out = new StringBuilder();
        boolean emptyBefore = false;
        int at = 0;
        int steps = 0;
        while (at <= text.length()) {
            if ((++steps & 0xfff) == 0) {
                ctx.checkDeadline();
            }
            int match = matching(text, at, olds, emptyBefore);
            emptyBefore = match >= 0 && olds.get(match).isEmpty();
            if (match >= 0) {
                out.append(news.get(match));
                Texts.checkLength(ctx, out.length());
                at += olds.get(match).length();
                continue;
            }
            if (at < text.length()) {
                int c = text.codePointAt(at);
                out.appendCodePoint(c);
                at += Character.charCount(c);
            } else {
                at++;
            }
        }
        return out.toString();
    }

    private static int matching(String text, int at, List<String> olds, boolean emptyBefore) {
        for (int i = 0; i < olds.size(); i++) {
            String old = olds.get(i);
            if (text.startsWith(old, at) && !(emptyBefore && old.isEmpty())) {
                return i;
            }
        }
        return -1;
    }
}

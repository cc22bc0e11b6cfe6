package dev.sluice.formats.version;

/** Decimal numbers of any length, compared as text so that no hostile one costs more than its length. */
final class Digits {

    private Digits() {}

    /** Whether the character is one of the ten ASCII digits. */
    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Whether the character is an ASCII letter. */
    static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** Index of the first character from {@code start} on that is no digit. */
    static int end(String text, int start) {
        int at = start;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The digits without leading zeros; empty text for zero. */
    static String canonical(String text, int start, int end) {
        int from = start;
        while (from < end && text.charAt(from) == '0') {
            from++;
        }
        return text.substring(from, end);
    }

    /** Compares two numbers in canonical form. */
    static int compare(String left, String right) {
        int byLength = Integer.compare(left.length(), right.length());
        return byLength != 0 ? byLength : left.compareTo(right);
    }
}

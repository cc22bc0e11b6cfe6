package dev.sluice.formats.pypi;

/** Text inside HTML: escaping and its inverse. */
final class HtmlText {

    private static final int MAX_REFERENCE = 12;

    private HtmlText() {}

    /** The text with the characters escaped that mean something in HTML, also inside quoted attributes. */
    static String escape(String text) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String replacement = switch (c) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '"' -> "&quot;";
                case '\'' -> "&#x27;";
                default -> null;
            };
            if (replacement != null && escaped == null) {
                escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (escaped != null) {
                if (replacement == null) {
                    escaped.append(c);
                } else {
                    escaped.append(replacement);
                }
            }
        }
        return escaped == null ? text : escaped.toString();
    }

    /** The text with character references replaced: the five named ones that matter and numeric ones. */
    static String decode(String text) {
        int ampersand = text.indexOf('&');
        if (ampersand < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        int from = 0;
        while (ampersand >= 0) {
            decoded.append(text, from, ampersand);
            int semicolon = text.indexOf(';', ampersand, Math.min(text.length(), ampersand + MAX_REFERENCE));
            int character = semicolon < 0 ? -1 : character(text.substring(ampersand + 1, semicolon));
            if (character < 0) {
                decoded.append('&');
                from = ampersand + 1;
            } else {
                decoded.appendCodePoint(character);
                from = semicolon + 1;
            }
            ampersand = text.indexOf('&', from);
        }
        return decoded.append(text, from, text.length()).toString();
    }

    private static int character(String reference) {
        return switch (reference) {
            case "amp" -> '&';
            case "lt" -> '<';
            case "gt" -> '>';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> numeric(reference);
        };
    }

    private static int numeric(String reference) {
        if (reference.length() < 2 || reference.charAt(0) != '#') {
            return -1;
        }
        boolean hexadecimal = reference.charAt(1) == 'x' || reference.charAt(1) == 'X';
        try {
            int value = Integer.parseInt(reference.substring(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
            return value > 0 && Character.isValidCodePoint(value) && !(value >= 0xD800 && value <= 0xDFFF) ? value : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}

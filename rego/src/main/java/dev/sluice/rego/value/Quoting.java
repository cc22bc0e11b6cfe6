package dev.sluice.rego.value;

/** Strings in double quotes, as Go's {@code strconv.Quote} writes them. */
final class Quoting {
    private Quoting() {}

    static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case 0x07 -> out.append("\\a");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case 0x0b -> out.append("\\v");
                default -> {
                    if (c >= 0xDC80 && c <= 0xDCFF) {
                        out.append("\\x").append(Integer.toHexString(c - 0xDC00));
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else if (c < 0x80) {
                        out.append("\\x").append(hex(c, 2));
                    } else if (c < 0x10000) {
                        out.append("\\u").append(hex(c, 4));
                    } else {
                        out.append("\\U").append(hex(c, 8));
                    }
                }
            }
        }
        out.append('"');
    }

    private static String hex(int c, int digits) {
        String text = Integer.toHexString(c);
        return "0".repeat(digits - text.length()) + text;
    }

    /** Go's {@code unicode.IsPrint}: letters, marks, numbers, punctuation, symbols and the ASCII space. */
    static boolean isPrintable(int c) {
        if (c < 0x80) {
            return c >= 0x20 && c < 0x7f;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}

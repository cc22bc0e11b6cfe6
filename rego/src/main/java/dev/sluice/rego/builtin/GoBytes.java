package dev.sluice.rego.builtin;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Strings as Go sees them: bytes that are mostly UTF-8. Bytes that are not travel as U+DC80 to U+DCFF. */
final class GoBytes {
    private GoBytes() {}

    static byte[] of(String text) {
        boolean plain = true;
        for (int i = 0; i < text.length() && plain; i++) {
            plain = !isEscape(text.charAt(i));
        }
        if (plain) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c >= 0xDC80 && c <= 0xDCFF) {
                out.write(c - 0xDC00);
            } else {
                out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    private static boolean isEscape(char c) {
        return c >= 0xDC80 && c <= 0xDCFF;
    }

    static String text(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length);
        for (int i = 0; i < bytes.length; ) {
            int length = sequence(bytes, i);
            if (length == 0) {
                out.append((char) (0xDC00 + (bytes[i] & 0xff)));
                i++;
            } else if (length == 1) {
                out.append((char) bytes[i++]);
            } else {
                out.append(new String(bytes, i, length, StandardCharsets.UTF_8));
                i += length;
            }
        }
        return out.toString();
    }

    /** How many bytes the valid UTF-8 sequence at {@code at} has; 0 if there is none. */
    private static int sequence(byte[] bytes, int at) {
        int first = bytes[at] & 0xff;
        if (first < 0x80) {
            return 1;
        }
        int length = first >= 0xc2 && first < 0xe0
                ? 2
                : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
        if (length == 0 || at + length > bytes.length) {
            return 0;
        }
        int point = first & (0xff >> (length + 1));
        for (int i = 1; i < length; i++) {
            int next = bytes[at + i] & 0xff;
            if ((next & 0xc0) != 0x80) {
                return 0;
            }
            point = point << 6 | (next & 0x3f);
        }
        boolean overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
        boolean surrogate = point >= 0xD800 && point <= 0xDFFF;
        return overlong || surrogate || point > 0x10ffff ? 0 : length;
    }
}

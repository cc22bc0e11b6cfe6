package dev.sluice.rego.builtin;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Escaping in the query of a URL, by Go's {@code net/url}. */
final class GoUrls {
    private static final String UNRESERVED = "-_.~";

    private GoUrls() {}

    static String queryEscape(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : GoBytes.of(text)) {
            int c = b & 0xff;
            if (isAlphanumeric(c) || UNRESERVED.indexOf(c) >= 0) {
                out.append((char) c);
            } else if (c == ' ') {
                out.append('+');
            } else {
                out.append('%').append(hexDigit(c >> 4)).append(hexDigit(c & 15));
            }
        }
        return out.toString();
    }

    private static char hexDigit(int value) {
        return Character.toUpperCase(Character.forDigit(value, 16));
    }

    static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    static String queryUnescape(String text) throws BuiltinException {
        return unescape(text, true);
    }

    /** Decodes %XX, and + as a space where {@code plus} is set. */
    static String unescape(String text, boolean plus) throws BuiltinException {
        if (text.indexOf('%') < 0 && (!plus || text.indexOf('+') < 0)) {
            return text;
        }
        byte[] bytes = GoBytes.of(text);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%') {
                if (i + 2 >= bytes.length || hex(bytes[i + 1]) < 0 || hex(bytes[i + 2]) < 0) {
                    int end = Math.min(i + 3, bytes.length);
                    String wrong = GoBytes.text(java.util.Arrays.copyOfRange(bytes, i, end));
                    throw BuiltinException.value("invalid URL escape \"" + wrong + "\"");
                }
                out.write(hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]));
                i += 2;
            } else {
                out.write(plus && bytes[i] == '+' ? ' ' : bytes[i]);
            }
        }
        return GoBytes.text(out.toByteArray());
    }

    static int hex(int c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    /** The values of each key, in order; a semicolon is an error. */
    static Map<String, List<String>> parseQuery(String query) throws BuiltinException {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : GoStrings.split(query, "&")) {
            if (pair.isEmpty()) {
                continue;
            }
            if (pair.indexOf(';') >= 0) {
                throw BuiltinException.value("invalid semicolon separator in query");
            }
            int equals = pair.indexOf('=');
            String key = queryUnescape(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : queryUnescape(pair.substring(equals + 1));
            values.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
        }
        return values;
    }
}

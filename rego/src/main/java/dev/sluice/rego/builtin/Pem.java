package dev.sluice.rego.builtin;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One block of a PEM text (RFC 7468).
 *
 * @param type for example {@code CERTIFICATE}
 * @param bytes what the block holds, decoded
 * @param rest the text after the block
 */
record Pem(String type, byte[] bytes, String rest) {
    static final String BEGIN = "-----BEGIN ";

    private static final Pattern FIRST_LINE = Pattern.compile("(?m)^-----BEGIN ([^\\n\\r-]*)-----[ \\t]*\\r?$");
    private static final Pattern HEADER = Pattern.compile("(?m)\\A(?:[^\\n:]+:[^\\n]*\\n)*");

    /** The first well-formed block, or null where there is none. */
    static @Nullable Pem first(String text) {
        Matcher begin = FIRST_LINE.matcher(text);
        int from = 0;
        while (begin.find(from)) {
            String type = begin.group(1);
            String end = "-----END " + type + "-----";
            int start = Math.min(text.length(), begin.end() + 1);
            int stop = text.indexOf(end, start);
            if (stop >= 0) {
                byte[] bytes = decode(text.substring(start, stop));
                if (bytes != null) {
                    return new Pem(type, bytes, afterLine(text, stop + end.length()));
                }
            }
            from = begin.end();
        }
        return null;
    }

    private static String afterLine(String text, int at) {
        int next = at;
        while (next < text.length() && (text.charAt(next) == ' ' || text.charAt(next) == '\t')) {
            next++;
        }
        if (text.startsWith("\r\n", next)) {
            return text.substring(next + 2);
        }
        return text.substring(text.startsWith("\n", next) ? next + 1 : next);
    }

    private static byte @Nullable [] decode(String lines) {
        String body = HEADER.matcher(lines).replaceFirst("");
        try {
            return Base64.getDecoder().decode(body.replaceAll("[\\r\\n \\t]", ""));
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}

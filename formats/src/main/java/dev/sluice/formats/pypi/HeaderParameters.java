package dev.sluice.formats.pypi;

import org.jspecify.annotations.Nullable;

/** Parameters of header values: {@code value; name="text"; other=token} (RFC 9110, section 5.6.6). */
final class HeaderParameters {

    private HeaderParameters() {}

    /** The value of the first parameter of that lower-case name, unquoted, or null. */
    static @Nullable String find(String header, String wanted) {
        int at = header.indexOf(';');
        while (at >= 0 && at < header.length()) {
            at++;
            int equals = header.indexOf('=', at);
            if (equals < 0) {
                return null;
            }
            String name = header.substring(at, equals).strip();
            int start = equals + 1;
            while (start < header.length() && header.charAt(start) == ' ') {
                start++;
            }
            StringBuilder value = new StringBuilder();
            int end = start < header.length() && header.charAt(start) == '"'
                    ? quoted(header, start + 1, value)
                    : token(header, start, value);
            if (name.equalsIgnoreCase(wanted)) {
                return value.toString();
            }
            at = header.indexOf(';', end);
        }
        return null;
    }

    private static int quoted(String header, int start, StringBuilder into) {
        int i = start;
        while (i < header.length() && header.charAt(i) != '"') {
            // A backslash escapes quotes and itself only: browsers and old clients send paths with plain backslashes.
            if (header.charAt(i) == '\\'
                    && i + 1 < header.length()
                    && (header.charAt(i + 1) == '"' || header.charAt(i + 1) == '\\')) {
                i++;
            }
            into.append(header.charAt(i));
            i++;
        }
        return Math.min(i + 1, header.length());
    }

    private static int token(String header, int start, StringBuilder into) {
        int end = header.indexOf(';', start);
        if (end < 0) {
            end = header.length();
        }
        into.append(header.substring(start, end).strip());
        return end;
    }
}

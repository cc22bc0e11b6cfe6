package dev.sluice.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A single range of bytes (RFC 9110, section 14).
 *
 * @param first first byte, from 0
 * @param length number of bytes; 0 when the range lies outside
 */
record ByteRange(long first, long length) {

    /** What a range that lies outside becomes: answered with 416. */
    static final ByteRange UNSATISFIABLE = new ByteRange(0, 0);

    private static final Pattern SINGLE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** Reads a Range header; null when the whole is to be sent: other units, several ranges, nonsense. */
    static @Nullable ByteRange parse(String header, long size) {
        Matcher matcher = SINGLE.matcher(header);
        if (!matcher.matches()) {
            return null;
        }
        String from = matcher.group(1);
        String to = matcher.group(2);
        if (from.isEmpty()) {
            if (to.isEmpty()) {
                return null;
            }
            long suffix = Math.min(Long.parseLong(to), size);
            return suffix == 0 ? UNSATISFIABLE : new ByteRange(size - suffix, suffix);
        }
        long first = Long.parseLong(from);
        long last = to.isEmpty() ? size - 1 : Math.min(Long.parseLong(to), size - 1);
        if (!to.isEmpty() && Long.parseLong(to) < first) {
            return null;
        }
        return first >= size ? UNSATISFIABLE : new ByteRange(first, last - first + 1);
    }

    /** Whether nothing of it lies inside. */
    boolean isUnsatisfiable() {
        return length == 0;
    }

    /** The Content-Range header. */
    String contentRange(long size) {
        return isUnsatisfiable() ? "bytes */" + size : "bytes " + first + "-" + (first + length - 1) + "/" + size;
    }
}

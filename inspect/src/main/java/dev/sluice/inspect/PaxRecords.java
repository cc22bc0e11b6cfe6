package dev.sluice.inspect;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The records of a PAX header (POSIX.1-2008, pax, "pax Extended Header"): {@code LENGTH KEY=VALUE\n}.
 *
 * @param values those that change what an entry is, by key: path, linkpath, size, and what nobody knows here
 * @param doubt how clients may read the block differently, or empty
 */
record PaxRecords(Map<String, String> values, String doubt) {

    /**
     * Records that say nothing of name, size and kind: those of POSIX, and those of vendors, whose keys have a dot. Of these only GNU's
     * are applied by readers (sparse files); old packers of npm wrote {@code NODETAR.depth} and the like by the million.
     */
    private static final Pattern HARMLESS =
            Pattern.compile("(?s)[acm]time|[ug]id|[ug]name|comment|charset|(?!GNU\\.)[A-Z][A-Z0-9_-]*\\..*");

    private static final int MAX_DIGITS = 6;

    /** Reads a block by its lengths, as POSIX says, and by its lines, as node-tar does, and compares. */
    static PaxRecords of(byte[] block) {
        Map<String, String> byLength = new LinkedHashMap<>();
        String doubt = "";
        int at = 0;
        while (at < block.length) {
            int space = at;
            int length = 0;
            while (space < block.length && space - at < MAX_DIGITS && block[space] >= '0' && block[space] <= '9') {
                length = 10 * length + block[space++] - '0';
            }
            int end = at + length;
            int equals = space + 1;
            while (equals < end && equals < block.length && block[equals] != '=') {
                equals++;
            }
            boolean sound = end <= block.length
                    && space < end
                    && block[space] == ' '
                    && equals > space + 1
                    && equals < end - 1
                    && block[end - 1] == '\n';
            if (!sound) {
                // Some write the block out with zeros, which are no record to anybody.
                doubt = isZero(block, at) ? doubt : "a PAX record is malformed";
                break;
            }
            note(byLength, block, space + 1, equals, end - 1);
            at = end;
        }
        if (doubt.isEmpty() && !byLine(block).equals(byLength)) {
            doubt = "the lines of a PAX header read differently from its records";
        }
        for (String value : byLength.values()) {
            doubt = value.indexOf('\0') < 0 ? doubt : "a PAX record holds a zero byte";
        }
        return new PaxRecords(byLength, doubt);
    }

    private static Map<String, String> byLine(byte[] block) {
        Map<String, String> values = new LinkedHashMap<>();
        int at = 0;
        while (at < block.length) {
            int end = at;
            while (end < block.length && block[end] != '\n') {
                end++;
            }
            int space = at;
            int length = 0;
            while (space < end && space - at < MAX_DIGITS && block[space] >= '0' && block[space] <= '9') {
                length = 10 * length + block[space++] - '0';
            }
            int equals = space + 1;
            while (equals < end && block[equals] != '=') {
                equals++;
            }
            if (length == end - at + 1 && equals > space + 1 && equals < end) {
                note(values, block, space + 1, equals, end);
            }
            at = end + 1;
        }
        return values;
    }

    /** Keeps what matters; makes no text of what does not. */
    private static void note(Map<String, String> values, byte[] block, int key, int equals, int end) {
        String name = new String(block, key, equals - key, StandardCharsets.UTF_8);
        if (!HARMLESS.matcher(name).matches()) {
            values.put(name, new String(block, equals + 1, end - equals - 1, StandardCharsets.UTF_8));
        }
    }

    private static boolean isZero(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}

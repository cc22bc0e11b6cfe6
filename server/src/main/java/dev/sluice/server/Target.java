package dev.sluice.server;

import dev.sluice.server.operation.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request target (RFC 9112, section 3.2) taken apart: path segments and query, percent-decoded one by one.
 *
 * <p>An encoded slash stays inside its segment. Whatever could mean a different place to somebody else (dot segments, encoded or
 * not, NUL, backslashes that Windows tools send, broken escapes, bytes that are no UTF-8) is refused rather than interpreted.
 *
 * @param authority host of a target in absolute form, as proxies send it; else null
 * @param path as sent, without query
 * @param segments decoded; an empty last one stands for a trailing slash; never empty
 * @param query decoded parameters in order
 */
record Target(@Nullable String authority, String path, List<String> segments, Map<String, List<String>> query) {

    private static final int MAX_SEGMENTS = 64;
    private static final int MAX_SEGMENT_LENGTH = 1024;
    private static final int MAX_PARAMETERS = 100;

    Target {
        segments = List.copyOf(segments);
        query = Collections.unmodifiableMap(query);
    }

    /** Takes it apart. Throws {@link Problem} with status 400. */
    static Target parse(String uri) {
        String authority = authority(uri);
        String rest = originForm(authority == null ? uri : absolute(uri, authority));
        int hash = rest.indexOf('#');
        if (hash >= 0) {
            throw Problem.badRequest("a request target has no fragment");
        }
        int mark = rest.indexOf('?');
        String path = mark < 0 ? rest : rest.substring(0, mark);
        List<String> segments = new ArrayList<>();
        int start = 1;
        while (true) {
            int slash = path.indexOf('/', start);
            String segment = slash < 0 ? path.substring(start) : path.substring(start, slash);
            segments.add(segment(segment));
            if (slash < 0) {
                break;
            }
            if (segments.size() >= MAX_SEGMENTS) {
                throw Problem.badRequest("the path has more than " + MAX_SEGMENTS + " segments");
            }
            start = slash + 1;
        }
        return new Target(authority, path, segments, mark < 0 ? Map.of() : query(rest.substring(mark + 1)));
    }

    /** Whether several slashes follow each other: whether these are one or several, others may see differently. */
    boolean hasDoubledSlashes() {
        return path.contains("//");
    }

    private static @Nullable String authority(String uri) {
        int start =
                uri.regionMatches(true, 0, "http://", 0, 7) ? 7 : uri.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (start < 0) {
            return null;
        }
        int end = start;
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        return uri.substring(start, end);
    }

    /** What follows the authority; nothing is the root (RFC 9112, section 3.2.2). */
    private static String absolute(String uri, String authority) {
        String rest = uri.substring(uri.indexOf("//") + 2 + authority.length());
        return rest.isEmpty() ? "/" : rest.startsWith("?") ? "/" + rest : rest;
    }

    private static String originForm(String rest) {
        if (rest.startsWith("/")) {
            return rest;
        }
        throw Problem.badRequest("the request target must start with a slash");
    }

    private static String segment(String raw) {
        String segment = decode(raw, false);
        if (segment.equals(".") || segment.equals("..")) {
            throw Problem.badRequest("the path contains a dot segment");
        }
        if (segment.length() > MAX_SEGMENT_LENGTH) {
            throw Problem.badRequest("a path segment is longer than " + MAX_SEGMENT_LENGTH + " characters");
        }
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c < 32 || c == 127 || c == '\\') {
                throw Problem.badRequest("the path contains a control character or backslash");
            }
        }
        // An encoded slash must not smuggle a dot segment past the check above: @scope%2f..%2fother
        if (segment.indexOf('/') >= 0) {
            for (String part : segment.split("/", -1)) {
                if (part.equals(".") || part.equals("..")) {
                    throw Problem.badRequest("the path contains a dot segment");
                }
            }
        }
        return segment;
    }

    private static Map<String, List<String>> query(String text) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        int count = 0;
        for (String pair : text.split("&", MAX_PARAMETERS + 1)) {
            if (pair.isEmpty()) {
                continue;
            }
            if (++count > MAX_PARAMETERS) {
                throw Problem.badRequest("more than " + MAX_PARAMETERS + " query parameters");
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
            query.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
        }
        query.replaceAll((name, values) -> List.copyOf(values));
        return query;
    }

    private static String decode(String raw, boolean plusIsSpace) {
        boolean plain = true;
        for (int i = 0; i < raw.length() && plain; i++) {
            char c = raw.charAt(i);
            plain = c != '%' && c < 128 && !(plusIsSpace && c == '+');
        }
        if (plain) {
            return raw;
        }
        byte[] bytes = new byte[raw.length() * 3];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
                int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw Problem.badRequest("the request target has a broken percent escape");
                }
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else if (plusIsSpace && c == '+') {
                bytes[length++] = ' ';
            } else if (c < 128) {
                bytes[length++] = (byte) c;
            } else {
                throw Problem.badRequest("the request target has characters that must be percent-encoded");
            }
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            if (text.indexOf('\0') >= 0) {
                throw Problem.badRequest("the request target contains NUL");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw Problem.badRequest("the request target is not UTF-8");
        }
    }
}

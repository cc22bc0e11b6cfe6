package dev.sluice.kernel.artifact;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A package URL: {@code pkg:type/namespace/name@version?qualifiers#subpath}, by the purl specification (ECMA-427).
 *
 * <p>Components are held decoded; {@link #toString} gives the canonical form. Only the rules all types share are applied
 * here; what a type adds (case, separators) is its format's.
 *
 * @param type lower-case package type, for example {@code npm}
 * @param namespace slash-separated prefix of the name, or null
 * @param name the name, never empty
 * @param version the version, or null
 * @param qualifiers key=value pairs sorted by lower-case key
 * @param subpath path inside the package, or null
 */
public record Purl(
        String type,
        @Nullable String namespace,
        String name,
        @Nullable String version,
        SortedMap<String, String> qualifiers,
        @Nullable String subpath) {

    private static final int MAX_LENGTH = 4096;
    private static final Pattern TYPE = Pattern.compile("[a-zA-Z][a-zA-Z0-9.+-]*");
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:";

    /** Copies the qualifiers; checks type and name. Throws IllegalArgumentException. */
    public Purl {
        if (!TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException("purl type '" + type + "' is not allowed");
        }
        type = type.toLowerCase(Locale.ROOT);
        if (type.equals("pypi")) { // the type's definition: names are not case sensitive, and '_' is '-'
            name = name.toLowerCase(Locale.ROOT).replace('_', '-');
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a purl needs a name");
        }
        qualifiers = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(qualifiers));
    }

    /** A purl without qualifiers and subpath. */
    public static Purl of(String type, @Nullable String namespace, String name, @Nullable String version) {
        return new Purl(type, namespace, name, version, new TreeMap<>(), null);
    }

    /** This purl with one qualifier added. */
    public Purl withQualifier(String key, String value) {
        SortedMap<String, String> more = new TreeMap<>(qualifiers);
        more.put(key.toLowerCase(Locale.ROOT), value);
        return new Purl(type, namespace, name, version, more, subpath);
    }

    /** This purl without version, qualifiers and subpath: the package. */
    public Purl packageOnly() {
        return of(type, namespace, name, null);
    }

    /** Parses the text as section "How to parse a purl string" says. Throws IllegalArgumentException with what is wrong. */
    public static Purl parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("purl longer than " + MAX_LENGTH + " characters");
        }
        String rest = text.strip();
        if (rest.length() < 4 || !rest.regionMatches(true, 0, "pkg:", 0, 4)) {
            throw new IllegalArgumentException("a purl starts with 'pkg:', for example pkg:npm/lodash@4.17.21");
        }
        rest = rest.substring(4);
        String subpath = null;
        int hash = rest.lastIndexOf('#');
        if (hash >= 0) {
            subpath = segments(rest.substring(hash + 1), true);
            rest = rest.substring(0, hash);
        }
        TreeMap<String, String> qualifiers = new TreeMap<>();
        int question = rest.lastIndexOf('?');
        if (question >= 0) {
            parseQualifiers(rest.substring(question + 1), qualifiers);
            rest = rest.substring(0, question);
        }
        rest = trimSlashes(rest);
        int slash = rest.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a purl needs a type and a name: " + text);
        }
        String type = rest.substring(0, slash);
        rest = trimSlashes(rest.substring(slash + 1));
        String version = null;
        int at = rest.lastIndexOf('@');
        if (at > 0 && at > rest.lastIndexOf('/')) {
            version = decode(rest.substring(at + 1));
            rest = rest.substring(0, at);
        }
        int lastSlash = rest.lastIndexOf('/');
        String name = decode(rest.substring(lastSlash + 1));
        String namespace = lastSlash < 0 ? null : segments(rest.substring(0, lastSlash), false);
        return new Purl(
                type, namespace, name, version == null || version.isEmpty() ? null : version, qualifiers, subpath);
    }

    private static void parseQualifiers(String text, TreeMap<String, String> into) {
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0 || equals == pair.length() - 1) {
                if (equals == 0 || (equals < 0 && !pair.isEmpty())) {
                    throw new IllegalArgumentException("qualifier without key or value: " + pair);
                }
                continue;
            }
            String key = pair.substring(0, equals).toLowerCase(Locale.ROOT);
            if (!key.matches("[a-z._-][a-z0-9._-]*")) {
                throw new IllegalArgumentException("qualifier key '" + key + "' is not allowed");
            }
            if (into.put(key, decode(pair.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("qualifier '" + key + "' given twice");
            }
        }
    }

    private static @Nullable String segments(String text, boolean subpath) {
        StringBuilder joined = new StringBuilder();
        for (String raw : trimSlashes(text).split("/", -1)) {
            String segment = decode(raw);
            if (segment.isEmpty() || (subpath && (segment.equals(".") || segment.equals("..")))) {
                continue;
            }
            if (segment.indexOf('/') >= 0) {
                throw new IllegalArgumentException("a purl segment may not contain an encoded slash");
            }
            joined.append(joined.isEmpty() ? "" : "/").append(segment);
        }
        return joined.isEmpty() ? null : joined.toString();
    }

    private static String trimSlashes(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) == '/') {
            from++;
        }
        while (to > from && text.charAt(to - 1) == '/') {
            to--;
        }
        return text.substring(from, to);
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * 4);
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length()
                        || Character.digit(text.charAt(i + 1), 16) < 0
                        || Character.digit(text.charAt(i + 2), 16) < 0) {
                    throw new IllegalArgumentException("broken percent-encoding in purl");
                }
                bytes.put((byte) Integer.parseInt(text, i + 1, i + 3, 16));
                i += 3;
            } else {
                int point = text.codePointAt(i);
                bytes.put(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(bytes.flip())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("purl is not UTF-8", e);
        }
    }

    private static void encode(String text, String alsoPlain, StringBuilder out) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (UNRESERVED.indexOf(c) >= 0 || alsoPlain.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
    }

    /** The canonical form. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("pkg:").append(type).append('/');
        if (namespace != null) {
            encode(namespace, "/", out);
            out.append('/');
        }
        encode(name, "", out);
        if (version != null) {
            out.append('@');
            encode(version, "", out);
        }
        char separator = '?';
        for (Map.Entry<String, String> qualifier : qualifiers.entrySet()) {
            if (!qualifier.getValue().isEmpty()) {
                out.append(separator).append(qualifier.getKey()).append('=');
                encode(qualifier.getValue(), "", out);
                separator = '&';
            }
        }
        if (subpath != null) {
            out.append('#');
            encode(subpath, "/", out);
        }
        return out.toString();
    }
}

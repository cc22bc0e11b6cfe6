package dev.sluice.rego.builtin;

import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.StringValue;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** {@code uri.parse} and {@code uri.is_valid}: references taken apart by the rules of Go's {@code net/url}. */
final class Uris {
    private static final String PATH_CHARACTERS = "-_.~$&+,/:;=@";
    private static final String HOST_CHARACTERS = "-_.~!$&'()*+,;=:[]<>\"";
    private static final String USER_CHARACTERS = "-._:~!$&'()*+,;=%@";

    private String scheme = "";
    private String host = "";
    private String path = "";
    private String rawPath = "";
    private String query = "";
    private String fragment = "";

    private Uris() {}

    static void declare(Registry registry) {
        registry.add("uri.parse", "(uri: string) -> output: object[string: string]", (_, args) -> {
            String text = Operands.string(args, 0);
            try {
                return parse(text).toValue();
            } catch (BuiltinException failure) {
                throw BuiltinException.value("parse " + StringValue.of(text) + ": " + failure.getMessage());
            }
        });
        registry.add("uri.is_valid", "(uri: string) -> result: boolean", (_, args) -> {
            if (!(args[0] instanceof StringValue text) || text.value().isEmpty()) {
                return BooleanValue.FALSE;
            }
            try {
                parse(text.value());
                return BooleanValue.TRUE;
            } catch (BuiltinException invalid) {
                return BooleanValue.FALSE;
            }
        });
    }

    private ObjectValue toValue() {
        int colon = host.lastIndexOf(':');
        boolean hasPort = colon >= 0 && isPort(host.substring(colon));
        String name = hasPort ? host.substring(0, colon) : host;
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
        }
        ObjectValue.Builder parts = ObjectValue.builder();
        put(parts, "scheme", scheme);
        put(parts, "hostname", name);
        put(parts, "port", hasPort ? host.substring(colon + 1) : "");
        put(parts, "path", path);
        put(parts, "raw_path", path.isEmpty() || !rawPath.isEmpty() ? rawPath : path);
        put(parts, "raw_query", query);
        put(parts, "fragment", fragment);
        return parts.build();
    }

    private static void put(ObjectValue.Builder parts, String name, String text) {
        if (!text.isEmpty()) {
            parts.put(name, StringValue.of(text));
        }
    }

    /** Host and port as written. */
    String host() {
        return host;
    }

    /** The path with what must be escaped escaped, as given where that is valid. */
    String escapedPath() {
        return rawPath.isEmpty() ? escapedPath(path) : rawPath;
    }

    /** What follows the question mark. */
    String rawQuery() {
        return query;
    }

    static Uris parse(String text) throws BuiltinException {
        Uris uri = new Uris();
        int hash = text.indexOf('#');
        String rest = hash < 0 ? text : text.substring(0, hash);
        uri.parseReference(rest);
        uri.fragment = hash < 0 ? "" : GoUrls.unescape(text.substring(hash + 1), false);
        return uri;
    }

    private void parseReference(String text) throws BuiltinException {
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw BuiltinException.value("net/url: invalid control character in URL");
        }
        if (text.equals("*")) {
            path = "*";
            return;
        }
        String rest = text.substring(readScheme(text));
        int question = rest.indexOf('?');
        if (question >= 0) {
            query = rest.substring(question + 1);
            rest = rest.substring(0, question);
        }
        if (!rest.startsWith("/")) {
            if (!scheme.isEmpty()) {
                // What follows is opaque, as in mailto:someone.
                return;
            }
            int slash = rest.indexOf('/');
            if ((slash < 0 ? rest : rest.substring(0, slash)).indexOf(':') >= 0) {
                throw BuiltinException.value("first path segment in URL cannot contain colon");
            }
        }
        if (rest.startsWith("//") && (!scheme.isEmpty() || !rest.startsWith("///"))) {
            int slash = rest.indexOf('/', 2);
            readAuthority(slash < 0 ? rest.substring(2) : rest.substring(2, slash));
            rest = slash < 0 ? "" : rest.substring(slash);
        }
        path = GoUrls.unescape(rest, false);
        rawPath = escapedPath(path).equals(rest) ? "" : rest;
    }

    /** Where the rest begins. */
    private int readScheme(String text) throws BuiltinException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':') {
                if (i == 0) {
                    throw BuiltinException.value("missing protocol scheme");
                }
                scheme = text.substring(0, i).toLowerCase(Locale.ROOT);
                return i + 1;
            }
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean later = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
            if (!letter && (!later || i == 0)) {
                return 0;
            }
        }
        return 0;
    }

    private static String escapedPath(String path) {
        StringBuilder out = new StringBuilder();
        for (byte b : GoBytes.of(path)) {
            int c = b & 0xff;
            if (GoUrls.isAlphanumeric(c) || PATH_CHARACTERS.indexOf(c) >= 0) {
                out.append((char) c);
            } else {
                out.append(String.format(Locale.ROOT, "%%%02X", c));
            }
        }
        return out.toString();
    }

    private void readAuthority(String authority) throws BuiltinException {
        int at = authority.lastIndexOf('@');
        host = readHost(authority.substring(at + 1));
        if (at >= 0) {
            String user = authority.substring(0, at);
            if (!user.chars().allMatch(c -> GoUrls.isAlphanumeric(c) || USER_CHARACTERS.indexOf(c) >= 0)) {
                throw BuiltinException.value("net/url: invalid userinfo");
            }
            GoUrls.unescape(user, false);
        }
    }

    private String readHost(String text) throws BuiltinException {
        int bracket = text.lastIndexOf('[');
        if (bracket > 0) {
            throw BuiltinException.value("invalid IP-literal");
        }
        if (bracket == 0) {
            return readLiteral(text);
        }
        int colon = text.indexOf(':');
        if (colon >= 0) {
            if (!scheme.equals("http") && !scheme.equals("https")) {
                colon = text.lastIndexOf(':');
            }
            checkPort(text.substring(colon));
        }
        return unescapedHost(text);
    }

    private static String readLiteral(String text) throws BuiltinException {
        int close = text.lastIndexOf(']');
        if (close < 0) {
            throw BuiltinException.value("missing ']' in host");
        }
        String port = text.substring(close + 1);
        checkPort(port);
        String inner = text.substring(1, close);
        int zone = inner.indexOf("%25");
        String address = unescapedHost(zone < 0 ? inner : inner.substring(0, zone));
        String zoneName = zone < 0 ? "" : GoUrls.unescape(inner.substring(zone), false);
        if (zoneName.equals("%") || Address.parse(address) == null || address.indexOf(':') < 0) {
            throw BuiltinException.value(
                    "invalid host: ParseAddr(" + StringValue.of(address + zoneName) + "): unable to parse IP");
        }
        return "[" + address + zoneName + "]" + port;
    }

    private static void checkPort(String port) throws BuiltinException {
        if (!port.isEmpty() && !isPort(port)) {
            throw BuiltinException.value("invalid port " + StringValue.of(port) + " after host");
        }
    }

    /** A colon and digits, or a colon alone. */
    private static boolean isPort(String text) {
        return text.startsWith(":") && text.substring(1).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String unescapedHost(String text) throws BuiltinException {
        byte[] bytes = GoBytes.of(text);
        for (int i = 0; i < bytes.length; i++) {
            int c = bytes[i] & 0xff;
            if (c == '%') {
                if (i + 2 < bytes.length && GoUrls.hex(bytes[i + 1]) >= 0 && GoUrls.hex(bytes[i + 2]) >= 0) {
                    String escape = new String(bytes, i, 3, StandardCharsets.US_ASCII);
                    // In a host only bytes beyond ASCII may be escaped, and the percent sign itself.
                    if (GoUrls.hex(bytes[i + 1]) < 8 && !escape.equals("%25")) {
                        throw BuiltinException.value("invalid URL escape " + StringValue.of(escape));
                    }
                    i += 2;
                }
            } else if (c < 0x80 && !GoUrls.isAlphanumeric(c) && HOST_CHARACTERS.indexOf(c) < 0) {
                throw BuiltinException.value(
                        "invalid character " + StringValue.of(Character.toString(c)) + " in host name");
            }
        }
        return GoUrls.unescape(text, false);
    }
}

package dev.sluice.server;

import dev.sluice.server.operation.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whom to believe about where a request comes from.
 *
 * <p>A proxy tells in headers who asked it, and anybody can write headers. So they count only when the peer is a trusted proxy,
 * and of several addresses the client is the right-most that is no trusted proxy: what stands left of it was sent by that client.
 * One family of headers is read, because a proxy passes on the other as its client sent it. Immutable.
 *
 * @param trusted addresses of proxies; none by default
 * @param header which headers they write
 */
public record Forwarding(List<Network> trusted, Header header) {

    /** What a proxy writes. */
    public enum Header {
        /** {@code X-Forwarded-For}, {@code -Proto}, {@code -Host}, {@code -Port}. */
        X_FORWARDED,
        /** {@code Forwarded} (RFC 7239). */
        FORWARDED
    }

    /** Nobody is believed. */
    public static final Forwarding NONE = new Forwarding(List.of(), Header.X_FORWARDED);

    private static final int MAX_HOPS = 32;
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9]([A-Za-z0-9._-]{0,252})|\\[[0-9A-Fa-f:.]{2,45}])(?::[0-9]{1,5})?");

    /** Copies the list. */
    public Forwarding {
        trusted = List.copyOf(trusted);
    }

    /**
     * Where a request comes from.
     *
     * @param address IP address of the client, as text
     * @param scheme http or https as the client used it, or null when nobody trusted says
     * @param host host, with port where needed, as the client used it, or null when nobody trusted says
     */
    record Client(
            String address,
            @Nullable String scheme,
            @Nullable String host) {}

    /** Where it comes from. Throws {@link Problem} when a trusted proxy passed on nonsense. */
    Client client(HttpServerRequest wire) {
        String peer = peer(wire);
        if (trusted.isEmpty() || !isTrusted(peer)) {
            return new Client(peer, null, null);
        }
        return header == Header.FORWARDED ? forwarded(wire.headers(), peer) : named(wire.headers(), peer);
    }

    /** Address of the other end of the connection. */
    static String peer(HttpServerRequest wire) {
        return wire.remoteAddress() == null
                ? ""
                : String.valueOf(wire.remoteAddress().hostAddress());
    }

    /**
     * Whether a request comes from this machine and through no proxy, as far as one can see: a loopback peer, no header that
     * proxies add, a host name that means this machine (a foreign one would be a proxy's or a rebound name's).
     */
    static boolean isDirect(HttpServerRequest wire) {
        InetAddress peer = Network.address(peer(wire));
        if (peer == null || !peer.isLoopbackAddress()) {
            return false;
        }
        for (String added : List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")) {
            if (wire.headers().contains(added)) {
                return false;
            }
        }
        String host = wire.getHeader("Host");
        return host == null || meansHere(host);
    }

    private static boolean meansHere(String host) {
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return true;
        }
        InetAddress address = Network.address(name);
        return address != null && address.isLoopbackAddress();
    }

    /** Whether that address is a proxy's that is believed. */
    boolean isTrusted(String address) {
        if (trusted.isEmpty()) {
            return false;
        }
        InetAddress parsed = Network.address(address);
        return parsed != null && trusted.stream().anyMatch(network -> network.contains(parsed));
    }

    private Client named(MultiMap headers, String peer) {
        List<String> hops = lastFirst(headers.getAll("X-Forwarded-For"));
        String client = peer;
        for (String hop : hops) {
            InetAddress address = Network.address(withoutPort(hop));
            if (address == null) {
                break; // "unknown" and the like: the last hop that is known counts
            }
            client = address.getHostAddress();
            if (!isTrusted(client)) {
                break;
            }
        }
        String scheme = scheme(last(headers.getAll("X-Forwarded-Proto")));
        String host = host(last(headers.getAll("X-Forwarded-Host")));
        String port = last(headers.getAll("X-Forwarded-Port"));
        return new Client(client, scheme, withPort(host == null ? headers.get("Host") : host, port, scheme));
    }

    /** The element that the proxy nearest to the client wrote says how the client asked. */
    private Client forwarded(MultiMap headers, String peer) {
        String client = peer;
        String scheme = null;
        String host = null;
        for (String element : lastFirst(headers.getAll("Forwarded"))) {
            InetAddress address = null;
            scheme = null;
            host = null;
            for (String pair : element.split(";", MAX_HOPS)) {
                int equals = pair.indexOf('=');
                String name =
                        equals < 0 ? "" : pair.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                String value =
                        equals < 0 ? "" : unquoted(pair.substring(equals + 1).strip());
                switch (name) {
                    case "for" -> address = Network.address(withoutPort(value));
                    case "proto" -> scheme = scheme(value);
                    case "host" -> host = host(value);
                    default -> {} // "by" and extensions
                }
            }
            if (address == null) {
                break;
            }
            client = address.getHostAddress();
            if (!isTrusted(client)) {
                break;
            }
        }
        return new Client(client, scheme, host);
    }

    private static List<String> lastFirst(List<String> lines) {
        List<String> hops = new ArrayList<>();
        for (String line : lines.reversed()) {
            String[] parts = line.split(",", -1);
            for (int i = parts.length - 1; i >= 0 && hops.size() < MAX_HOPS; i--) {
                hops.add(parts[i].strip());
            }
        }
        return hops;
    }

    private static @Nullable String last(List<String> lines) {
        List<String> values = lastFirst(lines);
        return values.isEmpty() || values.getFirst().isEmpty() ? null : values.getFirst();
    }

    private static @Nullable String scheme(@Nullable String text) {
        if (text == null || text.equalsIgnoreCase("https") || text.equalsIgnoreCase("http")) {
            return text == null ? null : text.toLowerCase(Locale.ROOT);
        }
        throw Problem.badRequest("the proxy's headers name a scheme that is neither http nor https");
    }

    private static @Nullable String host(@Nullable String text) {
        if (text == null || isHost(text)) {
            return text;
        }
        throw Problem.badRequest("the proxy's headers name a host that is none");
    }

    /** Whether it is a host name or address, with or without port; it becomes part of links, so nothing else may be in it. */
    static boolean isHost(String text) {
        return HOST.matcher(text).matches();
    }

    private static @Nullable String withPort(@Nullable String host, @Nullable String port, @Nullable String scheme) {
        if (host == null || port == null || (host.startsWith("[") ? !host.endsWith("]") : host.indexOf(':') >= 0)) {
            return host;
        }
        if (!port.matches("[0-9]{1,5}")) {
            throw Problem.badRequest("the proxy's headers name a port that is none");
        }
        boolean usual = port.equals("https".equals(scheme) ? "443" : "80");
        return usual ? host : host + ":" + port;
    }

    /** {@code a:1} is a, {@code [::1]:2} is ::1, {@code ::1} is itself. */
    private static String withoutPort(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? text : text.substring(1, end);
        }
        int colon = text.indexOf(':');
        return colon >= 0 && colon == text.lastIndexOf(':') ? text.substring(0, colon) : text;
    }

    private static String unquoted(String text) {
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }
}

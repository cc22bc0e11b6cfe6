package dev.sluice.server;

import dev.sluice.kernel.access.Permission;
import dev.sluice.kernel.format.Request;
import dev.sluice.kernel.format.Response;
import dev.sluice.server.operation.Operation;
import dev.sluice.server.operation.Problem;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other people's pages from having a visitor's browser do something here with the credentials it remembers.
 *
 * <p>A browser says whose page made it send a request ({@code Origin}, RFC 6454; {@code Sec-Fetch-Site}, W3C Fetch Metadata), and
 * no page can write those lines. Where it says neither, a page can still choose no more than the three media types of a form; so
 * an operation that changes something takes JSON, or a token that a browser does not send by itself. Package clients and {@code
 * curl} write none of these lines.
 */
final class ForeignPages {

    private ForeignPages() {}

    /** Why a request that would change something is not even looked at, or null when no other page seems to be behind it. */
    static @Nullable Response refusal(Request asked) {
        return isRead(asked) || !(isForeign(asked.headers("Sec-Fetch-Site")) || isOtherOrigin(asked))
                ? null
                : Problem.response(
                        403,
                        "Another page's request",
                        "a browser sent this for a page of another origin, and such pages may change nothing here. If the"
                                + " page is this registry's own, set public-url to the address that people use, or name"
                                + " the proxy in trusted-proxies");
    }

    /** Likewise of an operation of the server itself, which other pages may not even load things from. */
    static @Nullable Response refusal(Operation operation, Request asked) {
        if (isRead(asked)) {
            boolean leads = asked.headers("Sec-Fetch-Mode").stream().allMatch("navigate"::equals);
            return operation.permission() == Permission.OPEN || leads || !isForeign(asked.headers("Sec-Fetch-Site"))
                    ? null
                    : Problem.response(
                            403, "Another page's request", "pages of other origins may load nothing from this address");
        }
        if (asked.method().equals("DELETE") || isJson(asked) || !browserMaySend(asked)) {
            return null;
        }
        return Problem.response(
                415,
                "JSON needed",
                "send the body with 'Content-Type: application/json', or the token as 'Authorization: Bearer': a form of"
                        + " another page could do neither");
    }

    private static boolean isRead(Request asked) {
        return asked.method().equals("GET") || asked.method().equals("HEAD");
    }

    /** Anything but the page's own server and what a person typed; also what nobody has thought of yet. */
    private static boolean isForeign(List<String> sites) {
        return sites.stream().anyMatch(site -> !site.equals("same-origin") && !site.equals("none"));
    }

    private static boolean isOtherOrigin(Request asked) {
        for (String origin : asked.headers("Origin")) {
            String page = authority(origin);
            String host = asked.header("Host");
            boolean own = page != null
                    && (page.equals(authority(asked.origin()))
                            || (host != null && page.equals(authority(scheme(origin) + "://" + host))));
            if (!own) {
                return true;
            }
        }
        return false;
    }

    private static String scheme(String origin) {
        int colon = origin.indexOf(':');
        return colon < 0 ? "" : origin.substring(0, colon);
    }

    /** Host and port of an origin, the port also where the scheme implies it; null for {@code null} and all that is none. */
    private static @Nullable String authority(String origin) {
        try {
            URI uri = URI.create(origin);
            if (uri.getHost() == null) {
                return null;
            }
            int port = uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
            return uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** {@code application/json} and {@code application/…+json}: a page needs this server's leave to send them (CORS). */
    private static boolean isJson(Request asked) {
        List<String> types = asked.headers("Content-Type");
        if (types.size() != 1) {
            return false;
        }
        String type = types.getFirst().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
    }

    /** Whether the credentials are of the kind that a browser remembers and sends by itself; who has none is told so elsewhere. */
    private static boolean browserMaySend(Request asked) {
        String header = asked.header("Authorization");
        return header != null && header.strip().regionMatches(true, 0, "basic ", 0, 6);
    }
}

package dev.sluice.feeds;

import dev.sluice.kernel.repository.Upstream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a feed, or one ecosystem of it, is synced from.
 *
 * @param name {@code kev}, {@code epss}, or {@code osv/} and the ecosystem's name
 * @param address of the document, for OSV of the folder that holds a folder per ecosystem, ending in a slash; {@code http},
 *     {@code https} or {@code file}
 * @param credentials how to log in there, or null
 */
public record FeedSource(String name, URI address, Upstream.@Nullable Credentials credentials) {

    private static final String OSV = "osv/";

    /** One ecosystem of OSV, below an address as people write it. Throws IllegalArgumentException saying what to write. */
    public static FeedSource osv(String address, String ecosystem) {
        return of(OSV + ecosystem, address.endsWith("/") ? address : address + "/");
    }

    /** The catalogue of exploited vulnerabilities. Throws IllegalArgumentException. */
    public static FeedSource kev(String address) {
        return of("kev", address);
    }

    /** The exploitation scores. Throws IllegalArgumentException. */
    public static FeedSource epss(String address) {
        return of("epss", address);
    }

    private static FeedSource of(String name, String address) {
        try {
            if (address.startsWith("/")) {
                String folder = address.endsWith("/") ? "/" : "";
                URI uri = Path.of(address).toAbsolutePath().normalize().toUri();
                return new FeedSource(name, uri.getPath().endsWith("/") ? uri : URI.create(uri + folder), null);
            }
            URI uri = URI.create(address);
            String scheme = String.valueOf(uri.getScheme());
            if (scheme.equals("file") && uri.getPath() != null) {
                return new FeedSource(name, uri, null);
            }
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
                String user = uri.getRawUserInfo();
                return user == null
                        ? new FeedSource(name, uri, null)
                        : new FeedSource(
                                name, URI.create(address.replaceFirst("://[^@/]*@", "://")), credentials(user));
            }
        } catch (IllegalArgumentException malformed) {
            // told below, without the address: it may hold a password
        }
        throw new IllegalArgumentException(
                "it takes an http or https address, file:///folder/, or the absolute path of a mirror");
    }

    private static Upstream.Credentials credentials(String userInfo) {
        String[] parts = userInfo.split(":", 2);
        return new Upstream.Basic(decoded(parts[0]), parts.length == 1 ? "" : decoded(parts[1]));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Name of the feed: {@code osv}, {@code kev} or {@code epss}. */
    public String feed() {
        return name.startsWith(OSV) ? "osv" : name;
    }

    /** The schema's name of the ecosystem; empty unless this is OSV. */
    String ecosystem() {
        return name.startsWith(OSV) ? name.substring(OSV.length()) : "";
    }

    /** The address of a document of this ecosystem. */
    URI document(String document) {
        return URI.create(address + ecosystem().replace(" ", "%20") + "/" + document);
    }

    /** The address to show to people: it holds no secret. */
    public String shown() {
        String query = address.getRawQuery();
        return query == null ? address.toString() : address.toString().replace("?" + query, "?****");
    }
}

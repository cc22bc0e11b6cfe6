package dev.sluice.server;

import dev.sluice.kernel.format.Response;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every answer tells a browser so that nothing in it gets the powers of this server's own pages: what a package brings is
 * shown, if at all, in an origin of its own without scripts, and no page elsewhere can load what is here.
 */
final class Isolation {

    /** Not a file of a package, not a page: nothing is to be done with it but reading. */
    private static final Map<String, String> DATA = lines("default-src 'none'; sandbox");

    /** A document that formats make for package clients: people follow its links, and a sandbox would forbid the download. */
    private static final Map<String, String> LISTING =
            lines("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

    /** Files of packages, whatever their format says they are. */
    private static final Map<String, String> ARTIFACT = lines("sandbox; default-src 'none'; frame-ancestors 'none'");

    /** Files of packages that are pages of their own: saved instead of shown. */
    private static final Map<String, String> ACTIVE_ARTIFACT = with(ARTIFACT, "Content-Disposition", "attachment");

    private static final Map<String, String> PAGE = lines(null);

    private Isolation() {}

    /** The lines to write, over any that the answer has of those names. */
    static Map<String, String> of(Response response) {
        String type = String.valueOf(response.header("Content-Type")).toLowerCase(Locale.ROOT);
        if (response.body() instanceof Response.Artifact) {
            return type.startsWith("text/html") || type.contains("svg") || type.contains("xhtml")
                    ? ACTIVE_ARTIFACT
                    : ARTIFACT;
        }
        return response.header("Content-Security-Policy") != null
                ? PAGE
                : type.startsWith("text/html") ? LISTING : DATA;
    }

    private static Map<String, String> lines(@Nullable String policy) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("X-Content-Type-Options", "nosniff");
        lines.put("Cross-Origin-Resource-Policy", "same-origin");
        if (policy != null) {
            lines.put("Content-Security-Policy", policy);
        }
        return Map.copyOf(lines);
    }

    private static Map<String, String> with(Map<String, String> lines, String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(lines);
        more.put(name, value);
        return Map.copyOf(more);
    }
}

package dev.sluice.kernel.repository;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A remote registry that a repository may fetch packages of one format from.
 *
 * @param id short name, unique in its repository, lower-case, for example {@code npm}
 * @param format id of the format it speaks
 * @param url base address, http or https, ending in a slash
 * @param priority lower is asked first
 * @param trust whether its answers count as much as hosted packages
 * @param credentials how to log in there, or null
 * @param trustsTimes whether what its file server says of a file's age ({@code Last-Modified}) counts as its publish time; a
 *     file server tells when a file was written there, and whoever fills it can make it say anything
 * @param forbidden what its 403 means
 */
public record Upstream(
        String id,
        String format,
        URI url,
        int priority,
        Trust trust,
        @Nullable Credentials credentials,
        boolean trustsTimes,
        Forbidden forbidden) {

    /** An upstream that is not trusted for times, and refuses by 403. */
    public Upstream(String id, String format, URI url, int priority, Trust trust, @Nullable Credentials credentials) {
        this(id, format, url, priority, trust, credentials, false, Forbidden.REFUSED);
    }

    /** What an upstream means by 403. */
    public enum Forbidden {
        /**
         * It does not give it: a firewall, a curated registry, wrong credentials. As after every failure, no upstream that is not
         * trusted is asked in its place.
         */
        REFUSED,
        /** It does not have it: object stores say so to those who may not list them. */
        ABSENT
    }

    /** How far an upstream is believed. */
    public enum Trust {
        TRUSTED,
        UNTRUSTED
    }

    /** A secret for an upstream; never logged. */
    public sealed interface Credentials {}

    /** User name and password, sent as HTTP Basic. */
    public record Basic(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "Basic[" + user + ", ****]";
        }
    }

    /** A token, sent as HTTP Bearer. */
    public record Bearer(String token) implements Credentials {
        @Override
        public String toString() {
            return "Bearer[****]";
        }
    }

    /** Checks scheme and trailing slash. Throws IllegalArgumentException with what to write instead. */
    public Upstream {
        String scheme = url.getScheme();
        if (scheme == null || !(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw new IllegalArgumentException("upstream '" + id + "' needs an http or https address");
        }
        if (url.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "upstream '" + id + "': write user and password as credentials, not into the address");
        }
        if (!url.getPath().endsWith("/")) {
            url = URI.create(url + "/");
        }
    }

    /** The same upstream with other meanings. */
    public Upstream meaning(boolean newTrustsTimes, Forbidden newForbidden) {
        return new Upstream(id, format, url, priority, trust, credentials, newTrustsTimes, newForbidden);
    }

    /** Whether an answer with that status says that it does not have what it was asked for. */
    public boolean lacks(int status) {
        return status == 404 || status == 410 || (status == 403 && forbidden == Forbidden.ABSENT);
    }

    /** What an answer that is of no use says, for people: the status, and what to set where the upstream means something else. */
    public String told(int status) {
        return "upstream '" + id + "' answered " + status
                + (status == 403
                        ? ", which counts as a refusal (where it says so of what it does not have, as object stores do:"
                                + " sluice upstream set " + id + " --forbidden absent)"
                        : "");
    }

    /** The address of a path below this upstream; the path is already percent-encoded. */
    public URI resolve(String encodedPath) {
        return URI.create(url + encodedPath);
    }
}

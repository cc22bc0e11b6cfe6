package dev.sluice.upstream;

import dev.sluice.kernel.gate.UpstreamClient.UpstreamException;
import dev.sluice.kernel.repository.Upstream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which addresses may be asked on behalf of an upstream: its own origin, and any public one; never one inside (loopback,
 * private, link-local, cloud metadata) unless it was allowed by name, so that neither a redirect nor an index can steer a
 * request inward.
 *
 * @param allowedHosts lower-case host names (with {@code :port} or without) that may be asked although they lie inside
 */
public record Reach(Set<String> allowedHosts) {

    /** Copies the set. */
    public Reach {
        allowedHosts = Set.copyOf(allowedHosts);
    }

    /** What is open while an address that may be asked is being asked. */
    interface Way extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Opens the way to an address; until it is closed, the name of the host stands for no other machine than those looked at.
     * Throws {@link UpstreamException} when it may not be asked.
     */
    Way open(Upstream upstream, URI uri) throws UpstreamException {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null || uri.getUserInfo() != null) {
            throw refused(upstream, "which is no plain http or https address");
        }
        if (sameOrigin(upstream.url(), uri)) {
            return () -> {};
        }
        if (scheme.equals("http") && "https".equals(upstream.url().getScheme())) {
            throw refused(upstream, "which gives up TLS");
        }
        if (isNamed(uri)) {
            return () -> {};
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        PinnedNames.Held held = PinnedNames.hold(host, outside(upstream, host));
        try {
            outside(
                    upstream,
                    host); // somebody else may have looked it up, in the JVM's memory, just before it was held
        } catch (UpstreamException e) {
            held.close();
            throw e;
        }
        return held::close;
    }

    /** Whether the host is one of those that were allowed by name: the operator says that it lies inside. */
    boolean isNamed(URI uri) {
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        return allowedHosts.contains(host) || allowedHosts.contains(host + ":" + port(uri));
    }

    private static List<InetAddress> outside(Upstream upstream, String host) throws UpstreamException {
        try {
            List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
            if (addresses.stream().anyMatch(Reach::isInside)) {
                throw refused(
                        upstream,
                        "which lies inside (" + host + "); if that is wanted, add it to upstream.allowed-hosts");
            }
            return addresses;
        } catch (UnknownHostException e) {
            throw new UpstreamException(
                    "upstream '" + upstream.id() + "' points to a host that is not known: " + host, e);
        }
    }

    private static UpstreamException refused(Upstream upstream, String why) {
        return new UpstreamException("upstream '" + upstream.id() + "' points to an address " + why);
    }

    /** Whether both addresses have the same scheme, host and port. */
    static boolean sameOrigin(URI left, URI right) {
        return left.getScheme().equalsIgnoreCase(right.getScheme())
                && left.getHost().equalsIgnoreCase(right.getHost())
                && port(left) == port(right);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** Whether an address is anything but one of a public machine; see {@link SpecialAddresses}. */
    static boolean isInside(InetAddress address) {
        return SpecialAddresses.contain(address);
    }
}

package dev.sluice.server;

import dev.sluice.kernel.format.Request;
import dev.sluice.server.operation.Problem;
import io.vertx.core.http.HttpServerRequest;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as Vert.x received it, as formats and operations see it. */
final class WireRequest implements Request {

    private final String method;
    private final String origin;
    private final Target target;
    private final io.vertx.core.MultiMap headers;
    private final long contentLength;
    private final @Nullable RequestBody body;

    WireRequest(
            HttpServerRequest wire,
            Target target,
            Forwarding.Client client,
            @Nullable String publicUrl,
            @Nullable RequestBody body) {
        this.method = wire.method().name();
        this.target = target;
        this.headers = wire.headers();
        this.origin = origin(wire, target, client, publicUrl);
        this.contentLength = body == null ? 0 : body.announced();
        this.body = body;
    }

    /** RFC 9112, section 3.2: exactly one valid Host line; it becomes part of links, so nothing but a host may be in it. */
    private static String origin(
            HttpServerRequest wire, Target target, Forwarding.Client client, @Nullable String publicUrl) {
        List<String> hosts = wire.headers().getAll("Host");
        if (hosts.size() > 1) {
            throw Problem.badRequest("more than one Host header");
        }
        if (hosts.isEmpty()) {
            if (wire.version() != io.vertx.core.http.HttpVersion.HTTP_1_0) {
                throw Problem.badRequest("the Host header is missing");
            }
        } else if (!Forwarding.isHost(hosts.getFirst())) {
            throw Problem.badRequest("the Host header is no host name");
        }
        if (target.authority() != null
                && (hosts.isEmpty() || !target.authority().equalsIgnoreCase(hosts.getFirst()))) {
            throw Problem.badRequest("the request target and the Host header name different hosts");
        }
        if (publicUrl != null) {
            return publicUrl;
        }
        String scheme = client.scheme() == null ? wire.isSSL() ? "https" : "http" : client.scheme();
        String host = client.host() == null
                ? hosts.isEmpty() ? String.valueOf(wire.localAddress()) : hosts.getFirst()
                : client.host();
        return scheme + "://" + host;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public List<String> headers(String name) {
        return headers.getAll(name);
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public Map<String, List<String>> query() {
        return target.query();
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public InputStream body() {
        return body == null ? InputStream.nullInputStream() : body;
    }
}

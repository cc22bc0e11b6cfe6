package dev.sluice.upstream;

import dev.sluice.kernel.gate.UpstreamClient;
import dev.sluice.kernel.repository.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks upstreams over HTTP with the JDK's client.
 *
 * <p>Redirects are followed by hand, at most five, each target checked by {@link Reach}; credentials go to the upstream's own
 * origin only. A body ends with an {@link UpstreamClient.UpstreamException} when it stalls, is cut off, or grows beyond what the
 * question allows (after decoding). Thread-safe; close it when the process ends.
 */
public final class HttpUpstreamClient implements UpstreamClient, AutoCloseable {

    private static final int MAX_REDIRECTS = 5;

    private static final Logger LOG = System.getLogger("dev.sluice.upstream");

    private final Clients clients;
    private final Reach reach;
    private final StallWatch stalls;
    private final Timeouts timeouts;
    private final String userAgent;
    private final Tls tls;
    private final Supplier<@Nullable String> traceparent;
    private @Nullable HttpClient http; // made when it is first needed, guarded by this
    private boolean closed;

    /** Whom to trust; asked before the first request, since reading a system's certificates takes a while. */
    @FunctionalInterface
    public interface Tls {
        /** The context of all connections. Throws IOException when its certificates cannot be read; then it is asked again. */
        SSLContext context() throws IOException;
    }

    /** Makes the client below, which never follows redirects. */
    @FunctionalInterface
    interface Clients {
        HttpClient make(Duration connect, SSLContext tls);
    }

    /** A client that tells nobody of traces. */
    public HttpUpstreamClient(Reach reach, Timeouts timeouts, String userAgent, Tls tls) {
        this(reach, timeouts, userAgent, tls, () -> null);
    }

    /**
     * A client.
     *
     * @param reach which addresses may be asked
     * @param timeouts how long to wait for what
     * @param userAgent how it introduces itself
     * @param tls whom to trust
     * @param traceparent the trace that the calling thread is in (W3C Trace Context), or null; sent only to hosts that were allowed
     *     by name, since elsewhere it would let others put together what one build asked for
     */
    public HttpUpstreamClient(
            Reach reach, Timeouts timeouts, String userAgent, Tls tls, Supplier<@Nullable String> traceparent) {
        this(reach, timeouts, userAgent, tls, traceparent, HttpUpstreamClient::client);
    }

    /** The same over clients made otherwise. */
    HttpUpstreamClient(
            Reach reach,
            Timeouts timeouts,
            String userAgent,
            Tls tls,
            Supplier<@Nullable String> traceparent,
            Clients clients) {
        this.clients = clients;
        this.reach = reach;
        this.timeouts = timeouts;
        this.userAgent = userAgent;
        this.traceparent = traceparent;
        this.stalls = new StallWatch(timeouts.stall());
        this.tls = tls;
    }

    private synchronized HttpClient http() throws IOException {
        if (closed) {
            throw new IOException("this server is stopping");
        }
        HttpClient known = http;
        if (known == null || known.isTerminated()) {
            if (known != null) {
                LOG.log(
                        Logger.Level.ERROR,
                        "the client of upstreams has died, probably for want of memory; it is made anew");
            }
            known = clients.make(timeouts.connect(), tls.context());
            http = known;
        }
        return known;
    }

    /** Whether requests can go out: false after the client's thread died and before the next request makes another. */
    public synchronized boolean isAlive() {
        return !closed && (http == null || !http.isTerminated());
    }

    private static HttpClient client(Duration connect, SSLContext tls) {
        return HttpClient.newBuilder()
                .connectTimeout(connect)
                .followRedirects(HttpClient.Redirect.NEVER)
                .sslContext(tls)
                .build();
    }

    @Override
    public Answer ask(Ask ask) throws IOException {
        URI uri = ask.uri();
        for (int redirects = 0; ; redirects++) {
            HttpResponse<InputStream> response;
            try (Reach.Way _ = reach.open(ask.upstream(), uri)) {
                response = send(ask, uri);
            }
            if (!isRedirect(response.statusCode())) {
                return answer(ask, uri, response);
            }
            String location = response.headers().firstValue("location").orElse("");
            response.body().close();
            if (location.isEmpty() || redirects >= MAX_REDIRECTS) {
                throw new UpstreamException("upstream '" + ask.upstream().id() + "' redirects "
                        + (location.isEmpty() ? "nowhere" : "more than " + MAX_REDIRECTS + " times"));
            }
            uri = target(ask.upstream(), uri, location);
        }
    }

    private static URI target(Upstream upstream, URI from, String location) throws UpstreamException {
        try {
            return from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new UpstreamException("upstream '" + upstream.id() + "' redirects to what is no address", e);
        }
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private HttpResponse<InputStream> send(Ask ask, URI uri) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(timeouts.answer())
                .version("https".equals(uri.getScheme()) ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .header("Accept", ask.accept())
                .header("User-Agent", userAgent)
                // artifacts are asked for as they are: their bytes are pinned
                .header("Accept-Encoding", isDocument(ask) ? "gzip" : "identity");
        if (ask.ifNoneMatch() != null) {
            request.header("If-None-Match", ask.ifNoneMatch());
        }
        if (ask.ifModifiedSince() != null) {
            request.header("If-Modified-Since", ask.ifModifiedSince());
        }
        UpstreamClient.Range range = ask.range();
        if (range != null) {
            request.header("Range", range.header());
        }
        if (Reach.sameOrigin(ask.upstream().url(), uri)) {
            authorise(request, ask.upstream());
        }
        String trace = reach.isNamed(uri) ? traceparent.get() : null;
        if (trace != null) {
            request.header("traceparent", trace);
        }
        try {
            return send(request.build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(
                    "interrupted while asking upstream '" + ask.upstream().id() + "'", e);
        } catch (IOException e) {
            throw new UnreachableException(
                    "upstream '" + ask.upstream().id() + "' cannot be asked: " + Failures.sentence(e),
                    uri,
                    Failures.wasConnected(e),
                    e);
        } catch (IllegalArgumentException e) {
            throw new UpstreamException(
                    "upstream '" + ask.upstream().id() + "' cannot be asked: " + Failures.sentence(e), e);
        }
    }

    /** Once more when it was the client that died rather than the other side: nothing that is asked here changes anything. */
    private HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException {
        HttpClient used = http();
        try {
            return used.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            if (!used.isTerminated()) {
                throw e;
            }
            return http().send(request, HttpResponse.BodyHandlers.ofInputStream());
        }
    }

    private static boolean isDocument(Ask ask) {
        return !ask.accept().equals("*/*") && !ask.accept().startsWith("application/octet-stream");
    }

    private static void authorise(HttpRequest.Builder request, Upstream upstream) {
        switch (upstream.credentials()) {
            case Upstream.Basic basic ->
                request.header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((basic.user() + ":" + basic.password())
                                                .getBytes(StandardCharsets.UTF_8)));
            case Upstream.Bearer bearer -> request.header("Authorization", "Bearer " + bearer.token());
            case null -> {
                // open to everybody
            }
        }
    }

    private Answer answer(Ask ask, URI uri, HttpResponse<InputStream> response) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, List<String>> header : response.headers().map().entrySet()) {
            if (!header.getValue().isEmpty() && !header.getKey().startsWith(":")) {
                headers.put(
                        header.getKey().toLowerCase(Locale.ROOT),
                        header.getValue().getFirst());
            }
        }
        String coding = headers.getOrDefault("content-encoding", "identity").toLowerCase(Locale.ROOT);
        InputStream watched = stalls.watch(response.body(), ask.upstream().id());
        try {
            InputStream decoded = switch (coding) {
                case "identity", "" -> watched;
                // bytes of artifacts are never decoded: a side of the wire that mislabels a .tgz must not change it
                case "gzip", "x-gzip" -> isDocument(ask) ? new GZIPInputStream(watched, 1 << 16) : watched;
                default ->
                    throw new UpstreamException("upstream '" + ask.upstream().id() + "' used the content coding "
                            + coding + " without being asked");
            };
            return new Answer(
                    response.statusCode(),
                    uri,
                    headers,
                    new BoundedBody(decoded, ask.maxBytes(), ask.upstream().id()));
        } catch (IOException e) {
            watched.close();
            throw e instanceof UpstreamException failure
                    ? failure
                    : new UpstreamException(
                            "upstream '" + ask.upstream().id() + "' sent a broken body: " + Failures.sentence(e), e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        stalls.close();
        if (http != null) {
            http.shutdownNow();
        }
    }
}
